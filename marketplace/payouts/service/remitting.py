"""Withheld tax handed to the authority: written down by one person, confirmed by another."""

import uuid
from datetime import date, timedelta

from sqlalchemy.orm import Session

from config.policy import MONEY
from marketplace.audit import service as audit
from marketplace.identity import queries as identity
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.database import insert_once
from marketplace.kit.errors import NotFound
from marketplace.kit.money import Money
from marketplace.ledger import service as ledger
from marketplace.ledger.models import PLATFORM, Kind
from marketplace.ledger.service import Entry
from marketplace.payouts import policy, queries
from marketplace.payouts.errors import NothingToHandOver, ReferenceUsed, RemittanceOver, SomebodyElse
from marketplace.payouts.models import Remittance, RemittanceLine, RemittanceState


def record_remittance(session: Session, *, by: User, bank_reference: str, paid_on: date) -> Remittance:
    """Write down that our bank has sent the authority all that was withheld from paid payouts.

    NothingToHandOver (409), ReferenceUsed (409) for a line of our bank that was written down before.
    """
    payouts = queries.to_hand_over(session)
    if not payouts:
        raise NothingToHandOver
    row = _insert(session, by, sum(payout.withheld_minor for payout in payouts), bank_reference, paid_on)
    session.add_all(RemittanceLine(remittance=row, payout=payout) for payout in payouts)
    session.flush()
    _record(session, "recorded", row, by.id)
    return row


def _insert(session: Session, by: User, minor: int, bank_reference: str, paid_on: date) -> Remittance:
    reference = " ".join(bank_reference.split())
    first = insert_once(
        session,
        Remittance,
        by_id=by.id,
        amount_minor=minor,
        bank_reference=reference,
        paid_on=paid_on,
        state=RemittanceState.PREPARED,
        lapses_at=clock.database_now(session) + timedelta(days=MONEY.proposal_days),
    )
    row = queries.remittance_by_reference(session, reference)
    if not first or row is None:
        raise ReferenceUsed
    return row


def confirm_remittance(session: Session, remittance_id: uuid.UUID, *, by: User) -> Remittance:
    """Post it: whoever confirms has found the transfer on the bank statement too.

    NotFound (404), SomebodyElse (403), RemittanceOver (409) once it is confirmed, dropped or too old, or when
    a payout in it has come back meanwhile.
    """
    row = _prepared(session, remittance_id)
    if identity.is_one_of(session, by.id, [row.by_id]):
        raise SomebodyElse
    payouts = queries.payouts_in_remittance(session, row.id)
    whole = sum(one.withheld_minor for one in payouts if one.returned_at is None) == row.amount_minor
    if not whole or row.lapses_at <= clock.database_now(session):
        raise RemittanceOver
    row.move(RemittanceState.CONFIRMED)
    row.decided_by, row.decided_at = by, clock.database_now(session)
    ledger.post_all(session, [_entry(row, by)])
    _record(session, "confirmed", row, by.id)
    return row


def drop_remittance(session: Session, remittance_id: uuid.UUID, *, by: User) -> None:
    """It was a mistake, and no money has moved.  NotFound (404), RemittanceOver (409)."""
    row = _prepared(session, remittance_id)
    _drop(session, row, by)


def drop_late_remittances(session: Session) -> None:
    """What nobody confirmed in time can be written down anew."""
    for remittance_id in queries.late_remittances(session, clock.database_now(session)):
        row = queries.lock_remittance(session, remittance_id)
        if row is not None and row.state is RemittanceState.PREPARED:
            _drop(session, row, None)


def _prepared(session: Session, remittance_id: uuid.UUID) -> Remittance:
    row = queries.lock_remittance(session, remittance_id)
    if row is None:
        raise NotFound("There is no such remittance.")
    if row.state is not RemittanceState.PREPARED:
        raise RemittanceOver
    return row


def _drop(session: Session, row: Remittance, by: User | None) -> None:
    row.move(RemittanceState.DROPPED)
    row.decided_by, row.decided_at = by, clock.database_now(session)
    row.bank_reference = f"{row.bank_reference} (dropped {row.id})"  # the line can be written down again
    queries.forget_lines(session, row.id)
    _record(session, "dropped", row, by.id if by else None)


def _entry(row: Remittance, by: User) -> Entry:
    return Entry(
        kind="tax_remitted",
        key=f"tax:{row.id}",
        legs=[(policy.TAX, (Kind.PLATFORM_BANK, PLATFORM), Money(row.amount_minor))],
        ref_type="tax_remittance",
        ref_id=row.id,
        external_id=row.bank_reference[:80],
        actor_id=row.by_id,
        approver_id=by.id,
        reason=f"Withheld tax handed to the authority, {row.paid_on:%Y-%m-%d}.",
    )


def _record(session: Session, word: str, row: Remittance, actor_id: uuid.UUID | None) -> None:
    audit.record(
        session,
        f"staff:tax_remittance:{word}",
        actor_id=actor_id,
        subject_type="tax_remittance",
        subject_id=row.id,
        amount_minor=row.amount_minor,
    )
