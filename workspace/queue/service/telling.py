"""What people are told about tasks.  Listeners: they write notices and nothing else."""

from sqlalchemy.orm import Session

from config.policy import WORK
from marketplace.kit.ids import code
from marketplace.kit.money import shown
from marketplace.notifications import service as notifications
from marketplace.projects import queries as projects
from workspace.queue import policy, queries
from workspace.queue.events import AssignmentCancelled, AssignmentStopped, TaskQuarantined


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


def tell_cancelled(session: Session, fact: AssignmentCancelled) -> None:
    """The expert hears what the company withdrew, why, and what it pays."""
    project = projects.project(session, fact.project_id)
    ended = queries.assignment(session, fact.assignment_id)
    where = f"“{project.title}”. " if project else ""
    why = f" Their reason: “{ended.end_note}”" if ended else ""
    pay = shown(fact.pay_minor)
    notifications.tell(
        session,
        fact.user_id,
        kind=fact.name,
        title=f"Withdrawn by the company, paid: {pay}",
        body=f"{where}{policy.withdrawn_words(pay, fact.active_seconds)}.{why} Your text is kept.",
        path=f"/tasks/{fact.assignment_id}",
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
