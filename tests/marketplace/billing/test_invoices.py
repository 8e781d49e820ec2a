"""Deposits by invoice: one invoice whatever breaks, paid once, left when nobody wants it."""

import itertools
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.policy import MONEY
from marketplace.billing import queries, service
from marketplace.billing.errors import DepositOver, InvoiceNeeded, OnlyOwners
from marketplace.billing.models import BillingCustomer, Deposit, DepositInvoice, DepositState
from marketplace.companies.models import Member, MemberRole
from marketplace.gateways.stripe.emulator import disputes, invoice_payments
from marketplace.gateways.stripe.emulator.faults import Fault
from marketplace.gateways.stripe.emulator.payments import PageClosed, PaidHow
from marketplace.gateways.stripe.errors import PaymentsDown
from marketplace.kit import clock, ids
from marketplace.kit.application import Application
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import PLATFORM, Kind
from marketplace.notifications.models import Notice
from marketplace.outbox.service import send as promise
from tests.factories.billing import make_deposit, make_payer, make_settled, open_page, payments_of
from tests.factories.companies import make_member
from tests.factories.disputes import hear
from tests.factories.provider_events import event, post, work
from tests.pages import Pages

LARGE = 1_000_000
LATER = timedelta(minutes=2)


@pytest.fixture
def payer(session: Session) -> Member:
    """An owner of a new company."""
    return make_payer(session)


def started(session: Session, by: Member, amount_minor: int = LARGE) -> Deposit:
    deposit = service.start_invoice(session, by=by, amount_minor=amount_minor, form_key=ids.new_id())
    session.flush()
    return deposit


def issued(app: Application, session: Session, by: Member) -> tuple[Deposit, DepositInvoice]:
    """An invoice that has been sent."""
    deposit = started(session, by)
    service.issue(app.sessions, payments_of(app), deposit.id)
    session.expire_all()
    invoice = queries.invoice_of(session, deposit.id)
    assert invoice is not None
    return deposit, invoice


def pay(app: Application, invoice: DepositInvoice, how: PaidHow) -> None:
    with payments_of(app).emulator.books() as books:
        invoice_payments.pay(books, str(invoice.external_id), how)


def pay_in(app: Application, invoice: DepositInvoice) -> None:
    """A bank pays it, and the money is there."""
    pay(app, invoice, PaidHow.BANK)
    with clock.shifted(2 * LATER):
        assert payments_of(app).read_invoice(str(invoice.external_id)).status == "paid"


def wallet(session: Session, deposit: Deposit) -> int:
    return ledger.balance(session, Kind.COMPANY_WALLET, deposit.company_id)


def test_an_invoice_is_sent_and_paid_once(app: Application, session: Session, payer: Member) -> None:
    deposit, invoice = issued(app, session, payer)
    assert deposit.state is DepositState.OPEN
    assert invoice.number is not None
    assert invoice.due_at is not None
    assert invoice.due_at - clock.now() > timedelta(days=MONEY.invoice_days - 1)
    pay_in(app, invoice)
    for _ in range(2):
        post(app, event("invoice.paid", str(invoice.external_id)))
        work(app, session)
    assert deposit.state is DepositState.SUCCEEDED
    assert wallet(session, deposit) == LARGE
    assert ledger.balance(session, Kind.PROCESSOR_FEES, PLATFORM) > 0
    assert ledger.broken(session) == []


@pytest.mark.parametrize("path", ["/v1/customers", "/v1/invoices", "/v1/invoiceitems"])
@pytest.mark.parametrize("fault", [Fault.LOST_RESPONSE, Fault.UNREACHABLE, Fault.SERVER_ERROR])
def test_an_accident_at_any_step_leaves_one_invoice_with_one_line(
    app: Application, session: Session, payer: Member, path: str, fault: Fault
) -> None:
    deposit = started(session, payer)
    for _ in range(3):  # the client asks twice more by itself
        payments_of(app).emulator.order(fault, path=path)
    with pytest.raises(PaymentsDown):
        service.issue(app.sessions, payments_of(app), deposit.id)
    payments_of(app).emulator.order(Fault.DROP_KEYS, path="/v1/invoices")  # the keys are older than a day
    work(app, session)
    invoice = queries.invoice_of(session, deposit.id)
    assert invoice is not None
    state = payments_of(app).read_invoice(str(invoice.external_id))
    assert (state.status, state.amount_minor) == ("open", LARGE)
    assert deposit.state is DepositState.OPEN


