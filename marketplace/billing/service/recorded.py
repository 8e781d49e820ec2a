"""Transfers to our own bank: written down by one person of the house, confirmed by another."""

import uuid
from datetime import date

from sqlalchemy.orm import Session

from marketplace.audit import service as audit
from marketplace.billing import policy, queries
from marketplace.billing.errors import RecordedOver, ReferenceUsed, SecondPersonNeeded
from marketplace.billing.events import DepositSettled
from marketplace.billing.models import Deposit, DepositState, RecordedDeposit, RecordedState
from marketplace.billing.service.settling import told
from marketplace.companies import queries as companies
from marketplace.companies.models import Company
from marketplace.identity import queries as identity
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.database import insert_once
from marketplace.kit.errors import NotFound
from marketplace.kit.events import publish
from marketplace.kit.money import Money
from marketplace.ledger import service as ledger
from marketplace.ledger.models import PLATFORM, Kind
from marketplace.ledger.service import Entry


def record(
    session: Session,
    company: Company,
    *,
    by: User,
    amount_minor: int,
    bank_reference: str,
    arrived_on: date,
    reason: str,
) -> None:
    """Write down a transfer of `company` on our bank statement; no money moves before somebody confirms it.

    ReferenceUsed (409) for a line that was written down before, SecondPersonNeeded (403) to people of the
    company itself.
    """
    if companies.is_near(session, by.id, company.id):
        raise SecondPersonNeeded
    first = insert_once(
        session,
        RecordedDeposit,
        company_id=company.id,
        by_id=by.id,
        amount_minor=amount_minor,
        currency="usd",
        bank_reference=policy.plain_reference(bank_reference),
        arrived_on=arrived_on,
        reason=reason,
        state=RecordedState.PREPARED,
    )
    if not first:
        raise ReferenceUsed
    _note(session, "recorded", company.id, by, amount_minor)


def confirm(session: Session, recorded_id: uuid.UUID, *, by: User) -> RecordedDeposit:
    """Credit the wallet: whoever confirms has found the transfer on the bank statement too.

    SecondPersonNeeded (403) to the person who wrote it down, under whatever User, and to people of the
    company, RecordedOver (409) once it is confirmed or dropped.
    """
    row = _locked(session, recorded_id)
    same = identity.one_person(session, [(str(row.id), row.by_id, by.id)])
    if same or companies.is_near(session, by.id, row.company_id):
        raise SecondPersonNeeded
    if row.state is not RecordedState.PREPARED:
        raise RecordedOver
    row.move(RecordedState.CONFIRMED)
    row.decided_by, row.decided_at = by, clock.database_now(session)
    deposit = _deposit(session, row)
    ledger.post_all(session, [_entry(row, by)])
    _note(session, "confirmed", row.company_id, by, row.amount_minor)
    owners = companies.lock_owners(session, row.company_id)
    if owners:
        publish(session, DepositSettled(**{**told(deposit), "user_id": owners[0].user_id}))
    return row


def drop(session: Session, recorded_id: uuid.UUID, *, by: User) -> None:
    """It was a mistake, and no money has moved.  RecordedOver (409) once it is confirmed or dropped."""
    row = _locked(session, recorded_id)
    if row.state is not RecordedState.PREPARED:
        raise RecordedOver
    row.move(RecordedState.DROPPED)
    row.decided_by, row.decided_at = by, clock.database_now(session)
    row.bank_reference = f"{row.bank_reference} (dropped {row.id})"  # the line can be written down again
    _note(session, "dropped", row.company_id, by, row.amount_minor)


def _locked(session: Session, recorded_id: uuid.UUID) -> RecordedDeposit:
    row = queries.lock_recorded(session, recorded_id)
    if row is None:
        raise NotFound("That page does not exist, or it is not yours.")
    return row


def _deposit(session: Session, row: RecordedDeposit) -> Deposit:
    """The same money as a company sees it."""
    deposit = Deposit(
        id=row.id,
        company=row.company,
        by=row.by,
        amount_minor=row.amount_minor,
        currency=row.currency,
        settled_at=row.decided_at,
    )
    deposit.move(DepositState.SUCCEEDED)
    session.add(deposit)
    session.flush()
    return deposit


def _entry(row: RecordedDeposit, by: User) -> Entry:
    return Entry(
        kind="deposit_recorded",
        key=f"deposit:{row.id}:recorded",
        closes=f"deposit:{row.id}",
        legs=[
            (
                (Kind.PLATFORM_BANK, PLATFORM),
                (Kind.COMPANY_WALLET, row.company_id),
                Money(row.amount_minor, row.currency),
            )
        ],
        ref_type="deposit",
        ref_id=row.id,
        external_id=row.bank_reference,
        actor_id=row.by_id,
        approver_id=by.id,
        reason=row.reason,
    )


def _note(session: Session, what: str, company_id: uuid.UUID, by: User, amount_minor: int) -> None:
    audit.record(
        session,
        f"billing:deposit:{what}",
        actor_id=by.id,
        subject_type="company",
        subject_id=company_id,
        amount_minor=amount_minor,
    )
