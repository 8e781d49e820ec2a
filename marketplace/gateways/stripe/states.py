"""What goes into the payment provider and what comes out of it.  Amounts are minor units, times are UTC."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DepositOrder:
    """A hosted page to open.  `expires_at`: between 30 minutes and 24 hours from now."""

    deposit_id: uuid.UUID
    company_id: uuid.UUID
    customer_name: str
    customer_email: str
    amount_minor: int
    currency: str
    success_url: str
    cancel_url: str
    idempotency_key: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HostedPage:
    """A page of the provider's and its address."""

    id: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionState:
    """A hosted page and its payment.

    `status`: open, complete, expired.  `payment_status`: unpaid, paid, no_payment_required; complete and
    unpaid is a bank debit on its way (`payment_state` processing) or one that failed.  The fee and its
    BalanceTransaction are known some seconds after the payment.
    """

    id: str
    status: str
    payment_status: str
    url: str | None
    amount_minor: int
    currency: str
    deposit_id: uuid.UUID | None
    payment_intent_id: str | None = None
    payment_state: str | None = None
    charge_id: str | None = None
    balance_transaction_id: str | None = None
    fee_minor: int | None = None
    failure: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeState:
    """A payment that was tried; `state`: pending, succeeded, failed.  The fee is known some time after."""

    id: str
    state: str
    amount_minor: int
    currency: str
    deposit_id: uuid.UUID | None
    payment_intent_id: str | None = None
    balance_transaction_id: str | None = None
    fee_minor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentState:
    """A payment and its last try; `state`: requires_payment_method, processing, succeeded, canceled, ..."""

    id: str
    state: str
    charge: ChargeState | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceOrder:
    """An invoice to write; `idempotency_key` is the beginning of the keys of its steps."""

    deposit_id: uuid.UUID
    company_id: uuid.UUID
    customer_id: str
    amount_minor: int
    currency: str
    description: str
    days: int
    idempotency_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceState:
    """An invoice; `status`: draft, open, paid, void, uncollectible.  `tried`: somebody tried to pay."""

    id: str
    status: str
    amount_minor: int
    currency: str
    deposit_id: uuid.UUID | None
    number: str | None
    url: str | None
    due_at: datetime | None
    tried: bool
    payment_intent_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountState:
    """An account that money is sent to; `currently_due` are the provider's names of what it still wants."""

    id: str
    details_submitted: bool
    transfers_enabled: bool
    payouts_enabled: bool
    currently_due: Sequence[str] = ()
    disabled_reason: str | None = None
    bank_name: str | None = None
    bank_last4: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferOrder:
    """Money to send; `transfer_group` is what a later search finds it by."""

    destination: str
    amount_minor: int
    currency: str
    transfer_group: str
    idempotency_key: str
    description: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferState:
    """A transfer as the provider keeps it."""

    id: str
    amount_minor: int
    reversed_minor: int
    currency: str
    destination: str
    transfer_group: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReversalState:
    """A transfer, or a part of it, that was taken back; `reversal_id` is None when somebody else did it."""

    id: str
    amount_minor: int
    currency: str
    reversal_id: uuid.UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundState:
    """A refund; `state`: pending, requires_action, succeeded, failed, canceled."""

    id: str
    state: str
    amount_minor: int
    currency: str
    refund_id: uuid.UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceState:
    """What the provider holds for us, by currency."""

    available: Mapping[str, int]
    pending: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceLine:
    """One movement of our balance: net = amount - fee; `source_id` is the charge, transfer or refund."""

    id: str
    type: str
    reporting_category: str
    amount_minor: int
    fee_minor: int
    net_minor: int
    currency: str
    source_id: str | None
    created_at: datetime
    available_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeState:
    """A payment that the payer's bank takes back; `state` and `reason` are the provider's words.

    `withdrawn_minor` has left what the provider holds for us, `fee_minor` on top of it; `returned_minor` (and
    `fee_returned_minor`) came back.  `method`: card, us_bank_account, ...; `due_at`: until when evidence is
    taken, None when none is.
    """

    id: str
    state: str
    reason: str
    amount_minor: int
    currency: str
    charge_id: str
    payment_intent_id: str | None
    deposit_id: uuid.UUID | None
    method: str
    withdrawn_minor: int
    fee_minor: int
    returned_minor: int
    fee_returned_minor: int
    due_at: datetime | None
    submission_count: int
    opened_at: datetime
