"""Deposits: asked for here, paid on a page of the provider's."""

import uuid
from datetime import timedelta

from sqlalchemy.orm import Session

from marketplace.audit import service as audit
from marketplace.billing import policy, queries
from marketplace.billing.errors import DepositOver, InvoiceNeeded, OnlyOwners
from marketplace.billing.models import OPENABLE, Deposit, DepositState
from marketplace.companies.models import Member
from marketplace.gateways.stripe.protocol import Payments
from marketplace.gateways.stripe.states import DepositOrder, HostedPage
from marketplace.kit import clock, ids
from marketplace.kit.database import Sessions, insert_once, transaction

PAGE_LIVES = timedelta(hours=23)


def start(session: Session, *, by: Member, amount_minor: int, form_key: uuid.UUID) -> Deposit:
    """Write down that the company wants to pay in `amount_minor` on a page; the same form makes one deposit.

    OnlyOwners (403) for other members, DepositOver (409) for a form of somebody else, or one that was sent
    with another amount or for an invoice before, InvoiceNeeded (409) for more than a page may take from this
    company now.
    """
    queries.lock_company(session, by.company_id)
    most = page_limit(session, by.company_id, but=form_key)
    if amount_minor > most:
        raise InvoiceNeeded(most)
    deposit, first = begin(session, by=by, amount_minor=amount_minor, form_key=form_key)
    if not first and queries.invoice_of(session, deposit.id):
        raise DepositOver
    return deposit


def page_limit(session: Session, company_id: uuid.UUID, *, but: uuid.UUID | None = None) -> int:
    """The most this company may pay in on a page at this moment, in minor units; more goes by invoice.

    `but`: a deposit that does not count, because it is the one that asks.
    """
    now = clock.database_now(session)
    week = queries.week_by_page(session, company_id, now, but=but or ids.new_id())
    return policy.page_limit(first=queries.first_settled_at(session, company_id), week_minor=week, now=now)


def begin(session: Session, *, by: Member, amount_minor: int, form_key: uuid.UUID) -> tuple[Deposit, bool]:
    """Write a deposit down, whichever way it will come; the same form makes one.  Also says if it is new.

    OnlyOwners (403), DepositOver (409) as in `start`.
    """
    if not policy.may_pay(by):
        raise OnlyOwners
    first = insert_once(
        session,
        Deposit,
        id=form_key,
        company_id=by.company_id,
        by_id=by.user_id,
        amount_minor=amount_minor,
        currency="usd",
        state=DepositState.CREATED,
        session_number=0,
    )
    deposit = queries.for_member(session, by.user_id, form_key)
    if deposit is None or deposit.company_id != by.company_id or deposit.amount_minor != amount_minor:
        raise DepositOver
    if first:
        audit.record(
            session,
            "company:deposit:started",
            actor_id=by.user_id,
            subject_type="deposit",
            subject_id=form_key,
            amount_minor=amount_minor,
        )
    return deposit, first


def reopen(session: Session, deposit: Deposit, *, by: Member) -> None:
    """Allow a new page for a deposit whose page ran out or never came.

    OnlyOwners (403) for other members, DepositOver (409) when it was paid, has failed or is an
    invoice, InvoiceNeeded (409) when it is more than a page may take now.
    """
    if not policy.may_pay(by) or by.company_id != deposit.company_id:
        raise OnlyOwners
    queries.lock_company(session, deposit.company_id)
    session.refresh(deposit, ["state"])
    if deposit.state not in {*OPENABLE, DepositState.OPEN} or queries.invoice_of(session, deposit.id):
        raise DepositOver
    if deposit.state is DepositState.OPEN:
        return
    most = page_limit(session, by.company_id, but=deposit.id)
    if deposit.amount_minor > most:
        raise InvoiceNeeded(most)
    deposit.reopened_at = clock.database_now(session)


def open_page(sessions: Sessions, payments: Payments, deposit_id: uuid.UUID, *, back: str) -> None:
    """Have the provider open the page of a deposit and keep its address; `back` is our own page of it.

    Every try has a number and so a key of its own: a page whose address got lost was shown to nobody, so
    nobody pays on it, and a refusal that the provider keeps under a key does not stand in the way.
    Raises PaymentsDown (503) or PaymentsRefused (502); the deposit then waits for the next try.
    """
    with transaction(sessions) as session:
        order = _order(session, deposit_id, back)
    if order is None:
        return
    hosted = payments.create_deposit_session(order)
    with transaction(sessions) as session:
        _keep(session, deposit_id, hosted)


def _order(session: Session, deposit_id: uuid.UUID, back: str) -> DepositOrder | None:
    deposit = queries.lock(session, deposit_id)
    if deposit is None or deposit.state not in OPENABLE:
        return None
    deposit.session_number += 1
    return DepositOrder(
        deposit_id=deposit.id,
        company_id=deposit.company_id,
        customer_name=deposit.company.name,
        customer_email=deposit.by.email,
        amount_minor=deposit.amount_minor,
        currency=deposit.currency,
        success_url=f"{back}?returned=1",
        cancel_url=back,
        idempotency_key=f"deposit:{deposit.id}:session:{deposit.session_number}",
        expires_at=clock.database_now(session) + PAGE_LIVES,
    )


def _keep(session: Session, deposit_id: uuid.UUID, hosted: HostedPage) -> None:
    deposit = queries.lock(session, deposit_id)
    if deposit is not None and deposit.state in OPENABLE:  # else another click was faster: its page stays
        deposit.move(DepositState.OPEN)
        deposit.session_id, deposit.page_url = hosted.id, hosted.url
