"""How projects end: finished, out of time, discarded, closed."""

import uuid
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from config.policy import WORK
from marketplace.audit import service as audit
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.errors import Conflict
from marketplace.kit.events import publish
from marketplace.projects import policy, queries
from marketplace.projects.events import ProjectClosed, ProjectFinished
from marketplace.projects.models import FUNDABLE, UNOPENED, Project, ProjectState
from marketplace.projects.service.funding import defund


def finish(session: Session, project: Project, *, by: User | None) -> None:
    """No new claims; what is under way is still decided and paid, then `close` ends it."""
    _end(session, project, "finish", by)


def cancel(session: Session, project: Project, *, by: User) -> None:
    """The same, and the workspace withdraws what is not handed in; experts at work are paid for it.

    Conflict (409) unless it is open or paused.
    """
    _end(session, project, "cancel", by)


def _end(session: Session, project: Project, action: str, by: User | None) -> None:
    project = queries.lock(session, project.id)
    project.move(ProjectState.CLOSING)
    project.state_reason = ""
    _record(session, action, project, by)
    publish(session, ProjectFinished(project_id=project.id))


def extend(session: Session, project: Project, *, by: User) -> None:
    """Move the end date to the full length of a project from today."""
    project = queries.lock(session, project.id)
    if project.state not in FUNDABLE:
        raise Conflict("This project cannot be extended any more.")
    project.ends_at = clock.database_now(session) + timedelta(days=WORK.project_days)
    _record(session, "extend", project, by)


def discard(session: Session, project: Project, *, by: User | None) -> None:
    """Give up a project that never opened; what is in its budget goes back to the wallet."""
    project = queries.lock(session, project.id)
    project.move(ProjectState.CANCELLED)
    defund(session, project, by=by)
    _record(session, "discard", project, by)


def close(session: Session, project: Project, *, has_live_work: bool) -> bool:
    """End a finishing project once nothing is under way; the rest of the budget goes back to the wallet.

    `has_live_work` comes from the workspace.  True when the project is closed now.
    """
    project = queries.lock(session, project.id)
    if project.state is not ProjectState.CLOSING or has_live_work:
        return False
    project.move(ProjectState.CLOSED)
    rest = defund(session, project)
    _record(session, "close", project, None, rest_minor=rest)
    publish(session, ProjectClosed(project_id=project.id, company_id=project.company_id))
    return True


def close_finished(session: Session, is_busy: Callable[[Session, uuid.UUID], bool]) -> int:
    """Close every finishing project for which `is_busy(session, project_id)` says no; returns how many."""
    closed = 0
    for project_id in queries.closing(session):
        project = queries.lock(session, project_id)
        closed += close(session, project, has_live_work=is_busy(session, project_id))
    return closed


def end_overdue(session: Session, payload: Mapping[str, Any]) -> None:
    """What the end date does: open and paused projects finish, those that never opened are discarded.

    A draft that was sent back stays, and its money goes back to the wallet.
    """
    for project_id in queries.past_end(session, clock.database_now(session)):
        project = queries.lock(session, project_id)
        if not policy.is_over(project, clock.database_now(session)):
            continue
        if project.state is ProjectState.DRAFT:
            defund(session, project)
            project.ends_at = None
        elif project.state in UNOPENED:
            discard(session, project, by=None)
        elif project.state in {ProjectState.OPEN, ProjectState.PAUSED}:
            finish(session, project, by=None)


def _record(session: Session, action: str, project: Project, by: User | None, **detail: int) -> None:
    audit.record(
        session,
        f"{'company' if by else 'system'}:project:{action}",
        actor_id=by.id if by else None,
        subject_type="project",
        subject_id=project.id,
        **detail,
    )
