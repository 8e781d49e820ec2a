"""What people are told about tasks.  Listeners: they write notices and nothing else."""

from sqlalchemy.orm import Session

from config.policy import WORK
from marketplace.kit.ids import code
from marketplace.kit.money import shown
from marketplace.notifications import service as notifications
from marketplace.projects import queries as projects
from workspace.queue.events import AssignmentStopped, TaskQuarantined


def tell_stopped(session: Session, fact: AssignmentStopped) -> None:
    """The expert hears what stopping half way paid; by bell alone, they have just done it."""
    project = projects.project(session, fact.project_id)
    where = f"“{project.title}”. " if project else ""
    notifications.tell(
        session,
        fact.user_id,
        kind=fact.name,
        title=f"Stopped half way: {shown(fact.pay_minor)}",
        body=where + "Your text is kept. See how the amount is made.",
        path=f"/tasks/{fact.assignment_id}",
        email=False,
    )


def tell_quarantined(session: Session, fact: TaskQuarantined) -> None:
    """The members of the company hear that a task was set aside, and what they can do about it."""
    project = projects.project(session, fact.project_id)
    if project is None:
        return
    for user_id in projects.member_user_ids(session, project.company_id):
        notifications.tell(
            session,
            user_id,
            kind=fact.name,
            title=f"A task of “{project.title}” is set aside",
            body=f"{WORK.broken_people} people called {code('T', fact.task_id)} broken or unclear: nobody "
            "gets it any more. Look at it, then put it back or withdraw it.",
            path=f"/company/projects/{fact.project_id}/tasks/{fact.task_id}",
        )
