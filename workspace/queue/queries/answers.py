"""The kept count of answers that can be claimed, written anew from the tasks."""

import uuid

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from marketplace.projects import queries as projects
from workspace.queue.models import Task, TaskState


def recount(session: Session, project_id: uuid.UUID) -> None:
    """Count the answers a project still wants: after everything that touches many tasks, or sets one aside.

    A claim running beside it counts its own answer once it has the lock.
    """
    session.flush()
    projects.begin_answers(session, project_id)
    left = Task.overlap - Task.taken_count
    row = session.execute(
        select(
            func.coalesce(func.sum(case((Task.state == TaskState.AVAILABLE, left), else_=0)), 0),
            func.coalesce(func.sum(case((Task.state == TaskState.STAGED, left), else_=0)), 0),
        ).where(Task.project_id == project_id, Task.state.in_((TaskState.AVAILABLE, TaskState.STAGED)))
    ).one()
    projects.set_answers(session, project_id, free=int(row[0]), staged=int(row[1]))
