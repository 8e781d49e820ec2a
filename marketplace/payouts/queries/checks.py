"""What `ledger verify` asks of this room."""

from datetime import timedelta

from sqlalchemy import ColumnElement, exists, func, literal, or_, select
from sqlalchemy.orm import Session

from marketplace.identity import queries as identity
from marketplace.kit import clock
from marketplace.ledger.models import Kind, LedgerAccount
from marketplace.payouts.models import (
    Earning,
    EarningState,
    Payout,
    PayoutAttempt,
    PayoutRun,
    PayoutState,
    Rail,
)
from marketplace.payouts.queries.reversals import reversals_broken
from marketplace.payouts.queries.withholding import LIVE, withholding_broken

MOST_LINES = 20
UNTRIED = timedelta(minutes=15)
UNKNOWN = timedelta(hours=24)
_KINDS = {
    EarningState.PENDING: Kind.EXPERT_PENDING,
    EarningState.AVAILABLE: Kind.EXPERT_AVAILABLE,
    EarningState.IN_TRANSIT: Kind.EXPERT_IN_TRANSIT,
}


def broken(session: Session) -> list[str]:
    """I9, I10, I14 of docs/money.md: earnings against the ledger, payouts without an end, one person for two.

    That a paid payout has one proof, which no other has, is a constraint of the table.
    """
    return [
        *(line for state in _KINDS for line in _earnings_differ(session, state)),
        *_payouts_differ(session),
        *_stuck(session),
        *_one_person(session),
        *reversals_broken(session),
        *withholding_broken(session),
    ]


def _earnings_differ(session: Session, state: EarningState) -> list[str]:
    """People whose earnings in this state differ from what the ledger holds for them, on either side."""
    earned = (
        select(Earning.user_id, (func.sum(Earning.amount_minor) - _withheld(state)).label("amount"))
        .where(Earning.state == state)
        .group_by(Earning.user_id)
        .subquery()
    )
    held = (
        select(
            LedgerAccount.owner_id,
            (LedgerAccount.credits_minor - LedgerAccount.debits_minor).label("amount"),
        )
        .where(LedgerAccount.kind == _KINDS[state])
        .subquery()
    )
    said, has = func.coalesce(earned.c.amount, 0), func.coalesce(held.c.amount, 0)
    same = earned.c.user_id == held.c.owner_id
    rows = [
        *session.execute(select(held.c.owner_id, has, said).outerjoin(earned, same).where(has != said)),
        *session.execute(
            select(earned.c.user_id, has, said).outerjoin(held, same).where(held.c.owner_id.is_(None))
        ),
    ]
    name = _KINDS[state].value
    return [f"I9 {name} of {row[0]} holds {row[1]}, its earnings say {row[2]}" for row in rows[:MOST_LINES]]


def _withheld(state: EarningState) -> ColumnElement[int]:
    """Of earnings on their way a part is the authority's already."""
    if state is not EarningState.IN_TRANSIT:
        return literal(0)
    taken = select(func.coalesce(func.sum(Payout.withheld_minor), 0)).where(
        Payout.user_id == Earning.user_id, Payout.state.in_(LIVE)
    )
    return taken.correlate(Earning).scalar_subquery()


def _payouts_differ(session: Session) -> list[str]:
    """A payout holds exactly its earnings, and none once it failed, was cancelled or came back."""
    ended = or_(
        Payout.state.in_([PayoutState.FAILED, PayoutState.CANCELLED]), Payout.returned_at.is_not(None)
    )
    inside = func.coalesce(func.sum(Earning.amount_minor), 0)
    gross = Payout.amount_minor + Payout.withheld_minor
    base = (
        select(Payout.id, gross, inside)
        .outerjoin(Earning, Earning.payout_id == Payout.id)
        .group_by(Payout.id, gross)
        .limit(MOST_LINES)
    )
    rows = [
        *session.execute(base.where(~ended).having(inside != gross)),
        *session.execute(base.where(ended).having(inside != 0)),
    ]
    return [f"I9 payout {row[0]} is {row[1]}, its earnings are {row[2]}" for row in rows]


def _stuck(session: Session) -> list[str]:
    """Alarms, payouts nobody tries to send, and payouts whose end nobody knows for a day."""
    now = clock.database_now(session)
    tried = exists().where(PayoutAttempt.payout_id == Payout.id)
    alarms = session.execute(select(Payout.id, Payout.alarm).where(Payout.alarm.is_not(None))).all()
    sent = select(Payout.id).where(
        Payout.state == PayoutState.SENT, Payout.rail == Rail.STRIPE, Payout.alarm.is_(None)
    )
    untried = session.scalars(sent.where(Payout.sent_at < now - UNTRIED, ~tried).limit(MOST_LINES)).all()
    unknown = session.scalars(sent.where(Payout.sent_at < now - UNKNOWN, tried).limit(MOST_LINES)).all()
    return [
        *(f"I10 payout {row[0]}: {row[1]}" for row in alarms[:MOST_LINES]),
        *(f"I10 payout {row} was sent and nobody tries it" for row in untried),
        *(f"I10 payout {row} has no known end for a day" for row in unknown),
    ]


def _one_person(session: Session) -> list[str]:
    """Runs that one person prepared and approved under two names."""
    rows = session.execute(
        select(PayoutRun.id, PayoutRun.prepared_by_id, PayoutRun.approved_by_id).where(
            PayoutRun.approved_by_id.is_not(None)
        )
    )
    pairs = [(str(run), first, second) for run, first, second in rows if second]
    wrong = identity.one_person(session, pairs)
    return [
        f"I14 payout run {run}: {one} and {other} are one person" for run, one, other in wrong[:MOST_LINES]
    ]
