"""Money that came by a transfer to our own bank goes back by one: proposed by one person, sent by another."""

import uuid

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.billing import policy, queries
from marketplace.billing.errors import (
    RecordedOver,
    ReferenceUsed,
    RefundOver,
    SecondPersonNeeded,
    TooMuchBack,
    WhileDisputed,
)
from marketplace.billing.events import RefundAsked, RefundPaid
from marketplace.billing.models import Deposit, RecordedState, Refund, RefundState
from marketplace.billing.service.books import done, start, told
from marketplace.billing.service.refunds import record
from marketplace.companies import queries as companies
from marketplace.identity import queries as identity
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.errors import NotFound
from marketplace.kit.events import publish
from marketplace.ledger import queries as balances
from marketplace.ledger import service as ledger
from marketplace.ledger.models import Kind


def left_by_hand(session: Session, deposit: Deposit) -> int:
    """What of a deposit recorded by hand can still go back, in minor units: not gone, and in the wallet."""
    wallet = balances.balance(session, Kind.COMPANY_WALLET, deposit.company_id)
    return max(0, min(wallet, deposit.amount_minor - queries.given_back_of(session, deposit.id)))


def propose_by_hand(
    session: Session, recorded_id: uuid.UUID, *, by: User, form_key: uuid.UUID, amount_minor: int, reason: str
) -> Refund:
    """Set money of a recorded deposit aside to be sent back; somebody else sends it.  A form asks once.

    NotFound (404), RecordedOver (409) unless it was confirmed, SecondPersonNeeded (403) to people of the
    company, WhileDisputed (409), TooMuchBack (422) with what is possible, RefundOver (409) for a used form.
    """
    row = queries.lock_recorded(session, recorded_id)
    deposit = queries.lock(session, recorded_id)
    if row is None:
        raise NotFound("There is no such deposit.")
    if row.state is not RecordedState.CONFIRMED or deposit is None:
        raise RecordedOver
    if row.company_id in companies.worked_at(session, by.id):
        raise SecondPersonNeeded
    known = queries.by_form(session, form_key)
    if known:
        return _same(known[0], deposit, by, amount_minor)
    if missing := queries.uncovered(session, row.company_id):
        raise WhileDisputed(missing)
    most = left_by_hand(session, deposit)
    if not 0 < amount_minor <= most:
        raise TooMuchBack(most)
    refund = Refund(
        company=row.company,
        deposit=deposit,
        by=by,
        form_key=form_key,
        amount_minor=amount_minor,
        currency=deposit.currency,
        reason=reason.strip(),
    )
    session.add(refund)
    session.flush()
    ledger.post_all(session, [start(refund)])
    record(session, refund, "proposed_by_hand", by)
    publish(session, RefundAsked(**told(refund)))
    return refund


def send_by_hand(session: Session, refund_id: uuid.UUID, *, by: User, bank_reference: str) -> Refund:
    """Say that our bank has sent it, with the reference of the transfer: the money has left.

    NotFound (404), SecondPersonNeeded (403) to who proposed it, under whatever User, and to people of the
    company, RefundOver (409), WhileDisputed (409), ReferenceUsed (409).
    """
    refund = queries.lock_refund(session, refund_id)
    if refund is None or not policy.is_by_hand(refund):
        raise NotFound("There is no such refund.")
    same = identity.one_person(session, [(str(refund.id), refund.by_id, by.id)])
    if same or refund.company_id in companies.worked_at(session, by.id):
        raise SecondPersonNeeded
    if refund.state is not RefundState.ASKED:
        raise RefundOver
    if missing := queries.uncovered(session, refund.company_id):
        raise WhileDisputed(missing)
    _leave(session, refund, by, policy.plain_reference(bank_reference))
    ledger.post_all(session, [done(refund)])
    record(session, refund, "sent_by_hand", by)
    owners = companies.lock_owners(session, refund.company_id)
    if owners:
        publish(session, RefundPaid(**{**told(refund), "user_id": owners[0].user_id}))
    return refund


def _leave(session: Session, refund: Refund, by: User, reference: str) -> None:
    """All states of a refund at once: our bank's statement is the proof."""
    now = clock.database_now(session)
    refund.approved_by, refund.external_id = by, reference
    for state in (RefundState.APPROVED, RefundState.SENT, RefundState.PAID, RefundState.ARRIVED):
        refund.move(state)
    refund.sent_at = refund.ended_at = now
    try:
        session.flush()
    except IntegrityError as error:  # another refund left with this line of the statement
        raise ReferenceUsed from error


def _same(known: Refund, deposit: Deposit, by: User, amount_minor: int) -> Refund:
    if (known.deposit_id, known.by_id, known.amount_minor) != (deposit.id, by.id, amount_minor):
        raise RefundOver
    return known
