"""Whom a company may invite to a project, and what became of those it invited."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Integer, Select, and_, case, func, not_, or_, select, type_coerce
from sqlalchemy.orm import Session, contains_eager

from config.fields import SPECIALTIES, covers, path
from config.policy import WORK
from marketplace.applications.models import (
    LIVE,
    Application,
    AskedState,
    Closed,
    CompanyMute,
    Engagement,
    EngagementState,
    ProjectInvitation,
)
from marketplace.companies.models import Company
from marketplace.experts import queries as experts
from marketplace.experts.models import Credential, Expert, ExpertSpecialty
from marketplace.identity.models import User
from marketplace.kit import pages
from marketplace.kit.pages import Page
from marketplace.projects.models import Project
from marketplace.reputation.models import Reputation

Conditions = Sequence[ColumnElement[bool]]
PROVED, NAMED, NEAR = 3, 2, 1  # how near to the project's field somebody is; 0: not near
_DECLINED = (Closed.DECLINED.value, Closed.SCREENING_DECLINED.value)
STEP, WORK_MAXIMUM = 1_000, 999  # nearness first, then approved work of this type


def candidates(
    session: Session, project: Project, rules: Conditions, now: datetime, *, mark: str | None
) -> Page[tuple[Expert, int]]:
    """(Expert, fit) of whoever meets these rules and may be invited, the best fit first."""
    fit = _fit(project, now)
    return pages.page(
        session,
        _candidates(project, rules, now, fit),
        [fit, Expert.id],
        mark=mark,
        key_of=lambda row: (row[1], row[0].id),
    )


def invitable(
    session: Session, project: Project, rules: Conditions, ids: Collection[uuid.UUID], now: datetime
) -> Sequence[Expert]:
    """Those of these who meet the rules and may be invited, by id."""
    rows = session.scalars(_candidates(project, rules, now).where(Expert.id.in_(ids)).order_by(Expert.id))
    return rows.all()


def lock_company(session: Session, company_id: uuid.UUID) -> None:
    """Let the company's invitations be counted and written one after the other."""
    session.execute(select(Company.id).where(Company.id == company_id).with_for_update())


def invited_since(session: Session, company_id: uuid.UUID, since: datetime) -> int:
    """How many people the company has invited since then."""
    statement = select(func.count()).select_from(ProjectInvitation)
    return (
        session.scalar(
            statement.where(ProjectInvitation.company_id == company_id, ProjectInvitation.created_at >= since)
        )
        or 0
    )


def invited(session: Session, project_id: uuid.UUID, *, mark: str | None) -> Page[ProjectInvitation]:
    """Everybody invited to a project, newest first, experts loaded."""
    return pages.page(
        session,
        select(ProjectInvitation)
        .join(ProjectInvitation.expert)
        .where(ProjectInvitation.project_id == project_id)
        .options(contains_eager(ProjectInvitation.expert)),
        [ProjectInvitation.id],
        mark=mark,
        key_of=lambda row: (row.id,),
    )


def invitation_to(
    session: Session, expert_id: uuid.UUID, project_id: uuid.UUID, now: datetime, *, locked: bool = False
) -> ProjectInvitation | None:
    """The invitation that stands for this expert on this project."""
    statement = _whole().where(
        ProjectInvitation.expert_id == expert_id,
        ProjectInvitation.project_id == project_id,
        *_standing(now),
    )
    return session.scalar(_locked(statement) if locked else statement)


def invitation_for(
    session: Session, expert_id: uuid.UUID, invitation_id: uuid.UUID, *, locked: bool = False
) -> ProjectInvitation | None:
    """The expert's own invitation; None when it is somebody else's."""
    statement = _whole().where(
        ProjectInvitation.id == invitation_id, ProjectInvitation.expert_id == expert_id
    )
    return session.scalar(_locked(statement) if locked else statement)


def project_invitation(session: Session, invitation_id: uuid.UUID) -> ProjectInvitation | None:
    """One invitation with project, company and expert, for listeners."""
    return session.scalar(
        _whole()
        .join(ProjectInvitation.expert)
        .where(ProjectInvitation.id == invitation_id)
        .options(contains_eager(ProjectInvitation.expert))
    )


def standing_invitations(
    session: Session, expert_id: uuid.UUID, now: datetime, *, at_most: int
) -> Sequence[ProjectInvitation]:
    """The invitations that wait for the expert, newest first."""
    return session.scalars(
        _whole()
        .where(ProjectInvitation.expert_id == expert_id, *_standing(now))
        .order_by(ProjectInvitation.id.desc())
        .limit(at_most)
    ).all()


def invitations_of(session: Session, expert_id: uuid.UUID, *, mark: str | None) -> Page[ProjectInvitation]:
    """Every invitation of the expert, newest first."""
    return pages.page(
        session,
        _whole().where(ProjectInvitation.expert_id == expert_id),
        [ProjectInvitation.id],
        mark=mark,
        key_of=lambda row: (row.id,),
    )


