"""What `ledger verify` asks of disputes, and of a company's Statement as a whole (I12 of docs/money.md)."""

import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from marketplace.billing.models import Dispute, DisputeState, Refund, RefundState
from marketplace.companies.models import Company
from marketplace.kit import clock
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import PLATFORM, Kind, LedgerAccount, LedgerPosting

MOST_LINES = 20
UNANSWERED = timedelta(hours=24)
OUTSIDE = (Kind.STRIPE_BALANCE, Kind.PLATFORM_BANK, Kind.ADJUSTMENTS, Kind.EXPERT_PENDING)
WALLET_SIDE = (Kind.COMPANY_WALLET, Kind.COMPANY_REFUND_IN_TRANSIT, Kind.COMPANY_DISPUTE_HOLD)
GONE = (RefundState.PAID, RefundState.ARRIVED, RefundState.RETURNED)


def disputes_broken(session: Session) -> list[str]:
    """One line for each broken rule; empty is good."""
    return [
        *_holds(session),
        *_receivable(session),
        *_uncovered(session),
        *_statements(session),
        *_stuck(session),
    ]


def _holds(session: Session) -> list[str]:
    """What is set aside of each company is what its open disputes say."""
    open_ones = (
        select(Dispute.company_id, func.sum(Dispute.held_minor))
        .where(Dispute.ended_at.is_(None), Dispute.held_minor > 0)
        .group_by(Dispute.company_id)
    )
    return _unequal(
        "company_dispute_hold of", _sums(session, open_ones), _balances(session, Kind.COMPANY_DISPUTE_HOLD)
    )


def _receivable(session: Session) -> list[str]:
    """What the provider took back and nobody has decided is what open disputes say."""
    said = session.scalar(
        select(func.coalesce(func.sum(Dispute.withdrawn_minor), 0)).where(Dispute.ended_at.is_(None))
    )
    has = ledger.balance(session, Kind.DISPUTES_RECEIVABLE, PLATFORM)
    return [] if said == has else [f"I12 disputes_receivable holds {has}, the open disputes say {said}"]


def _uncovered(session: Session) -> list[str]:
    """What stands at the company is what its open disputes lack."""
    lacking = (
        select(Dispute.company_id, func.sum(Dispute.withdrawn_minor - Dispute.held_minor))
        .where(Dispute.ended_at.is_(None), Dispute.withdrawn_minor > Dispute.held_minor)
        .group_by(Dispute.company_id)
    )
    noted = select(Company.id, Company.uncovered_minor).where(Company.uncovered_minor != 0)
    return _unequal("the uncovered amount at company", _sums(session, lacking), _sums(session, noted))


def _statements(session: Session) -> list[str]:
    """Money in minus refunds minus held money lost = accounts + projects + spent, for each company."""
    came = _crossed(session, WALLET_SIDE[:1], OUTSIDE)
    refunds = select(Refund.company_id, func.sum(Refund.amount_minor)).where(Refund.state.in_(GONE))
    lost = select(Dispute.company_id, func.sum(Dispute.held_minor)).where(
        Dispute.state == DisputeState.LOST, Dispute.ended_at.is_not(None)
    )
    for gone in (refunds.group_by(Refund.company_id), lost.group_by(Dispute.company_id)):
        for company_id, amount in _sums(session, gone).items():
            came[company_id] = came.get(company_id, 0) - amount
    holds = _crossed(session, WALLET_SIDE[:1], (Kind.PROJECT_BUDGET,))
    there = {company_id: -amount for company_id, amount in holds.items()}
    for kind in WALLET_SIDE:
        for company_id, amount in _balances(session, kind).items():
            there[company_id] = there.get(company_id, 0) + amount
    return _unequal("the Statement of company", came, there)


def _crossed(session: Session, kinds: tuple[Kind, ...], others: tuple[Kind, ...]) -> dict[uuid.UUID, int]:
    """Owner -> what came into these accounts from accounts of the other kinds, minus what went there."""
    debit, credit = LedgerPosting.debit_account_id, LedgerPosting.credit_account_id
    came = _flow(session, kinds, others, own_side=credit, other_side=debit)
    for owner, amount in _flow(session, kinds, others, own_side=debit, other_side=credit).items():
        came[owner] = came.get(owner, 0) - amount
    return came


def _flow(
    session: Session, kinds: tuple[Kind, ...], others: tuple[Kind, ...], *, own_side: Any, other_side: Any
) -> dict[uuid.UUID, int]:
    own, other = aliased(LedgerAccount), aliased(LedgerAccount)
    return _sums(
        session,
        select(own.owner_id, func.sum(LedgerPosting.amount_minor))
        .select_from(own)
        .join(LedgerPosting, own_side == own.id)
        .join(other, other.id == other_side)
        .where(own.kind.in_(kinds), other.kind.in_(others))
        .group_by(own.owner_id),
    )


def _stuck(session: Session) -> list[str]:
    """Alarms, and answers that somebody decided and the provider does not have after a day."""
    alarms = session.execute(
        select(Dispute.external_id, Dispute.alarm).where(Dispute.alarm.is_not(None)).limit(MOST_LINES)
    ).all()
    late = session.scalars(
        select(Dispute.external_id)
        .where(
            Dispute.answer.is_not(None),
            Dispute.submission_count <= Dispute.question_count,
            Dispute.ended_at.is_(None),
            Dispute.asked_at < clock.database_now(session) - UNANSWERED,
        )
        .limit(MOST_LINES)
    ).all()
    return [
        *(f"I10 dispute {row[0]}: {row[1]}" for row in alarms),
        *(f"I10 dispute {row}: the answer is not handed in after a day" for row in late),
    ]


def _balances(session: Session, kind: Kind) -> dict[uuid.UUID, int]:
    balance = LedgerAccount.credits_minor - LedgerAccount.debits_minor
    return _sums(
        session, select(LedgerAccount.owner_id, balance).where(LedgerAccount.kind == kind, balance != 0)
    )


def _sums(session: Session, statement: Any) -> dict[uuid.UUID, int]:
    return {row[0]: int(row[1]) for row in session.execute(statement)}


def _unequal(what: str, said: Mapping[uuid.UUID, int], has: Mapping[uuid.UUID, int]) -> list[str]:
    wrong = [one for one in {*said, *has} if said.get(one, 0) != has.get(one, 0)]
    return [
        f"I12 {what} {one}: {has.get(one, 0)} against {said.get(one, 0)}"
        for one in sorted(wrong)[:MOST_LINES]
    ]
