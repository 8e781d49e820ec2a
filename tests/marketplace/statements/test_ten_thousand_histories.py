"""Statement total = amount of the payout = what the provider transferred, whatever had happened before."""

import csv
import io
import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.gateways.stripe.emulated import EmulatedPayments
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.application import Application
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import Kind
from marketplace.payouts import queries as payout_queries
from marketplace.payouts import service as payouts
from marketplace.payouts.errors import NothingToPay
from marketplace.payouts.models import Payout, PayoutRun, PayoutState
from marketplace.payouts.service.returning import give_back
from marketplace.statements import service
from marketplace.statements.policy import Period
from tests.factories import gateways
from tests.factories.billing import payments_of
from tests.factories.histories import History, make_histories, settle
from tests.factories.payouts import make_finance
from tests.factories.provider_events import empty_provider

HISTORIES = {"sqlite": 10_000, "postgresql": 500}
REALLY_SENT, LOOKED_AT = 20, 100
FAILING = 0.03
SEED = 20_261_127


def test_statement_payout_and_transfer_are_one_amount(
    app: Application, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty_provider(app, tmp_path, monkeypatch)
    payments = payments_of(app)
    count = HISTORIES[session.get_bind().dialect.name]
    gateways.fund(payments, 10**12)
    like = gateways.ready_account(payments)
    histories = make_histories(session, payments, count, account_id=like, seed=SEED)
    while payouts.mature_due(session):
        session.flush()
        session.expunge_all()
    failed = _pay_everybody(app, session, payments)
    assert failed > 0
    _compare(session, payments, histories)
    _look_at_months(session, histories)
    assert payout_queries.broken(session) == []
    assert ledger.broken(session) == []


def _pay_everybody(app: Application, session: Session, payments: EmulatedPayments) -> int:
    """Runs until nobody is left, some payouts failing on the way; returns how many failed."""
    dice, failed, first = random.Random(SEED), 0, True
    while (run := _next_run(session)) is not None:
        rows = list(session.scalars(select(Payout).where(Payout.run_id == run.id).order_by(Payout.id)))
        if first:
            _really_send(app, session, payments, rows[:REALLY_SENT])
            rows, first = rows[REALLY_SENT:], False
        failing = [row for row in rows if dice.random() < FAILING]
        for row in failing:
            row.state = PayoutState.SENT
            row.provider_key = f"payout:{row.id}"
        session.flush()
        give_back(session, failing, PayoutState.FAILED, "account_invalid")
        session.flush()
        settle(session, payments, [row for row in rows if row not in failing])
        failed += len(failing)
        session.expunge_all()
    return failed


def _next_run(session: Session) -> PayoutRun | None:
    try:
        run = payouts.prepare_run(session, by=make_finance(session))
    except NothingToPay:
        return None
    session.flush()
    return run


def _really_send(
    app: Application, session: Session, payments: EmulatedPayments, rows: Sequence[Payout]
) -> None:
    """The whole protocol, for a few: intend, call, record."""
    for row in rows:
        row.move(PayoutState.APPROVED)
    session.flush()
    for row in rows:
        payouts.send(app.sessions, payments, row.id)


def _compare(session: Session, payments: EmulatedPayments, histories: Sequence[History]) -> None:
    """Every person's statement, payout, transfer, and what their history says is due, as one row each."""
    session.expire_all()
    paid = {
        row.user_id: row for row in session.scalars(select(Payout).where(Payout.state == PayoutState.PAID))
    }
    with payments.emulator.books() as books:
        transferred = {
            one.user_id: [
                (row["amount"], row["destination"]) for row in books.in_group(str(paid[one.user_id].id))
            ]
            for one in histories
            if one.due
        }
    wrong = []
    for one in histories:
        stated = _stated(session, paid[one.user_id]) if one.user_id in paid else 0
        amount = paid[one.user_id].amount_minor if one.user_id in paid else 0
        sent = transferred.get(one.user_id, [])
        if not (stated == amount == one.due and sent == [(one.due, one.account_id)] * bool(one.due)):
            wrong.append((one, stated, amount, sent))
    assert wrong == []
    assert len(paid) == sum(1 for one in histories if one.due) > len(histories) // 2


def _stated(session: Session, payout: Payout) -> int:
    """What the lines of the statement are together; its own total says the same, or it would not be shown."""
    statement = service.payout_statement(session, session.get_one(User, payout.user_id), payout.id)
    assert statement is not None
    total = sum(line.minor for line in statement.lines)
    assert total == statement.total.minor
    for line in statement.lines:
        assert line.minor > 0
    return total


def _look_at_months(session: Session, histories: Sequence[History]) -> None:
    """For some: the month as page and file ends at what the books hold for them."""
    now = clock.now()
    for one in histories[:LOOKED_AT]:
        user = session.get_one(User, one.user_id)
        statement = service.period_statement(session, user, Period(now.year))
        places = [(kind, one.user_id) for kind in (Kind.EXPERT_PENDING, Kind.EXPERT_AVAILABLE)]
        left = sum(ledger.balances(session, places).values())
        rows = list(csv.DictReader(io.StringIO(service.csv_of(statement).decode("utf-8-sig"), newline="")))
        assert statement.total.minor == left == sum(int(row["amount_minor"]) for row in rows)
        assert left == sum(one.held) + (0 if one.due else sum(one.counted))
