"""What the provider says of a dispute becomes money in the ledger, once, in whatever order we hear of it."""

from sqlalchemy.orm import Session

from marketplace.billing import queries
from marketplace.billing.events import DisputeLost, DisputeOpened, DisputeWon
from marketplace.billing.models import ENDED, KEPT, Deposit, Dispute, DisputeState
from marketplace.billing.service.dispute_books import lost, opened, told_of, won
from marketplace.billing.service.invoicing import follow_invoice
from marketplace.billing.service.settling import refresh
from marketplace.companies import queries as companies
from marketplace.gateways.stripe import states
from marketplace.gateways.stripe.errors import PaymentsDown
from marketplace.gateways.stripe.protocol import Payments
from marketplace.kit import clock
from marketplace.kit.database import Sessions, insert_once, transaction
from marketplace.kit.events import publish
from marketplace.ledger import queries as ledger_queries
from marketplace.ledger import service as ledger
from marketplace.ledger.models import Kind
from marketplace.ledger.service import Entry

_WORDS = {state.value: state for state in DisputeState}


def follow_dispute(sessions: Sessions, payments: Payments, external_id: str) -> None:
    """Ask the provider how a dispute stands and apply it; webhooks, sweeps and our own answers meet here.

    A dispute may be told of before the payment itself: then the payment is looked at first.  The payment of
    an invoice does not name its deposit, so all invoices somebody may have paid are looked at.
    """
    state = payments.read_dispute(external_id)
    with transaction(sessions) as session:
        deposit = queries.deposit_of(session, state)
        page = deposit.session_id if deposit is not None and deposit.state not in ENDED else None
        invoices = queries.open_invoices(session) if deposit is None else []
    if page is not None:
        refresh(sessions, payments, page)
    for invoice_id in invoices:
        follow_invoice(sessions, payments, invoice_id)
    with transaction(sessions) as session:
        apply_dispute(session, state)


def apply_dispute(session: Session, state: states.DisputeState) -> None:
    """Move a dispute and its money to what the provider says, once; what is not ours is ignored.

    PaymentsDown (503), to be tried again, while the payment itself is not in the books.
    """
    deposit = queries.deposit_of(session, state)
    if deposit is None or state.payment_intent_id is None:
        return
    if not queries.is_credited(session, state.payment_intent_id):
        raise PaymentsDown
    dispute, first = _known(session, deposit, state)
    _note(dispute, state)
    entries = [*_open(session, dispute, state), *_end(session, dispute, state)]
    ledger.post_all(session, entries)
    session.flush()
    if entries:
        company = companies.lock_company(session, dispute.company_id)
        company.uncovered_minor = queries.uncovered(session, dispute.company_id)
    _tell(session, dispute, [entry.kind for entry in entries], first=first)


def _known(session: Session, deposit: Deposit, state: states.DisputeState) -> tuple[Dispute, bool]:
    """The row of a dispute, made when it is heard of for the first time."""
    first = insert_once(
        session,
        Dispute,
        external_id=state.id,
        company_id=deposit.company_id,
        deposit_id=deposit.id,
        payment_intent_id=state.payment_intent_id,
        charge_id=state.charge_id,
        amount_minor=state.amount_minor,
        currency=state.currency,
        reason=state.reason,
        method=state.method,
        state=_WORDS.get(state.state, DisputeState.WARNING_NEEDS_RESPONSE),
        opened_at=state.opened_at,
        submission_count=0,
        question_count=0,
        withdrawn_minor=0,
        fee_minor=0,
        held_minor=0,
        answer_number=0,
        evidence={},
        answer_error="",
    )
    return queries.lock_dispute_told(session, state.id), first


def _note(dispute: Dispute, state: states.DisputeState) -> None:
    """What may change without money: the state, upwards only, the deadline, the answers taken."""
    told = _WORDS.get(state.state)
    if state.withdrawn_minor and dispute.withdrawn_at is None:
        dispute.ended_at = None  # it had ended without money, and now money has left
    dispute.due_at = state.due_at
    dispute.submission_count = max(dispute.submission_count, state.submission_count)
    if told is None:
        dispute.alert(f"the payment service says {state.state}")
    elif dispute.ended_at is not None and told is not dispute.state:
        if told in {DisputeState.WON, DisputeState.LOST}:
            dispute.alert(f"it ended as {dispute.state.value}, and the payment service now says {told.value}")
    elif not dispute.advance(told) and dispute.state in KEPT and told is DisputeState.LOST:
        dispute.alert(f"it was {dispute.state.value}, and the payment service now says {told.value}")


def _open(session: Session, dispute: Dispute, state: states.DisputeState) -> list[Entry]:
    """The money is gone: set aside what the wallet has of it."""
    if not state.withdrawn_minor or dispute.withdrawn_at is not None:
        return []
    wallet = ledger_queries.account(session, Kind.COMPANY_WALLET, dispute.company_id, dispute.currency)
    if wallet is not None:
        ledger_queries.lock(session, [wallet.id])  # nobody spends it between the look and the posting
    there = ledger_queries.balance(session, Kind.COMPANY_WALLET, dispute.company_id, dispute.currency)
    dispute.withdrawn_minor, dispute.fee_minor = state.withdrawn_minor, state.fee_minor
    dispute.held_minor = min(state.withdrawn_minor, there)
    dispute.withdrawn_at = clock.database_now(session)
    return [opened(dispute)]


def _end(session: Session, dispute: Dispute, state: states.DisputeState) -> list[Entry]:
    """It is over: the money comes back, or it is lost."""
    over = dispute.state is DisputeState.LOST or dispute.state in KEPT
    if dispute.ended_at is not None or not over:
        return []
    if not dispute.withdrawn_minor:
        dispute.ended_at = clock.database_now(session)
        return []
    if dispute.state is DisputeState.LOST:
        dispute.ended_at = clock.database_now(session)
        return [lost(dispute)]
    if state.returned_minor == dispute.withdrawn_minor:
        dispute.ended_at = clock.database_now(session)
        return [won(dispute, state.fee_returned_minor)]
    if state.returned_minor:
        dispute.alert(f"{state.returned_minor} of {dispute.withdrawn_minor} came back")
    return []  # decided for us, and the money is still on its way


def _tell(session: Session, dispute: Dispute, kinds: list[str], *, first: bool) -> None:
    if "dispute_won" in kinds:
        publish(session, DisputeWon(**told_of(dispute)))
    elif "dispute_lost" in kinds:
        publish(session, DisputeLost(**told_of(dispute)))
    elif "dispute_opened" in kinds or first:
        publish(session, DisputeOpened(**told_of(dispute)))
