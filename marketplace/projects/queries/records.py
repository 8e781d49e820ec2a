"""Every SELECT about projects and the money set aside for them."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from marketplace.companies.models import Member
from marketplace.kit import pages
from marketplace.kit.pages import Page
from marketplace.projects.models import PUBLIC, UNOPENED, ContentReport, Project, ProjectFunding, ProjectState


def project(session: Session, project_id: uuid.UUID) -> Project | None:
    """The project with its company, for callers that have checked who asks."""
    return session.scalar(
        select(Project).where(Project.id == project_id).options(joinedload(Project.company))
    )


def lock(session: Session, project_id: uuid.UUID) -> Project:
    """The project with its company, locked until the transaction ends and read anew."""
    return session.execute(
        select(Project)
        .join(Project.company)
        .where(Project.id == project_id)
        .options(contains_eager(Project.company))
        .with_for_update(of=Project)
        .execution_options(populate_existing=True)
    ).scalar_one()


def for_member(
    session: Session, user_id: uuid.UUID, project_id: uuid.UUID, *, locked: bool = False
) -> Project | None:
    """The project, company loaded, when the User is a Member of its company now; None otherwise."""
    found = member_for(session, user_id, project_id)
    if found is None:
        return None
    return lock(session, project_id) if locked else project(session, project_id)


def member_for(session: Session, user_id: uuid.UUID, project_id: uuid.UUID) -> Member | None:
    """The User's membership in the company that owns the project."""
    return session.scalar(
        select(Member)
        .join(Project, Project.company_id == Member.company_id)
        .where(Project.id == project_id, Member.user_id == user_id, Member.left_at.is_(None))
    )


def of_company(session: Session, company_id: uuid.UUID, *, mark: str | None) -> Page[Project]:
    """The company's projects, newest first."""
    return pages.page(
        session,
        select(Project).where(Project.company_id == company_id),
        [Project.id],
        mark=mark,
        key_of=lambda row: (row.id,),
    )


def member_user_ids(session: Session, company_id: uuid.UUID) -> Sequence[uuid.UUID]:
    """The Users who are Members of the company now."""
    return session.scalars(
        select(Member.user_id)
        .where(Member.company_id == company_id, Member.left_at.is_(None))
        .order_by(Member.id)
    ).all()


def by_slug_public(session: Session, slug: str, *, locked: bool = False) -> Project | None:
    """The project behind a Job's address, company loaded, once it has been opened; None otherwise."""
    statement = (
        select(Project)
        .join(Project.company)
        .where(Project.slug == slug, Project.state.in_(PUBLIC))
        .options(contains_eager(Project.company))
    )
    if locked:
        statement = statement.with_for_update(of=Project).execution_options(populate_existing=True)
    return session.scalar(statement)


def funding(session: Session, funding_id: uuid.UUID) -> ProjectFunding | None:
    """One movement between wallet and budget."""
    return session.get(ProjectFunding, funding_id)


def fundings(session: Session, project_id: uuid.UUID) -> Sequence[ProjectFunding]:
    """The movements of a project, newest first, at most 25."""
    return session.scalars(
        select(ProjectFunding)
        .where(ProjectFunding.project_id == project_id)
        .order_by(ProjectFunding.id.desc())
        .limit(pages.SIZE)
    ).all()


def funded_minor(session: Session, project_id: uuid.UUID) -> int:
    """Everything that was ever moved into the budget, less what went back, in minor units."""
    total = session.scalar(
        select(func.sum(ProjectFunding.amount_minor)).where(ProjectFunding.project_id == project_id)
    )
    return int(total or 0)


def is_known_company(session: Session, company_id: uuid.UUID, *, besides: uuid.UUID) -> bool:
    """The company has another project that ops passed or nobody had to check."""
    return (
        session.scalar(
            select(Project.id)
            .where(
                Project.company_id == company_id,
                Project.id != besides,
                Project.state.in_(PUBLIC | {ProjectState.AWAITING_FUNDS}),
            )
            .limit(1)
        )
        is not None
    )


def in_check(session: Session, *, mark: str | None) -> Page[Project]:
    """Projects that wait for ops, companies loaded, the longest waiting first."""
    return pages.page(
        session,
        select(Project)
        .join(Project.company)
        .where(Project.state == ProjectState.IN_CHECK)
        .options(contains_eager(Project.company)),
        [Project.sent_at, Project.id],
        mark=mark,
        key_of=lambda row: (row.sent_at, row.id),
        ascending=True,
    )


def for_check(session: Session, project_id: uuid.UUID) -> Project | None:
    """A project that was sent, company loaded, for staff; drafts are the company's own."""
    return session.scalar(
        select(Project)
        .where(Project.id == project_id, Project.state != ProjectState.DRAFT)
        .options(joinedload(Project.company))
    )


def open_reports(session: Session, project_id: uuid.UUID) -> Sequence[ContentReport]:
    """Reports of content that ops have not looked at yet, the oldest first."""
    return session.scalars(
        select(ContentReport)
        .where(ContentReport.project_id == project_id, ContentReport.closed_at.is_(None))
        .order_by(ContentReport.id)
    ).all()


def reported(session: Session) -> Sequence[Project]:
    """Projects with open reports, companies loaded, at most 25, the oldest first."""
    found = select(ContentReport.project_id).where(ContentReport.closed_at.is_(None))
    return session.scalars(
        select(Project)
        .where(Project.id.in_(found))
        .options(joinedload(Project.company))
        .order_by(Project.id)
        .limit(pages.SIZE)
    ).all()


def past_end(session: Session, now: datetime, *, at_most: int = 100) -> Sequence[uuid.UUID]:
    """Ids of projects whose end date has passed and that are not finished yet, oldest end first.

    Drafts have one only after they were sent back.
    """
    return session.scalars(
        select(Project.id)
        .where(
            Project.state.in_(UNOPENED | {ProjectState.OPEN, ProjectState.PAUSED}),
            Project.ends_at <= now,
        )
        .order_by(Project.ends_at, Project.id)
        .limit(at_most)
    ).all()


def closing(session: Session) -> Sequence[uuid.UUID]:
    """Ids of projects that close as soon as nothing is under way any more."""
    return session.scalars(
        select(Project.id).where(Project.state == ProjectState.CLOSING).order_by(Project.id)
    ).all()
