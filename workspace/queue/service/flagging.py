"""Tasks that people call broken: set aside, looked at by the company, put back."""

from sqlalchemy.orm import Session

from config.policy import WORK
from marketplace.audit import service as audit
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.errors import Conflict
from marketplace.kit.events import publish
from marketplace.projects import queries as projects
from marketplace.projects.models import ProjectState
from workspace.queue import queries
from workspace.queue.events import TaskQuarantined
from workspace.queue.models import BROKEN, Assignment, Task, TaskState

OVER = frozenset({ProjectState.CLOSING, ProjectState.CLOSED, ProjectState.CANCELLED})
OPEN = frozenset({TaskState.AVAILABLE, TaskState.SATURATED})


def set_aside_if_broken(session: Session, ended: Assignment) -> None:
    """Set the task aside when the assignment that just ended makes enough people who called it broken.

    Work under way on it goes on and is judged and paid as ever.
    """
    if ended.end_reason != BROKEN:
        return
    task = queries.lock_task(session, ended.task_id)
    session.flush()  # this one's reason counts too
    if task.state not in OPEN or queries.broken_people(session, task) < WORK.broken_people:
        return
    task.move(TaskState.QUARANTINED)
    queries.recount(session, task.project_id)
    audit.record(session, "clock:task:set_aside", actor_id=None, subject_type="task", subject_id=task.id)
    publish(session, TaskQuarantined(task_id=task.id, project_id=task.project_id))


def put_back(session: Session, task: Task, *, by: User) -> None:
    """The company has looked: the task is open again, and what was said against it before does not count.

    Conflict (409) when it is not set aside, or its project has ended.
    """
    project = projects.lock(session, task.project_id)  # so that it does not end meanwhile
    if project.state in OVER:
        raise Conflict("This project has ended. Nobody could work on the task; withdraw it instead.")
    task = queries.lock_task(session, task.id)
    if task.state is not TaskState.QUARANTINED:
        raise Conflict("This task is not set aside any more.")
    task.move(TaskState.AVAILABLE)
    task.cleared_at = clock.database_now(session)
    if task.approved_count >= task.overlap:
        task.move(TaskState.DONE)
    elif task.taken_count >= task.overlap:
        task.move(TaskState.SATURATED)
    audit.record(session, "company:task:put_back", actor_id=by.id, subject_type="task", subject_id=task.id)
    queries.recount(session, task.project_id)
    queries.complete_batch_of(session, task.id)
