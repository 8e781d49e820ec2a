"""The right to work on a project: guideline versions that were read, leaving, the project's end."""

import uuid

from sqlalchemy.orm import Session

from config.terms import TERMS_VERSION
from marketplace.applications import policy, queries
from marketplace.applications.errors import GuidelineChanged
from marketplace.applications.events import EngagementEnded
from marketplace.applications.models import Engagement, EngagementState
from marketplace.applications.service.records import record
from marketplace.experts.models import Expert
from marketplace.kit import clock
from marketplace.kit.errors import Conflict
from marketplace.kit.events import publish
from marketplace.notifications import service as notifications
from marketplace.outbox import service as outbox
from marketplace.outbox.service import Payload
from marketplace.projects import queries as projects
from marketplace.projects.events import GuidelinePublished, ProjectClosed
from marketplace.projects.models import GuidelineVersion, Project

TOLD_AT_ONCE = 100


def acknowledge(session: Session, engagement: Engagement, *, expert: Expert, version_id: uuid.UUID) -> None:
    """Note that the expert has read the current guideline version; later claims are bound to it."""
    version = projects.current_guideline(session, engagement.project_id)
    if version is None or version.id != version_id:
        raise GuidelineChanged("The guideline has a new version. Read it, then go on.")
    if engagement.state is not EngagementState.ACTIVE:
        raise Conflict("You do not work on this project any more.")
    engagement.acknowledged = version
    record(session, "acknowledge", engagement, expert, guideline=version.number)


def sign_again(
    session: Session, engagement: Engagement, *, expert: Expert, version_id: uuid.UUID, signature: str
) -> None:
    """Sign today's terms on a project that was joined under older ones; the guideline is read with it.

    The version that was signed before stays in the audit.  Raises as `acknowledge`; safe to repeat.
    """
    acknowledge(session, engagement, expert=expert, version_id=version_id)
    if policy.has_signed(engagement):
        return
    record(session, "sign", engagement, expert, terms=TERMS_VERSION, before=engagement.terms_version)
    engagement.signed_at = clock.database_now(session)
    engagement.signed_name, engagement.terms_version = signature, TERMS_VERSION


def leave(session: Session, engagement: Engagement, *, expert: Expert) -> None:
    """End the right to work on the project; work under way is still decided and paid.

    Conflict (409) when it is over, or was taken away, already.
    """
    queries.lock_engagement(session, expert.id, engagement.project_id)
    if engagement.state is not EngagementState.ACTIVE:
        raise Conflict("You do not work on this project any more.")
    engagement.move(EngagementState.ENDED)
    record(session, "leave", engagement, expert)
    publish(
        session,
        EngagementEnded(
            engagement_id=engagement.id, project_id=engagement.project_id, user_id=expert.user_id
        ),
    )


def end_engagements(session: Session, fact: ProjectClosed) -> None:
    """A project is closed: every right to work on it ends."""
    for engagement in queries.engagements_on(session, fact.project_id):
        engagement.move(EngagementState.ENDED)


def announce_guideline(session: Session, fact: GuidelinePublished) -> None:
    """A guideline has a new version: promise that everybody who works by it is told."""
    outbox.send(
        session,
        "applications.tell_guideline",
        key=f"guideline:{fact.version_id}",
        project_id=str(fact.project_id),
        version_id=str(fact.version_id),
    )


def tell_guideline(session: Session, payload: Payload) -> None:
    """Tell some of those who work on the project and have not acknowledged its current guideline version.

    Whoever comes after them by key is told by a message of its own: no transaction grows with a project.
    """
    project = projects.project(session, uuid.UUID(payload["project_id"]))
    version = projects.current_guideline(session, project.id) if project else None
    if project is None or version is None or payload.get("version_id", str(version.id)) != str(version.id):
        return  # a newer version has messages of its own
    after = uuid.UUID(payload["behind"]) if "behind" in payload else None
    some = queries.engagements_after(session, project.id, after, at_most=TOLD_AT_ONCE)
    if len(some) == TOLD_AT_ONCE:
        last = str(some[-1].id)
        outbox.send(
            session,
            "applications.tell_guideline",
            key=f"guideline:{version.id}:{last}",
            project_id=str(project.id),
            version_id=str(version.id),
            behind=last,
        )
    for engagement in some:
        if not policy.has_read(engagement, version):
            _tell_of(session, engagement, project, version)


def _tell_of(session: Session, engagement: Engagement, project: Project, version: GuidelineVersion) -> None:
    notifications.tell(
        session,
        engagement.expert.user_id,
        kind="guideline_changed",
        title=f"“{project.title}” has guideline version {version.number}",
        body="Read what changed and accept it before your next task. Work under way is not affected.",
        path=f"/jobs/{project.slug}",
    )
