"""What `ledger verify` asks of this room."""

from datetime import timedelta

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from marketplace.billing.models import Refund, RefundAttempt, RefundState
from marketplace.billing.queries.dispute_checks import disputes_broken
from marketplace.identity import queries as identity
from marketplace.kit import clock
from marketplace.ledger.models import Kind, LedgerAccount

MOST_LINES = 20
UNTRIED, UNKNOWN = timedelta(minutes=30), timedelta(hours=24)
HELD = (RefundState.ASKED, RefundState.APPROVED, RefundState.SENT)


def broken(session: Session) -> list[str]:
    """I10, I12, I14 of docs/money.md: refunds and disputes, against the ledger and for their people."""
    return [*_held(session), *_stuck(session), *_one_person(session), *disputes_broken(session)]


def _held(session: Session) -> list[str]:
    """Companies whose money on its way back differs from what their refunds say."""
    asked = (
        select(Refund.company_id, func.sum(Refund.amount_minor))
        .where(Refund.state.in_(HELD))
        .group_by(Refund.company_id)
    )
    balance = LedgerAccount.credits_minor - LedgerAccount.debits_minor
    coming = select(LedgerAccount.owner_id, balance).where(
        LedgerAccount.kind == Kind.COMPANY_REFUND_IN_TRANSIT, balance != 0
    )
    said = {company_id: int(amount) for company_id, amount in session.execute(asked)}
    has = {company_id: int(amount) for company_id, amount in session.execute(coming)}
    wrong = [one for one in {*said, *has} if said.get(one, 0) != has.get(one, 0)]
    return [
        f"I12 company_refund_in_transit of {one} holds {has.get(one, 0)}, its refunds say {said.get(one, 0)}"
        for one in sorted(wrong)[:MOST_LINES]
    ]


def _stuck(session: Session) -> list[str]:
    """Alarms, refunds nobody tries to send, and refunds whose end nobody knows for a day."""
    now = clock.database_now(session)
    tried = exists().where(RefundAttempt.refund_id == Refund.id)
    alarms = session.execute(select(Refund.id, Refund.alarm).where(Refund.alarm.is_not(None))).all()
    sent = select(Refund.id).where(Refund.state == RefundState.SENT, Refund.alarm.is_(None))
    untried = session.scalars(sent.where(Refund.sent_at < now - UNTRIED, ~tried).limit(MOST_LINES)).all()
    unknown = session.scalars(sent.where(Refund.sent_at < now - UNKNOWN, tried).limit(MOST_LINES)).all()
    return [
        *(f"I10 refund {row[0]}: {row[1]}" for row in alarms[:MOST_LINES]),
        *(f"I10 refund {row} was sent and nobody tries it" for row in untried),
        *(f"I10 refund {row} has no known end for a day" for row in unknown),
    ]


def _one_person(session: Session) -> list[str]:
    """Refunds that one person asked for and let go under two names."""
    rows = session.execute(
        select(Refund.id, Refund.by_id, Refund.approved_by_id).where(Refund.approved_by_id.is_not(None))
    )
    pairs = [(str(refund), asked, approved) for refund, asked, approved in rows if approved]
    wrong = identity.one_person(session, pairs)
    return [f"I14 refund {key}: {one} and {other} are one person" for key, one, other in wrong[:MOST_LINES]]
