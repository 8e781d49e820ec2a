"""Rounds of one submission: each is kept as it was handed in and asks for a review of its own."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from marketplace.audit import service as audit
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.events import publish
from workspace.queue import queries as assignments
from workspace.queue.models import Assignment
from workspace.submissions import queries
from workspace.submissions.events import SubmissionReceived
from workspace.submissions.models import Draft, Submission, SubmissionRevision, SubmissionState
from workspace.submissions.policy import IN_REVIEW, Problems
from workspace.submissions.service import drafts
from workspace.submissions.service.checking import check


def resubmit(
    session: Session,
    submission: Submission,
    *,
    user: User,
    answer: dict[str, Any],
    note: str = "",
    confirmed: Collection[str] = (),
) -> Submission | Problems:
    """Hand in a changed answer, or say what is missing; the text is kept as the draft either way.

    A second time returns the submission as it stands.  Conflict (409) when no changes are asked for.
    """
    assignments.lock_expert(session, submission.assignment.expert_id)
    submission = queries.lock_submission(session, submission.id)
    if submission.round and submission.state in IN_REVIEW:
        return submission
    draft = drafts.of(session, submission.assignment)
    drafts.keep_changed(session, draft, answer, note=note, confidence=draft.confidence)
    return resubmit_draft(session, submission, draft, confirmed=confirmed)


def resubmit_draft(
    session: Session, submission: Submission, draft: Draft, *, confirmed: Collection[str]
) -> Submission | Problems:
    """Hand in the draft as the next round.  The caller holds the expert's lock."""
    submission = queries.lock_submission(session, submission.id)
    checked = check(session, submission.assignment, draft, confirmed=confirmed)
    if isinstance(checked, Problems):
        return checked
    submission.move(SubmissionState.RESUBMITTED)
    submission.changes_left -= 1
    submission.answer, submission.note = checked.answer, draft.note
    submission.confirmed = {"warnings": list(checked.warnings)}
    submission.confidence, submission.active_seconds = draft.confidence, draft.active_seconds
    submission.corrected_seconds = draft.corrected_seconds
    submission.correction_note = draft.correction_note
    _begin_round(session, submission, by_clock=False)
    return submission


def decline_changes(session: Session, submission: Submission, *, user: User) -> None:
    """Leave the answer as it is: it gets a last look, and changes cannot be asked for again.

    Conflict (409) when no changes are asked for.
    """
    _last_look(session, queries.lock_submission(session, submission.id), by_clock=False)


def end_changes(session: Session, submission: Submission) -> None:
    """The same by the clock, once the time for changes is over; otherwise nothing happens."""
    submission = queries.lock_submission(session, submission.id)
    now = clock.database_now(session)
    if submission.state is SubmissionState.CHANGES_REQUESTED and (submission.due_at or now) <= now:
        _last_look(session, submission, by_clock=True)


def receive(session: Session, submission: Submission, now: datetime, *, by_clock: bool) -> None:
    """Keep the answer of this round and tell whoever waits for it."""
    actor_id = None if by_clock else submission.user_id
    session.add(
        SubmissionRevision(
            submission=submission,
            round=submission.round,
            answer=submission.answer,
            note=submission.note,
            at=now,
        )
    )
    session.flush()  # the fact's listeners look these rows up
    audit.record(
        session,
        "expert:submission:receive" if actor_id else "clock:submission:receive",
        actor_id=actor_id,
        subject_type="submission",
        subject_id=submission.id,
        round=submission.round,
    )
    publish(
        session,
        SubmissionReceived(
            submission_id=submission.id,
            assignment_id=submission.assignment_id,
            task_id=submission.task_id,
            project_id=submission.project_id,
            user_id=submission.user_id,
            round=submission.round,
        ),
    )
    queries.submission(session, submission.id)  # listeners read it anew, without all it is about


def approved_at(assignment: Assignment, now: datetime) -> datetime:
    """When the clock approves what is handed in now."""
    return now + timedelta(hours=assignment.project.auto_approve_hours)


def _last_look(session: Session, submission: Submission, *, by_clock: bool) -> None:
    submission.move(SubmissionState.FINAL_REVIEW)
    submission.changes_left = 0
    _begin_round(session, submission, by_clock=by_clock)


def _begin_round(session: Session, submission: Submission, *, by_clock: bool) -> None:
    now = clock.database_now(session)
    submission.round += 1
    submission.auto_approve_at = approved_at(submission.assignment, now)
    submission.due_at = submission.auto_approve_at
    receive(session, submission, now, by_clock=by_clock)
