"""Every SELECT about drafts, counted time and submissions."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Select, delete, exists, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from marketplace.experts.models import Expert
from marketplace.kit import pages
from marketplace.kit.pages import Page
from marketplace.projects.models import Project
from workspace.queue.models import Assignment, AssignmentState
from workspace.submissions.models import (
    ConversationTurn,
    Draft,
    DraftRevision,
    Submission,
    SubmissionRevision,
    SubmissionState,
    TimeEntry,
)

_ENDED = (AssignmentState.EXPIRED, AssignmentState.RELEASED)
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


def draft_of(session: Session, assignment_id: uuid.UUID) -> Draft | None:
    """The draft of an assignment; its `assignment` is not loaded."""
    return session.scalar(select(Draft).where(Draft.assignment_id == assignment_id))


def kept_draft(session: Session, user_id: uuid.UUID, task_id: uuid.UUID, *, since: datetime) -> Draft | None:
    """The newest text this person left on the task in an assignment that ended without a submission."""
    return session.scalar(
        select(Draft)
        .join(Draft.assignment)
        .where(
            Assignment.user_id == user_id,
            Assignment.task_id == task_id,
            Assignment.state.in_(_ENDED),
            Draft.saved_at >= since,
        )
        .order_by(Draft.saved_at.desc())
        .limit(1)
    )


def out_of_time(session: Session, user_id: uuid.UUID, *, since: datetime) -> Sequence[Assignment]:
    """Assignments whose time ran out with text in them, not taken up again since, newest first."""
    later = aliased(Assignment)
    taken_up = exists().where(
        later.user_id == user_id, later.task_id == Assignment.task_id, later.id > Assignment.id
    )
    return session.scalars(
        select(Assignment)
        .join(Draft, Draft.assignment_id == Assignment.id)
        .where(
            Assignment.user_id == user_id,
            Assignment.state == AssignmentState.EXPIRED,
            Draft.saved_at >= since,
            ~taken_up,
        )
        .order_by(Assignment.id.desc())
        .limit(pages.SIZE)
        .options(joinedload(Assignment.task), joinedload(Assignment.project).joinedload(Project.company))
    ).all()


def forget_revisions(session: Session, draft_id: uuid.UUID, *, up_to: int) -> None:
    """Delete kept versions of a draft up to this number."""
    session.execute(
        delete(DraftRevision).where(DraftRevision.draft_id == draft_id, DraftRevision.rev <= up_to)
    )


def forget_drafts(session: Session, before: datetime) -> None:
    """Delete texts and conversations of assignments that ended without a submission before this moment."""
    old = (
        select(Draft.id)
        .join(Draft.assignment)
        .where(Assignment.state.in_(_ENDED), Assignment.ended_at < before)
    )
    talked = select(Draft.assignment_id).where(Draft.id.in_(old))
    session.execute(delete(ConversationTurn).where(ConversationTurn.assignment_id.in_(talked)))
    session.execute(delete(DraftRevision).where(DraftRevision.draft_id.in_(old)))
    session.execute(delete(Draft).where(Draft.id.in_(old)))


def last_time_entry(session: Session, assignment_id: uuid.UUID) -> TimeEntry | None:
    """The newest stretch of counted time."""
    return session.scalar(
        select(TimeEntry)
        .where(TimeEntry.assignment_id == assignment_id)
        .order_by(TimeEntry.started_at.desc())
        .limit(1)
    )


def live_submission(session: Session, assignment_id: uuid.UUID) -> Submission | None:
    """What was handed in for the assignment and not taken back, with all it is about."""
    return session.scalar(
        _whole(
            select(Submission).where(
                Submission.assignment_id == assignment_id, Submission.state != SubmissionState.UNDONE
            )
        )
    )


def submission(session: Session, submission_id: uuid.UUID) -> Submission | None:
    """The submission with all it is about, for callers that have checked who asks."""
    return session.scalar(_whole(select(Submission).where(Submission.id == submission_id)))


def submission_of(session: Session, user_id: uuid.UUID, submission_id: uuid.UUID) -> Submission | None:
    """The submission with all it is about, when it is this person's."""
    return session.scalar(
        _whole(select(Submission).where(Submission.id == submission_id, Submission.user_id == user_id))
    )


def lock_submission(session: Session, submission_id: uuid.UUID) -> Submission:
    """The submission with all it is about, locked until the transaction ends and read anew."""
    return session.execute(
        _whole(select(Submission).where(Submission.id == submission_id))
        .with_for_update(of=Submission)
        .execution_options(populate_existing=True)
    ).scalar_one()


