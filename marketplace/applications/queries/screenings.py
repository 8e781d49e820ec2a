"""Every SELECT about screening plans, their versions, and the people who take them."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Select, case, delete, func, select
from sqlalchemy.orm import Session, joinedload

from marketplace.applications.models import (
    UNFINISHED,
    Application,
    Screening,
    ScreeningItem,
    ScreeningPlan,
    ScreeningState,
    ScreeningVersion,
)
from marketplace.projects.models import Project

TAKEN = (ScreeningState.PASSED, ScreeningState.FAILED)


def plan(session: Session, plan_id: uuid.UUID, *, locked: bool = False) -> ScreeningPlan | None:
    """One plan; `locked` lets changes to it happen one after the other."""
    statement = select(ScreeningPlan).where(ScreeningPlan.id == plan_id)
    if locked:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return session.scalar(statement)


def plan_of_project(session: Session, project_id: uuid.UUID) -> ScreeningPlan | None:
    """The project's own plan."""
    return session.scalar(select(ScreeningPlan).where(ScreeningPlan.project_id == project_id))


def plan_of_specialty(session: Session, specialty: str) -> ScreeningPlan | None:
    """The plan of one specialty."""
    return session.scalar(select(ScreeningPlan).where(ScreeningPlan.specialty == specialty))


def specialty_plans(session: Session) -> Sequence[ScreeningPlan]:
    """The plans of specialties, by their names; there is one for each at most."""
    return session.scalars(
        select(ScreeningPlan).where(ScreeningPlan.specialty.is_not(None)).order_by(ScreeningPlan.specialty)
    ).all()


def current_version(session: Session, plan_id: uuid.UUID) -> ScreeningVersion | None:
    """The newest published version."""
    return session.scalar(
        select(ScreeningVersion)
        .where(ScreeningVersion.plan_id == plan_id, ScreeningVersion.published_at.is_not(None))
        .order_by(ScreeningVersion.number.desc())
        .options(joinedload(ScreeningVersion.plan))
        .limit(1)
    )


def current_versions(session: Session, plan_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, ScreeningVersion]:
    """Plan -> its newest published version."""
    rows = session.scalars(
        select(ScreeningVersion)
        .where(ScreeningVersion.plan_id.in_(plan_ids), ScreeningVersion.published_at.is_not(None))
        .order_by(ScreeningVersion.number)
    )
    return {row.plan_id: row for row in rows}


def draft_version(session: Session, plan_id: uuid.UUID) -> ScreeningVersion | None:
    """The version being written."""
    return session.scalar(
        select(ScreeningVersion)
        .where(ScreeningVersion.plan_id == plan_id, ScreeningVersion.published_at.is_(None))
        .options(joinedload(ScreeningVersion.plan))
    )


def last_number(session: Session, plan_id: uuid.UUID) -> int:
    """The number of the newest version, draft or not; 0 without one."""
    found = session.scalar(
        select(func.max(ScreeningVersion.number)).where(ScreeningVersion.plan_id == plan_id)
    )
    return int(found or 0)


def items(session: Session, version_id: uuid.UUID) -> Sequence[ScreeningItem]:
    """The items of a version in their order."""
    return session.scalars(
        select(ScreeningItem).where(ScreeningItem.version_id == version_id).order_by(ScreeningItem.position)
    ).all()


def remove_item(session: Session, version_id: uuid.UUID, item_id: uuid.UUID) -> None:
    """Take an item out of a draft."""
    session.execute(
        delete(ScreeningItem).where(ScreeningItem.version_id == version_id, ScreeningItem.id == item_id)
    )


def screening_of(session: Session, user_id: uuid.UUID, screening_id: uuid.UUID) -> Screening | None:
    """The person's own screening with project, company and version; None when it is somebody else's."""
    return session.scalar(_whole().where(Screening.id == screening_id, Screening.user_id == user_id))


def screening(session: Session, screening_id: uuid.UUID) -> Screening | None:
    """A screening with project, company and version, for callers that have checked who asks."""
    return session.scalar(_whole().where(Screening.id == screening_id))


def lock_screening(session: Session, screening_id: uuid.UUID) -> Screening | None:
    """The screening, locked behind its application and read anew."""
    application_id = session.scalar(select(Screening.application_id).where(Screening.id == screening_id))
    if application_id is None:
        return None
    lock_application(session, application_id)
    return session.scalar(
        _whole()
        .where(Screening.id == screening_id)
        .with_for_update(of=Screening)
        .execution_options(populate_existing=True)
    )


def lock_application(session: Session, application_id: uuid.UUID) -> Application | None:
    """The application, locked and read anew: always before its screening."""
    return session.scalar(
        select(Application)
        .where(Application.id == application_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def screening_for(session: Session, application_id: uuid.UUID) -> Screening | None:
    """The screening an application led to."""
    return session.scalar(_whole().where(Screening.application_id == application_id))


def due_screenings(
    session: Session, now: datetime, *, at_most: int = 500
) -> Sequence[tuple[uuid.UUID, datetime]]:
    """Screenings the clock decides now, with the moment it does."""
    rows = session.execute(
        select(Screening.id, Screening.due_at)
        .where(Screening.due_at <= now)
        .order_by(Screening.due_at)
        .limit(at_most)
    )
    return [(row[0], row[1]) for row in rows if row[1] is not None]


def offered_on(session: Session, project_id: uuid.UUID) -> Sequence[Screening]:
    """Screenings of a project that nobody has started, locked."""
    return session.scalars(
        select(Screening)
        .where(Screening.project_id == project_id, Screening.state == ScreeningState.OFFERED)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def has_unfinished(session: Session, project_id: uuid.UUID) -> bool:
    """Whether a screening still holds money of this project."""
    found = session.scalar(
        select(Screening.id)
        .where(Screening.project_id == project_id, Screening.state.in_(UNFINISHED))
        .limit(1)
    )
    return found is not None


def figures(
    session: Session, plan_id: uuid.UUID, project_id: uuid.UUID | None = None
) -> tuple[int, int, int]:
    """How many screenings of a plan were decided, passed, and are still under way."""
    passed = func.sum(case((Screening.state == ScreeningState.PASSED, 1), else_=0))
    decided = func.sum(case((Screening.state.in_(TAKEN), 1), else_=0))
    going = func.sum(case((Screening.state.in_(UNFINISHED), 1), else_=0))
    statement = (
        select(decided, passed, going)
        .join(ScreeningVersion, ScreeningVersion.id == Screening.version_id)
        .where(ScreeningVersion.plan_id == plan_id)
    )
    if project_id is not None:
        statement = statement.where(Screening.project_id == project_id)
    row = session.execute(statement).one()
    return int(row[0] or 0), int(row[1] or 0), int(row[2] or 0)


def _whole() -> Select[Screening]:
    return select(Screening).options(
        joinedload(Screening.project).joinedload(Project.company),
        joinedload(Screening.version).joinedload(ScreeningVersion.plan),
    )
