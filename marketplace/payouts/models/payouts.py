"""Expert money going out: earnings, payout accounts, runs, payouts, attempts, searches."""

import enum
import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.gateways.stripe.attempts import Attempt, Search
from marketplace.identity.models import User
from marketplace.kit import states
from marketplace.kit.database import Base, Json, Minor, Record
from marketplace.projects.models import Project


class EarningKind(enum.Enum):
    """What was paid for (domain.md 3.10)."""

    SUBMISSION = "submission"
    STOP = "stop"
    CANCELLATION = "cancellation"
    SCREENING = "screening"
    REVIEW = "review"
    ADJUDICATION = "adjudication"
    BONUS = "bonus"
    GOODWILL = "goodwill"

    @property
    def title(self) -> str:
        """What it is called on pages and statements."""
        return EARNING_TITLES.get(self) or states.words(self).capitalize()


EARNING_TITLES = {
    EarningKind.SUBMISSION: "Task",
    EarningKind.STOP: "Part pay",
    EarningKind.CANCELLATION: "Cancellation pay",
    EarningKind.REVIEW: "Review fee",
    EarningKind.ADJUDICATION: "Adjudication fee",
}


class EarningState(enum.Enum):
    """Where the money is."""

    PENDING = "pending"
    AVAILABLE = "available"
    IN_TRANSIT = "in_transit"
    PAID = "paid"
    REVERSED = "reversed"


EARNING_MOVES = states.table(
    EarningState,
    {
        EarningState.PENDING: {EarningState.AVAILABLE, EarningState.REVERSED},
        EarningState.AVAILABLE: {EarningState.IN_TRANSIT},
        EarningState.IN_TRANSIT: {EarningState.PAID, EarningState.AVAILABLE},
        EarningState.PAID: {EarningState.AVAILABLE},  # a bank sent it back, or we took it back
        EarningState.REVERSED: set(),
    },
)


class Rail(enum.Enum):
    """How the money travels."""

    STRIPE = "stripe"
    MANUAL = "manual"


class PayoutAccountState(enum.Enum):
    """Whether we may send money there."""

    ONBOARDING = "onboarding"
    READY = "ready"
    RESTRICTED = "restricted"


class PayoutAccount(Record, Base, kw_only=True, eq=False, repr=False):
    """Where an expert or reviewer is paid."""

    __tablename__ = "payout_accounts"

    user: Mapped[User] = relationship(lazy="raise")
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), init=False, unique=True)
    rail: Mapped[Rail] = mapped_column(default=Rail.STRIPE)
    country: Mapped[str]
    external_id: Mapped[str | None] = mapped_column(default=None, unique=True)
    state: Mapped[PayoutAccountState] = mapped_column(default=PayoutAccountState.ONBOARDING)
    requirements: Mapped[Json] = mapped_column(default_factory=dict, insert_default=dict)
    changed_at: Mapped[datetime | None] = mapped_column(default=None)  # another bank than before
    sealed: Mapped[str | None] = mapped_column(default=None)  # bank details of the manual rail


class RunState(enum.Enum):
    """A run is prepared by one person and approved by another."""

    PREPARED = "prepared"
    APPROVED = "approved"
    CANCELLED = "cancelled"
    FINISHED = "finished"


class PayoutRun(Record, Base, kw_only=True, eq=False, repr=False):
    """Payouts prepared together."""

    __tablename__ = "payout_runs"
    __table_args__ = (
        Index("ix_payout_runs_prepared_by", "prepared_by_id", "on_request", "id"),
        CheckConstraint("approved_by_id <> prepared_by_id", name="two_people"),
    )

    prepared_by: Mapped[User] = relationship(lazy="raise", foreign_keys="PayoutRun.prepared_by_id")
    prepared_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), init=False)
    approved_by: Mapped[User | None] = relationship(
        lazy="raise", foreign_keys="PayoutRun.approved_by_id", default=None
    )
    approved_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"), init=False)
    approved_at: Mapped[datetime | None] = mapped_column(default=None)
    cut_off_at: Mapped[datetime]
    payout_count: Mapped[int]
    total_minor: Mapped[Minor]
    figures: Mapped[Json] = mapped_column(
        default_factory=dict, insert_default=dict
    )  # how the total came about
    state: Mapped[RunState] = mapped_column(default=RunState.PREPARED)
    on_request: Mapped[bool] = mapped_column(default=False)  # one person asked, for themselves


class PayoutState(enum.Enum):
    """The states of domain.md 3.11."""

    SCHEDULED = "scheduled"
    ON_HOLD = "on_hold"
    APPROVED = "approved"
    SENT = "sent"
    PAID = "paid"
    FAILED = "failed"
    CANCELLED = "cancelled"


O = PayoutState  # noqa: E741 - one letter, as the other move tables
PAYOUT_MOVES = states.table(
    O,
    {
        O.SCHEDULED: {O.ON_HOLD, O.APPROVED, O.CANCELLED},
        O.ON_HOLD: {O.SCHEDULED, O.CANCELLED},
        O.APPROVED: {O.SENT, O.CANCELLED},
        O.SENT: {O.PAID, O.FAILED},
        O.PAID: set(),
        O.FAILED: set(),
        O.CANCELLED: set(),
    },
)


