"""From a draft to an open project, and the pauses in between."""

from datetime import timedelta

from sqlalchemy.orm import Session

from config.policy import WORK
from marketplace.audit import service as audit
from marketplace.companies import queries as companies
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.errors import Conflict
from marketplace.kit.events import publish
from marketplace.projects import policy, queries
from marketplace.projects.errors import NotReady, NotYours
from marketplace.projects.events import ProjectPassed, ProjectPaused, ProjectSentBack
from marketplace.projects.models import Project, ProjectState
from marketplace.projects.service.drafting import publish_guideline
from marketplace.projects.service.funding import budget, open_if_funded


def submit(session: Session, project: Project, *, by: User, check: str, has_tasks: bool) -> None:
    """Send a draft off: its guideline is published; it goes to ops (`check` all, first, none) or waits for
    money, and opens at once when the budget already covers a task.  NotReady (409) names what is missing.
    """
    project = queries.lock(session, project.id)
    if project.state is not ProjectState.DRAFT:
        raise Conflict("This project was sent already.")
    draft = queries.draft_guideline(session, project.id)
    version = draft or queries.current_guideline(session, project.id)
    clause_count = len(queries.clauses(session, version.id)) if version else 0
    problems = policy.missing(clause_count=clause_count, has_tasks=has_tasks)
    if problems:
        raise NotReady(" ".join(problems))
    if draft is not None:
        publish_guideline(session, project, by=by)
    known = queries.is_known_company(session, project.company_id, besides=project.id)
    project.state_reason = ""
    project.sent_at = clock.database_now(session)
    project.ends_at = project.sent_at + timedelta(days=WORK.project_days)
    checked = policy.needs_check(check, known_company=known)
    project.move(ProjectState.IN_CHECK if checked else ProjectState.AWAITING_FUNDS)
    _record(session, "company:project:submit", project, by)
    if not checked:
        open_if_funded(session, project)


def pass_check(session: Session, project: Project, *, by: User) -> None:
    """Ops found nothing against the project: it waits for money, or opens when that is already there."""
    project = queries.lock(session, project.id)
    _admit_checker(session, project, by)
    project.move(ProjectState.AWAITING_FUNDS)
    project.state_reason = ""
    _record(session, "staff:project:pass", project, by)
    publish(session, ProjectPassed(project_id=project.id))
    open_if_funded(session, project)


def send_back(session: Session, project: Project, *, by: User, reason: str) -> None:
    """Ops want something changed: a draft again, with the reason on it."""
    project = queries.lock(session, project.id)
    _admit_checker(session, project, by)
    project.move(ProjectState.DRAFT)
    project.state_reason = reason
    _record(session, "staff:project:send_back", project, by)
    publish(session, ProjectSentBack(project_id=project.id))


def pause(session: Session, project: Project, *, by: User, reason: str) -> None:
    """No new claims until it is resumed; work under way goes on."""
    project = queries.lock(session, project.id)
    project.move(ProjectState.PAUSED)
    project.state_reason = reason
    _record(session, "company:project:pause", project, by)
    publish(session, ProjectPaused(project_id=project.id, by_system=0))


def resume(session: Session, project: Project, *, by: User) -> None:
    """Open for claims again; Conflict (409) while the budget covers no task or after the end date."""
    project = queries.lock(session, project.id)
    if project.state is not ProjectState.PAUSED:
        raise Conflict("This project is not paused.")
    if queries.open_reports(session, project.id):
        raise Conflict(policy.REPORTED)
    if policy.is_over(project, clock.database_now(session)):
        raise Conflict("The end date has passed. Extend the project first.")
    if budget(session, project) < project.unit_minor:
        raise Conflict(f"{policy.OUT_OF_FUNDS} Add funds first.")
    project.move(ProjectState.OPEN)
    project.state_reason = ""
    _record(session, "company:project:resume", project, by)


def _admit_checker(session: Session, project: Project, by: User) -> None:
    """Nobody checks a project of their own company, or of one they left not long ago."""
    if project.state is not ProjectState.IN_CHECK:
        raise Conflict("This project does not wait for a check any more.")
    if companies.was_member(session, by.id, project.company_id):
        raise NotYours("You belong to this company, or did not long ago. Somebody else checks its projects.")


def _record(session: Session, tag: str, project: Project, by: User, **detail: str) -> None:
    audit.record(session, tag, actor_id=by.id, subject_type="project", subject_id=project.id, **detail)
