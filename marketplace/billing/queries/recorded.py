"""Every SELECT on money written down by hand."""

import uuid

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from marketplace.billing.models import RecordedDeposit
from marketplace.companies.models import Company
from marketplace.kit.pages import Page, page


def recorded(session: Session, recorded_id: uuid.UUID) -> RecordedDeposit | None:
    """One of them, by its id or that of its Deposit, which are the same."""
    return session.scalar(_with_people().where(RecordedDeposit.id == recorded_id))


def lock_recorded(session: Session, recorded_id: uuid.UUID) -> RecordedDeposit | None:
    """The same, locked."""
    return session.scalar(
        _with_people()
        .where(RecordedDeposit.id == recorded_id)
        .with_for_update(of=RecordedDeposit)
        .execution_options(populate_existing=True)
    )


def recorded_deposits(session: Session, mark: str | None) -> Page[RecordedDeposit]:
    """All of them, newest first."""
    return page(session, _with_people(), [RecordedDeposit.id], mark=mark, key_of=lambda row: [row.id])


def has_reference(session: Session, bank_reference: str) -> bool:
    """Whether a line of our bank statement was written down already."""
    statement = select(RecordedDeposit.id).where(RecordedDeposit.bank_reference == bank_reference)
    return session.scalar(statement) is not None


def company_called(session: Session, said: str) -> Company | None:
    """The company with this name in its address, else the only one of this name, whatever its capitals."""
    by_address = session.scalar(select(Company).where(Company.slug == said))
    if by_address is not None:
        return by_address
    named = session.scalars(
        select(Company).where(or_(Company.name == said, func.lower(Company.name) == said.lower())).limit(2)
    ).all()
    return named[0] if len(named) == 1 else None


def _with_people() -> Select[RecordedDeposit]:
    return select(RecordedDeposit).options(
        joinedload(RecordedDeposit.company),
        joinedload(RecordedDeposit.by),
        joinedload(RecordedDeposit.decided_by),
    )