def invitations_over(session: Session, now: datetime, *, at_most: int = 500) -> Sequence[ProjectInvitation]:
    """Open invitations whose days are over, locked; those another worker has are left out."""
    return session.scalars(
        select(ProjectInvitation)
        .where(ProjectInvitation.state == AskedState.OPEN, ProjectInvitation.ends_at <= now)
        .order_by(ProjectInvitation.ends_at)
        .limit(at_most)
        .with_for_update(skip_locked=True)
    ).all()


def open_invitations_on(session: Session, project_id: uuid.UUID) -> Sequence[ProjectInvitation]:
    """The open invitations of a project, locked."""
    return session.scalars(
        select(ProjectInvitation)
        .where(ProjectInvitation.project_id == project_id, ProjectInvitation.state == AskedState.OPEN)
        .order_by(ProjectInvitation.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def mutes_of(session: Session, expert_id: uuid.UUID, *, mark: str | None = None) -> Page[CompanyMute]:
    """The companies that may not invite this expert, those silenced last first."""
    statement = (
        select(CompanyMute)
        .join(CompanyMute.company)
        .where(CompanyMute.expert_id == expert_id)
        .options(contains_eager(CompanyMute.company))
    )
    return pages.page(session, statement, [CompanyMute.id], mark=mark, key_of=lambda row: [row.id])


def mute_of(session: Session, expert_id: uuid.UUID, mute_id: uuid.UUID) -> CompanyMute | None:
    """One of the expert's own."""
    return session.scalar(
        select(CompanyMute).where(CompanyMute.id == mute_id, CompanyMute.expert_id == expert_id)
    )


def _candidates(
    project: Project, rules: Conditions, now: datetime, *more: ColumnElement[int]
) -> Select[Expert]:
    """Whoever meets the rules, wants invitations, and has no part in the project and no invitation to it.

    Who declined its offer, or its screening, within the days between two tries is left in peace as long.
    """
    here = Engagement.project_id == project.id, Engagement.state != EngagementState.ENDED
    gone = (
        select(Engagement.id).where(Engagement.expert_id == Expert.id, *here),
        select(Application.id).where(
            Application.expert_id == Expert.id,
            Application.project_id == project.id,
            Application.state.in_(LIVE),
        ),
        select(Application.id).where(
            Application.expert_id == Expert.id,
            Application.project_id == project.id,
            Application.closed_reason.in_(_DECLINED),
            Application.closed_at > now - timedelta(days=WORK.retry_days),
        ),
        select(ProjectInvitation.id).where(
            ProjectInvitation.expert_id == Expert.id, ProjectInvitation.project_id == project.id
        ),
        select(CompanyMute.id).where(
            CompanyMute.expert_id == Expert.id, CompanyMute.company_id == project.company_id
        ),
    )
    found: Any = (
        select(Expert, *more)
        .join(User, User.id == Expert.user_id)
        .join(Project, Project.id == project.id)
        .where(Expert.takes_invitations, *rules, *(not_(one.exists()) for one in gone))
    )
    return cast("Select[Expert]", found)


def _fit(project: Project, now: datetime) -> ColumnElement[int]:
    """How near somebody is to the project's field, then how much of this work of theirs is approved."""
    near = [slug for slug in SPECIALTIES if covers(project.specialty, slug)] + path(project.specialty)
    proof, named = Credential.specialty, ExpertSpecialty.specialty
    field = case(
        (_proved(now, proof == project.specialty), PROVED),
        (_named(named == project.specialty), NAMED),
        (or_(_proved(now, proof.in_(near)), _named(named.in_(near))), NEAR),
        else_=0,
    )
    approved = (
        select(func.coalesce(func.max(Reputation.approved_count), 0))
        .where(Reputation.user_id == Expert.user_id, Reputation.task_type == project.task_type)
        .correlate(Expert)
        .scalar_subquery()
    )
    capped = case((approved > WORK_MAXIMUM, WORK_MAXIMUM), else_=approved)
    return type_coerce(field * STEP + capped, Integer)


def _proved(now: datetime, where: ColumnElement[bool]) -> ColumnElement[bool]:
    return (
        select(Credential.id)
        .where(Credential.expert_id == Expert.id, *experts.counting(now.date()), where)
        .correlate(Expert)
        .exists()
    )


def _named(where: ColumnElement[bool]) -> ColumnElement[bool]:
    return (
        select(ExpertSpecialty.id)
        .where(ExpertSpecialty.expert_id == Expert.id, where)
        .correlate(Expert)
        .exists()
    )


def _standing(now: datetime) -> Conditions:
    return [and_(ProjectInvitation.state == AskedState.OPEN, ProjectInvitation.ends_at > now)]


def _whole() -> Select[ProjectInvitation]:
    return (
        select(ProjectInvitation)
        .join(ProjectInvitation.project)
        .join(Project.company)
        .options(contains_eager(ProjectInvitation.project).contains_eager(Project.company))
    )


def _locked(statement: Select[ProjectInvitation]) -> Select[ProjectInvitation]:
    return statement.with_for_update(of=ProjectInvitation).execution_options(populate_existing=True)
