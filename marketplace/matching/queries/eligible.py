"""Asking the rules: about one person and some jobs, or about one job and all people."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, case, func, select, true
from sqlalchemy.orm import Session

from marketplace.experts.models import Expert
from marketplace.identity.models import SignIn, User
from marketplace.matching.queries.cases import Case
from marketplace.matching.queries.rules import Condition
from marketplace.projects.models import Project

WEEK = timedelta(days=7)


def verdicts(
    session: Session,
    expert_id: uuid.UUID,
    project_ids: Sequence[uuid.UUID],
    conditions: Sequence[Condition],
) -> Mapping[uuid.UUID, tuple[bool, ...]]:
    """Project -> yes or no to each of these conditions about this person, in one statement."""
    columns = [case((condition, 1), else_=0) for condition in conditions]
    rows = session.execute(
        select(Project.id, *columns)
        .select_from(Expert)
        .join(User, User.id == Expert.user_id)
        .join(Project, true())
        .where(Expert.id == expert_id, Project.id.in_(project_ids))
    )
    return {row[0]: tuple(bool(said) for said in row[1:]) for row in rows}


def open_to(expert_id: uuid.UUID, conditions: Sequence[Condition]) -> ColumnElement[bool]:
    """The condition, for statements about projects, that this person meets all of these."""
    person = (
        select(Expert.id)
        .join(User, User.id == Expert.user_id)
        .where(Expert.id == expert_id, *conditions)
        .correlate(Project)
    )
    return person.exists()


def crowd(session: Session, who: Case, conditions: Sequence[Condition]) -> tuple[int, int]:
    """How many people meet all of these, and how many of them were here within a week; one statement."""
    here = (
        select(SignIn.id)
        .where(SignIn.user_id == User.id, SignIn.seen_at >= who.now - WEEK)
        .correlate_except(SignIn)
        .exists()
    )
    row = session.execute(
        select(func.count(), func.coalesce(func.sum(case((here, 1), else_=0)), 0))
        .select_from(Expert)
        .join(User, User.id == Expert.user_id)
        .where(and_(*conditions))
    ).one()
    return int(row[0]), int(row[1])
