"""Work is begun, taken back or ended in the moment a company withdraws it: never more than it agreed to."""

import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from marketplace.identity.models import User
from marketplace.kit import ids
from marketplace.kit.database import Sessions, transaction
from marketplace.kit.errors import Conflict
from marketplace.ledger import queries as ledger
from marketplace.payouts.models import Earning
from tests.factories.projects import make_owner
from tests.factories.queue import make_assignment
from tests.factories.submissions import make_submission
from tests.factories.workers import until_one_waits
from tests.workspace.queue.test_queue_races import at_once
from workspace.queue import queries as tasks
from workspace.queue import service as queue
from workspace.queue.models import Assignment, AssignmentState, Task, TaskState, Withdrawal
from workspace.queue.queries import Scope
from workspace.submissions import service

A = AssignmentState
Verb = Callable[[Session], object]


@dataclass
class Case:
    """One assignment, its project, an owner, and the sum the page showed."""

    assignment_id: uuid.UUID
    user_id: uuid.UUID
    scope: Scope
    owner_id: uuid.UUID
    agreed_minor: int
    form_key: uuid.UUID

    def withdraw(self, session: Session) -> None:
        """What the company's click does."""
        service.withdraw(
            session,
            self.scope,
            by=session.get_one(User, self.owner_id),
            reason="We changed the guideline and start anew.",
            form_key=self.form_key,
            agreed_minor=self.agreed_minor,
        )


def case_of(session: Session, assignment: Assignment, task_id: uuid.UUID | None) -> Case:
    session.flush()
    scope = Scope(assignment.project_id, task_id=task_id)
    return Case(
        assignment.id,
        assignment.user_id,
        scope,
        make_owner(session, assignment.project.company).id,
        service.costs(session, scope).most_minor,
        ids.new_id(),
    )


def meet(sessions: Sessions, first: Verb, second: Verb) -> list[str]:
    """The second begins when the first has done everything but commit; what became of each."""
    said = {"first": "done", "second": "done"}

    def later() -> None:
        try:
            with transaction(sessions) as session:
                second(session)
        except Conflict as refusal:
            said["second"] = type(refusal).__name__

    thread = threading.Thread(target=later)
    with transaction(sessions) as session:
        first(session)
        session.flush()
        thread.start()
        until_one_waits(session, thread.is_alive)
    thread.join()
    return list(said.values())


def open_held(case: Case) -> Verb:
    return lambda session: queue.open_held(session, mine(session, case))


def claim_next(case: Case) -> Verb:
    """The button of the job's page, which opens what is held."""

    def verb(session: Session) -> None:
        held = mine(session, case)
        user, expert = held.expert.user, held.expert
        queue.claim(session, user=user, expert=expert, engagement=held.engagement, project=held.project)

    return verb


def mine(session: Session, case: Case) -> Assignment:
    found = tasks.lock_assignment_of(session, case.user_id, case.assignment_id)
    assert found is not None
    return found


def held_case(sessions: Sessions, *, whole: bool) -> Case:
    """Somebody holds the next task ahead, their last one is handed in; nobody is at work."""
    with transaction(sessions) as session:
        first = make_assignment(session, tasks=3)
        held = queue.hold_next(session, first)
        assert held is not None
        make_submission(session, first)
        return case_of(session, held, None if whole else held.task_id)


WAYS = pytest.mark.parametrize(
    ("begin", "whole"), [(open_held, False), (claim_next, True)], ids=["a task", "a project"]
)


def costs_no_more(sessions: Sessions, case: Case) -> AssignmentState:
    """Either nothing was withdrawn, or at most what was agreed to can still be paid; the books are right."""
    with transaction(sessions, write=False) as session:
        assignment = session.get_one(Assignment, case.assignment_id)
        if session.query(Withdrawal).count():
            assert service.costs(session, case.scope).most_minor <= case.agreed_minor
        else:
            assert session.get_one(Task, assignment.task_id).state is not TaskState.WITHDRAWN
        assert ledger.broken(session) == []
        return assignment.state


@WAYS
def test_what_is_begun_before_the_withdrawal_commits_is_seen_by_it(
    clean: Sessions, begin: Callable[[Case], Verb], whole: bool
) -> None:
    case = held_case(clean, whole=whole)
    assert case.agreed_minor == 0
    said = meet(clean, begin(case), case.withdraw)
    assert said[0] == "done"
    assert said[1] in {"Conflict", "CostsMore"}
    assert costs_no_more(clean, case) is A.ACTIVE


@WAYS
def test_nobody_begins_what_is_being_withdrawn(
    clean: Sessions, begin: Callable[[Case], Verb], whole: bool
) -> None:
    case = held_case(clean, whole=whole)
    meet(clean, case.withdraw, begin(case))
    assert costs_no_more(clean, case) in {A.HELD, A.CANCELLED}


@pytest.mark.parametrize("turn", [1, -1], ids=["taken back first", "withdrawn first"])
def test_an_answer_taken_back_meanwhile_is_seen_or_stays(clean: Sessions, turn: int) -> None:
    with transaction(clean) as session:
        case = case_of(session, make_submission(session).assignment, None)

    def take_back(session: Session) -> None:
        found = tasks.assignment(session, case.assignment_id)
        assert found is not None
        service.take_back(session, found, user=found.expert.user)

    said = meet(clean, *[take_back, case.withdraw][::turn])
    assert said[0] == "done"
    assert said[1] in {"Conflict", "CostsMore", "CannotTakeBack"}
    assert costs_no_more(clean, case) is (A.ACTIVE if turn == 1 else A.SUBMITTED)


def test_whoever_ends_it_at_once_it_is_paid_once(clean: Sessions) -> None:
    """Messages, the sweep, its person's stopping and whoever looks, all in one moment."""
    with transaction(clean) as session:
        case = case_of(session, make_assignment(session), None)
    with transaction(clean) as session:
        case.withdraw(session)

    def settle(session: Session) -> str:
        service.settle(session, case.assignment_id)
        return "ended"

    def stop(session: Session) -> str:
        found = tasks.assignment(session, case.assignment_id)
        assert found is not None
        service.stop(session, found, user=found.expert.user, reason="unclear", note="", agreed_minor=0)
        return "ended"

    def carry_on(session: Session) -> str:
        service.carry_on(session, {"withdrawal_id": str(case.form_key), "from_id": ""})
        service.sweep(session, {})
        return "promised"

    said = at_once(clean, [settle, stop, carry_on] * 4)
    assert said["promised"] == 4
    with transaction(clean, write=False) as session:
        assert session.query(Earning).count() == 1
        assert session.get_one(Assignment, case.assignment_id).state is A.CANCELLED
        assert service.costs(session, case.scope).people == 0
        assert ledger.broken(session) == []
