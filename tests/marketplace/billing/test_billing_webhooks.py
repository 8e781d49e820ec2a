"""The provider's doors: what is signed is kept once and worked off later, in any order."""

import io
import itertools
import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.billing.api import LARGEST
from marketplace.billing.models import Deposit, DepositState
from marketplace.gateways.stripe.emulator import accounts
from marketplace.gateways.stripe.emulator.events import sign
from marketplace.gateways.stripe.emulator.payments import PaidHow
from marketplace.gateways.stripe.events import Endpoint
from marketplace.handlers.provider import CONNECT, PLATFORM
from marketplace.kit import clock
from marketplace.kit.application import Application
from marketplace.kit.database import transaction
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import Kind
from marketplace.outbox.models import InboxFact, MessageState, OutboxMessage
from marketplace.outbox.service import send as promise
from marketplace.payouts.models import PayoutAccountState
from tests.factories.billing import AMOUNT_MINOR, look, make_deposit, open_page, payments_of, settle
from tests.factories.gateways import paid as make_paid
from tests.factories.gateways import ready_account
from tests.factories.payouts import make_account, make_expert
from tests.factories.provider_events import drain, empty_provider, event, post, work


def facts(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(InboxFact)) or 0


def dead(session: Session) -> list[str]:
    rows = session.scalars(select(OutboxMessage).where(OutboxMessage.error.is_not(None))).all()
    return [f"{row.handler}: {row.error}" for row in rows]


@pytest.fixture
def paid(app: Application, session: Session) -> Deposit:
    """A deposit somebody has paid by card; we do not know yet."""
    return settle(app, session, open_page(app, session, make_deposit(session)))


def test_a_signed_fact_is_kept_and_worked_off(app: Application, session: Session, paid: Deposit) -> None:
    answer = post(app, event("checkout.session.completed", str(paid.session_id)))
    assert answer.status_code == 200
    assert facts(session) == 1
    session.refresh(paid)
    assert paid.state is DepositState.OPEN  # nothing is done at the door
    work(app, session)
    assert paid.state is DepositState.SUCCEEDED
    assert session.scalars(select(InboxFact)).one().processed_at is not None
    assert dead(session) == []


def test_told_twice_is_once(app: Application, session: Session, paid: Deposit) -> None:
    told = event("checkout.session.completed", str(paid.session_id))
    assert [post(app, told).status_code for _ in range(3)] == [200, 200, 200]
    assert facts(session) == 1
    work(app, session)
    assert ledger.balance(session, Kind.COMPANY_WALLET, paid.company_id) == AMOUNT_MINOR


def test_two_events_of_one_payment_credit_once(app: Application, session: Session, paid: Deposit) -> None:
    for kind in ("completed", "async_payment_succeeded", "completed"):
        assert post(app, event(f"checkout.session.{kind}", str(paid.session_id))).status_code == 200
    work(app, session)
    assert ledger.balance(session, Kind.COMPANY_WALLET, paid.company_id) == AMOUNT_MINOR
    assert dead(session) == []


@pytest.mark.parametrize("order", list(itertools.permutations(["return", "webhook", "work", "sweep"])))
def test_the_way_back_and_the_webhook_meet(
    app: Application, session: Session, paid: Deposit, order: tuple[str, ...]
) -> None:
    for step in order:
        if step == "return":
            look(app, session, paid)
        elif step == "webhook":
            assert post(app, event("checkout.session.completed", str(paid.session_id))).status_code == 200
        elif step == "sweep":
            promise(session, "billing.sweep")
        else:
            work(app, session)
    work(app, session)
    assert paid.state is DepositState.SUCCEEDED
    assert ledger.balance(session, Kind.COMPANY_WALLET, paid.company_id) == AMOUNT_MINOR
    assert ledger.broken(session) == []
    assert dead(session) == []


@pytest.mark.parametrize(
    "signature",
    ["", "t=1,v1=00", "nonsense", "t=,v1=", "v1=" + "0" * 64],
)
def test_a_bad_signature_is_refused(app: Application, session: Session, signature: str) -> None:
    assert post(app, event("checkout.session.completed", "cs_1"), signature=signature).status_code == 400
    assert facts(session) == 0


def test_a_signature_of_the_other_door_is_refused(app: Application, session: Session) -> None:
    body = json.dumps(event("account.updated", "acct_1")).encode()
    signature = sign(body, payments_of(app).emulator.secrets[Endpoint.PLATFORM])
    assert post(app, body, endpoint="connect", signature=signature).status_code == 400


def test_a_changed_body_is_refused(app: Application, session: Session) -> None:
    body = json.dumps(event("checkout.session.completed", "cs_1")).encode()
    signature = sign(body, payments_of(app).emulator.secrets[Endpoint.PLATFORM])
    assert post(app, body.replace(b"cs_1", b"cs_2"), signature=signature).status_code == 400


def test_an_old_signature_is_refused(app: Application, session: Session) -> None:
    told = event("checkout.session.completed", "cs_1")
    assert post(app, told, age=timedelta(minutes=6)).status_code == 400
    assert post(app, told, age=timedelta(minutes=4)).status_code == 200


