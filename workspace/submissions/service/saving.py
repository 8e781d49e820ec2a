"""Autosave: the draft, the next task held ahead, and the deadline if it is over."""

from typing import Any

from sqlalchemy.orm import Session

from marketplace.identity.models import User
from marketplace.kit import clock
from workspace.queue import policy as queue_policy
from workspace.queue import service as queue
from workspace.queue.models import Assignment, AssignmentState
from workspace.submissions.errors import NotOpen, StaleDraft
from workspace.submissions.models import Draft
from workspace.submissions.policy import Accepted
from workspace.submissions.service import drafts
from workspace.submissions.service.checking import read_sent
from workspace.submissions.service.handing import at_deadline


def save(  # noqa: PLR0913 - what a page says at once
    session: Session,
    assignment: Assignment,
    *,
    user: User,
    rev: int,
    answer: dict[str, Any],
    note: str = "",
    confidence: int | None = None,
    last: bool = False,
) -> Draft:
    """Keep unsent text; `rev` is the version it was written on.

    A good answer holds the next task ahead; the `last` one for now gives back what is held.  Text that comes
    after the deadline is kept too; when it is not complete, what was complete before it is handed in.  The
    assignment's state says what became of it.
    StaleDraft (409) when a newer version is there, NotOpen (410) when the task is not this person's to work
    on any more.
    """
    assignment = drafts.lock(session, assignment)
    if not drafts.takes_text(session, assignment):
        raise NotOpen("This task is not open any more, so this text was not saved here.")
    draft = drafts.of(session, assignment)
    if draft.rev == rev + 1 and (draft.answer, draft.note) == (answer, note):
        return draft  # the answer to the same request was lost on its way
    if draft.rev != rev:
        raise StaleDraft(draft.rev, draft.answer)
    before = draft.answer
    drafts.keep(session, draft, answer, note=note, confidence=confidence)
    if queue_policy.is_overdue(assignment, clock.database_now(session)):
        at_deadline(session, assignment, before=before)
    elif assignment.state is AssignmentState.ACTIVE and last:
        queue.leave(session, assignment, user=user)
    elif assignment.state is AssignmentState.ACTIVE:
        _look_ahead(session, assignment, answer)
    return draft


def _look_ahead(session: Session, assignment: Assignment, answer: dict[str, Any]) -> None:
    read = read_sent(session, assignment, answer)
    if isinstance(read, Accepted):
        queue.hold_next(session, assignment)
