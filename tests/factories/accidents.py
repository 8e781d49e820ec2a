"""Accidents on the way of one payout: a crash, a fault of the provider, and the weather around both."""

import itertools
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from marketplace.gateways.stripe import client
from marketplace.gateways.stripe.emulated import EmulatedPayments
from marketplace.gateways.stripe.emulator import balance
from marketplace.gateways.stripe.emulator.faults import Fault, order
from marketplace.gateways.stripe.exactly_once import ExactlyOnce
from marketplace.gateways.stripe.outcomes import Outcome
from marketplace.gateways.stripe.states import TransferOrder, TransferState
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.application import Application
from marketplace.kit.money import Money
from marketplace.ledger import queries as ledger_queries
from marketplace.ledger import service as ledger
from marketplace.ledger.models import PLATFORM, Kind
from marketplace.ledger.service import Entry
from marketplace.payouts import queries, service
from marketplace.payouts.models import Earning, EarningState, Payout, PayoutState, Rail
from marketplace.payouts.service import Earned
from tests.factories import gateways
from tests.factories.billing import payments_of
from tests.factories.payouts import AMOUNT_MINOR, earned, make_account, make_expert

AMPLE_MINOR = 10**9  # a balance below twice the payout would hide a double one as a short balance
DOOR = "/v1/transfers"
SOON = [timedelta(minutes=11 * n) for n in range(1, 9)]  # further apart than a lease and than two searches
A_DAY_LATER = timedelta(hours=25)
POINTS = ("none", "claimed", "searched", "intended", "called", "recorded")
FAULTS = (
    None,
    Fault.LOST_RESPONSE,
    Fault.RATE_LIMIT,
    Fault.SERVER_ERROR,
    Fault.STICKY_ERROR,
    Fault.STICKY_AFTER,
)


@dataclass(frozen=True, slots=True)
class Weather:
    """What else is wrong: nobody looks for 25 h, how often the library repeats, money, one missing list."""

    late: bool
    repetitions: int
    short: bool
    misses: bool


@dataclass(frozen=True, slots=True)
class Accident:
    """Where the process dies, what the provider does to the first call, and the weather."""

    point: str
    fault: Fault | None
    weather: Weather


WEATHERS = [Weather(*row) for row in itertools.product((False, True), (0, 2), (False, True), (False, True))]


class Crash(BaseException):
    """The process is gone."""


class Failing:
    """The provider seen by a process that dies once at `point`."""

    def __init__(self, payments: EmulatedPayments, point: str) -> None:
        self.payments, self.point = payments, point

    def here(self, point: str) -> None:
        """Die if this is the place; only once."""
        if point == self.point:
            self.point = "none"
            raise Crash(point)

    def transfer(self, wanted: TransferOrder) -> Outcome:
        """Before the call the attempt is written; after it nobody here has heard the answer."""
        self.here("intended")
        outcome = self.payments.transfer(wanted)
        self.here("called")
        return outcome

    def find_transfers(self, transfer_group: str, destination: str) -> Sequence[TransferState]:
        """The search before every repetition."""
        return self.payments.find_transfers(transfer_group, destination)


@contextmanager
def dying(failing: Failing) -> Iterator[None]:
    """Let the steps of the protocol reach their places of death: each is undone by the death inside it."""
    with pytest.MonkeyPatch.context() as patch:

        def before(name: str, point: str) -> None:
            real = getattr(ExactlyOnce, name)
            patch.setattr(ExactlyOnce, name, lambda *a, **k: (failing.here(point), real(*a, **k))[1])

        def after(name: str, point: str) -> None:
            real = getattr(ExactlyOnce, name)
            patch.setattr(ExactlyOnce, name, lambda *a, **k: (real(*a, **k), failing.here(point))[0])

        before("_intend", "claimed")
        after("_look", "searched")
        after("_record", "recorded")
        yield


