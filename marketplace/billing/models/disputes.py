"""Payments that a payer's bank takes back: what the provider says, what the books hold, our answer."""

import enum
import uuid
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.billing.models.deposits import Deposit
from marketplace.companies.models import Company
from marketplace.identity.models import User
from marketplace.kit.database import Base, Json, Minor, Record


class DisputeState(enum.Enum):
    """The provider's own words: a question of the bank (`warning_`), a dispute, and how each can end."""

    WARNING_NEEDS_RESPONSE = "warning_needs_response"
    WARNING_UNDER_REVIEW = "warning_under_review"
    WARNING_CLOSED = "warning_closed"
    PREVENTED = "prevented"
    NEEDS_RESPONSE = "needs_response"
    UNDER_REVIEW = "under_review"
    WON = "won"
    LOST = "lost"


S = DisputeState
# a dispute only goes up, so that whatever order we hear in, we end where the provider ended
RANKS: Mapping[DisputeState, int] = {
    S.WARNING_NEEDS_RESPONSE: 0,
    S.WARNING_UNDER_REVIEW: 1,
    S.WARNING_CLOSED: 2,
    S.NEEDS_RESPONSE: 3,
    S.UNDER_REVIEW: 4,
    S.PREVENTED: 5,
    S.WON: 5,
    S.LOST: 5,
}
QUESTIONS = frozenset({S.WARNING_NEEDS_RESPONSE, S.WARNING_UNDER_REVIEW, S.WARNING_CLOSED})
ANSWERABLE = frozenset({S.WARNING_NEEDS_RESPONSE, S.NEEDS_RESPONSE})
KEPT = frozenset({S.WARNING_CLOSED, S.PREVENTED, S.WON})  # the payment stands


class DisputeAnswer(enum.Enum):
    """What somebody of the house has decided to answer."""

    EVIDENCE = "evidence"
    ACCEPT = "accept"


class Dispute(Record, Base, kw_only=True, eq=False, repr=False):
    """A deposit, or a part of it, that the payer's bank takes back.

    `withdrawn_minor` has left what the provider holds for us, `held_minor` of it is set aside from the
    company's wallet; `ended_at`: the books are done with it.
    """

    __tablename__ = "disputes"
    __table_args__ = (
        Index("ix_disputes_company", "company_id", "id"),
        Index("ix_disputes_deposit", "deposit_id"),
        Index("ix_disputes_ended", "ended_at", "id"),
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("held_minor >= 0 AND held_minor <= withdrawn_minor", name="held"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_minor = 0)", name="withdrawn_once"),
        CheckConstraint(
            "answer IS NULL OR (answered_by_id IS NOT NULL AND asked_at IS NOT NULL)",
            name="answered_by_somebody",
        ),
    )

    company: Mapped[Company] = relationship(lazy="raise")
    company_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("companies.id"), init=False)
    deposit: Mapped[Deposit] = relationship(lazy="raise")
    deposit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("deposits.id"), init=False)
    external_id: Mapped[str] = mapped_column(unique=True)
    payment_intent_id: Mapped[str]
    charge_id: Mapped[str]
    amount_minor: Mapped[Minor]
    currency: Mapped[str]
    reason: Mapped[str]
    method: Mapped[str]  # card, us_bank_account, ...
    state: Mapped[DisputeState]
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime | None] = mapped_column(default=None)
    submission_count: Mapped[int] = mapped_column(default=0)
    # of them, answers to the question it began as
    question_count: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    withdrawn_minor: Mapped[Minor] = mapped_column(default=0)
    fee_minor: Mapped[Minor] = mapped_column(default=0)
    held_minor: Mapped[Minor] = mapped_column(default=0)
    withdrawn_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    answer: Mapped[DisputeAnswer | None] = mapped_column(default=None)
    answer_number: Mapped[int] = mapped_column(default=0)  # part of the key of the answer
    answered_by: Mapped[User | None] = relationship(lazy="raise", default=None)
    answered_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"), init=False)
    asked_at: Mapped[datetime | None] = mapped_column(default=None)
    evidence: Mapped[Json] = mapped_column(default_factory=dict, insert_default=dict)
    answer_error: Mapped[str] = mapped_column(default="")
    alarm: Mapped[str | None] = mapped_column(default=None)
    alarm_cleared: Mapped[str | None] = mapped_column(default=None)

    @property
    def answerable(self) -> bool:
        """The provider takes evidence, nobody has answered, and the payment came by a way that can be won."""
        return self.answer is None and self.due_at is not None and self.state in ANSWERABLE

    def advance(self, to: DisputeState) -> bool:
        """Go up to a later state; False for one that is not later.

        A question that has become a dispute wants an answer of its own.
        """
        if RANKS[to] <= RANKS[self.state]:
            return False
        if to is DisputeState.NEEDS_RESPONSE and self.state in QUESTIONS:
            self.answer, self.evidence, self.question_count = None, {}, self.submission_count
        self.state = to
        return True

    def alert(self, said: str) -> None:
        """Call for a person, unless one has dealt with exactly this."""
        if said != self.alarm_cleared:
            self.alarm = said
