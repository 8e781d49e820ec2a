"""Orders, funded balances and accounts that may be paid, at the payment emulator."""

import uuid
from datetime import timedelta
from typing import Any

from marketplace.gateways.stripe.emulated import EmulatedPayments
from marketplace.gateways.stripe.emulator import accounts, balance
from marketplace.gateways.stripe.emulator.payments import PaidHow, pay
from marketplace.gateways.stripe.states import (
    DepositOrder,
    InvoiceOrder,
    InvoiceState,
    SessionState,
    TransferOrder,
)
from marketplace.kit import clock


def deposit_order(**changes: Any) -> DepositOrder:
    """A deposit of 1,000 dollars."""
    return DepositOrder(
        **{
            "deposit_id": uuid.uuid4(),
            "company_id": uuid.uuid4(),
            "customer_name": "Northwind Labs",
            "customer_email": "billing@northwind.example",
            "amount_minor": 100_000,
            "currency": "usd",
            "success_url": "http://assay.test/done?session={CHECKOUT_SESSION_ID}",
            "cancel_url": "http://assay.test/back",
            "idempotency_key": f"deposit:{uuid.uuid4()}:session:1",
            "expires_at": clock.now() + timedelta(hours=23),
            **changes,
        }
    )


def paid(payments: EmulatedPayments, how: PaidHow = PaidHow.CARD, **changes: Any) -> SessionState:
    """A deposit on whose page somebody has paid."""
    page = payments.create_deposit_session(deposit_order(**changes))
    with payments.emulator.books() as books:
        pay(books, page.id, how)
    return payments.read_session(page.id)


def ready_account(payments: EmulatedPayments, *, verified: bool = True) -> str:
    """The account of somebody who has filled in the onboarding form."""
    account_id = payments.create_account(
        owner_id=uuid.uuid4(),
        email="ada@example.org",
        country="US",
        idempotency_key=f"expert:{uuid.uuid4()}:account",
    )
    link = payments.account_link(
        account_id, refresh_url="http://assay.test/again", return_url="http://assay.test/back"
    )
    with payments.emulator.books() as books:
        token = link.rpartition("/")[2]
        accounts.submit(books, token, name="Ada Byron", bank_number="000123456789", verified=verified)
    return account_id


def fund(payments: EmulatedPayments, amount_minor: int) -> None:
    """Give the platform exactly this much available at the provider."""
    with payments.emulator.books() as books:
        balance.set_available(books, amount_minor)


def transfer_order(destination: str, **changes: Any) -> TransferOrder:
    """A payout of 50 dollars."""
    payout_id = changes.pop("payout_id", uuid.uuid4())
    return TransferOrder(
        **{
            "destination": destination,
            "amount_minor": 5_000,
            "currency": "usd",
            "transfer_group": str(payout_id),
            "idempotency_key": f"payout:{payout_id}",
            "metadata": {"payout_id": str(payout_id)},
            **changes,
        }
    )


def invoice_order(customer_id: str, **changes: Any) -> InvoiceOrder:
    """An invoice of 5,000 dollars."""
    return InvoiceOrder(
        **{
            "deposit_id": uuid.uuid4(),
            "company_id": uuid.uuid4(),
            "customer_id": customer_id,
            "amount_minor": 500_000,
            "currency": "usd",
            "description": "Deposit of Northwind Labs",
            "days": 30,
            "idempotency_key": f"deposit:{uuid.uuid4()}",
            **changes,
        }
    )


def invoiced(payments: EmulatedPayments, **changes: Any) -> InvoiceState:
    """An invoice that was sent."""
    customer = payments.create_customer(
        company_id=uuid.uuid4(),
        name="Northwind Labs",
        email="billing@northwind.example",
        idempotency_key=f"company:{uuid.uuid4()}:customer",
    )
    order = invoice_order(customer, **changes)
    return payments.issue_invoice(payments.draft_invoice(order).id, order)
