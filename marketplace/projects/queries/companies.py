"""What everybody may know of a company: its name once it has offered work, and its open jobs."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.companies.models import Company
from marketplace.kit import pages
from marketplace.kit.pages import Page
from marketplace.ledger.models import LedgerAccount
from marketplace.projects.models import PUBLIC, OpenAnswers, Project
from marketplace.projects.queries.answers import FUNDED, answers_of_project
from marketplace.projects.queries.board import (
    Listing,
    budget_of_project,
    is_listed,
    with_companies,
)


def public_company(session: Session, slug: str) -> Company | None:
    """The company, once a job of it has been on the board."""
    offered = select(Project.id).where(Project.company_id == Company.id, Project.state.in_(PUBLIC))
    return session.scalar(select(Company).where(Company.slug == slug, offered.exists()))


def jobs_of(session: Session, company_id: uuid.UUID, now: datetime, *, mark: str | None) -> Page[Listing]:
    """One page of the company's open, funded jobs, newest first."""
    return pages.page(
        session,
        with_companies(now).where(Project.company_id == company_id),
        [Project.opened_at, Project.id],
        mark=mark,
        key_of=lambda row: (row[0].opened_at, row[0].id),
    )


def funded_answers(session: Session, company_id: uuid.UUID, now: datetime) -> tuple[int, int]:
    """How many jobs of the company are open, and how many answers they are funded for together."""
    row = session.execute(
        select(func.count(Project.id), func.coalesce(func.sum(FUNDED), 0))
        .join(LedgerAccount, budget_of_project())
        .outerjoin(OpenAnswers, answers_of_project())
        .where(*is_listed(now), Project.company_id == company_id)
    ).one()
    return int(row[0]), int(row[1])


def companies_with_jobs(session: Session, now: datetime, *, size: int) -> Sequence[str]:
    """The slugs of companies with open jobs, oldest first."""
    return session.scalars(
        select(Company.slug)
        .join(Project, Project.company_id == Company.id)
        .join(LedgerAccount, budget_of_project())
        .where(*is_listed(now))
        .group_by(Company.id, Company.slug)
        .order_by(Company.id)
        .limit(size)
    ).all()
