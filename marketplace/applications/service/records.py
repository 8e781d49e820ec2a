"""What this room writes down about its own acts."""

import uuid

from sqlalchemy.orm import Session

from marketplace.applications.events import ApplicationReceived
from marketplace.applications.models import Application, ApplicationState, Engagement
from marketplace.audit import service as audit
from marketplace.experts.models import Expert
from marketplace.kit.events import publish


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


def record_move(
    session: Session, action: str, application: Application, *, by: uuid.UUID | None = None
) -> None:
    """Write an AuditRecord of what an expert, or nobody, did with an application, and what became of it."""
    audit.record(
        session,
        f"{'expert' if by else 'system'}:application:{action}",
        actor_id=by,
        subject_type="application",
        subject_id=application.id,
        state=application.state.value,
        reason=application.closed_reason,
    )


def record_received(session: Session, application: Application, *, by: uuid.UUID) -> None:
    """The same for a new application, which others hear of."""
    record_move(session, "apply", application, by=by)
    publish(
        session,
        ApplicationReceived(
            application_id=application.id,
            project_id=application.project_id,
            user_id=by,
            offered=int(application.state is ApplicationState.OFFERED),
        ),
    )