def test_real_money_does_not_come_to_the_door_of_test_money(app: Application, session: Session) -> None:
    assert post(app, event("checkout.session.completed", "cs_1", livemode=True)).status_code == 400


def test_an_unknown_door_is_not_there(app: Application, session: Session) -> None:
    assert post(app, event("checkout.session.completed", "cs_1"), endpoint="elsewhere").status_code == 404


def test_too_large_a_body_is_refused(app: Application, session: Session) -> None:
    assert post(app, b"x" * (LARGEST + 1)).status_code == 413
    assert facts(session) == 0


def test_a_body_that_hides_its_length_is_bounded_too(app: Application, session: Session) -> None:
    answer = app.test_client().post(
        "/webhooks/stripe/platform",
        input_stream=io.BytesIO(b"x" * (LARGEST + 1)),
        content_type="application/json",
        environ_overrides={"wsgi.input_terminated": True, "CONTENT_LENGTH": ""},
    )
    assert answer.status_code == 413


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{}", b"{", b'{"id": 1}', b"\xff\xfe"])
def test_signed_nonsense_is_refused(app: Application, session: Session, body: bytes) -> None:
    assert post(app, body).status_code == 400


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("created", 10**20),
        ("created", 1e300),
        ("type", None),
        ("type", ["a"]),
        ("account", 7),
        ("account", []),
    ],
)
def test_a_signed_event_of_other_types_is_refused(
    app: Application, session: Session, name: str, value: object
) -> None:
    assert post(app, event("checkout.session.completed", "cs_1", **{name: value})).status_code == 400
    assert facts(session) == 0


def test_a_signed_nest_is_refused(app: Application, session: Session) -> None:
    assert post(app, b"[" * 100_000).status_code == 400


def test_what_no_database_can_store_is_refused(app: Application, session: Session) -> None:
    assert post(app, event("checkout.session.completed", "cs_\0")).status_code == 400


def test_facts_of_other_kinds_are_kept_and_done(app: Application, session: Session) -> None:
    assert post(app, event("product.created", "prod_1")).status_code == 200
    work(app, session)
    assert session.scalars(select(InboxFact)).one().processed_at is not None


def test_a_page_the_provider_does_not_know_stops_nothing_else(
    app: Application, session: Session, paid: Deposit
) -> None:
    post(app, event("checkout.session.completed", "cs_unknown"))
    post(app, event("checkout.session.completed", str(paid.session_id)))
    work(app, session)
    assert paid.state is DepositState.SUCCEEDED
    assert len(dead(session)) == 1


def test_one_unknown_page_does_not_stop_the_sweep(app: Application, session: Session, paid: Deposit) -> None:
    broken = open_page(app, session, make_deposit(session))
    broken.session_id = "cs_gone"
    promise(session, "billing.sweep")
    work(app, session)
    assert paid.state is DepositState.SUCCEEDED


def test_an_account_is_read_again_when_it_changed(app: Application, session: Session) -> None:
    account_id = ready_account(payments_of(app))
    mine = make_account(session, make_expert(session), account_id, state=PayoutAccountState.ONBOARDING)
    post(app, event("account.updated", account_id, account=account_id), endpoint="connect")
    work(app, session)
    assert mine.state is PayoutAccountState.READY
    assert mine.requirements["bank"]["last4"] == "6789"
    assert mine.changed_at is None  # the first bank is no change
    with payments_of(app).emulator.books() as books:
        accounts.restrict(books, account_id, ["individual.verification.document"])
    post(app, event("capability.updated", "transfers", account=account_id), endpoint="connect")
    work(app, session)
    assert mine.state is PayoutAccountState.RESTRICTED
    assert mine.requirements["currently_due"] == ["individual.verification.document"]


def test_an_account_that_cut_the_tie_cannot_be_paid(app: Application, session: Session) -> None:
    account_id = ready_account(payments_of(app))
    mine = make_account(session, make_expert(session), account_id)
    told = event("account.application.deauthorized", "ca_1", account=account_id)
    post(app, told, endpoint="connect")
    work(app, session)
    assert mine.state is PayoutAccountState.RESTRICTED


def test_a_foreign_account_is_refused_and_not_asked_about(app: Application, session: Session) -> None:
    seen: list[str] = []
    payments_of(app).emulator.watchers.append(lambda exchange: seen.append(exchange.path))
    try:
        told = event("account.updated", "acct_foreign", account="acct_foreign")
        assert post(app, told, endpoint="connect").status_code == 400
        work(app, session)
    finally:
        payments_of(app).emulator.watchers.pop()
    assert seen == []
    assert facts(session) == 0


def test_a_charge_leads_to_its_deposit(app: Application, session: Session, paid: Deposit) -> None:
    charge_id = payments_of(app).read_session(str(paid.session_id)).charge_id
    post(app, event("charge.succeeded", str(charge_id)))
    work(app, session)
    assert paid.state is DepositState.SUCCEEDED
    assert ledger.balance(session, Kind.COMPANY_WALLET, paid.company_id) == AMOUNT_MINOR


