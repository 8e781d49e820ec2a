"""Drafts: nothing a person writes is ever lost; and the time they worked."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from config.policy import WORK
from marketplace.care import service as care
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.errors import Conflict, Invalid
from workspace.queue import queries as assignments
from workspace.queue.events import TaskClaimed
from workspace.queue.models import Assignment, AssignmentState
from workspace.submissions import policy, queries
from workspace.submissions.models import Draft, DraftRevision, SubmissionState, TimeEntry
from workspace.submissions.queries import conversations

OVER = frozenset({AssignmentState.EXPIRED, AssignmentState.CANCELLED})  # not by their expert: text is kept


def beat(session: Session, assignment: Assignment, *, user: User) -> int:
    """Count the time since the last beat, if it was a minute at most; the active seconds so far."""
    assignment = lock(session, assignment)
    draft = of(session, assignment)
    if assignment.state in OVER or not takes_text(session, assignment):
        return draft.active_seconds
    if assignment.project.classes:
        care.expose(session, assignment.user_id)
    now = clock.database_now(session)
    if not policy.is_under_way(conversations.waiting_of(session, assignment.id), now):
        count_time(session, assignment, now)  # waiting for a model is no work
    return draft.active_seconds


def count_time(session: Session, assignment: Assignment, now: datetime) -> None:
    """Count the time since the last beat, if it was a minute at most.  The assignment is locked."""
    entry = queries.last_time_entry(session, assignment.id)
    gap = (now - entry.ended_at).total_seconds() if entry else None
    if entry is None or gap is None or not 0 <= gap <= WORK.idle_seconds:
        start_again(session, assignment, now)
        return
    entry.ended_at = now
    draft = of(session, assignment)
    draft.active_seconds += round(gap)
    if draft.corrected_seconds is not None:
        draft.corrected_seconds += round(gap)


def start_again(session: Session, assignment: Assignment, now: datetime) -> None:
    """Begin a new stretch of counted time: what came before this moment is not part of it."""
    session.add(TimeEntry(assignment=assignment, started_at=now, ended_at=now))


def correct_time(session: Session, assignment: Assignment, *, minutes: int | None, note: str) -> None:
    """Keep what the expert says the active time was, beside what was counted; None takes it back.

    Time counted later is added to both.  Conflict (409) once it was handed in, Invalid (422) for more than
    the time since the claim.
    """
    assignment = lock(session, assignment)
    if not is_open(session, assignment):
        raise Conflict("This task is not open any more, so its time stays as it is.")
    most = policy.wall_minutes(assignment.claimed_at, clock.database_now(session))
    if minutes is not None and not 0 <= minutes <= most:
        raise Invalid(policy.too_long(most))
    draft = of(session, assignment)
    draft.corrected_seconds = None if minutes is None else 60 * minutes
    draft.correction_note = "" if minutes is None else note


def restore(session: Session, fact: TaskClaimed) -> None:
    """Give a claim the text its person left on the same task within the last 30 days."""
    since = clock.database_now(session) - policy.DRAFT_KEPT
    kept = queries.kept_draft(session, fact.user_id, fact.task_id, since=since)
    assignment = session.get(Assignment, fact.assignment_id)
    if kept is None or assignment is None:
        return
    conversations.take_along(session, old=kept.assignment_id, new=assignment.id)
    session.add(
        Draft(
            assignment=assignment,
            answer=kept.answer,
            note=kept.note,
            confidence=kept.confidence,
            saved_at=kept.saved_at,
        )
    )


def forget(session: Session, payload: object) -> None:
    """Delete texts that were kept for 30 days after their assignment ended."""
    queries.forget_drafts(session, clock.database_now(session) - policy.DRAFT_KEPT)


def lock(session: Session, assignment: Assignment) -> Assignment:
    """The assignment, locked behind its expert's own lock and read anew."""
    assignments.lock_expert(session, assignment.expert_id)
    return assignments.lock_assignment(session, assignment.id)


def takes_text(session: Session, assignment: Assignment) -> bool:
    """Being worked on, over by the clock or the company (the text is kept), or asked to be changed."""
    if assignment.state in {AssignmentState.ACTIVE, *OVER}:
        return True
    if assignment.state is not AssignmentState.SUBMITTED:
        return False
    submission = queries.live_submission(session, assignment.id)
    return submission is not None and submission.state is SubmissionState.CHANGES_REQUESTED


def is_open(session: Session, assignment: Assignment) -> bool:
    """Whether the expert can still hand something in: being worked on, or asked to be changed."""
    return assignment.state not in OVER and takes_text(session, assignment)


def of(session: Session, assignment: Assignment) -> Draft:
    """The assignment's draft, begun now if there is none."""
    draft = queries.draft_of(session, assignment.id)
    if draft is None:
        draft = Draft(assignment=assignment)
        session.add(draft)
    return draft


def keep(
    session: Session, draft: Draft, answer: dict[str, Any], *, note: str, confidence: int | None
) -> datetime:
    """Write the next version of a draft; the newest 20 are kept."""
    now = clock.database_now(session)
    draft.rev += 1
    draft.answer, draft.note, draft.confidence, draft.saved_at = answer, note, confidence, now
    session.add(DraftRevision(draft=draft, rev=draft.rev, answer=answer, at=now))
    if draft.rev > WORK.draft_revisions:
        queries.forget_revisions(session, draft.id, up_to=draft.rev - WORK.draft_revisions)
    return now


def keep_changed(
    session: Session, draft: Draft, answer: dict[str, Any], *, note: str, confidence: int | None
) -> None:
    """Keep what was handed in as the draft; its version stays, so that the page it came from can go on."""
    if (draft.answer, draft.note, draft.confidence) != (answer, note, confidence) or draft.saved_at is None:
        draft.answer, draft.note, draft.confidence = answer, note, confidence
        draft.saved_at = clock.database_now(session)
