"""How many answers are still wanted and how many of them are funded: said once, for lists and counts."""

import uuid
from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from marketplace.kit.database import insert_once
from marketplace.ledger.models import LedgerAccount
from marketplace.projects.models import OpenAnswers, Project

BALANCE = LedgerAccount.credits_minor - LedgerAccount.debits_minor
UNIT = Project.price_minor + Project.fee_minor + Project.review_fee_minor
WANTED = func.coalesce(OpenAnswers.free_count, 0)
_PAID = BALANCE // UNIT
FUNDED = sa.case((_PAID < WANTED, _PAID), else_=WANTED)  # as policy.funded says it of one project


def answers_of_project() -> sa.ColumnElement[bool]:
    """The row that counts a project's answers, for an outer join."""
    return OpenAnswers.project_id == Project.id


def free_answers(session: Session, project_id: uuid.UUID) -> int:
    """How many answers can be claimed in a project now, if there is money for them."""
    found = session.scalar(select(OpenAnswers.free_count).where(OpenAnswers.project_id == project_id))
    return int(found or 0)


def wanted_answers(session: Session, project_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, int]:
    """For each project, the answers nobody has claimed yet, those of tasks not released too."""
    rows = session.execute(
        select(OpenAnswers.project_id, OpenAnswers.free_count + OpenAnswers.staged_count).where(
            OpenAnswers.project_id.in_(project_ids)
        )
    )
    return dict.fromkeys(project_ids, 0) | {project_id: int(count) for project_id, count in rows}


def lock_answers(session: Session, project_id: uuid.UUID) -> None:
    """Let what changes the count of this project happen one after the other: before the ledger's accounts."""
    session.execute(
        select(OpenAnswers.free_count).where(OpenAnswers.project_id == project_id).with_for_update()
    )


def count_free(session: Session, project_id: uuid.UUID, by: int) -> None:
    """An answer was claimed (-1), or can be claimed again (1)."""
    session.execute(
        update(OpenAnswers)
        .where(OpenAnswers.project_id == project_id)
        .values(free_count=OpenAnswers.free_count + by)
        .execution_options(synchronize_session=False)
    )


def set_answers(session: Session, project_id: uuid.UUID, *, free: int, staged: int) -> None:
    """Write both counts anew; the caller has locked them."""
    session.execute(
        update(OpenAnswers)
        .where(OpenAnswers.project_id == project_id)
        .values(free_count=free, staged_count=staged)
        .execution_options(synchronize_session=False)
    )


def begin_answers(session: Session, project_id: uuid.UUID) -> None:
    """Lock the project's counts, and make them when there are none."""
    insert_once(session, OpenAnswers, project_id=project_id)
    lock_answers(session, project_id)
