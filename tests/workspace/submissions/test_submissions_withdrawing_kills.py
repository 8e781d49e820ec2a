"""A process is killed at any statement of a withdrawal: nothing is half done, doing it again finishes it, once."""

import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.identity.models import User
from marketplace.kit import clock, ids
from marketplace.kit.application import Application
from marketplace.kit.database import Sessions, transaction
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import Kind
from marketplace.ledger.service import Checks
from marketplace.notifications.models import Notice
from marketplace.outbox import queries as outbox_queries
from marketplace.outbox import service as outbox
from marketplace.outbox.models import MessageState, OutboxMessage
from marketplace.outbox.service import Handlers
from marketplace.payouts.models import Earning, EarningKind
from marketplace.projects.models import Project, ProjectState
from tests.factories.accidents import Crash
from tests.factories.projects import make_owner, make_project
from tests.factories.queue import make_assignment, make_tasks
from tests.factories.submissions import make_submission
from tests.money import test_broken_off
from workspace.queue import service as queue
from workspace.queue.models import Assignment, AssignmentState, Withdrawal
from workspace.queue.queries import Scope
from workspace.submissions import service
from workspace.submissions.service import drafts

A = AssignmentState
COUNTS = ("INSERT", "UPDATE", "DELETE", "WITH", "SAVEPOINT", "RELEASE")
MORE_TABLES = ("withdrawals", "batches", "task_parts", "drafts", "open_answers", "notices")
PEOPLE = 2
Verb = Callable[[Session], object]


@dataclass
class House:
    """A project with people at work, a task held ahead, an answer in review, and a free task."""

    app: Application
    sessions: Sessions
    project_id: uuid.UUID
    owner_id: uuid.UUID
    at_work: list[uuid.UUID]
    users: list[uuid.UUID]
    form_key: uuid.UUID = field(default_factory=ids.new_id)

    def withdraw(self, session: Session) -> Withdrawal:
        """The company's click on the page it has looked at."""
        return service.withdraw(
            session,
            Scope(self.project_id),
            by=session.get_one(User, self.owner_id),
            reason="We changed the guideline and start anew.",
            form_key=self.form_key,
            agreed_minor=PEOPLE * 280,
        )

    def waiting(self) -> str | None:
        """The handler of the message that is next."""
        with transaction(self.sessions) as session:
            message = outbox_queries.claim_next(session, clock.database_now(session))
            return message.handler if message is not None else None

    def work(self) -> bool:
        """One message of a worker; False: nothing waits any more."""
        handlers: Handlers = self.app.extensions["assay"][Handlers]
        return outbox.run_one(self.sessions, handlers)

    def rows(self) -> dict[str, list[str]]:
        """Everything it could leave behind."""
        engine = self.sessions.kw["bind"]
        names = set(sa.inspect(engine).get_table_names())
        with engine.connect() as connection:
            found = test_broken_off.rows(connection)
            for name in MORE_TABLES:
                assert name in names, name
                lines = connection.exec_driver_sql(f"SELECT * FROM {name}")
                found[name] = sorted(str(tuple(row)) for row in lines)
        return found

    def broken(self) -> list[str]:
        """What `ledger verify` says."""
        checks: Checks = self.app.extensions["assay"][Checks]
        with transaction(self.sessions, write=False) as session:
            return checks.broken(session)


