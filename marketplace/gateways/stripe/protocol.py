"""What rooms ask of the payment provider.  Amounts are minor units, times are UTC."""

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from marketplace.gateways.stripe.events import Endpoint, ProviderEvent
from marketplace.gateways.stripe.outcomes import Outcome
from marketplace.gateways.stripe.states import (
    AccountState,
    BalanceLine,
    BalanceState,
    ChargeState,
    DepositOrder,
    DisputeState,
    HostedPage,
    InvoiceOrder,
    InvoiceState,
    PaymentState,
    RefundState,
    ReversalState,
    SessionState,
    TransferOrder,
    TransferState,
)

Post = Callable[[Endpoint, bytes, str], int]


class Payments(Protocol):
    """The provider.  Every method but `construct_event` uses the network and refuses to run in a transaction.

    Methods that answer an Outcome never raise for what the provider says: an unknown end is an answer too.
    The others raise PaymentsDown (503, try again) or PaymentsRefused (502, with the provider's code).
    """

    @property
    def livemode(self) -> bool:
        """Real money moves."""

    def create_deposit_session(self, order: DepositOrder) -> HostedPage:
        """Open a hosted page on which the company pays; the same key answers the same page."""

    def read_session(self, session_id: str) -> SessionState:
        """The hosted page and its payment as they are now."""

    def expire_session(self, session_id: str) -> SessionState:
        """Close the hosted page; nobody can pay on it any more."""

    def read_charge(self, charge_id: str) -> ChargeState:
        """One try of a payment as it is now."""

    def read_payment(self, payment_intent_id: str) -> PaymentState:
        """A payment and its last try as they are now."""

    def create_customer(self, *, company_id: uuid.UUID, name: str, email: str, idempotency_key: str) -> str:
        """Somebody invoices go to; answers the id."""

    def update_customer(self, customer_id: str, *, name: str, email: str) -> None:
        """Say who the next invoices go to; those that were sent stay as they are."""

    def draft_invoice(self, order: InvoiceOrder) -> InvoiceState:
        """Write an invoice without a line; nobody sees it yet."""

    def issue_invoice(self, invoice_id: str, order: InvoiceOrder) -> InvoiceState:
        """Bring a draft to its customer: the line, the number, the letter.  It looks before each step, so it
        may be asked again after any accident: there is never a second line.
        """

    def void_invoice(self, invoice_id: str, *, idempotency_key: str) -> InvoiceState:
        """Nobody can pay it any more; PaymentsRefused when somebody has."""

    def read_invoice(self, invoice_id: str) -> InvoiceState:
        """The invoice as it is now."""

    def create_account(self, *, owner_id: uuid.UUID, email: str, country: str, idempotency_key: str) -> str:
        """Make the account a person is paid to; answers its id.  `country` is ISO 3166, two letters."""

    def account_link(self, account_id: str, *, refresh_url: str, return_url: str) -> str:
        """The address where the person tells the provider who they are: once, within five minutes."""

    def login_link(self, account_id: str) -> str:
        """The address of the person's own page at the provider; PaymentsRefused before onboarding is done."""

    def read_account(self, account_id: str) -> AccountState:
        """What the provider knows of the account, and what it still wants."""

    def transfer(self, order: TransferOrder) -> Outcome:
        """Send money to an account; the same key never sends twice."""

    def read_transfer(self, transfer_id: str) -> TransferState:
        """The transfer as it is now."""

    def find_transfers(self, transfer_group: str, destination: str) -> Sequence[TransferState]:
        """Every transfer with this group to this account, however old; newest first."""

    def transfers(self, since: datetime) -> Iterator[TransferState]:
        """Every transfer made at or after `since`, newest first; take them outside a transaction too."""

    def reverse_transfer(
        self, transfer_id: str, *, reversal_id: uuid.UUID, amount_minor: int, idempotency_key: str
    ) -> Outcome:
        """Take back a transfer that was our mistake, as far as the account still holds it."""

    def find_reversals(self, transfer_id: str) -> Sequence[ReversalState]:
        """What was taken back of a transfer, by us or by somebody else: the ten newest."""

    def refund(
        self, payment_intent_id: str, *, refund_id: uuid.UUID, amount_minor: int, idempotency_key: str
    ) -> Outcome:
        """Give back a part of a payment; `Outcome.state` is the refund's state, often `pending` at first."""

    def find_refunds(self, payment_intent_id: str) -> Sequence[RefundState]:
        """Every refund of a payment, newest first."""

    def read_refund(self, external_id: str) -> RefundState:
        """The refund as it is now."""

    def read_dispute(self, dispute_id: str) -> DisputeState:
        """A payment that its payer's bank takes back, as it is now."""

    def submit_dispute_evidence(
        self, dispute_id: str, evidence: Mapping[str, str], *, idempotency_key: str
    ) -> DisputeState:
        """Hand in evidence, under the provider's names for it; as a rule this can be done once."""

    def close_dispute(self, dispute_id: str, *, idempotency_key: str) -> DisputeState:
        """Give in; the dispute is lost and nothing can be done any more."""

    def read_balance(self) -> BalanceState:
        """What the provider holds for us."""

    def balance_lines(self, since: datetime) -> Iterator[BalanceLine]:
        """Every movement of our balance made at or after `since`, newest first; asks for the next page when
        the last line has been taken, so take them outside a transaction.
        """

    def construct_event(self, endpoint: Endpoint, payload: bytes, signature: str) -> ProviderEvent:
        """The event in a webhook's body; EndpointOff (404) without a secret, BadSignature (400) when the
        signature is wrong or older than five minutes, or when test money meets real money.
        """

    def read_event(self, event_id: str) -> ProviderEvent:
        """The event as the provider keeps it."""

    def undelivered_events(self, since: datetime, kinds: Sequence[str]) -> Iterator[ProviderEvent]:
        """Events of the platform of these kinds, made at or after `since`, that no webhook has taken."""

    def account_events(
        self, account_id: str, since: datetime, kinds: Sequence[str]
    ) -> Iterator[ProviderEvent]:
        """Events of a person's account of these kinds, made at or after `since`, taken by a webhook or not.
        PaymentsRefused when the account is not ours any more.
        """

    def deliver(self, post: Post) -> int:
        """Hand waiting events to `post(endpoint, payload, signature)`, which answers an HTTP status.  Stripe
        posts its own, so with a key this does nothing; returns how many were taken.
        """
