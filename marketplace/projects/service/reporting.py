"""Content that a project does not declare: reports, the pause they cause, and what ops declare instead."""

import uuid
from collections.abc import Collection

from sqlalchemy.orm import Session

from marketplace.audit import service as audit
from marketplace.companies import queries as companies
from marketplace.identity import queries as identity
from marketplace.identity.models import Role, User
from marketplace.kit import clock
from marketplace.kit.errors import Invalid
from marketplace.notifications import service as notifications
from marketplace.projects import policy, queries
from marketplace.projects.errors import NotYours
from marketplace.projects.models import ContentReport, Project, ProjectState


def report_content(
    session: Session,
    project: Project,
    *,
    by: User,
    by_reviewer: bool,
    task_id: uuid.UUID,
    content_class: str,
    note: str,
) -> bool:
    """Keep what somebody saw, once, and tell ops at once; True when it stops new work."""
    if content_class not in policy.REPORTABLE:
        raise Invalid("Choose what it is.")
    project = queries.lock(session, project.id)
    before = queries.open_reports(session, project.id)
    said = (by.id, content_class, by_reviewer)
    if said in {(known.by_id, known.content_class, known.by_reviewer) for known in before}:
        return policy.reports_pause(before)
    report = ContentReport(
        project=project,
        by_id=by.id,
        by_reviewer=by_reviewer,
        task_id=task_id,
        content_class=content_class,
        note=note,
        at=clock.database_now(session),
    )
    session.add(report)
    session.flush()
    _record(session, "person:content:report", project, by, content_class=content_class)
    stops = policy.reports_pause([*before, report])
    if stops and not policy.reports_pause(before):
        _stop(session, project)
    elif not before:
        _tell_ops(
            session, project, "One person reported it. Work goes on, but no pause ends before you look."
        )
    return stops


def retag(session: Session, project: Project, *, by: User, classes: Collection[str], reason: str) -> None:
    """Declare what a project really holds, and close its reports; the company may then resume it.

    Where the company has described nothing, the reason stands in front of the content.  NotYours (403) for
    somebody of the company, Invalid (422) for a class we do not know, or a reason too short for that.
    """
    project = queries.lock(session, project.id)
    if companies.was_member(session, by.id, project.company_id):
        raise NotYours(
            "You belong to this company, or did not long ago. Somebody else looks at its projects."
        )
    note = project.content_note or reason.strip()
    problem = policy.content_problem(project.task_type, classes, note)
    if problem:
        short = classes and not project.content_note and len(note) < policy.CONTENT_NOTE_MINIMUM
        raise Invalid(policy.DESCRIBE if short else problem)
    declared = sorted(set(classes))
    project.content_classes = ",".join(declared)
    project.content_note = note if declared else ""
    project.options = {**project.options, "content_classes": declared}
    now = clock.database_now(session)
    for report in queries.open_reports(session, project.id):
        report.closed_at = now
    if project.state is ProjectState.PAUSED:
        project.state_reason = reason
    _record(session, "staff:project:retag", project, by, classes=project.content_classes, reason=reason)
    _tell_company(session, project, "The content of {} was declared anew", reason)


def _stop(session: Session, project: Project) -> None:
    """No new claims; work under way goes on, ops and the company are told once, without what was seen."""
    if project.state is ProjectState.OPEN:
        project.move(ProjectState.PAUSED)
    paused = project.state is ProjectState.PAUSED
    if paused:
        project.state_reason = policy.REPORTED
    rests = "It takes no new work until somebody has looked." if paused else "It takes no new work anyway."
    _tell_ops(session, project, f"It was reported. {rests}")
    title = "{} is paused: its content was reported" if paused else "The content of {} was reported"
    _tell_company(session, project, title, policy.REPORTED)


def _tell_ops(session: Session, project: Project, body: str) -> None:
    staff = {user.id for role in (Role.OPS, Role.ADMIN) for user in identity.users_with_role(session, role)}
    for user_id in sorted(staff):
        notifications.tell(
            session,
            user_id,
            kind="content_reported",
            title=f"Look at the content of “{project.title}”",
            body=body,
            path=f"/staff/projects/{project.id}",
        )


def _tell_company(session: Session, project: Project, title: str, body: str) -> None:
    for user_id in queries.member_user_ids(session, project.company_id):
        notifications.tell(
            session,
            user_id,
            kind="project_content",
            title=title.format(f"“{project.title}”"),
            body=body,
            path=f"/company/projects/{project.id}",
        )


def _record(session: Session, tag: str, project: Project, by: User, **detail: str) -> None:
    audit.record(session, tag, actor_id=by.id, subject_type="project", subject_id=project.id, **detail)
