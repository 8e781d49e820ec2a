"""Every SELECT about submissions that are live: loaded whole, locked, counted."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session, joinedload

from marketplace.experts.models import Expert
from marketplace.projects.models import Project
from workspace.queue.models import Assignment, AssignmentState
from workspace.submissions.models import (
    Submission,
    SubmissionState,
)

_HANDS_ON = (AssignmentState.ACTIVE, AssignmentState.HELD)
_OUT = (SubmissionState.UNDONE, SubmissionState.EXCLUDED_PAID, SubmissionState.FINAL_REJECTED)
_BUSY = (
    SubmissionState.SUBMITTED,
    SubmissionState.IN_REVIEW,
    SubmissionState.SECOND_LOOK,
    SubmissionState.CHANGES_REQUESTED,
    SubmissionState.RESUBMITTED,
    SubmissionState.FINAL_REVIEW,
    SubmissionState.ADJUDICATION,
    SubmissionState.REJECTED,
)


def live_submission(session: Session, assignment_id: uuid.UUID) -> Submission | None:
    """What was handed in for the assignment and not taken back, with all it is about."""
    return session.scalar(
        whole(
            select(Submission).where(
                Submission.assignment_id == assignment_id, Submission.state != SubmissionState.UNDONE
            )
        )
    )


def submission(session: Session, submission_id: uuid.UUID) -> Submission | None:
    """The submission with all it is about, for callers that have checked who asks."""
    return session.scalar(whole(select(Submission).where(Submission.id == submission_id)))


def submission_of(session: Session, user_id: uuid.UUID, submission_id: uuid.UUID) -> Submission | None:
    """The submission with all it is about, when it is this person's."""
    return session.scalar(
        whole(select(Submission).where(Submission.id == submission_id, Submission.user_id == user_id))
    )


def lock_submission(session: Session, submission_id: uuid.UUID) -> Submission:
    """The submission with all it is about, locked until the transaction ends and read anew."""
    return session.execute(
        whole(select(Submission).where(Submission.id == submission_id))
        .with_for_update(of=Submission)
        .execution_options(populate_existing=True)
    ).scalar_one()


def opinions(session: Session, task_id: uuid.UUID) -> int:
    """Slots of the task in use: assignments in hand, and submissions that count."""
    in_hand = select(func.count(Assignment.id)).where(
        Assignment.task_id == task_id, Assignment.state.in_(_HANDS_ON)
    )
    handed_in = select(func.count(Submission.id)).where(
        Submission.task_id == task_id, Submission.state.not_in(_OUT)
    )
    counts = session.execute(select(in_hand.scalar_subquery(), handed_in.scalar_subquery())).one()
    return int(counts[0]) + int(counts[1])


def live_answers(session: Session, task_id: uuid.UUID) -> Sequence[Submission]:
    """The submissions of a task that fill a slot, oldest first, assignments loaded."""
    return session.scalars(
        select(Submission)
        .where(Submission.task_id == task_id, Submission.state.not_in(_OUT))
        .order_by(Submission.id)
        .options(joinedload(Submission.assignment))
    ).all()


def changes_overdue(
    session: Session, now: datetime, *, at_most: int = 500
) -> Sequence[tuple[uuid.UUID, int]]:
    """Submissions whose time for changes is over, with their round, the oldest first."""
    rows = session.execute(
        select(Submission.id, Submission.round)
        .where(Submission.state == SubmissionState.CHANGES_REQUESTED, Submission.due_at <= now)
        .order_by(Submission.due_at)
        .limit(at_most)
    )
    return [(row[0], row[1]) for row in rows]


def has_undecided(session: Session, project_id: uuid.UUID) -> bool:
    """Whether a submission of the project still waits for a verdict, changes or the end of its appeal."""
    waiting = exists().where(Submission.project_id == project_id, Submission.state.in_(_BUSY))
    return bool(session.scalar(select(waiting)))


def whole(statement: Select[Submission]) -> Select[Submission]:
    """The statement with all a submission is about."""
    work = joinedload(Submission.assignment)
    return statement.options(
        work.joinedload(Assignment.task),
        work.joinedload(Assignment.guideline),
        work.joinedload(Assignment.engagement),
        work.joinedload(Assignment.expert).joinedload(Expert.user),
        work.joinedload(Assignment.project).joinedload(Project.company),
    )