class Payout(Record, Base, kw_only=True, eq=False, repr=False):
    """One person's money in one run; its id is the provider's transfer group."""

    __tablename__ = "payouts"
    __table_args__ = (
        Index("ix_payouts_run", "run_id", "id"),
        Index("ix_payouts_user", "user_id", "id"),
        Index("ix_payouts_state", "state", "id"),
        Index("ix_payouts_provider_key", "provider_key"),
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("withheld_minor >= 0", name="withheld"),
        CheckConstraint("(state = 'paid') = (external_id IS NOT NULL)", name="paid_has_proof"),
        CheckConstraint("state NOT IN ('sent', 'paid') OR provider_key IS NOT NULL", name="sent_has_key"),
    )

    run: Mapped[PayoutRun | None] = relationship(lazy="raise")
    run_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("payout_runs.id"), init=False)
    user: Mapped[User] = relationship(lazy="raise")
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), init=False)
    rail: Mapped[Rail]
    destination: Mapped[str]
    amount_minor: Mapped[Minor]
    currency: Mapped[str] = mapped_column(default="usd")
    state: Mapped[PayoutState] = mapped_column(default=O.SCHEDULED, init=False)
    hold_reason: Mapped[str] = mapped_column(default="")
    provider_key: Mapped[str | None] = mapped_column(default=None)
    external_id: Mapped[str | None] = mapped_column(default=None, unique=True)
    alarm: Mapped[str | None] = mapped_column(default=None)
    sent_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    held_until: Mapped[datetime | None] = mapped_column(default=None)
    withheld_minor: Mapped[Minor] = mapped_column(default=0, server_default="0")  # by law, beside the amount
    returned_at: Mapped[datetime | None] = mapped_column(default=None)  # it was paid, and came back

    @property
    def gross_minor(self) -> int:
        """What its earnings are together: what is sent and what a law withholds."""
        return self.amount_minor + self.withheld_minor

    @property
    def is_taken_back(self) -> bool:
        """It was our own mistake; what a bank sends back has gone by bank file."""
        return self.returned_at is not None and self.rail is Rail.STRIPE

    @property
    def standing(self) -> PayoutState:
        """The state a person sees: what came back has failed them, though it was paid."""
        return O.FAILED if self.returned_at is not None else self.state

    def move(self, to: PayoutState) -> None:
        """Change the state, or Conflict (409)."""
        self.state = states.step(PAYOUT_MOVES, self.state, to, thing="payout")


class Earning(Record, Base, kw_only=True, eq=False, repr=False):
    """One pay event of one person; the ledger holds the money, this row says why and until when."""

    __tablename__ = "earnings"
    __table_args__ = (
        UniqueConstraint("ledger_key"),
        Index("ix_earnings_user", "user_id", "id"),
        Index("ix_earnings_due", "state", "available_at"),
        Index("ix_earnings_payout", "payout_id"),
        CheckConstraint("amount_minor > 0", name="amount"),
    )

    user: Mapped[User] = relationship(lazy="raise")
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), init=False)
    project: Mapped[Project | None] = relationship(lazy="raise")
    project_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("projects.id"), init=False)
    payout: Mapped[Payout | None] = relationship(lazy="raise", default=None)
    payout_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("payouts.id"), init=False)
    kind: Mapped[EarningKind]
    amount_minor: Mapped[Minor]
    currency: Mapped[str] = mapped_column(default="usd")
    ledger_key: Mapped[str]  # the key of the LedgerTransaction that paid it
    ref_type: Mapped[str]  # "submission", "review", ...: the thing it was paid for
    ref_id: Mapped[uuid.UUID]
    reason: Mapped[str]  # one sentence a person reads
    state: Mapped[EarningState] = mapped_column(default=EarningState.PENDING)
    available_at: Mapped[datetime]
    case_id: Mapped[uuid.UUID | None] = mapped_column(default=None)  # what has to be decided first
    matured_key: Mapped[str | None] = mapped_column(default=None)  # of the one that ended its hold

    def move(self, to: EarningState) -> None:
        """Change the state, or Conflict (409)."""
        self.state = states.step(EARNING_MOVES, self.state, to, thing="earning")


class PayoutAttempt(Attempt, Record, Base, kw_only=True, eq=False, repr=False):
    """One call to the provider for a Payout."""

    __tablename__ = "payout_attempts"
    __table_args__ = (UniqueConstraint("payout_id", "number"),)

    payout: Mapped[Payout] = relationship(lazy="raise")
    payout_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("payouts.id"), init=False)


class PayoutSearch(Search, Record, Base, kw_only=True, eq=False, repr=False):
    """One look at the provider's list before sending again."""

    __tablename__ = "payout_searches"
    __table_args__ = (Index("ix_payout_searches_payout", "payout_id", "at"),)

    payout: Mapped[Payout] = relationship(lazy="raise")
    payout_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("payouts.id"), init=False)


class BankLine(Record, Base, kw_only=True, eq=False, repr=False):
    """A line of our bank's statement that paid a payout of the manual rail, or brought it back."""

    __tablename__ = "bank_lines"
    __table_args__ = (UniqueConstraint("payout_id", "came_back"),)

    payout: Mapped[Payout] = relationship(lazy="raise")
    payout_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("payouts.id"), init=False)
    by: Mapped[User] = relationship(lazy="raise")
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), init=False)
    line: Mapped[str] = mapped_column(unique=True)  # the bank's own number of it
    booked_on: Mapped[date]
    amount_minor: Mapped[Minor]
    came_back: Mapped[bool]
