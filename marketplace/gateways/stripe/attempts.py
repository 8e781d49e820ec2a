"""What a room keeps of every call that moves money, and of every look between two: columns, no tables."""

import enum
from datetime import datetime

from sqlalchemy.orm import Mapped, MappedAsDataclass, mapped_column

from marketplace.gateways.stripe.outcomes import Outcome


class AttemptOutcome(enum.Enum):
    """How one call to the provider ended; `unknown` is never turned into failed."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    NOT_NOW = "not_now"
    UNKNOWN = "unknown"


class Attempt(MappedAsDataclass, kw_only=True, eq=False, repr=False):
    """One call, written down before it is made."""

    number: Mapped[int]
    idempotency_key: Mapped[str]
    outcome: Mapped[AttemptOutcome] = mapped_column(default=AttemptOutcome.OPEN)
    replayed: Mapped[bool] = mapped_column(default=False)
    http_status: Mapped[int | None] = mapped_column(default=None)
    error_code: Mapped[str | None] = mapped_column(default=None)
    request_id: Mapped[str | None] = mapped_column(default=None)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None] = mapped_column(default=None)

    def end(self, outcome: Outcome, now: datetime) -> None:
        """Keep how it ended."""
        self.outcome, self.replayed = AttemptOutcome(outcome.kind.value), outcome.replayed
        self.http_status, self.error_code = outcome.http_status, outcome.error_code
        self.request_id, self.finished_at = outcome.request_id, now


class Search(MappedAsDataclass, kw_only=True, eq=False, repr=False):
    """One look at the provider's list before calling again."""

    at: Mapped[datetime]
    found_count: Mapped[int]
