"""Workers killed in the middle of a payout run: the provider's transfers are the ledger's, none lost, none twice."""

import random
import sqlite3
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.settings import Settings
from marketplace.gateways.stripe.attempts import AttemptOutcome
from marketplace.gateways.stripe.emulated import EmulatedPayments
from marketplace.gateways.stripe.emulator import balance
from marketplace.gateways.stripe.emulator.faults import Fault, order
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.application import Application
from marketplace.kit.database import Sessions, transaction
from marketplace.ledger import queries as ledger
from marketplace.outbox import service as outbox
from marketplace.outbox.service import Handlers
from marketplace.payouts import queries
from marketplace.payouts.models import Payout, PayoutAttempt, PayoutState
from tests.factories.accidents import AMPLE_MINOR, DOOR, approved_payout
from tests.factories.billing import payments_of
from tests.factories.gateways import ready_account
from tests.factories.payouts import make_account, make_expert
from tests.factories.workers import Place, work

KILLS, AT_ONCE, PEOPLE = 50, 2, 5
WORK = 12  # payouts that wait when a round begins, so that every death interrupts something
STEP = timedelta(minutes=11)  # longer than a lease
YOUNG = 10  # rounds in which a search may miss: a real one lags for minutes, not for a day
NASTY = (Fault.LOST_RESPONSE, Fault.SERVER_ERROR, Fault.RATE_LIMIT, Fault.UNREACHABLE, Fault.KEY_IN_USE)
MOST_MADE = 4  # transfers a worker sees made before it dies ...
LINGERS = 0.02  # ... and seconds at most that it lives on: often between a call and its record
PATIENCE = 10  # seconds for a slow machine


@dataclass
class Siege:
    """Two workers a round, each killed at a moment nobody knows."""

    app: Application
    place: Place
    dice: random.Random
    context: ForkServerContext
    kills: int = 0
    ahead: timedelta = timedelta(0)
    running: list[BaseProcess] = field(default_factory=list)

    @property
    def payments(self) -> EmulatedPayments:
        """The provider, whose file outlives every worker."""
        return payments_of(self.app)

    def round(self, number: int) -> None:
        """Start the workers, let them work for a moment, kill them."""
        self.ahead += timedelta(hours=25) if number and not number % YOUNG else STEP
        self._order_accidents(searches_miss=number < YOUNG)
        self.running = [self._start() for _ in range(AT_ONCE)]
        for process in self.running:
            self._wait_for(self._made() + self.dice.randint(1, MOST_MADE))
            time.sleep(self.dice.uniform(0, LINGERS))
            process.kill()
            self.kills += 1
        self.end()

    def _made(self) -> int:
        books = sqlite3.connect(
            self.place.folder / "emulator" / "payments.sqlite"
        )  # a look, and no writer's turn
        try:
            row = books.execute("SELECT count(*) FROM objects WHERE kind = 'transfer'").fetchone()
        finally:
            books.close()
        return int(row[0])

    def _wait_for(self, count: int) -> None:
        """Until so many transfers are made, or patience is at an end: then it dies having done little."""
        end = time.monotonic() + PATIENCE
        while self._made() < count and time.monotonic() < end:
            time.sleep(0.002)

    def end(self) -> None:
        """Nobody is left behind."""
        for process in self.running:
            process.kill()
            process.join()

    def _start(self) -> BaseProcess:
        ours, theirs = self.context.Pipe()
        process = self.context.Process(target=work, args=(replace(self.place, ahead=self.ahead), theirs))
        process.start()
        assert ours.poll(60), "a worker did not start"
        return process

    def _order_accidents(self, *, searches_miss: bool) -> None:
        with self.payments.emulator.books() as books:
            books.sql.execute("DELETE FROM faults")
            balance.set_available(books, AMPLE_MINOR)
            for _ in range(4):
                fault = self.dice.choice(NASTY)
                for _ in range(3):  # the library repeats twice by itself
                    order(books, fault, path=DOOR)
            for _ in range(12 if searches_miss else 0):
                order(books, Fault.HIDE_LISTS, method="GET", path=DOOR)


