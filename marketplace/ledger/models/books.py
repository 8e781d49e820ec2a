"""Accounts, LedgerTransactions and postings: what may stand in the books, said as constraints.

The triggers that guard the same tables are in `queries/triggers.py`; docs/money.md explains both.
"""

import enum
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.kit import clock
from marketplace.kit.database import Base, Minor

PLATFORM = uuid.UUID(int=0)  # the owner of the platform's own accounts; NULLs would be distinct in a UNIQUE
LARGEST_POSTING = 100_000_000_000  # minor units: a typing error must not become a fortune
LAST_SEQ = 63  # postings of one LedgerTransaction are numbered 0 to 63
REASON_CHARACTERS = 20
TWO_PEOPLE = ("correction", "goodwill", "claim_overturn", "claim_clawback", "deposit_recorded")


class Side(enum.Enum):
    """On which side an account's balance grows."""

    DEBIT = "debit"
    CREDIT = "credit"


class Kind(enum.Enum):
    """What the money of an account is; the owner is the platform, a company, a project or a User."""

    STRIPE_BALANCE = "stripe_balance"
    STRIPE_PENDING = "stripe_pending"
    PLATFORM_BANK = "platform_bank"
    PROCESSOR_FEES = "processor_fees"
    BAD_DEBT = "bad_debt"
    DISPUTES_RECEIVABLE = "disputes_receivable"
    PLATFORM_REVENUE = "platform_revenue"
    ADJUSTMENTS = "adjustments"
    COMPANY_PENDING = "company_pending"
    COMPANY_WALLET = "company_wallet"
    COMPANY_REFUND_IN_TRANSIT = "company_refund_in_transit"
    COMPANY_DISPUTE_HOLD = "company_dispute_hold"
    PROJECT_BUDGET = "project_budget"
    PROJECT_RESERVED = "project_reserved"
    EXPERT_PENDING = "expert_pending"
    EXPERT_AVAILABLE = "expert_available"
    EXPERT_IN_TRANSIT = "expert_in_transit"
    TAX_WITHHELD = "tax_withheld"

    @property
    def side(self) -> Side:
        """Where the balance grows."""
        return RULES[self].side

    @property
    def bounded(self) -> bool:
        """The database refuses a balance below zero."""
        return RULES[self].bounded

    @property
    def hot(self) -> bool:
        """The balance is summed on read: a kept one would be a row lock shared by every project."""
        return RULES[self].hot

    @property
    def meaning(self) -> str:
        """What the account holds, for people."""
        return RULES[self].meaning


@dataclass(frozen=True, slots=True)
class Rule:
    """How the accounts of one kind behave; hot ones are the platform's and may go below zero."""

    side: Side
    meaning: str
    hot: bool = False

    @property
    def bounded(self) -> bool:
        """Whether the balance may never go below zero."""
        return not self.hot


RULES: Mapping[Kind, Rule] = {
    Kind.STRIPE_BALANCE: Rule(Side.DEBIT, "What Stripe holds for the platform", hot=True),
    Kind.STRIPE_PENDING: Rule(Side.DEBIT, "Bank debits on their way to Stripe", hot=True),
    Kind.PLATFORM_BANK: Rule(Side.DEBIT, "The platform's own bank account", hot=True),
    Kind.PROCESSOR_FEES: Rule(Side.DEBIT, "Fees paid to Stripe", hot=True),
    Kind.BAD_DEBT: Rule(Side.DEBIT, "Losses nobody else bears", hot=True),
    Kind.DISPUTES_RECEIVABLE: Rule(Side.DEBIT, "Amounts Stripe took back in disputes", hot=True),
    Kind.PLATFORM_REVENUE: Rule(Side.CREDIT, "Fees the platform earned", hot=True),
    Kind.ADJUSTMENTS: Rule(Side.CREDIT, "Corrections and goodwill, always by two people", hot=True),
    Kind.COMPANY_PENDING: Rule(Side.CREDIT, "A deposit that is not yet certain"),
    Kind.COMPANY_WALLET: Rule(Side.CREDIT, "Prepaid and free to spend or take back"),
    Kind.COMPANY_REFUND_IN_TRANSIT: Rule(Side.CREDIT, "A refund on its way"),
    Kind.COMPANY_DISPUTE_HOLD: Rule(Side.CREDIT, "Frozen while a dispute is open"),
    Kind.PROJECT_BUDGET: Rule(Side.CREDIT, "Funded and not promised yet"),
    Kind.PROJECT_RESERVED: Rule(Side.CREDIT, "Promised to claimed work"),
    Kind.EXPERT_PENDING: Rule(Side.CREDIT, "Earned, in its hold"),
    Kind.EXPERT_AVAILABLE: Rule(Side.CREDIT, "Ready to be paid out"),
    Kind.EXPERT_IN_TRANSIT: Rule(Side.CREDIT, "Inside a payout"),
    Kind.TAX_WITHHELD: Rule(Side.CREDIT, "Withheld by law for an authority"),
}