def test_a_customer_is_made_once_and_each_invoice_goes_to_whoever_asked(
    app: Application, session: Session, payer: Member
) -> None:
    other = make_member(session, payer.company, role=MemberRole.OWNER)
    emails = [payer.user.email, other.user.email]
    sent = [issued(app, session, by)[1].external_id for by in (payer, other)]
    assert session.scalar(select(func.count()).select_from(BillingCustomer)) == 1
    with payments_of(app).emulator.books() as books:
        invoices = [books.get("invoice", str(one)) or {} for one in sent]
    assert [one["customer_email"] for one in invoices] == emails


def test_the_same_form_makes_one_invoice(session: Session, payer: Member) -> None:
    key = ids.new_id()
    for _ in range(2):
        service.start_invoice(session, by=payer, amount_minor=LARGE, form_key=key)
    with pytest.raises(DepositOver):
        service.start_invoice(session, by=payer, amount_minor=LARGE + 1, form_key=key)
    assert session.scalar(select(func.count()).select_from(DepositInvoice)) == 1


def test_a_form_goes_through_one_door(session: Session, payer: Member) -> None:
    page = make_deposit(session, by=payer, amount_minor=50_000)
    limit = service.page_limit(session, payer.company_id)
    with pytest.raises(DepositOver):
        service.start_invoice(session, by=payer, amount_minor=50_000, form_key=page.id)
    assert queries.invoice_of(session, page.id) is None
    assert service.page_limit(session, payer.company_id) == limit
    invoice = started(session, payer, 50_000)
    with pytest.raises(DepositOver):
        service.start(session, by=payer, amount_minor=50_000, form_key=invoice.id)


def test_only_owners_ask_and_leave(app: Application, session: Session, payer: Member) -> None:
    manager = make_member(session, payer.company, role=MemberRole.MANAGER)
    with pytest.raises(OnlyOwners):
        started(session, manager)
    deposit, _ = issued(app, session, payer)
    for other in (manager, make_payer(session)):
        with pytest.raises(OnlyOwners):
            service.cancel_invoice(session, deposit, by=other)


@pytest.mark.parametrize("order", list(itertools.permutations(["paid", "charge", "look", "sweep"])))
def test_a_bank_debit_ends_the_same_in_every_order(
    app: Application, session: Session, payer: Member, order: tuple[str, ...]
) -> None:
    deposit, invoice = issued(app, session, payer)
    pay(app, invoice, PaidHow.BANK)
    service.look(app.sessions, payments_of(app), deposit.id)
    session.expire_all()
    assert (deposit.state, wallet(session, deposit)) == (DepositState.OPEN, 0)
    with clock.shifted(LATER):
        state = payments_of(app).read_invoice(str(invoice.external_id))
        charge = payments_of(app).read_payment(str(state.payment_intent_id)).charge
        assert charge is not None
        for step in order:
            if step == "paid":
                post(app, event("invoice.paid", state.id))
            elif step == "charge":
                post(app, event("charge.succeeded", charge.id))
            elif step == "look":
                service.look(app.sessions, payments_of(app), deposit.id)
            else:
                promise(session, "billing.follow", key=str(ids.new_id()))
            work(app, session)
    assert (deposit.state, wallet(session, deposit)) == (DepositState.SUCCEEDED, LARGE)
    assert ledger.broken(session) == []


