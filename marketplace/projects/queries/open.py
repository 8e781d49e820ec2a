"""How many jobs are open, by specialty and tier: for rooms below, which do not know projects."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.experts.policy import OpenJobs
from marketplace.kit import clock
from marketplace.ledger.models import LedgerAccount
from marketplace.projects.models import Project
from marketplace.projects.queries.board import budget_of_project, is_listed


def open_jobs(session: Session) -> Sequence[OpenJobs]:
    """Every specialty and tier with open, funded jobs, in one statement."""
    rows = session.execute(
        select(Project.specialty, Project.tier_rank, func.count(Project.id), func.max(Project.hourly_minor))
        .join(LedgerAccount, budget_of_project())
        .where(*is_listed(clock.database_now(session)))
        .group_by(Project.specialty, Project.tier_rank)
    )
    return [OpenJobs(specialty, rank, count, best) for specialty, rank, count, best in rows]