# SQLite counts rows with INTEGER; PostgreSQL with BIGINT.
_Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# No CHECK lists the kinds: on SQLite a new one would rebuild the table, and its triggers would be lost.
_Kind = sa.Enum(
    Kind, native_enum=False, length=32, values_callable=lambda kinds: [kind.value for kind in kinds]
)
_Side = sa.Enum(
    Side, native_enum=False, length=6, values_callable=lambda sides: [side.value for side in sides]
)


def _integers(*columns: str) -> CheckConstraint:
    """SQLite's columns are not typed: without this, 5.5 cents are accepted."""
    text = " AND ".join(f"typeof({column}) = 'integer'" for column in columns)
    check = CheckConstraint(text, name="integers", info={"only": "sqlite"})
    check.ddl_if(dialect="sqlite")
    return check


class LedgerAccount(Base, kw_only=True, eq=False, repr=False):
    """Money of one kind, owner and currency.  Its volumes move through postings only."""

    __tablename__ = "ledger_accounts"
    __table_args__ = (
        UniqueConstraint("kind", "owner_id", "currency", name="uq_ledger_accounts_kind"),
        UniqueConstraint("id", "currency", name="uq_ledger_accounts_id"),
        CheckConstraint("normal_side = 'debit' OR normal_side = 'credit'", name="normal_side"),
        CheckConstraint("length(currency) = 3 AND currency = lower(currency)", name="currency"),
        CheckConstraint("debits_minor >= 0 AND credits_minor >= 0", name="volumes"),
        CheckConstraint("NOT hot OR allow_negative", name="hot_is_unbounded"),
        CheckConstraint(
            "allow_negative OR (CASE normal_side WHEN 'credit' THEN credits_minor - debits_minor "
            "ELSE debits_minor - credits_minor END) >= 0",
            name="no_overdraft",
        ),
        _integers("debits_minor", "credits_minor"),
    )

    id: Mapped[int] = mapped_column(_Number, sa.Identity(always=True), primary_key=True, init=False)
    kind: Mapped[Kind] = mapped_column(_Kind)
    owner_id: Mapped[uuid.UUID]
    currency: Mapped[str] = mapped_column(sa.String(3))
    normal_side: Mapped[Side] = mapped_column(_Side)
    allow_negative: Mapped[bool]
    hot: Mapped[bool]
    debits_minor: Mapped[Minor] = mapped_column(server_default=sa.text("0"), init=False)
    credits_minor: Mapped[Minor] = mapped_column(server_default=sa.text("0"), init=False)
    created_at: Mapped[datetime] = mapped_column(server_default=sa.func.now(), init=False)


