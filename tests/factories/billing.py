"""Deposits, and people who pay them on the provider's page."""

from datetime import timedelta

from sqlalchemy.orm import Session

from marketplace.billing import service
from marketplace.billing.models import Deposit
from marketplace.companies.models import Company, Member, MemberRole
from marketplace.gateways import Gateways
from marketplace.gateways.stripe.emulated import EmulatedPayments
from marketplace.gateways.stripe.emulator import balance
from marketplace.gateways.stripe.emulator.payments import PaidHow, pay
from marketplace.kit import clock, ids
from marketplace.kit.application import Application
from tests.factories.companies import make_company, make_member

BACK = "http://assay.test/company/billing/deposits/1"
AMOUNT_MINOR = 100_000
FEE_MINOR = 2_930  # 2.9 % + 30 cents, by card
DEBIT_FEE_MINOR = 500  # 0.8 %, at most 5 dollars, by bank debit


def payments_of(app: Application) -> EmulatedPayments:
    """The payment emulator of this application."""
    payments = app.extensions["assay"][Gateways].stripe
    assert isinstance(payments, EmulatedPayments)
    return payments


def make_payer(session: Session, company: Company | None = None) -> Member:
    """An owner who may add funds."""
    return make_member(session, company or make_company(session), role=MemberRole.OWNER)


def make_deposit(session: Session, *, by: Member | None = None, amount_minor: int = AMOUNT_MINOR) -> Deposit:
    """A deposit somebody has asked for; its page is not open yet."""
    deposit = service.start(
        session, by=by or make_payer(session), amount_minor=amount_minor, form_key=ids.new_id()
    )
    session.flush()
    return deposit


def open_page(app: Application, session: Session, deposit: Deposit) -> Deposit:
    """Open the provider's page, and read the deposit again."""
    session.flush()
    service.open_page(app.sessions, payments_of(app), deposit.id, back=BACK)
    session.refresh(deposit)
    return deposit


def settle(app: Application, session: Session, deposit: Deposit, how: PaidHow = PaidHow.CARD) -> Deposit:
    """Somebody pays on the open page; we have not looked yet."""
    assert deposit.session_id is not None
    with payments_of(app).emulator.books() as books:
        pay(books, deposit.session_id, how)
    return deposit


def look(app: Application, session: Session, deposit: Deposit) -> Deposit:
    """Ask the provider, and read the deposit again."""
    assert deposit.session_id is not None
    service.refresh(app.sessions, payments_of(app), deposit.session_id)
    session.refresh(deposit)
    return deposit


def make_settled(
    app: Application,
    session: Session,
    by: Member,
    amount_minor: int = AMOUNT_MINOR,
    how: PaidHow = PaidHow.CARD,
) -> Deposit:
    """A deposit that has arrived; the provider holds enough to send it back twice."""
    deposit = open_page(app, session, make_deposit(session, by=by, amount_minor=amount_minor))
    look(app, session, settle(app, session, deposit, how))
    if how is PaidHow.BANK:
        with clock.shifted(timedelta(minutes=2)):
            look(app, session, deposit)
    with payments_of(app).emulator.books() as books:
        held = balance.held(books, balance.PLATFORM, "usd")[0]
        balance.set_available(books, held + 2 * amount_minor)
    return deposit
