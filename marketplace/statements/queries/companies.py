"""What stands behind the lines of a company's statements."""

import uuid
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.ledger.models import Kind, LedgerAccount
from marketplace.projects.models import Project


def project_titles(session: Session, company_id: uuid.UUID) -> dict[uuid.UUID, str]:
    """Every project a company ever had, with its title."""
    rows = session.execute(select(Project.id, Project.title).where(Project.company_id == company_id))
    return {row[0]: row[1] for row in rows}


def first_paid_at(session: Session, company_id: uuid.UUID) -> datetime | None:
    """When the first money of a company came."""
    return session.scalar(
        select(func.min(LedgerAccount.created_at)).where(
            LedgerAccount.kind == Kind.COMPANY_WALLET, LedgerAccount.owner_id == company_id
        )
    )
