"""Every SELECT about questions of experts."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, joinedload

from marketplace.companies.models import Member
from marketplace.kit import pages
from marketplace.kit.pages import Page
from marketplace.projects.models import GuidelineQuestion, Project

SHOWN = 50  # answers beside a task and on the page of a job, newest first


def questions_of(
    session: Session, project_id: uuid.UUID, *, answered: bool, mark: str | None
) -> Page[GuidelineQuestion]:
    """The questions of a project, answered or open, newest first; versions loaded."""
    is_answered = GuidelineQuestion.answered_at.is_not(None)
    return pages.page(
        session,
        select(GuidelineQuestion)
        .where(GuidelineQuestion.project_id == project_id, is_answered if answered else ~is_answered)
        .options(joinedload(GuidelineQuestion.version)),
        [GuidelineQuestion.id],
        mark=mark,
        key_of=lambda row: (row.id,),
    )


def answers(session: Session, project_id: uuid.UUID) -> Sequence[GuidelineQuestion]:
    """The newest answered questions of a project."""
    return session.scalars(
        select(GuidelineQuestion)
        .where(GuidelineQuestion.project_id == project_id, GuidelineQuestion.answered_at.is_not(None))
        .order_by(GuidelineQuestion.answered_at.desc(), GuidelineQuestion.id.desc())
        .limit(SHOWN)
    ).all()


def waits_for_answer(session: Session, project_id: uuid.UUID, assignment_id: uuid.UUID) -> bool:
    """Whether a question that came up on this assignment has no answer yet."""
    there = exists().where(
        GuidelineQuestion.project_id == project_id,
        GuidelineQuestion.assignment_id == assignment_id,
        GuidelineQuestion.answered_at.is_(None),
    )
    return bool(session.scalar(select(there)))


def open_questions(session: Session, project_id: uuid.UUID) -> int:
    """How many questions wait for an answer."""
    return (
        session.scalar(
            select(func.count())
            .select_from(GuidelineQuestion)
            .where(GuidelineQuestion.project_id == project_id, GuidelineQuestion.answered_at.is_(None))
        )
        or 0
    )


def asked_by(
    session: Session, user_id: uuid.UUID, project_id: uuid.UUID, *, newest: int = 5
) -> Sequence[GuidelineQuestion]:
    """The newest questions of this person on the project."""
    return session.scalars(
        select(GuidelineQuestion)
        .where(GuidelineQuestion.asked_by_id == user_id, GuidelineQuestion.project_id == project_id)
        .order_by(GuidelineQuestion.id.desc())
        .limit(newest)
    ).all()


def asked_since(session: Session, user_id: uuid.UUID, project_id: uuid.UUID, since: datetime) -> int:
    """How many questions this person has asked about the project since this moment."""
    return (
        session.scalar(
            select(func.count())
            .select_from(GuidelineQuestion)
            .where(
                GuidelineQuestion.asked_by_id == user_id,
                GuidelineQuestion.project_id == project_id,
                GuidelineQuestion.created_at > since,
            )
        )
        or 0
    )


def question_seen(session: Session, user_id: uuid.UUID, question_id: uuid.UUID) -> GuidelineQuestion | None:
    """The question, when the User is a Member of the company it was asked now."""
    return session.scalar(
        select(GuidelineQuestion)
        .join(Project, Project.id == GuidelineQuestion.project_id)
        .join(Member, Member.company_id == Project.company_id)
        .where(GuidelineQuestion.id == question_id, Member.user_id == user_id, Member.left_at.is_(None))
        .options(joinedload(GuidelineQuestion.project))
    )


def question_for(
    session: Session, user_id: uuid.UUID, question_id: uuid.UUID
) -> tuple[GuidelineQuestion, Member] | None:
    """The question, locked, with the membership of the User in the company it was asked; None for others."""
    row = session.execute(
        select(GuidelineQuestion, Member)
        .join(Project, Project.id == GuidelineQuestion.project_id)
        .join(Member, Member.company_id == Project.company_id)
        .where(GuidelineQuestion.id == question_id, Member.user_id == user_id, Member.left_at.is_(None))
        .options(joinedload(GuidelineQuestion.project))
        .with_for_update(of=GuidelineQuestion)
        .execution_options(populate_existing=True)
    ).first()
    return (row[0], row[1]) if row is not None else None