class LedgerTransaction(Base, kw_only=True, eq=False, repr=False):
    """Postings that belong together and why: written once, never changed."""

    __tablename__ = "ledger_transactions"
    __table_args__ = (
        UniqueConstraint("idempotency_key", name="uq_ledger_transactions_idempotency_key"),
        UniqueConstraint("closes", name="uq_ledger_transactions_closes"),
        UniqueConstraint("reverses_id", name="uq_ledger_transactions_reverses_id"),
        CheckConstraint(f"last_seq >= 0 AND last_seq <= {LAST_SEQ}", name="last_seq"),
        CheckConstraint(
            "(" + " AND ".join(f"kind <> '{kind}'" for kind in TWO_PEOPLE) + ") OR "
            "(actor_id IS NOT NULL AND approver_id IS NOT NULL AND actor_id <> approver_id "
            f"AND coalesce(length(reason), 0) >= {REASON_CHARACTERS})",
            name="two_people",
        ),
        _integers("last_seq"),
        # a commit with a posting missing fails; the two tables point at each other, hence use_alter
        ForeignKeyConstraint(
            ["id", "last_seq"],
            ["ledger_postings.transaction_id", "ledger_postings.seq"],
            name="fk_ledger_transactions_complete",
            deferrable=True,
            initially="DEFERRED",
            use_alter=True,
        ),
        Index("ix_ledger_transactions_ref", "ref_type", "ref_id"),
        Index("ix_ledger_transactions_external", "external_id"),
    )

    id: Mapped[int] = mapped_column(  # part of a foreign key, so it must say that it counts by itself
        _Number, sa.Identity(always=True), primary_key=True, autoincrement=True, init=False
    )
    kind: Mapped[str] = mapped_column(sa.String(32))
    idempotency_key: Mapped[str] = mapped_column(sa.String(200))
    request_hash: Mapped[str] = mapped_column(sa.CHAR(64))
    last_seq: Mapped[int]
    closes: Mapped[str | None] = mapped_column(sa.String(80), default=None)
    reverses_id: Mapped[int | None] = mapped_column(
        sa.BigInteger, ForeignKey("ledger_transactions.id"), default=None
    )
    ref_type: Mapped[str | None] = mapped_column(sa.String(32), default=None)
    ref_id: Mapped[uuid.UUID | None] = mapped_column(default=None)
    external_id: Mapped[str | None] = mapped_column(sa.String(80), default=None)
    actor_id: Mapped[uuid.UUID | None] = mapped_column(default=None)
    approver_id: Mapped[uuid.UUID | None] = mapped_column(default=None)
    reason: Mapped[str | None] = mapped_column(sa.String(400), default=None)
    effective_at: Mapped[datetime] = mapped_column(
        server_default=sa.func.now(), default_factory=clock.now, insert_default=clock.now
    )
    created_at: Mapped[datetime] = mapped_column(
        server_default=sa.func.now(), default_factory=clock.now, insert_default=clock.now
    )


class LedgerPosting(Base, kw_only=True, eq=False, repr=False):
    """`amount_minor` from the credit account to the debit account; one row, so it always balances."""

    __tablename__ = "ledger_postings"
    __table_args__ = (
        UniqueConstraint("transaction_id", "seq", name="uq_ledger_postings_transaction_id"),
        CheckConstraint(f"amount_minor >= 1 AND amount_minor <= {LARGEST_POSTING}", name="amount"),
        CheckConstraint("debit_account_id <> credit_account_id", name="two_accounts"),
        CheckConstraint("seq >= 0", name="seq"),
        _integers("amount_minor", "seq"),
        ForeignKeyConstraint(
            ["debit_account_id", "currency"],
            ["ledger_accounts.id", "ledger_accounts.currency"],
            name="fk_ledger_postings_debit_account_id",
        ),
        ForeignKeyConstraint(
            ["credit_account_id", "currency"],
            ["ledger_accounts.id", "ledger_accounts.currency"],
            name="fk_ledger_postings_credit_account_id",
        ),
        Index("ix_ledger_postings_debit", "debit_account_id"),
        Index("ix_ledger_postings_credit", "credit_account_id"),
    )

    id: Mapped[int] = mapped_column(_Number, sa.Identity(always=True), primary_key=True, init=False)
    transaction_id: Mapped[int] = mapped_column(sa.BigInteger, ForeignKey("ledger_transactions.id"))
    seq: Mapped[int]
    debit_account_id: Mapped[int] = mapped_column(sa.BigInteger)
    credit_account_id: Mapped[int] = mapped_column(sa.BigInteger)
    currency: Mapped[str] = mapped_column(sa.String(3))
    amount_minor: Mapped[Minor]
