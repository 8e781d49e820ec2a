"""Every SELECT on deposits alone."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from marketplace.billing.models import Deposit, DepositState
from marketplace.companies.models import Member
from marketplace.kit.pages import Page, page

UNSETTLED = (DepositState.OPEN, DepositState.PENDING)


def for_member(session: Session, user_id: uuid.UUID, deposit_id: uuid.UUID) -> Deposit | None:
    """A deposit of a company the person is a member of now."""
    return session.scalar(
        select(Deposit)
        .join(Member, Member.company_id == Deposit.company_id)
        .where(Deposit.id == deposit_id, Member.user_id == user_id, Member.left_at.is_(None))
        .options(joinedload(Deposit.company), joinedload(Deposit.by))
    )


def of_company(session: Session, company_id: uuid.UUID, mark: str | None) -> Page[Deposit]:
    """A company's deposits, newest first."""
    statement = select(Deposit).where(Deposit.company_id == company_id).options(joinedload(Deposit.by))
    return page(session, statement, [Deposit.id], mark=mark, key_of=lambda row: [row.id])


def lock(session: Session, deposit_id: uuid.UUID) -> Deposit | None:
    """A deposit with its company and who asked for it, locked."""
    return session.scalar(
        select(Deposit)
        .where(Deposit.id == deposit_id)
        .options(joinedload(Deposit.company), joinedload(Deposit.by))
        .with_for_update(of=Deposit)
        .execution_options(populate_existing=True)
    )


def lock_paid_by(session: Session, payment_intent_id: str) -> Deposit | None:
    """The deposit this payment settled, locked."""
    found = session.scalar(select(Deposit.id).where(Deposit.payment_intent_id == payment_intent_id))
    return lock(session, found) if found else None


def deposit(session: Session, deposit_id: uuid.UUID) -> Deposit | None:
    """A deposit with its company and who asked for it, not locked."""
    return session.scalar(
        select(Deposit)
        .where(Deposit.id == deposit_id)
        .options(joinedload(Deposit.company), joinedload(Deposit.by))
    )


def unsettled(session: Session) -> Sequence[str]:
    """The provider's pages of deposits that are not settled yet, oldest first."""
    found = session.scalars(
        select(Deposit.session_id)
        .where(Deposit.state.in_(UNSETTLED), Deposit.session_id.is_not(None))
        .order_by(Deposit.id)
    ).all()
    return [identity for identity in found if identity is not None]
