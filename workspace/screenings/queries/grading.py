"""Who grades what, what was found, and appeals."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, exists, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from config.policy import PEOPLE
from marketplace.applications.models import Screening, ScreeningState, ScreeningVersion
from marketplace.companies.models import Member
from marketplace.kit import pages
from marketplace.kit.pages import Page
from marketplace.projects.models import Project
from workspace.screenings.models import (
    AppealState,
    ScreeningAppeal,
    ScreeningDraw,
    ScreeningGrading,
    ScreeningStepAside,
)

CONFLICT = timedelta(days=PEOPLE.conflict_days)


def _no_part(user_id: uuid.UUID, now: datetime) -> Any:
    """What this person may judge: never their own, never for a company they belong or belonged to."""
    member = exists().where(
        Member.company_id == Project.company_id,
        Member.user_id == user_id,
        or_(Member.left_at.is_(None), Member.left_at > now - CONFLICT),
    )
    graded = exists().where(ScreeningGrading.screening_id == Screening.id, ScreeningGrading.by_id == user_id)
    return and_(Screening.user_id != user_id, ~member, ~graded)


def _served_to(user_id: uuid.UUID, now: datetime) -> Any:
    aside = exists().where(
        ScreeningStepAside.screening_id == Screening.id, ScreeningStepAside.user_id == user_id
    )
    taken = exists().where(
        ScreeningDraw.screening_id == Screening.id,
        ScreeningDraw.user_id != user_id,
        ScreeningDraw.until > now,
    )
    return and_(
        Screening.state == ScreeningState.GRADING,
        Screening.due_at > now,
        ~aside,
        ~taken,
        _no_part(user_id, now),
    )


def next_for(session: Session, user_id: uuid.UUID, now: datetime) -> uuid.UUID | None:
    """The waiting screening this person may grade whose days end first; locked, nobody else is at it."""
    return session.scalar(
        select(Screening.id)
        .join(Project, Project.id == Screening.project_id)
        .where(_served_to(user_id, now))
        .order_by(Screening.due_at, Screening.id)
        .limit(1)
        .with_for_update(of=Screening, skip_locked=True)
    )


def waiting_for(session: Session, user_id: uuid.UUID, now: datetime) -> tuple[int, datetime | None]:
    """How many screenings this person may grade, and when the first is decided by the clock."""
    row = session.execute(
        select(func.count(), func.min(Screening.due_at))
        .join(Project, Project.id == Screening.project_id)
        .where(_served_to(user_id, now))
    ).one()
    return int(row[0]), row[1]


def draw_of(session: Session, user_id: uuid.UUID, now: datetime) -> uuid.UUID | None:
    """The screening in this person's hands."""
    return session.scalar(
        select(ScreeningDraw.screening_id).where(ScreeningDraw.user_id == user_id, ScreeningDraw.until > now)
    )


def has_draw(session: Session, user_id: uuid.UUID, screening_id: uuid.UUID) -> bool:
    """Whether this screening is in this person's hands, or was last and nobody has taken it since."""
    found = session.scalar(
        select(ScreeningDraw.id).where(
            ScreeningDraw.user_id == user_id, ScreeningDraw.screening_id == screening_id
        )
    )
    return found is not None


def drop_draw(session: Session, screening_id: uuid.UUID) -> None:
    """Nobody has this screening in hand any more."""
    session.execute(delete(ScreeningDraw).where(ScreeningDraw.screening_id == screening_id))


def drop_old_draws(session: Session, user_id: uuid.UUID, screening_id: uuid.UUID, now: datetime) -> None:
    """Make room for a new draw: what this person had, and who had this screening too long."""
    session.execute(
        delete(ScreeningDraw).where(
            or_(
                ScreeningDraw.user_id == user_id,
                and_(ScreeningDraw.screening_id == screening_id, ScreeningDraw.until <= now),
            )
        )
    )


def gradings_of(session: Session, screening_id: uuid.UUID) -> Sequence[ScreeningGrading]:
    """What reviewers found, the first one first."""
    return session.scalars(
        select(ScreeningGrading)
        .where(ScreeningGrading.screening_id == screening_id)
        .order_by(ScreeningGrading.number)
    ).all()


def given_by(session: Session, user_id: uuid.UUID, mark: str | None) -> Page[ScreeningGrading]:
    """What this person graded, newest first, screenings and projects loaded."""
    return pages.page(
        session,
        select(ScreeningGrading)
        .join(ScreeningGrading.screening)
        .join(Screening.project)
        .where(ScreeningGrading.by_id == user_id)
        .options(contains_eager(ScreeningGrading.screening).contains_eager(Screening.project)),
        [ScreeningGrading.id],
        mark=mark,
        key_of=lambda row: (row.id,),
    )


def fees_today(session: Session, user_id: uuid.UUID, now: datetime) -> tuple[int, int]:
    """How many gradings this person gave today (UTC), and their fees in minor units."""
    since = now.replace(hour=0, minute=0, second=0, microsecond=0)
    row = session.execute(
        select(func.count(), func.sum(ScreeningGrading.fee_minor)).where(
            ScreeningGrading.by_id == user_id, ScreeningGrading.at >= since
        )
    ).one()
    return int(row[0]), int(row[1] or 0)


def appeal_of(session: Session, screening_id: uuid.UUID) -> ScreeningAppeal | None:
    """The appeal against a refused screening."""
    return session.scalar(select(ScreeningAppeal).where(ScreeningAppeal.screening_id == screening_id))


def open_appeals(
    session: Session, user_id: uuid.UUID, now: datetime, *, mark: str | None
) -> Page[ScreeningAppeal]:
    """Appeals this person may decide, the oldest first."""
    return pages.page(
        session,
        select(ScreeningAppeal)
        .join(ScreeningAppeal.screening)
        .join(Project, Project.id == Screening.project_id)
        .where(ScreeningAppeal.state == AppealState.OPEN, _no_part(user_id, now))
        .options(contains_eager(ScreeningAppeal.screening)),
        [ScreeningAppeal.id],
        mark=mark,
        key_of=lambda row: (row.id,),
        ascending=True,
    )


def appeal_for(
    session: Session, user_id: uuid.UUID, appeal_id: uuid.UUID, now: datetime
) -> ScreeningAppeal | None:
    """An appeal this person may decide, its screening with project and version loaded."""
    return session.scalar(
        select(ScreeningAppeal)
        .join(ScreeningAppeal.screening)
        .join(Project, Project.id == Screening.project_id)
        .where(ScreeningAppeal.id == appeal_id, _no_part(user_id, now))
        .options(
            contains_eager(ScreeningAppeal.screening).options(
                joinedload(Screening.project), joinedload(Screening.version).joinedload(ScreeningVersion.plan)
            )
        )
    )