def payees(sessions: Sessions, payments: EmulatedPayments) -> Sequence[User]:
    """Whoever is paid; their accounts are made before the transaction, as everything at the provider."""
    accounts = [ready_account(payments) for _ in range(PEOPLE)]
    with transaction(sessions) as session:
        people = [make_expert(session) for _ in accounts]
        for user, account in zip(people, accounts, strict=True):
            make_account(session, user, account)
        return people


def top_up(sessions: Sessions, people: Sequence[User]) -> None:
    """Approve as many payouts as are missing; the workers' own sweep promises to send them."""
    with transaction(sessions) as session:
        waiting = len(queries.unsettled(session))
        for number in range(WORK - waiting):
            approved_payout(session, session.merge(people[number % len(people)], load=False))


def calm(app: Application, siege: Siege) -> None:
    """The provider is well again and one worker is left alone until nothing waits."""
    with siege.payments.emulator.books() as books:
        books.sql.execute("DELETE FROM faults")
    handlers: Handlers = app.extensions["assay"][Handlers]
    for turn in range(1, 9):
        with clock.shifted(siege.ahead + turn * STEP):
            with transaction(app.sessions) as session:
                if not queries.unsettled(session):
                    return
                outbox.send(session, "payouts.unsettled")
            outbox.run_all(app.sessions, handlers)


def differences(session: Session, payments: EmulatedPayments) -> list[str]:
    """What the provider made beside what the ledger says, payout by payout and in sum."""
    with payments.emulator.books() as books:
        made = Counter((row["transfer_group"], row["id"], row["amount"]) for row in books.newest("transfer"))
    payouts = session.scalars(select(Payout)).all()
    known = Counter((str(one.id), one.external_id, one.amount_minor) for one in payouts)
    unpaid = [f"{one.id} is {one.state.value}" for one in payouts if one.state is not PayoutState.PAID]
    return [*unpaid, *(f"not ours: {row}" for row in made - known), *(f"lost: {row}" for row in known - made)]


@pytest.fixture
def siege(app: Application, clean: Sessions) -> Siege:
    context = get_context("forkserver")
    context.set_forkserver_preload(["tests.factories.warm"])
    bind = clean.kw["bind"]
    settings: Settings = app.extensions["assay"][Settings]
    place = Place(bind.url.render_as_string(hide_password=False), Path(settings.var), timedelta(0))
    with payments_of(app).emulator.books() as books:  # other tests' transfers
        books.sql.execute("DELETE FROM objects WHERE kind = 'transfer'")
    return Siege(app, place, random.Random(20261127), context)


# PostgreSQL's share are the two workers at a barrier
@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("kills", "keyless"), [(KILLS, False), (KILLS * 2 // 5, True)], ids=["as it is", "without saved keys"]
)
def test_fifty_kills_lose_nothing_and_pay_nobody_twice(
    app: Application, clean: Sessions, siege: Siege, kills: int, keyless: bool
) -> None:
    """The twin without saved keys shows that the siege is hard enough: it pays people twice."""
    siege.place = replace(siege.place, keyless=keyless)
    people = payees(clean, siege.payments)
    try:
        for number in range(kills // AT_ONCE):
            top_up(clean, people)
            siege.round(number)
    finally:
        siege.end()
    assert siege.kills == kills
    with transaction(clean, write=False) as session:
        cut_off = session.query(PayoutAttempt).filter_by(outcome=AttemptOutcome.OPEN).count()
    assert cut_off >= kills // 5, "too few died between writing an attempt and recording its end"
    calm(app, siege)
    with transaction(clean, write=False) as session:
        found = differences(session, siege.payments)
        broken = [*ledger.broken(session), *queries.broken(session)]
    if keyless:
        assert [line for line in found if "not ours" in line], "a siege nobody notices proves nothing"
        return
    assert (found, broken) == ([], [])
