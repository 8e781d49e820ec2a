"""Open, funded projects as search engines read them: every address, in pages that never shift."""

import uuid
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.ledger.models import LedgerAccount
from marketplace.projects.models import GuidelineVersion, Project
from marketplace.projects.queries.board import budget_of_project, is_listed


def sitemap_starts(session: Session, now: datetime, *, size: int) -> Sequence[uuid.UUID]:
    """The last id of every full page of `size` jobs, oldest first: the page after each begins behind it."""
    numbered = (
        select(Project.id, func.row_number().over(order_by=Project.id).label("place"))
        .join(LedgerAccount, budget_of_project())
        .where(*is_listed(now))
        .subquery()
    )
    statement = select(numbered.c.id).where(numbered.c.place % size == 0).order_by(numbered.c.id)
    return session.scalars(statement).all()


def sitemap_page(
    session: Session, now: datetime, *, after: uuid.UUID | None, size: int
) -> Sequence[tuple[str, datetime]]:
    """Slug and last change (opened, or a new guideline) of the jobs behind `after`, oldest first."""
    published = (
        select(func.max(GuidelineVersion.published_at))
        .where(GuidelineVersion.project_id == Project.id)
        .scalar_subquery()
    )
    statement = (
        select(Project.slug, Project.opened_at, published)
        .join(LedgerAccount, budget_of_project())
        .where(*is_listed(now), Project.id > after if after else sa.true())
        .order_by(Project.id)
        .limit(size)
    )
    rows = session.execute(statement)
    return [(slug, max(filter(None, (opened, changed)), default=now)) for slug, opened, changed in rows]