def revision(session: Session, submission_id: uuid.UUID, number: int) -> SubmissionRevision | None:
    """The answer of one round as it was handed in."""
    return session.scalar(
        select(SubmissionRevision).where(
            SubmissionRevision.submission_id == submission_id, SubmissionRevision.round == number
        )
    )


def of_user(
    session: Session,
    user_id: uuid.UUID,
    states: Collection[SubmissionState],
    *,
    mark: str | None,
    project_id: uuid.UUID | None = None,
) -> Page[Submission]:
    """A person's submissions in these states, of one project or any, newest first, whole."""
    statement = select(Submission).where(Submission.user_id == user_id, Submission.state.in_(states))
    if project_id is not None:
        statement = statement.where(Submission.project_id == project_id)
    return pages.page(
        session,
        _whole(statement),
        [Submission.id],
        mark=mark,
        key_of=lambda row: (row.id,),
    )


def stopped_of(
    session: Session, user_id: uuid.UUID, *, mark: str | None, project_id: uuid.UUID | None = None
) -> Page[Assignment]:
    """The tasks a person stopped half way, newest first, task and project loaded."""
    statement = select(Assignment).where(
        Assignment.user_id == user_id, Assignment.state == AssignmentState.STOPPED
    )
    if project_id is not None:
        statement = statement.where(Assignment.project_id == project_id)
    return pages.page(
        session,
        statement.options(
            joinedload(Assignment.task), joinedload(Assignment.project).joinedload(Project.company)
        ),
        [Assignment.id],
        mark=mark,
        key_of=lambda row: (row.id,),
    )


def projects_of(session: Session, user_id: uuid.UUID) -> Sequence[Project]:
    """The projects on which this person has begun anything, by title, at most 200."""
    begun = exists().where(Assignment.user_id == user_id, Assignment.project_id == Project.id)
    return session.scalars(select(Project).where(begun).order_by(Project.title, Project.id).limit(200)).all()


def rounds_of(session: Session, submission_id: uuid.UUID) -> Sequence[SubmissionRevision]:
    """The answers of a submission as they were handed in, first round first."""
    return session.scalars(
        select(SubmissionRevision)
        .where(SubmissionRevision.submission_id == submission_id)
        .order_by(SubmissionRevision.round)
    ).all()


def time_entries(session: Session, assignment_id: uuid.UUID, *, mark: str | None) -> Page[TimeEntry]:
    """The counted stretches of an assignment, newest first."""
    return pages.page(
        session,
        select(TimeEntry).where(TimeEntry.assignment_id == assignment_id),
        [TimeEntry.started_at, TimeEntry.id],
        mark=mark,
        key_of=lambda row: (row.started_at, row.id),
    )


def count_in(session: Session, user_id: uuid.UUID, states: Collection[SubmissionState]) -> int:
    """How many of this person's submissions are in these states."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Submission)
            .where(Submission.user_id == user_id, Submission.state.in_(states))
        )
        or 0
    )


def count_since(session: Session, user_id: uuid.UUID, moment: datetime) -> int:
    """How many answers this person has handed in since this moment."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Submission)
            .where(
                Submission.user_id == user_id,
                Submission.submitted_at >= moment,
                Submission.state != SubmissionState.UNDONE,
            )
        )
        or 0
    )


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


def active_times(session: Session, project_id: uuid.UUID, *, newest: int = 30) -> Sequence[int]:
    """Active seconds of the newest submissions of a project."""
    return session.scalars(newest_times(project_id, newest)).all()


def newest_times(project_id: uuid.UUID, newest: int) -> Select[int]:
    """The statement of `active_times`: asked at each submit, so an index is walked and nothing is sorted."""
    return (
        select(Submission.active_seconds)
        .where(Submission.project_id == project_id)
        .order_by(Submission.id.desc())
        .limit(newest)
    )


def last_of(
    session: Session, user_id: uuid.UUID, project_id: uuid.UUID, *, newest: int
) -> Sequence[Submission]:
    """A person's newest submissions of a project, tasks loaded."""
    return session.scalars(
        select(Submission)
        .where(
            Submission.user_id == user_id,
            Submission.project_id == project_id,
            Submission.state != SubmissionState.UNDONE,
        )
        .order_by(Submission.id.desc())
        .limit(newest)
        .options(joinedload(Submission.assignment).joinedload(Assignment.task))
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


def _whole(statement: Select[Submission]) -> Select[Submission]:
    work = joinedload(Submission.assignment)
    return statement.options(
        work.joinedload(Assignment.task),
        work.joinedload(Assignment.guideline),
        work.joinedload(Assignment.engagement),
        work.joinedload(Assignment.expert).joinedload(Expert.user),
        work.joinedload(Assignment.project).joinedload(Project.company),
    )
