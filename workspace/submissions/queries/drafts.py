"""Every SELECT about drafts and counted time."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session, aliased, joinedload

from marketplace.kit import pages
from marketplace.kit.pages import Page
from marketplace.projects.models import Project
from workspace.queue.models import Assignment, AssignmentState
from workspace.submissions.models import (
    ConversationTurn,
    Draft,
    DraftRevision,
    TimeEntry,
)

_ENDED = (AssignmentState.EXPIRED, AssignmentState.RELEASED)


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


def time_entries(session: Session, assignment_id: uuid.UUID, *, mark: str | None) -> Page[TimeEntry]:
    """The counted stretches of an assignment, newest first."""
    return pages.page(
        session,
        select(TimeEntry).where(TimeEntry.assignment_id == assignment_id),
        [TimeEntry.started_at, TimeEntry.id],
        mark=mark,
        key_of=lambda row: (row.started_at, row.id),
    )


def worked_since(session: Session, user_id: uuid.UUID, since: datetime) -> timedelta:
    """The counted time of a person's stretches that began at `since` or later, on whatever project."""
    rows = session.execute(
        select(TimeEntry.started_at, TimeEntry.ended_at)
        .join(Assignment, Assignment.id == TimeEntry.assignment_id)
        .where(Assignment.user_id == user_id, TimeEntry.started_at >= since)
    )
    return sum((row.ended_at - row.started_at for row in rows), timedelta())