def other_client(payments: EmulatedPayments, repetitions: int) -> EmulatedPayments:
    """The same provider through a library that repeats so often by itself."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(client, "REPETITIONS", repetitions)
        return EmulatedPayments(payments.emulator)


def make_payee(session: Session, payments: EmulatedPayments) -> User:
    """Somebody whose account is real at the provider."""
    user = make_expert(session)
    make_account(session, user, gateways.ready_account(payments))
    return user


def approved_payout(session: Session, user: User, amount_minor: int = AMOUNT_MINOR) -> Payout:
    """A payout as an approved run leaves it, without the run."""
    account = queries.account_of(session, user.id)
    assert account is not None
    assert account.external_id is not None
    payout = Payout(
        run=None,
        user=user,
        rail=Rail.STRIPE,
        destination=account.external_id,
        amount_minor=amount_minor,
    )
    payout.state = PayoutState.APPROVED
    what = earned(user, amount_minor)
    session.add_all([payout, _inside(payout, what)])
    leg = (Kind.STRIPE_BALANCE, PLATFORM), (Kind.EXPERT_IN_TRANSIT, user.id), Money(amount_minor)
    ledger.post_all(session, [Entry(kind="bonus", key=what.ledger_key, legs=[leg])])
    session.flush()
    return payout


def _inside(payout: Payout, what: Earned) -> Earning:
    return Earning(
        user=payout.user,
        project=None,
        payout=payout,
        kind=what.kind,
        amount_minor=what.amount_minor,
        ledger_key=what.ledger_key,
        ref_type=what.ref_type,
        ref_id=what.ref_id,
        reason=what.reason,
        state=EarningState.IN_TRANSIT,
        available_at=clock.now(),
    )


def problems(app: Application, session: Session, user: User, accident: Accident) -> list[str]:
    """Send one payout through this; what is wrong with the provider and the books afterwards (nothing)."""
    payments, weather = payments_of(app), accident.weather
    payout = approved_payout(session, user)
    _order(payments, accident.fault, weather)
    failing = Failing(other_client(payments, weather.repetitions), accident.point)
    start = A_DAY_LATER if weather.late else timedelta(0)
    with dying(failing):
        _attempt(app, failing, payout.id)
        gateways.fund(payments, AMPLE_MINOR)
        for later in SOON:
            with clock.shifted(start + later):
                _attempt(app, failing, payout.id)
            if _ended(session, payout):
                break
        with clock.shifted(start + later + SOON[0]):
            _attempt(app, failing, payout.id)  # once more: nothing may come of it
    return [f"{accident}: {line}" for line in _differences(payments, session, payout)]


def _order(payments: EmulatedPayments, fault: Fault | None, weather: Weather) -> None:
    with payments.emulator.books() as books:
        books.sql.execute("DELETE FROM faults")
        balance.set_available(books, 0 if weather.short else AMPLE_MINOR)
        if fault is not None:
            order(books, fault, path=DOOR)
        if weather.misses:
            order(books, Fault.HIDE_LISTS, method="GET", path=DOOR)


def _attempt(app: Application, failing: Failing, payout_id: uuid.UUID) -> None:
    with suppress(Crash):
        service.send(app.sessions, failing, payout_id)  # type: ignore[arg-type]  # the two calls it makes


def _ended(session: Session, payout: Payout) -> bool:
    session.refresh(payout)
    return payout.state not in {PayoutState.APPROVED, PayoutState.SENT}


def _differences(payments: EmulatedPayments, session: Session, payout: Payout) -> list[str]:
    """Exactly one transfer, of this amount, and books that say the same."""
    session.refresh(payout)
    with payments.emulator.books() as books:
        made = [(row["id"], row["amount"]) for row in books.in_group(str(payout.id))]
    lines = []
    if made != [(payout.external_id, payout.amount_minor)]:
        lines.append(f"the provider made {made}, we know {payout.external_id} of {payout.amount_minor}")
    if payout.state is not PayoutState.PAID:
        lines.append(f"it is {payout.state.value}, alarm {payout.alarm}")
    on_its_way = ledger_queries.balance(session, Kind.EXPERT_IN_TRANSIT, payout.user_id)
    return lines + ([f"{on_its_way} are still on their way"] if on_its_way else [])
