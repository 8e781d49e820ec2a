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
    """Keep what somebody saw; True when the project is paused because of it.

    One open report of a person on a class is enough: the same again changes nothing.
    """
    if content_class not in policy.REPORTABLE:
        raise Invalid("Choose what it is.")
    project = queries.lock(session, project.id)
    known = {(report.by_id, report.content_class) for report in queries.open_reports(session, project.id)}
    if (by.id, content_class) not in known:
        session.add(
            ContentReport(
                project=project,
                by_id=by.id,
                by_reviewer=by_reviewer,
                task_id=task_id,
                content_class=content_class,
                note=note,
                at=clock.database_now(session),
            )
        )
        _record(session, "person:content:report", project, by, content_class=content_class)
        session.flush()
    reporters = len({by.id, *(person for person, _ in known)})
    if not policy.report_pauses(reporters, content_class, by_reviewer=by_reviewer):
        return False
    _stop(session, project)
    return True


def retag(session: Session, project: Project, *, by: User, classes: Collection[str], reason: str) -> None:
    """Declare what a project really holds, and close its reports; the company may then resume it.

    NotYours (403) for somebody of the company, Invalid (422) for a class we do not know.
    """
    project = queries.lock(session, project.id)
    if companies.was_member(session, by.id, project.company_id):
        raise NotYours(
            "You belong to this company, or did not long ago. Somebody else looks at its projects."
        )
    problem = policy.content_problem(
        project.task_type, classes, project.content_note or reason.ljust(30, ".")
    )
    if problem:
        raise Invalid(problem)
    declared = sorted(set(classes))
    project.content_classes = ",".join(declared)
    project.content_note = project.content_note or reason if declared else ""
    project.options = {**project.options, "content_classes": declared}
    now = clock.database_now(session)
    for report in queries.open_reports(session, project.id):
        report.closed_at = now
    if project.state is ProjectState.PAUSED:
        project.state_reason = reason
    _record(session, "staff:project:retag", project, by, classes=project.content_classes, reason=reason)
    _tell_company(session, project, "The content of {} was declared anew", reason)


def _stop(session: Session, project: Project) -> None:
    """No new claims; work under way goes on, ops and the company are told, without what was seen."""
    if project.state is ProjectState.PAUSED and project.state_reason == policy.REPORTED:
        return
    if project.state is ProjectState.OPEN:
        project.move(ProjectState.PAUSED)
    if project.state is ProjectState.PAUSED:
        project.state_reason = policy.REPORTED
    staff = {user.id for role in (Role.OPS, Role.ADMIN) for user in identity.users_with_role(session, role)}
    for user_id in sorted(staff):
        notifications.tell(
            session,
            user_id,
            kind="content_reported",
            title=f"Look at the content of “{project.title}”",
            body="It was reported and takes no new work until somebody has looked.",
            path=f"/staff/projects/{project.id}",
        )
    _tell_company(session, project, "{} is paused: its content was reported", policy.REPORTED)


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
