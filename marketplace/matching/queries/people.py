"""What the rules ask about a person, in as few statements as possible."""

import uuid
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from marketplace.companies.models import Member


def company_ids(session: Session, user_id: uuid.UUID, *, since: datetime) -> frozenset[uuid.UUID]:
    """The companies this User belongs to, or left after `since`."""
    return frozenset(
        session.scalars(
            select(Member.company_id).where(
                Member.user_id == user_id, or_(Member.left_at.is_(None), Member.left_at > since)
            )
        )
    )
