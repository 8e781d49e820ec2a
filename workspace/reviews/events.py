"""What the room of reviews tells."""

import uuid
from dataclasses import dataclass
from typing import ClassVar

from marketplace.kit.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionApproved(Event):
    """Work was approved and paid; `by_clock`: nobody judged it in time, so the expert won."""

    name: ClassVar[str] = "submission.approved"

    submission_id: uuid.UUID
    project_id: uuid.UUID
    user_id: uuid.UUID
    pay_minor: int
    first_time: bool
    by_clock: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionRejected(Event):
    """Work was rejected; its money stays reserved until the time to appeal is over."""

    name: ClassVar[str] = "submission.rejected"

    submission_id: uuid.UUID
    project_id: uuid.UUID
    user_id: uuid.UUID
    review_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionChangesAsked(Event):
    """The expert is asked to change something, for the same pay."""

    name: ClassVar[str] = "submission.changes_asked"

    submission_id: uuid.UUID
    project_id: uuid.UUID
    user_id: uuid.UUID
    review_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewReturned(Event):
    """A verdict could not act, because the budget ran out meanwhile: its reviewer decides again."""

    name: ClassVar[str] = "review.returned"

    review_id: uuid.UUID
    user_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class OverturnProposed(Event):
    """Somebody says that final rejections were wrong: a second person is needed."""

    name: ClassVar[str] = "overturn.proposed"

    overturn_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class OverturnDecided(Event):
    """Approved and paid, refused, withdrawn or lapsed."""

    name: ClassVar[str] = "overturn.decided"

    overturn_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionOverturned(Event):
    """A final rejection was wrong: the work is paid; `in_use`: it counts as approved, its slot was free."""

    name: ClassVar[str] = "submission.overturned"

    submission_id: uuid.UUID
    project_id: uuid.UUID
    user_id: uuid.UUID
    pay_minor: int
    first_time: bool
    in_use: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealOpened(Event):
    """An expert appeals against a rejection: somebody without part in it decides."""

    name: ClassVar[str] = "appeal.opened"

    appeal_id: uuid.UUID
    submission_id: uuid.UUID
    project_id: uuid.UUID
    user_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealAsked(Event):
    """Whoever decides asks the expert a question."""

    name: ClassVar[str] = "appeal.asked"

    appeal_id: uuid.UUID
    user_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealAnswered(Event):
    """The expert has answered: whoever asked goes on."""

    name: ClassVar[str] = "appeal.answered"

    appeal_id: uuid.UUID
    asked_by_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealEnded(Event):
    """Decided by a person or by the clock, or withdrawn; pay is announced beside it."""

    name: ClassVar[str] = "appeal.decided"

    appeal_id: uuid.UUID
    submission_id: uuid.UUID
    project_id: uuid.UUID
    user_id: uuid.UUID