def test_a_charge_of_somebody_else_moves_nothing(app: Application, session: Session, paid: Deposit) -> None:
    foreign = make_paid(payments_of(app))  # with a deposit_id, of a house that shares the provider
    post(app, event("charge.succeeded", str(foreign.charge_id)))
    post(app, event("charge.refunded", str(foreign.charge_id)))
    work(app, session)
    assert paid.state is DepositState.OPEN
    assert dead(session) == []


def test_a_declined_card_leaves_the_page_open(app: Application, session: Session) -> None:
    opened = open_page(app, session, make_deposit(session))
    bounced = settle(app, session, open_page(app, session, make_deposit(session)), PaidHow.BANK_RETURNED)
    with clock.shifted(timedelta(minutes=2)):
        charge_id = payments_of(app).read_session(str(bounced.session_id)).charge_id
        post(app, event("charge.failed", str(charge_id)))
        work(app, session)
    assert (opened.state, bounced.state) == (DepositState.OPEN, DepositState.FAILED)


def test_the_worker_fetches_the_events_of_the_emulator(app: Application, session: Session) -> None:
    """A bank debit arrives a minute later; nobody posts anything to our doors."""
    drain(app)
    deposit = settle(app, session, open_page(app, session, make_deposit(session)), PaidHow.BANK)
    promise(session, "stripe.deliver")
    work(app, session)
    assert deposit.state is DepositState.PENDING
    with clock.shifted(timedelta(minutes=2)):
        promise(session, "stripe.deliver")
        work(app, session)
        count = facts(session)
        promise(session, "stripe.deliver")
        work(app, session)
    assert deposit.state is DepositState.SUCCEEDED
    assert facts(session) == count  # what was taken is not offered again
    assert dead(session) == []


def test_an_event_that_is_not_taken_stays_at_the_emulator(app: Application, session: Session) -> None:
    drain(app)
    deposit = settle(app, session, open_page(app, session, make_deposit(session)))
    emulator = payments_of(app).emulator
    right = dict(emulator.secrets)
    emulator.secrets = dict.fromkeys(right, "whsec_wrong")
    promise(session, "stripe.deliver")
    work(app, session)
    assert facts(session) == 0
    emulator.secrets = right
    with clock.shifted(timedelta(minutes=2)):
        promise(session, "stripe.deliver")
        work(app, session)
    assert deposit.state is DepositState.SUCCEEDED


def test_messages_of_the_doors_end(app: Application, session: Session, paid: Deposit) -> None:
    post(app, event("checkout.session.completed", str(paid.session_id)))
    work(app, session)
    with transaction(app.sessions, write=False) as reading:
        states = set(
            reading.scalars(select(OutboxMessage.state).where(OutboxMessage.handler == "stripe.received"))
        )
    assert states == {MessageState.DONE}


def test_what_no_door_has_taken_is_swept_into_the_same_inbox(
    app: Application, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty_provider(app, tmp_path, monkeypatch)
    paid = settle(app, session, open_page(app, session, make_deposit(session)))
    promise(session, "stripe.sweep")
    work(app, session)
    assert paid.state is DepositState.SUCCEEDED
    count = facts(session)
    assert count >= 2  # the page and its charge
    promise(session, "stripe.sweep")
    work(app, session)
    assert facts(session) == count
    assert ledger.balance(session, Kind.COMPANY_WALLET, paid.company_id) == AMOUNT_MINOR
    assert dead(session) == []


def test_every_kind_the_provider_is_asked_for_leads_somewhere() -> None:
    page = {f"checkout.session.{end}" for end in ("completed", "expired")}
    page |= {f"checkout.session.async_payment_{end}" for end in ("succeeded", "failed")}
    charge = {f"charge.{end}" for end in ("succeeded", "updated", "refunded")}
    refund = {f"refund.{end}" for end in ("created", "updated", "failed")}
    assert page | charge | refund | {"transfer.created", "transfer.reversed"} <= set(PLATFORM)
    dispute = {"created", "updated", "funds_withdrawn", "funds_reinstated", "closed"}
    assert {f"charge.dispute.{end}" for end in dispute} <= set(PLATFORM)
    assert {"invoice.paid", "invoice.payment_failed", "invoice.voided"} <= set(PLATFORM)
    assert {"payout.paid", "payout.failed"} <= set(PLATFORM)
    accounts = {"account.updated", "capability.updated", "account.external_account.updated"}
    assert accounts | {"payout.paid", "payout.failed", "account.application.deauthorized"} <= set(CONNECT)


def test_a_payout_to_our_own_bank_asks_for_a_comparison_once(app: Application, session: Session) -> None:
    for kind in ("payout.paid", "payout.failed"):
        assert post(app, event(kind, "po_1")).status_code == 200
    work(app, session)
    asked = session.scalars(select(OutboxMessage).where(OutboxMessage.handler == "ledger.reconcile")).all()
    assert len(asked) >= 1
    assert dead(session) == []
