"""Every SELECT on disputes: which deposit they are about, what waits, what the books need."""

import uuid
from collections.abc import Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from marketplace.billing.models import KEPT, Deposit, Dispute
from marketplace.gateways.stripe import states
from marketplace.kit.pages import Page, page
from marketplace.ledger import queries as ledger


def deposit_of(session: Session, state: states.DisputeState) -> Deposit | None:
    """The deposit that a dispute is about, locked; None for a payment that is not ours."""
    found = select(Deposit).with_for_update().execution_options(populate_existing=True)
    deposit = None
    if state.payment_intent_id:
        deposit = session.scalar(found.where(Deposit.payment_intent_id == state.payment_intent_id))
    if deposit is None and state.deposit_id:
        deposit = session.scalar(found.where(Deposit.id == state.deposit_id))
    return deposit


def is_credited(session: Session, payment_intent_id: str | None) -> bool:
    """Whether this payment is in the books as money of its company."""
    key = f"deposit:{payment_intent_id}:succeeded"
    return key in ledger.with_keys(session, [key])


def lock_dispute(session: Session, dispute_id: uuid.UUID) -> Dispute | None:
    """A dispute with its company and deposit, locked."""
    return session.scalar(_locked().where(Dispute.id == dispute_id))


def lock_dispute_told(session: Session, external_id: str) -> Dispute:
    """The dispute the provider means, which is here, locked."""
    return session.execute(_locked().where(Dispute.external_id == external_id)).scalar_one()


def _locked() -> Select[Dispute]:
    return (
        select(Dispute)
        .options(joinedload(Dispute.company), joinedload(Dispute.deposit).joinedload(Deposit.by))
        .with_for_update(of=Dispute)
        .execution_options(populate_existing=True)
    )


def dispute(session: Session, dispute_id: uuid.UUID) -> Dispute | None:
    """One dispute, for its page."""
    return session.scalar(
        select(Dispute)
        .where(Dispute.id == dispute_id)
        .options(
            joinedload(Dispute.company),
            joinedload(Dispute.answered_by),
            joinedload(Dispute.deposit).joinedload(Deposit.by),
        )
    )


def disputes(session: Session, mark: str | None) -> Page[Dispute]:
    """Every dispute, the newest first."""
    statement = select(Dispute).options(joinedload(Dispute.company))
    return page(session, statement, [Dispute.id], mark=mark, key_of=lambda row: [row.id])


def disputes_of(session: Session, company_id: uuid.UUID, mark: str | None) -> Page[Dispute]:
    """A company's disputes, the newest first."""
    statement = select(Dispute).where(Dispute.company_id == company_id).options(joinedload(Dispute.deposit))
    return page(session, statement, [Dispute.id], mark=mark, key_of=lambda row: [row.id])


def is_disputed(session: Session, deposit_id: uuid.UUID) -> bool:
    """Whether a bank has taken this deposit back, or a part of it, or asks about it."""
    return session.scalar(_taken().where(Dispute.deposit_id == deposit_id).limit(1)) is not None


def disputed_deposits(session: Session, company_id: uuid.UUID) -> set[uuid.UUID]:
    """The deposits of a company that are disputed or were lost: nothing of them goes back a second time."""
    return set(session.scalars(_taken().where(Dispute.company_id == company_id)))


def _taken() -> Select[uuid.UUID]:
    return select(Dispute.deposit_id).where(Dispute.state.not_in(KEPT))


def uncovered(session: Session, company_id: uuid.UUID) -> int:
    """What open disputes of a company have taken and nothing is set aside for, in minor units."""
    open_ones = (Dispute.company_id == company_id, Dispute.withdrawn_at.is_not(None))
    rest = func.coalesce(func.sum(Dispute.withdrawn_minor - Dispute.held_minor), 0)
    return int(session.execute(select(rest).where(*open_ones, Dispute.ended_at.is_(None))).scalar_one())


def disputes_to_follow(session: Session) -> Sequence[str]:
    """The provider's ids of disputes that are not over, the oldest first."""
    return session.scalars(
        select(Dispute.external_id).where(Dispute.ended_at.is_(None)).order_by(Dispute.id)
    ).all()


def unanswered(session: Session) -> Sequence[uuid.UUID]:
    """Disputes whose answer somebody has decided and the provider may not have, the oldest first."""
    return session.scalars(
        select(Dispute.id)
        .where(
            Dispute.answer.is_not(None),
            Dispute.submission_count <= Dispute.question_count,
            Dispute.ended_at.is_(None),
        )
        .order_by(Dispute.id)
    ).all()
