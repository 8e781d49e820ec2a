"""Asking the rules: about one person and some jobs, or about one job and all people.

Building a statement of all rules takes Python longer than the database needs to answer it.  So those that
are asked for every page are built once and kept: who, which jobs and when are parameters.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, and_, case, func, select, true
from sqlalchemy.orm import Session

from marketplace.experts.models import Expert
from marketplace.identity.models import SignIn, User
from marketplace.matching.queries.cases import Case, Kept, kept_case, keys_of_rules, typed
from marketplace.matching.queries.rules import Condition
from marketplace.projects.models import Project
from marketplace.projects.policy import Tree

WEEK = timedelta(days=7)
SHAPES = 256  # of companies' rules whose statements are kept
_ASKED = "asked"
Conditions = tuple[Callable[[Case], Condition], ...]


def verdicts(
    session: Session,
    expert_id: uuid.UUID,
    project_ids: Sequence[uuid.UUID],
    conditions: Conditions,
    *,
    now: datetime,
    trees: Mapping[str, Tree],
) -> Mapping[uuid.UUID, tuple[bool, ...]]:
    """Project -> yes or no to each of these about this person; companies' rules are asked in SQL too.

    One statement, kept by the shapes of the companies' rules, which `trees` gives by `Project.rules_key`.
    """
    kept = _verdicts_of(conditions, tuple(trees.values()))
    values = {"expert_id": expert_id, "project_ids": project_ids, **keys_of_rules(list(trees))}
    return _said(session, kept.statement, {**values, **kept.moments(now)})


def verdicts_of_page(
    session: Session,
    expert_id: uuid.UUID,
    project_ids: Sequence[uuid.UUID],
    conditions: Conditions,
    *,
    now: datetime,
    failing: Sequence[str],
) -> Mapping[uuid.UUID, tuple[bool, ...]]:
    """The same for a page of jobs, kept; `failing` are keys of companies' rules the person does not meet."""
    kept = _page_of(conditions)
    values = {"expert_id": expert_id, "project_ids": project_ids, "failing": failing, **kept.moments(now)}
    return _said(session, kept.statement, values)


def open_to(expert_id: uuid.UUID, conditions: Sequence[Condition]) -> ColumnElement[bool]:
    """The condition, for statements about projects, that this person meets all of these."""
    person = (
        select(Expert.id)
        .join(User, User.id == Expert.user_id)
        .where(Expert.id == expert_id, *conditions)
        .correlate(Project)
    )
    return person.exists()


def crowd(
    session: Session, conditions: Conditions, tree: Tree, *, now: datetime, job: Mapping[str, Any]
) -> tuple[int, int]:
    """How many people meet all of these and the company's rules, and how many of them came within a week.

    One statement, kept by the shape of the rules; `job` are the columns of the job as it is typed.
    """
    kept = _crowd_of(conditions, tree)
    row = session.execute(kept.statement, {**job, **kept.moments(now)}).one()
    return int(row[0]), int(row[1])


@lru_cache(maxsize=SHAPES)
def _verdicts_of(conditions: Conditions, trees: tuple[Tree, ...]) -> Kept:
    who = kept_case(trees)
    return Kept(_verdicts([condition(who) for condition in conditions]), who.spans or {})


@lru_cache(maxsize=8)
def _page_of(conditions: Conditions) -> Kept:
    who = kept_case(failing=sa.bindparam("failing", type_=sa.String(), expanding=True))
    return Kept(_verdicts([condition(who) for condition in conditions]), who.spans or {})


@lru_cache(maxsize=SHAPES)
def _crowd_of(conditions: Conditions, tree: Tree) -> Kept:
    asks = bool(tree.parts)
    job = typed(_ASKED if asks else "")
    who = replace(kept_case(job=job), trees={_ASKED: tree} if asks else {})
    here = (
        select(SignIn.id)
        .where(SignIn.user_id == User.id, SignIn.seen_at >= who.ago(WEEK))
        .correlate_except(SignIn)
        .exists()
    )
    statement = (
        select(func.count(), func.coalesce(func.sum(case((here, 1), else_=0)), 0))
        .select_from(Expert)
        .join(User, User.id == Expert.user_id)
        .where(and_(*(condition(who) for condition in conditions)))
    )
    return Kept(statement, who.spans or {})


def _verdicts(conditions: Sequence[Condition]) -> sa.Select[Any]:
    return (
        select(Project.id, *(case((condition, 1), else_=0) for condition in conditions))
        .select_from(Expert)
        .join(User, User.id == Expert.user_id)
        .join(Project, true())
        .where(
            Expert.id == sa.bindparam("expert_id"),
            Project.id.in_(sa.bindparam("project_ids", expanding=True)),
        )
    )


def _said(
    session: Session, statement: sa.Select[Any], values: Mapping[str, Any]
) -> Mapping[uuid.UUID, tuple[bool, ...]]:
    rows = session.execute(statement, values)
    return {row[0]: tuple(map(bool, row[1:])) for row in rows}
