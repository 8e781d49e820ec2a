"""What the payment service says of our money there, each comparison with the books, each difference."""

import enum
import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.identity.models import User
from marketplace.kit import states
from marketplace.kit.database import Base, Json, Minor, Record

_OPEN = sa.text("resolved_at IS NULL")


class ProviderLine(Base, kw_only=True, eq=False, repr=False):
    """One movement of our balance as the payment service lists it: net = amount - fee, in minor units.

    `group_id` and `destination` are those of a transfer: whose payout it is, and where the money went.
    """

    __tablename__ = "stripe_balance_transactions"
    __table_args__ = (
        Index("ix_stripe_balance_transactions_source", "source_id"),
        Index("ix_stripe_balance_transactions_group", "group_id"),
        Index("ix_stripe_balance_transactions_type", "type", "id"),
    )

    id: Mapped[str] = mapped_column(sa.String(80), primary_key=True)  # the service's own
    type: Mapped[str] = mapped_column(sa.String(60))
    reporting_category: Mapped[str] = mapped_column(sa.String(60))
    amount_minor: Mapped[Minor]
    fee_minor: Mapped[Minor]
    net_minor: Mapped[Minor]
    currency: Mapped[str] = mapped_column(sa.String(3))
    source_id: Mapped[str | None] = mapped_column(sa.String(80), default=None)
    group_id: Mapped[uuid.UUID | None] = mapped_column(default=None)
    destination: Mapped[str | None] = mapped_column(sa.String(80), default=None)
    created_at: Mapped[datetime]
    available_at: Mapped[datetime]


class ReconciliationState(enum.Enum):
    """Asked for, under way, compared, or stopped by the service or by a fault of ours."""

    ASKED = "asked"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


R = ReconciliationState
RECONCILIATION_MOVES = states.table(
    R,
    {
        R.ASKED: {R.RUNNING, R.FAILED},
        R.RUNNING: {R.RUNNING, R.DONE, R.FAILED},  # a worker that died left it running
        R.FAILED: {R.RUNNING},  # tried again
        R.DONE: set(),
    },
)


class Reconciliation(Record, Base, kw_only=True, eq=False, repr=False):
    """One comparison with the payment service, asked for by a person or, with nobody, by the clock.

    `balances`: currency -> what the service holds, what its lines add up to, what the books say.
    """

    __tablename__ = "reconciliations"
    __table_args__ = (Index("ix_reconciliations_state", "state", "read_until"),)

    by: Mapped[User | None] = relationship(lazy="raise", default=None)
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"), init=False)
    state: Mapped[ReconciliationState] = mapped_column(default=R.ASKED)
    started_at: Mapped[datetime | None] = mapped_column(default=None)
    finished_at: Mapped[datetime | None] = mapped_column(default=None)
    read_until: Mapped[datetime | None] = mapped_column(default=None)  # everything older was read and kept
    failure: Mapped[str] = mapped_column(default="")
    line_count: Mapped[int] = mapped_column(default=0)  # new ones
    booked_count: Mapped[int] = mapped_column(default=0)  # fees and the platform's own payouts
    matched_count: Mapped[int] = mapped_column(default=0)
    waiting_count: Mapped[int] = mapped_column(default=0)
    difference_count: Mapped[int] = mapped_column(default=0)
    balances: Mapped[Json] = mapped_column(default_factory=dict)

    def move(self, to: ReconciliationState) -> None:
        """Change the state, or Conflict (409)."""
        self.state = states.step(RECONCILIATION_MOVES, self.state, to, thing="reconciliation")


class DifferenceKind(enum.Enum):
    """In what the books and the payment service differ."""

    AMOUNT_DIFFERS = "amount_differs"
    ONLY_THERE = "only_there"
    ONLY_OURS = "only_ours"
    TRANSFER_UNKNOWN = "transfer_unknown"
    BALANCE_DIFFERS = "balance_differs"


class Difference(Record, Base, kw_only=True, eq=False, repr=False):
    """One thing on which the two sides disagree, until a later comparison no longer finds it.

    `object_id` is the thing at the payment service (or the key of our entry, or the currency),
    `entry_id` our newest LedgerTransaction about it.
    """

    __tablename__ = "reconciliation_differences"
    __table_args__ = (
        Index(
            "uq_reconciliation_differences_open",
            "kind",
            "object_id",
            "currency",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("ix_reconciliation_differences_found_in", "found_in_id"),
    )

    kind: Mapped[DifferenceKind]
    object_id: Mapped[str] = mapped_column(sa.String(200))
    currency: Mapped[str] = mapped_column(sa.String(3))
    # no foreign key: what points at the ledger would be what refuses its removal, before the ledger does
    entry_id: Mapped[int | None] = mapped_column(sa.BigInteger, default=None)
    there_minor: Mapped[Minor | None] = mapped_column(default=None)
    ours_minor: Mapped[Minor | None] = mapped_column(default=None)
    found_in_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("reconciliations.id"))
    resolved_at: Mapped[datetime | None] = mapped_column(default=None)
    resolved_in_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("reconciliations.id"), default=None)
