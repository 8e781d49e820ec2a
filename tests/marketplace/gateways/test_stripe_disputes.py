"""A payer's bank takes a payment back at the played provider: money, events, evidence, giving in."""

from datetime import timedelta

import pytest

from marketplace.gateways.stripe.emulated import EmulatedPayments
from marketplace.gateways.stripe.emulator import disputes, operations
from marketplace.gateways.stripe.emulator.disputes import FEE, NotPossible
from marketplace.gateways.stripe.emulator.payments import PaidHow
from marketplace.gateways.stripe.errors import PaymentsRefused
from marketplace.gateways.stripe.outcomes import OutcomeKind
from marketplace.gateways.stripe.states import DisputeState, SessionState
from marketplace.kit import clock, ids
from tests.factories.gateways import paid

AMOUNT = 100_000
EVIDENCE = {"product_description": "Work of experts", "uncategorized_text": "They used it all."}


@pytest.fixture
def session(payments: EmulatedPayments) -> SessionState:
    return paid(payments)


def take(payments: EmulatedPayments, session: SessionState, **how: object) -> str:
    with payments.emulator.books() as books:
        return str(disputes.open_on(books, session.charge_id or "", **how)["id"])  # type: ignore[arg-type]


def held(payments: EmulatedPayments) -> int:
    return payments.read_balance().available["usd"]


def kinds(payments: EmulatedPayments) -> list[str]:
    with payments.emulator.books() as books:
        return [one["type"] for one in books.newest("event") if "dispute" in one["type"]][::-1]


def test_a_dispute_takes_amount_and_fee(payments: EmulatedPayments, session: SessionState) -> None:
    before = held(payments)
    state = payments.read_dispute(take(payments, session))
    assert (
        state.state,
        state.amount_minor,
        state.withdrawn_minor,
        state.fee_minor,
        state.returned_minor,
    ) == (
        "needs_response",
        AMOUNT,
        AMOUNT,
        FEE,
        0,
    )
    assert (state.deposit_id, state.payment_intent_id) == (session.deposit_id, session.payment_intent_id)
    assert state.method == "card"
    assert state.due_at is not None
    assert held(payments) == before - AMOUNT - FEE
    assert kinds(payments) == ["charge.dispute.created", "charge.dispute.funds_withdrawn"]


def test_won_money_comes_back_without_the_fee(payments: EmulatedPayments, session: SessionState) -> None:
    before = held(payments)
    dispute_id = take(payments, session, amount=40_000)
    answered = payments.submit_dispute_evidence(dispute_id, EVIDENCE, idempotency_key="one")
    assert (answered.state, answered.submission_count) == ("under_review", 1)
    with payments.emulator.books() as books:
        disputes.win(books, dispute_id)
    state = payments.read_dispute(dispute_id)
    assert (state.state, state.withdrawn_minor, state.returned_minor) == ("won", 40_000, 40_000)
    assert held(payments) == before - FEE
    assert kinds(payments)[-2:] == ["charge.dispute.closed", "charge.dispute.funds_reinstated"]


def test_evidence_is_taken_once(payments: EmulatedPayments, session: SessionState) -> None:
    dispute_id = take(payments, session)
    for _ in range(2):  # the same key is a repetition
        assert (
            payments.submit_dispute_evidence(dispute_id, EVIDENCE, idempotency_key="k").submission_count == 1
        )
    with pytest.raises(PaymentsRefused):
        payments.submit_dispute_evidence(dispute_id, EVIDENCE, idempotency_key="other")


@pytest.mark.parametrize(("inquiry", "end"), [(False, "lost"), (True, "warning_closed")])
def test_giving_in_ends_it(
    payments: EmulatedPayments, session: SessionState, inquiry: bool, end: str
) -> None:
    dispute_id = take(payments, session, inquiry=inquiry)
    assert payments.close_dispute(dispute_id, idempotency_key="k").state == end
    with payments.emulator.books() as books, pytest.raises(NotPossible):
        disputes.win(books, dispute_id)


def test_a_question_takes_no_money_until_it_grows(payments: EmulatedPayments, session: SessionState) -> None:
    before = held(payments)
    dispute_id = take(payments, session, inquiry=True)
    assert payments.read_dispute(dispute_id).withdrawn_minor == 0
    assert held(payments) == before
    with payments.emulator.books() as books:
        disputes.escalate(books, dispute_id)
    assert payments.read_dispute(dispute_id).withdrawn_minor == AMOUNT


def test_a_bank_debit_is_lost_at_once(payments: EmulatedPayments) -> None:
    session = paid(payments, PaidHow.BANK)
    with clock.shifted(timedelta(minutes=2)):
        dispute_id = take(payments, session)
        state: DisputeState = payments.read_dispute(dispute_id)
    assert (state.state, state.method, state.due_at) == ("lost", "us_bank_account", None)
    assert kinds(payments)[-1] == "charge.dispute.closed"


def test_what_was_taken_back_cannot_be_refunded(payments: EmulatedPayments, session: SessionState) -> None:
    take(payments, session)
    outcome = payments.refund(
        session.payment_intent_id or "", refund_id=ids.new_id(), amount_minor=100, idempotency_key="r"
    )
    assert (outcome.kind, outcome.error_code) == (OutcomeKind.REFUSED, "charge_disputed")


@pytest.mark.parametrize("amount", [0, -1, AMOUNT + 1])
def test_a_bank_takes_back_what_was_paid(
    payments: EmulatedPayments, session: SessionState, amount: int
) -> None:
    with pytest.raises(NotPossible):
        take(payments, session, amount=amount)


def test_a_payment_is_taken_back_once(payments: EmulatedPayments, session: SessionState) -> None:
    take(payments, session)
    with pytest.raises(NotPossible):
        take(payments, session)
    assert operations.find("POST", "/v1/disputes/du_1/close") is not None
