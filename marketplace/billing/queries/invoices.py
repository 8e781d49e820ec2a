"""Every SELECT on invoices of deposits and on who they go to."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from marketplace.billing.models import BillingCustomer, Deposit, DepositInvoice, DepositState
from marketplace.companies.models import Company

OPENS_WITHIN = timedelta(hours=1)  # a page that was allowed anew comes by then, or not at all
BY_PAGE = (DepositState.CREATED, DepositState.OPEN, DepositState.PENDING, DepositState.SUCCEEDED)


def customer(session: Session, company_id: uuid.UUID) -> BillingCustomer | None:
    """Who this company is at the provider."""
    return session.scalar(select(BillingCustomer).where(BillingCustomer.company_id == company_id))


def invoice_of(session: Session, deposit_id: uuid.UUID) -> DepositInvoice | None:
    """The invoice of a deposit; None for one that is paid on a page."""
    return session.scalar(select(DepositInvoice).where(DepositInvoice.deposit_id == deposit_id))


def lock_invoice(session: Session, deposit_id: uuid.UUID) -> DepositInvoice | None:
    """The same, locked."""
    return session.scalar(
        select(DepositInvoice)
        .where(DepositInvoice.deposit_id == deposit_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def invoices_of(session: Session, deposit_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, DepositInvoice]:
    """Deposit -> its invoice, for those that have one."""
    rows = session.scalars(select(DepositInvoice).where(DepositInvoice.deposit_id.in_(deposit_ids))).all()
    return {row.deposit_id: row for row in rows}


def open_invoices(session: Session) -> Sequence[str]:
    """The provider's ids of invoices somebody may still pay, oldest first."""
    found = session.scalars(
        select(DepositInvoice.external_id)
        .join(DepositInvoice.deposit)
        .where(Deposit.state == DepositState.OPEN, DepositInvoice.external_id.is_not(None))
        .order_by(DepositInvoice.id)
    ).all()
    return [one for one in found if one is not None]


def unsent_invoices(session: Session) -> Sequence[uuid.UUID]:
    """Deposits whose invoice has not reached its customer yet, oldest first."""
    return session.scalars(
        select(Deposit.id)
        .join(DepositInvoice, DepositInvoice.deposit_id == Deposit.id)
        .where(Deposit.state == DepositState.CREATED)
        .order_by(Deposit.id)
    ).all()


def newly_overdue(session: Session, now: datetime) -> Sequence[DepositInvoice]:
    """Open invoices past their day whose company was not reminded, with their deposits; locked."""
    return session.scalars(
        select(DepositInvoice)
        .join(DepositInvoice.deposit)
        .where(
            Deposit.state == DepositState.OPEN,
            DepositInvoice.due_at < now,
            DepositInvoice.overdue_at.is_(None),
        )
        .options(joinedload(DepositInvoice.deposit))
        .order_by(DepositInvoice.id)
        .with_for_update(of=DepositInvoice)
    ).all()


def lock_company(session: Session, company_id: uuid.UUID) -> None:
    """Two forms of a company sent at once are looked at one after the other."""
    session.execute(select(Company.id).where(Company.id == company_id).with_for_update())


def first_settled_at(session: Session, company_id: uuid.UUID) -> datetime | None:
    """When the first deposit of a company arrived."""
    return session.scalar(
        select(func.min(Deposit.settled_at)).where(
            Deposit.company_id == company_id, Deposit.state == DepositState.SUCCEEDED
        )
    )


def week_by_page(session: Session, company_id: uuid.UUID, now: datetime, *, but: uuid.UUID) -> int:
    """What a company has begun to pay on pages in seven days, in minor units; without the deposit `but`."""
    with_invoice = select(DepositInvoice.deposit_id)
    said = session.scalar(
        select(func.coalesce(func.sum(Deposit.amount_minor), 0)).where(
            Deposit.company_id == company_id,
            Deposit.id != but,
            or_(
                Deposit.state.in_(BY_PAGE),
                and_(Deposit.state == DepositState.EXPIRED, Deposit.reopened_at > now - OPENS_WITHIN),
            ),
            func.coalesce(Deposit.reopened_at, Deposit.created_at) > now - timedelta(days=7),
            Deposit.id.not_in(with_invoice),
            or_(Deposit.session_number > 0, Deposit.state == DepositState.CREATED),
        )
    )
    return int(said or 0)
