"""Tasks to work on, and experts who hold one."""

import hashlib
import json
from typing import Any

from sqlalchemy.orm import Session

from marketplace.applications import queries as applications
from marketplace.applications.models import Engagement
from marketplace.experts.models import Expert
from marketplace.kit import ids
from marketplace.kit.application import Application
from marketplace.outbox import service as outbox
from marketplace.outbox.service import Handlers
from marketplace.projects.models import Project
from tests.factories.applications import make_engagement
from tests.factories.experts import make_expert
from tests.factories.projects import make_project
from workspace.queue import queries, service
from workspace.queue.models import Assignment, Batch, Task, TaskState
from workspace.task_types import registry


def make_batch(session: Session, project: Project, count: int = 0) -> Batch:
    """A batch that waits for its start."""
    number, _ = queries.last_numbers(session, project.id)
    batch = Batch(project=project, number=number + 1, file_name="tasks.jsonl", task_count=count)
    session.add(batch)
    session.flush()
    return batch


def make_tasks(
    session: Session, project: Project, n: int = 1, *, overlap: int | None = None, start: bool = True
) -> list[Task]:
    """`n` tasks of the project's type, open to claims unless `start` is false, in the order of their positions."""
    batch = make_batch(session, project, n)
    _, position = queries.last_numbers(session, project.id)
    kind = registry.get(project.task_type)
    raw, _ = kind.example()
    payload = kind.store_payload(kind.read_payload(kind.preset(raw, project.options)))
    digest = hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()
    rows: list[dict[str, Any]] = [
        {
            "id": ids.new_id(),
            "project_id": project.id,
            "batch_id": batch.id,
            "external_id": f"task-{place}",
            "position": place,
            "task_type": project.task_type,
            "type_version": kind.version,
            "payload": payload,
            "payload_sha256": digest,
            "overlap": overlap or project.overlap,
        }
        for place in range(position + 1, position + n + 1)
    ]
    queries.add_tasks(session, rows, state=TaskState.STAGED)
    queries.recount(session, project.id)
    if start:
        service.open_batch(session, batch)
    return [found for row in rows[:100] if (found := session.get(Task, row["id"]))]


def make_assignment(
    session: Session,
    *,
    project: Project | None = None,
    expert: Expert | None = None,
    tasks: int = 1,
    **plan: Any,
) -> Assignment:
    """An expert at work: engaged on an open project, a task claimed with its money; makes what is missing."""
    project = project or make_project(session, **plan)
    if not queries.has_tasks(session, project.id):
        make_tasks(session, project, tasks)
    expert = expert or make_expert(session)
    assignment = claim(session, expert, project)
    session.flush()
    return queries.assignment(session, assignment.id) or assignment


def claim(session: Session, expert: Expert, project: Project) -> Assignment:
    """One more claim of an expert who is engaged already."""
    engagement = engaged(session, expert, project)
    return service.claim(session, user=expert.user, expert=expert, engagement=engagement, project=project)


def engaged(session: Session, expert: Expert, project: Project) -> Engagement:
    """The engagement of this expert on this project, begun now if there is none."""
    known = applications.active_engagement(session, expert.id, project.id)
    return known or make_engagement(session, expert=expert, project=project)


def state_of(session: Session, task: Task) -> tuple[TaskState, int]:
    """State and filled slots of a task as the database has them."""
    session.flush()
    session.refresh(task)
    return task.state, task.taken_count


def run_promises(app: Application, session: Session) -> None:
    """Run every message that is due now; the session sees what they did."""
    session.flush()
    outbox.run_all(app.sessions, app.extensions["assay"][Handlers])
    session.expire_all()