@pytest.fixture
def house(app: Application, clean: Sessions, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setattr(service.withdrawing, "CHUNK", 2)
    with transaction(clean) as session:
        project = make_project(session)
        make_tasks(session, project, PEOPLE + 3)
        make_submission(session, make_assignment(session, project=project))
        at_work = [make_assignment(session, project=project) for _ in range(PEOPLE)]
        for assignment in at_work:
            drafts.of(session, assignment).active_seconds = 100
        assert queue.hold_next(session, at_work[0]) is not None
        owner = make_owner(session, project.company)
        made = [one.id for one in at_work], [one.user_id for one in at_work]
        return House(app, clean, project.id, owner.id, *made)


@contextmanager
def killed(sessions: Sessions, at: int) -> Iterator[None]:
    """The process is gone before its statement of this number; on PostgreSQL only what writes counts."""
    engine, seen = sessions.kw["bind"], 0
    counts = COUNTS if engine.dialect.name == "postgresql" else (*COUNTS, "SELECT")

    def look(_: Any, __: Any, statement: str, *___: Any) -> None:
        nonlocal seen
        seen += statement.lstrip().upper().startswith(counts)
        if seen == at:
            seen += 1  # a dead process says nothing more, its rollback neither
            raise Crash(statement)

    sa.event.listen(engine, "before_cursor_execute", look)
    try:
        yield
    finally:
        sa.event.remove(engine, "before_cursor_execute", look)


def kills(house: House, step: Callable[[], object]) -> int:
    """Do this step, killed before each of its statements in turn, then whole; how many kills that were."""
    before, count = house.rows(), 0
    while dies(house, step, at=count + 1):
        count += 1
        assert house.rows() == before, f"something is half done after kill {count}"
    return count


def dies(house: House, step: Callable[[], object], *, at: int) -> bool:
    """Do this step, killed before its statement number `at`; False: it has no so many."""
    try:
        with killed(house.sessions, at):
            step()
    except Crash:
        return True
    return False


def click(house: House) -> None:
    with transaction(house.sessions) as session:
        house.withdraw(session)


def all_is_right(house: House) -> None:
    """Withdrawn whole, each person paid once by the time worked, every rule of the books kept."""
    assert house.broken() == []
    with transaction(house.sessions, write=False) as session:
        assert session.query(Withdrawal).count() == 1
        assert session.get_one(Project, house.project_id).state is ProjectState.CLOSING
        states = [session.get_one(Assignment, one).state for one in house.at_work]
        assert states == [A.CANCELLED] * PEOPLE
        assert session.query(Assignment).filter_by(state=A.HELD).count() == 0
        earned = [(one.user_id, one.kind, one.amount_minor) for one in session.query(Earning)]
        assert sorted(earned) == sorted((user, EarningKind.CANCELLATION, 56) for user in house.users)
        for user in house.users:
            assert ledger.balance(session, Kind.EXPERT_PENDING, user) == 56
            assert session.query(Notice).filter_by(user_id=user, kind="assignment.cancelled").count() == 1
        assert ledger.balance(session, Kind.PROJECT_RESERVED, house.project_id) == 280  # the one in review
        assert session.query(OutboxMessage).filter_by(state=MessageState.DEAD).count() == 0


def test_wherever_it_is_killed_nothing_is_half_done(house: House) -> None:
    """The click and each message after it: a killed one leaves every row as it was."""
    assert kills(house, lambda: click(house)) > 10
    died: Counter[str] = Counter()
    while (handler := house.waiting()) is not None:
        if handler.startswith("submissions."):  # the others tell what has happened
            died[handler] += kills(house, house.work)
        else:
            house.work()
    assert died["submissions.withdraw"] > 10
    assert died["submissions.settle"] > 10 * PEOPLE
    all_is_right(house)


def test_half_a_step_is_noticed(house: House) -> None:
    """A withdrawal in two transactions would leave tasks nobody is paid for: these kills see it."""

    def in_two() -> None:
        scope = Scope(house.project_id)
        with transaction(house.sessions) as session:
            queue.withdraw(session, scope, by=session.get_one(User, house.owner_id))
        click(house)

    with pytest.raises(AssertionError, match="half done"):
        kills(house, in_two)


def test_doing_it_all_again_changes_nothing(house: House) -> None:
    """The process died after the commit, before anybody heard of it: every form and message comes again."""
    click(house)
    while house.work():
        pass
    all_is_right(house)
    before = house.rows()
    click(house)
    with transaction(house.sessions) as session:
        service.sweep(session, {})
        for assignment_id in house.at_work:
            service.settle(session, assignment_id)
    assert house.rows() == before
    again(house)
    all_is_right(house)


def again(house: House) -> None:
    """Every message once more, as after a lease that ran out."""
    with transaction(house.sessions) as session:
        for message in session.query(OutboxMessage).filter(OutboxMessage.handler.startswith("submissions.")):
            message.state, message.attempts = MessageState.DUE, 0
    while house.work():
        pass
