"""Thirty at once: one effect each, on real commits."""

import threading
import uuid
from collections import Counter
from collections.abc import Callable

import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from marketplace.applications import queries as applications
from marketplace.experts.models import Expert
from marketplace.kit.application import may_pass
from marketplace.kit.database import Sessions, transaction
from marketplace.kit.errors import Refusal
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import Kind
from marketplace.projects import queries as projects
from tests.factories.experts import make_expert
from tests.factories.projects import make_project
from tests.factories.queue import engaged, make_tasks
from workspace.queue import service
from workspace.queue.models import Assignment, Task, TaskPart

THREADS = 30


def at_once(sessions: Sessions, verbs: list[Callable[[Session], str]]) -> Counter[str]:
    """Run every verb in its own thread and transaction, all of them starting together; count the answers."""
    gate, said, lock = threading.Barrier(len(verbs)), Counter[str](), threading.Lock()

    def run(verb: Callable[[Session], str]) -> None:
        gate.wait()
        for _ in range(5):  # as a request is repeated
            try:
                with transaction(sessions) as session:
                    answer = verb(session)
                break
            except Refusal as refusal:
                answer = type(refusal).__name__
                break
            except DBAPIError as error:
                answer = type(error.orig).__name__
                if not may_pass(error):
                    break
        with lock:
            said[answer] += 1

    threads = [threading.Thread(target=run, args=(verb,)) for verb in verbs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


def claim_as(expert_id: uuid.UUID, project_id: uuid.UUID) -> Callable[[Session], str]:
    def verb(session: Session) -> str:
        expert = session.get_one(Expert, expert_id)
        user = session.get_one(type(expert).user.property.mapper.class_, expert.user_id)
        project = projects.project(session, project_id)
        engagement = applications.engagement(session, expert_id, project_id)
        assert project is not None
        assert engagement is not None
        service.claim(session, user=user, expert=expert, engagement=engagement, project=project)
        return "claimed"

    return verb


@pytest.fixture
def crowd(clean: Sessions) -> Callable[..., tuple[uuid.UUID, list[uuid.UUID]]]:
    """A project with tasks, and experts engaged on it: committed."""

    def make(count: int, *, tasks: int, **plan: object) -> tuple[uuid.UUID, list[uuid.UUID]]:
        with transaction(clean) as session:
            project = make_project(session, **plan)
            make_tasks(session, project, tasks)
            experts = [make_expert(session) for _ in range(count)]
            for expert in experts:
                engaged(session, expert, project)
            return project.id, [expert.id for expert in experts]

    return make


def test_the_last_slot_goes_to_one_of_thirty(clean: Sessions, crowd) -> None:
    project_id, experts = crowd(THREADS, tasks=1, overlap=1, task_type="golden_response")
    said = at_once(clean, [claim_as(expert, project_id) for expert in experts])
    assert said == {"claimed": 1, "NothingToDo": THREADS - 1}
    with transaction(clean, write=False) as session:
        unit = projects.project(session, project_id).unit_minor  # type: ignore[union-attr]
        assert ledger.balance(session, Kind.PROJECT_RESERVED, project_id) == unit
        assert session.query(TaskPart).count() == session.query(Assignment).count() == 1
        assert [task.taken_count for task in session.query(Task)] == [1]


def test_every_slot_is_filled_and_none_twice(clean: Sessions, crowd) -> None:
    project_id, experts = crowd(THREADS, tasks=4, overlap=3)
    said = at_once(clean, [claim_as(expert, project_id) for expert in experts])
    assert said == {"claimed": 12, "NothingToDo": THREADS - 12}
    with transaction(clean, write=False) as session:
        assert [task.taken_count for task in session.query(Task)] == [3, 3, 3, 3]
        assert session.query(TaskPart).count() == 12


def test_one_person_clicking_thirty_times_gets_one_task(clean: Sessions, crowd) -> None:
    project_id, (expert,) = crowd(1, tasks=40)
    said = at_once(clean, [claim_as(expert, project_id)] * THREADS)
    assert said == {"claimed": THREADS}
    with transaction(clean, write=False) as session:
        assert session.query(Assignment).count() == 1


def test_the_last_money_goes_to_one_of_ten(clean: Sessions, crowd) -> None:
    project_id, experts = crowd(10, tasks=40, budget_minor=1)
    said = at_once(clean, [claim_as(expert, project_id) for expert in experts])
    assert said == {"claimed": 1, "BudgetUsedUp": 9}
    with transaction(clean, write=False) as session:
        assert ledger.balance(session, Kind.PROJECT_BUDGET, project_id) == 0
        assert session.query(Assignment).count() == 1
