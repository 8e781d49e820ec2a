"""What this room writes down about its own acts."""

from sqlalchemy.orm import Session

from marketplace.applications.models import Engagement
from marketplace.audit import service as audit
from marketplace.experts.models import Expert


def record(
    session: Session, action: str, engagement: Engagement, expert: Expert, **detail: str | int
) -> None:
    """Write an AuditRecord of what an expert did with an engagement."""
    audit.record(
        session,
        f"expert:engagement:{action}",
        actor_id=expert.user_id,
        subject_type="engagement",
        subject_id=engagement.id,
        **detail,
    )