def test_a_debit_that_bounces_leaves_the_invoice_open_and_tells_once(
    app: Application, session: Session, payer: Member
) -> None:
    deposit, invoice = issued(app, session, payer)
    pay(app, invoice, PaidHow.BANK_RETURNED)
    with clock.shifted(LATER):
        payments_of(app).read_invoice(str(invoice.external_id))
        for _ in range(2):
            post(app, event("invoice.payment_failed", str(invoice.external_id)))
            work(app, session)
        told = session.scalars(select(Notice.kind).where(Notice.user_id == payer.user_id)).all()
        assert list(told) == ["invoice.bounced"]
        assert deposit.state is DepositState.OPEN
        pay_in(app, invoice)  # another time
        post(app, event("invoice.paid", str(invoice.external_id)))
        work(app, session)
    assert (deposit.state, wallet(session, deposit)) == (DepositState.SUCCEEDED, LARGE)


def test_a_cancelled_invoice_ends_without_money(
    app: Application, session: Session, pages: Pages, payer: Member
) -> None:
    pages.enter(payer.user)
    deposit, invoice = issued(app, session, payer)
    assert pages.post("billing.cancel_invoice", deposit_id=deposit.id).status == 303
    assert deposit.state is DepositState.EXPIRED
    assert payments_of(app).read_invoice(str(invoice.external_id)).status == "void"
    assert "Invoice cancelled" in pages.get("billing.index").text
    assert pages.post("billing.reopen", deposit_id=deposit.id).status == 409
    assert pages.post("billing.cancel_invoice", deposit_id=deposit.id).status == 409


def test_cancelling_what_was_paid_meanwhile_credits_it(
    app: Application, session: Session, pages: Pages, payer: Member
) -> None:
    pages.enter(payer.user)
    deposit, invoice = issued(app, session, payer)
    pay_in(app, invoice)
    assert pages.post("billing.cancel_invoice", deposit_id=deposit.id).status == 303
    assert (deposit.state, wallet(session, deposit)) == (DepositState.SUCCEEDED, LARGE)


def test_a_dispute_heard_of_before_the_invoice_is_paid_here_is_not_lost(
    app: Application, session: Session, payer: Member
) -> None:
    deposit, invoice = issued(app, session, payer)
    pay_in(app, invoice)
    with payments_of(app).emulator.books() as books:
        external_id = disputes.open_on(books, next(iter(books.newest("charge")))["id"])["id"]
    dispute = hear(app, session, external_id)
    assert (dispute.deposit_id, deposit.state) == (deposit.id, DepositState.SUCCEEDED)
    assert wallet(session, deposit) == 0
    assert ledger.broken(session) == []


def test_overdue_is_said_once(app: Application, session: Session, pages: Pages, payer: Member) -> None:
    user = payer.user
    deposit, _ = issued(app, session, payer)
    with clock.shifted(timedelta(days=MONEY.invoice_days + 1)):
        for _ in range(2):
            promise(session, "billing.follow", key=str(ids.new_id()))
            work(app, session)
    kinds = session.scalars(select(Notice.kind).where(Notice.user_id == payer.user_id)).all()
    assert list(kinds) == ["invoice.overdue"]
    assert "Invoice overdue" in pages.enter(user).get("billing.show", deposit_id=deposit.id).text


def test_a_new_company_pays_a_week_on_the_page_and_more_by_invoice(
    app: Application, session: Session, payer: Member
) -> None:
    assert service.page_limit(session, payer.company_id) == MONEY.new_company_week_minor
    make_settled(app, session, payer, 150_000)
    assert service.page_limit(session, payer.company_id) == 50_000
    with pytest.raises(InvoiceNeeded):
        make_deposit(session, by=payer, amount_minor=50_001)
    make_deposit(session, by=payer, amount_minor=50_000)
    assert service.page_limit(session, payer.company_id) == 0
    with clock.shifted(timedelta(days=8)):
        assert service.page_limit(session, payer.company_id) == MONEY.new_company_week_minor
    with clock.shifted(timedelta(days=MONEY.new_company_days + 1)):
        assert service.page_limit(session, payer.company_id) == MONEY.deposit_maximum_minor


