"""The next task held ahead: by a good autosave, one at a time, given back on leaving or for the last task."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from config.policy import WORK
from marketplace.kit import clock
from tests.factories.queue import make_assignment
from tests.pages import Pages
from workspace.queue import queries as assignments
from workspace.queue.models import Assignment, AssignmentState
from workspace.submissions import service
from workspace.task_types import registry

A = AssignmentState
ANSWER = registry.get("response_ranking").example()[1]
CODES = list(registry.get("response_ranking").warnings)


@pytest.fixture
def assignment(pages: Pages, session: Session) -> Assignment:
    made = make_assignment(session, tasks=4)
    pages.enter(made.expert.user)
    return made


def save(pages: Pages, assignment: Assignment, rev: int, **changes: Any) -> int:
    body = {"rev": rev, "answer": ANSWER, "note": f"v{rev}", **changes}
    path = pages.path("submissions.save", assignment_id=assignment.id)
    answer = pages.client.post(path, json=body, headers={"Accept": "application/json"})
    assert pages.session is not None
    pages.session.expire_all()
    return answer.status_code


def held(session: Session, assignment: Assignment) -> Assignment | None:
    return assignments.held_of(session, assignment.user_id)


def test_a_good_autosave_holds_the_next_task_and_a_poor_one_does_not(
    pages: Pages, session: Session, assignment: Assignment
) -> None:
    assert save(pages, assignment, 0, answer={"why": "Short."}) == 200
    assert held(session, assignment) is None
    assert save(pages, assignment, 1) == 200
    ahead = held(session, assignment)
    assert ahead is not None
    assert save(pages, assignment, 2) == 200
    assert session.query(Assignment).filter_by(state=A.HELD).count() == 1
    again = held(session, assignment)
    assert again is not None
    assert again.id == ahead.id


def test_it_is_what_comes_next(pages: Pages, session: Session, assignment: Assignment) -> None:
    save(pages, assignment, 0)
    ahead = held(session, assignment)
    assert ahead is not None
    ahead_id = ahead.id
    body = {"rev": 1, "answer": ANSWER, "confirmed": CODES}
    path = pages.path("submissions.submit", assignment_id=assignment.id)
    answer = pages.client.post(path, json=body, headers={"Accept": "application/json"})
    assert answer.json["next"] == pages.path("submissions.work", assignment_id=ahead_id)


def test_the_last_one_for_now_holds_nothing_and_gives_back_what_is_held(
    pages: Pages, session: Session, assignment: Assignment
) -> None:
    save(pages, assignment, 0, stop=True)
    assert held(session, assignment) is None
    save(pages, assignment, 1)
    assert held(session, assignment) is not None
    save(pages, assignment, 2, stop=True)
    assert held(session, assignment) is None
    assert session.get_one(Assignment, assignment.id).state is A.ACTIVE


def test_submitting_the_last_one_gives_it_back_at_once(
    pages: Pages, session: Session, assignment: Assignment
) -> None:
    save(pages, assignment, 0)
    body = {"rev": 1, "answer": ANSWER, "confirmed": CODES, "stop": True}
    path = pages.path("submissions.submit", assignment_id=assignment.id)
    answer = pages.client.post(path, json=body, headers={"Accept": "application/json"})
    assert answer.json["next"] == pages.path("submissions.mine")
    session.expire_all()
    assert session.query(Assignment).filter(Assignment.state.in_([A.HELD, A.ACTIVE])).count() == 0


def test_leaving_gives_it_back(pages: Pages, session: Session, assignment: Assignment) -> None:
    save(pages, assignment, 0)
    page = pages.get("submissions.work", assignment_id=assignment.id)
    form = next(node for node in page.all("form") if node.get("id") == "answer")
    assert pages.client.post(form.get("data-leave"), json={}).status_code in {204, 303}
    session.expire_all()
    assert held(session, assignment) is None


def test_otherwise_it_goes_back_ten_minutes_after_the_current_one(
    pages: Pages, session: Session, assignment: Assignment
) -> None:
    save(pages, assignment, 0)
    ahead = held(session, assignment)
    current = session.get_one(Assignment, assignment.id)
    assert ahead is not None
    assert ahead.expires_at == current.expires_at + timedelta(minutes=WORK.held_minutes)
    ahead_id = ahead.id
    with clock.shifted(ahead.expires_at - clock.now() + timedelta(seconds=1)):
        service.settle(session, ahead_id)
    assert session.get_one(Assignment, ahead_id).state is A.RELEASED
