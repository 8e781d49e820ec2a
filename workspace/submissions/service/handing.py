"""Handing in, by the expert or by the deadline; and taking it back."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from config.policy import WORK
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.events import publish
from workspace.queue import policy as queue_policy
from workspace.queue import queries as assignments
from workspace.queue import service as queue
from workspace.queue.models import LEFT, Assignment, AssignmentState, TaskState
from workspace.submissions import policy, queries
from workspace.submissions.errors import CannotTakeBack, NotOpen
from workspace.submissions.events import SubmissionTakenBack
from workspace.submissions.models import Draft, Submission, SubmissionState
from workspace.submissions.policy import Accepted, Problems
from workspace.submissions.service import drafts, rounds
from workspace.submissions.service.checking import check, read_sent

OUT_OF_TIME = "Your time ran out while you were writing. Your text is kept. Take the task again to submit it."
WITHDRAWN = "The company withdrew this task. You are paid for the time you worked. Your text is kept."
FULL = "Enough people have answered this task already. Your text is kept; skip the task to go on."


@dataclass(frozen=True, slots=True)
class HandedIn:
    """What was handed in, and the next task if there is one."""

    submission: Submission
    following: Assignment | None


def submit(
    session: Session,
    assignment: Assignment,
    *,
    user: User,
    answer: dict[str, Any] | None = None,
    note: str = "",
    confidence: int | None = None,
    confirmed: Collection[str] = (),
) -> Submission | Problems:
    """Hand in an answer (None: the draft as it is), or say what is missing; the text is kept either way.

    A second time returns the same submission.  A submission that was asked to be changed goes into its next
    round.  NotOpen (410) when the task is not this person's to work on any more.
    """
    assignment = drafts.lock(session, assignment)
    existing = queries.live_submission(session, assignment.id)
    if existing is not None and existing.state is not SubmissionState.CHANGES_REQUESTED:
        return existing
    if existing is None and assignment.state not in {AssignmentState.ACTIVE, *drafts.OVER}:
        raise NotOpen("This task is not open any more. Nothing was sent.")
    draft = drafts.of(session, assignment)
    before = draft.answer
    if answer is not None:
        drafts.keep_changed(session, draft, answer, note=note, confidence=confidence)
    if existing is not None:
        return rounds.resubmit_draft(session, existing, draft, confirmed=confirmed)
    if assignment.state in drafts.OVER:
        return Problems({"time": WITHDRAWN if assignment.state is AssignmentState.CANCELLED else OUT_OF_TIME})
    if queue_policy.is_overdue(assignment, clock.database_now(session)):
        return at_deadline(session, assignment, before=before) or Problems({"time": OUT_OF_TIME})
    checked = check(session, assignment, draft, confirmed=confirmed)
    if isinstance(checked, Problems):
        return checked
    return _hand_in(session, assignment, draft, checked, by_deadline=False)


def submit_and_go_on(  # noqa: PLR0913 - what a page says at once
    session: Session,
    assignment: Assignment,
    *,
    user: User,
    answer: dict[str, Any] | None = None,
    note: str = "",
    confidence: int | None = None,
    confirmed: Collection[str] = (),
    last: bool = False,
) -> HandedIn | Problems:
    """Hand in as `submit` does, then open the task held ahead or claim the next one, if there is one.

    After the `last` one for now the task held ahead goes back at once, for others to have.
    """
    outcome = submit(
        session,
        assignment,
        user=user,
        answer=answer,
        note=note,
        confidence=confidence,
        confirmed=confirmed,
    )
    if isinstance(outcome, Problems):
        return outcome
    if last:
        queue.leave(session, outcome.assignment, user=user)
    goes_on = outcome.round == 0 and not last
    return HandedIn(outcome, queue.go_on(session, outcome.assignment) if goes_on else None)


def at_deadline(
    session: Session, assignment: Assignment, *, before: Mapping[str, Any] | None = None
) -> Submission | None:
    """End an active assignment whose time is over: a complete draft is submitted, an incomplete one is kept.

    `before` is the answer that stood in the draft at the deadline, when text came after it: late half
    sentences do not cost what was complete in time.  The caller has locked the assignment.  None: it expired.
    """
    draft = drafts.of(session, assignment)
    for answer in [draft.answer] if before is None else [draft.answer, before]:
        read = read_sent(session, assignment, answer)
        if isinstance(read, Accepted):
            outcome = _hand_in(session, assignment, draft, read, by_deadline=True)
            if isinstance(outcome, Submission):
                return outcome
    queue.expire(session, assignment)
    return None


def take_back(session: Session, assignment: Assignment, *, user: User) -> Assignment:
    """Go on with an answer that was handed in: within 8 seconds, or while nobody opened it and time is left.

    CannotTakeBack (409) otherwise, or when the next task was begun meanwhile; an untouched one is given back.
    """
    assignments.lock_expert(session, assignment.expert_id)
    live = queries.live_submission(session, assignment.id)
    if live is None:
        raise CannotTakeBack("There is nothing to take back.")
    submission = queries.lock_submission(session, live.id)  # before its assignment: the order of the house
    assignment = assignments.lock_assignment(session, assignment.id)
    now = clock.database_now(session)
    if not policy.may_take_back(submission, assignment, now):
        raise CannotTakeBack("It is too late to take this back: a reviewer has it, or the time is over.")
    if assignments.lock_task(session, assignment.task_id).state is TaskState.WITHDRAWN:
        raise CannotTakeBack(
            "The company has withdrawn this task. What you handed in is reviewed and paid as ever."
        )
    _make_room(session, assignment, user)
    submission.move(SubmissionState.UNDONE)
    submission.due_at, submission.decided_at = None, now
    queue.reopen(session, assignment)
    publish(
        session,
        SubmissionTakenBack(
            submission_id=submission.id, project_id=submission.project_id, user_id=submission.user_id
        ),
    )
    return assignments.lock_assignment(session, assignment.id)  # listeners read it anew, without all of it


def _make_room(session: Session, assignment: Assignment, user: User) -> None:
    """One active assignment per project: the next one goes back, unless there is text in it."""
    other = assignments.active_of(session, assignment.user_id, assignment.project_id)
    if other is None:
        return
    draft = queries.draft_of(session, other.id)
    if draft is not None and draft.saved_at is not None and draft.saved_at > other.claimed_at:
        raise CannotTakeBack(
            "You have begun the next task. Submit or skip it first, then take this one back."
        )
    queue.release(session, other, by=user, reason=LEFT)
    session.flush()  # the unique index allows one active row: the other must go before this one comes back


def _hand_in(
    session: Session, assignment: Assignment, draft: Draft, checked: Accepted, *, by_deadline: bool
) -> Submission | Problems:
    if queries.opinions(session, assignment.task_id) > assignment.task.overlap:
        return Problems({"slot": FULL})
    now = clock.database_now(session)
    ends_at = rounds.approved_at(assignment, now)
    submission = Submission(
        assignment=assignment,
        task_id=assignment.task_id,
        project_id=assignment.project_id,
        user_id=assignment.user_id,
        answer=checked.answer,
        note=draft.note,
        confidence=draft.confidence,
        confirmed={"warnings": [] if by_deadline else list(checked.warnings)},
        active_seconds=draft.active_seconds,
        corrected_seconds=draft.corrected_seconds,
        correction_note=draft.correction_note,
        submitted_at=now,
        by_deadline=by_deadline,
        changes_left=WORK.change_rounds,
        auto_approve_at=ends_at,
        due_at=ends_at,
    )
    session.add(submission)
    queue.submitted(session, assignment, by_clock=by_deadline)
    rounds.receive(session, submission, now, by_clock=by_deadline)
    return submission