def test_a_page_that_is_opened_anew_counts_from_then_on(
    app: Application, session: Session, payer: Member
) -> None:
    """Also before the provider has opened it: two old deposits are not reopened past the limit."""
    made = []
    for days in (-20, -10):
        with clock.shifted(timedelta(days=days)):
            made.append(make_deposit(session, by=payer, amount_minor=150_000))
    for deposit in made:
        deposit.session_number = 1
        deposit.move(DepositState.EXPIRED)
    session.flush()
    service.reopen(session, made[0], by=payer)
    session.flush()
    assert service.page_limit(session, payer.company_id) == 50_000
    with pytest.raises(InvoiceNeeded):
        service.reopen(session, made[1], by=payer)
    open_page(app, session, made[0])
    assert service.page_limit(session, payer.company_id) == 50_000
    with clock.shifted(timedelta(days=8)):
        assert service.page_limit(session, payer.company_id) == MONEY.new_company_week_minor


def test_too_much_for_the_page_leads_to_what_the_invoice_will_say(
    app: Application, session: Session, pages: Pages, payer: Member
) -> None:
    name = payer.company.name
    pages.enter(payer.user)
    answer = pages.post("billing.add", {"amount": "12,000.50", "form_key": str(ids.new_id())})
    assert answer.status == 303
    page = pages.get(answer.location)
    assert name in page.text
    assert page.value("amount") == "12,000.50"
    sent = pages.post("billing.send_invoice", {"amount": "12,000.50", "form_key": str(ids.new_id())})
    shown = pages.get(sent.location)
    assert "Invoice sent" in shown.text
    assert "ASSAY-" in shown.text
    deposit = session.scalars(select(Deposit)).one()
    assert deposit.amount_minor == 1_200_050


@pytest.mark.parametrize("amount", ["", "ten", "0", "19.99", "250,000.01", "-5"])
def test_a_bad_amount_is_said_at_the_field(
    session: Session, pages: Pages, payer: Member, amount: str
) -> None:
    pages.enter(payer.user)
    answer = pages.post("billing.send_invoice", {"amount": amount, "form_key": str(ids.new_id())})
    assert answer.status == 422
    assert answer.errors()


def test_the_hosted_invoice_can_be_read_and_paid(
    app: Application, session: Session, pages: Pages, payer: Member
) -> None:
    deposit, invoice = issued(app, session, payer)
    address = str(deposit.page_url).partition("/gateway")[2]
    page = pages.get(f"/gateway{address}")
    assert str(invoice.number) in page.text
    assert pages.post(f"/gateway{address}", {"how": "bank"}).status == 303
    with clock.shifted(LATER):
        service.look(app.sessions, payments_of(app), deposit.id)
    session.expire_all()
    assert "has been paid" in pages.get(f"/gateway{address}").text
    assert deposit.state is DepositState.SUCCEEDED
    assert pages.get("/gateway/invoice/in_unknown").status == 404


def test_no_card_pays_an_invoice(app: Application, session: Session, pages: Pages, payer: Member) -> None:
    """Cards have a weekly limit, invoices have none."""
    deposit, invoice = issued(app, session, payer)
    address = f"/gateway{str(deposit.page_url).partition('/gateway')[2]}"
    assert "Test card" not in pages.get(address).text
    card = {"how": "card", "number": "4242 4242 4242 4242"}
    assert pages.post(address, card).status == 422
    with pytest.raises(PageClosed):
        pay(app, invoice, PaidHow.CARD)
    assert payments_of(app).read_invoice(str(invoice.external_id)).status == "open"


def test_a_receipt_says_what_arrived(app: Application, session: Session, pages: Pages, payer: Member) -> None:
    name = payer.company.name
    pages.enter(payer.user)
    deposit, invoice = issued(app, session, payer)
    assert pages.get("billing.receipt", deposit_id=deposit.id).status == 404
    pay_in(app, invoice)
    service.look(app.sessions, payments_of(app), deposit.id)
    page = pages.get("billing.receipt", deposit_id=deposit.id)
    for said in ("$10,000.00", name, str(invoice.number), "entry "):
        assert said in page.text
    assert pages.enter(make_payer(session).user).get("billing.receipt", deposit_id=deposit.id).status == 404
