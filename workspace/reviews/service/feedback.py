"""What reviewers said, for the expert who goes on working: the newest notes, and what waits to be changed."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from config.policy import WORK
from marketplace.kit import clock
from marketplace.kit.errors import NotFound
from workspace.reviews import policy, queries
from workspace.reviews.models import Review

QUOTED = 280  # characters of a note beside the next task; all of it stands on the submission's page


@dataclass(frozen=True, slots=True)
class Note:
    """What one verdict said; who gave it is never told."""

    submission_id: uuid.UUID
    verdict: str
    code: str
    reason: str
    clauses: tuple[int, ...]
    quote: str
    at: datetime | None
    is_new: bool


@dataclass(frozen=True, slots=True)
class Due:
    """A submission that waits for changes: what is asked, until when, and the pay that waits."""

    submission_id: uuid.UUID
    assignment_id: uuid.UUID
    asked: str
    price_minor: int
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Feedback:
    """All of it on one project."""

    notes: tuple[Note, ...]
    due: tuple[Due, ...]

    @property
    def is_new(self) -> bool:
        """Something was said since the expert last looked."""
        return any(note.is_new for note in self.notes)


def feedback(session: Session, user_id: uuid.UUID, project_id: uuid.UUID) -> Feedback:
    """The newest notes to this person on the project, and the changes that are due."""
    looked_at = queries.looked_at(session, user_id, project_id)
    notes = queries.notes_to(session, user_id, project_id, newest=WORK.feedback_notes)
    due = queries.changes_due(session, user_id, project_id)
    asked = queries.last_verdicts(session, [submission.id for submission in due])
    return Feedback(
        notes=tuple(_note(review, looked_at) for review in notes),
        due=tuple(
            Due(
                submission_id=submission.id,
                assignment_id=submission.assignment_id,
                asked=_asked(asked.get(submission.id)),
                price_minor=submission.assignment.price_minor,
                due_at=submission.due_at,
            )
            for submission in due
        ),
    )


def look(session: Session, user_id: uuid.UUID, project_id: uuid.UUID) -> None:
    """The person has looked: nothing is new any more.  NotFound (404) without own work on the project."""
    if not queries.has_handed_in(session, user_id, project_id):
        raise NotFound("You have no work on this project.")
    queries.look(session, user_id, project_id, clock.database_now(session))


def _note(review: Review, looked_at: datetime | None) -> Note:
    text = " ".join(review.note.split())
    quote = text if len(text) <= QUOTED else text[:QUOTED].rsplit(" ", 1)[0] + "…"
    new = review.decided_at is not None and (looked_at is None or review.decided_at > looked_at)
    return Note(
        submission_id=review.submission_id,
        verdict=review.verdict.value if review.verdict else "",
        code=review.reason_code or "",
        reason=policy.REASONS.get(review.reason_code or "", ""),
        clauses=tuple(review.clauses.get("numbers", [])),
        quote=quote,
        at=review.decided_at,
        is_new=new,
    )


def _asked(review: Review | None) -> str:
    return policy.REASONS.get(review.reason_code or "", "") if review else ""
