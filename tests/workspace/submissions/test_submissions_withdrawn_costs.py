"""What a withdrawn project says: what was paid exactly, what is still only about, what is left of it."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from marketplace.companies.models import Company
from marketplace.identity.models import User
from marketplace.kit import ids
from marketplace.projects.models import Project
from tests.factories.projects import make_owner
from tests.factories.queue import make_assignment, make_tasks
from tests.factories.submissions import make_submission
from tests.pages import Pages
from tests.workspace.submissions.test_submissions_withdrawing_pages import REASON, worked
from workspace.queue.models import Assignment
from workspace.queue.queries import Scope
from workspace.submissions import service
from workspace.submissions.service import drafts


def owner_of(session: Session, project: Project) -> User:
    return make_owner(session, session.get_one(Company, project.company_id))


def withdraw(session: Session, scope: Scope, owner: User) -> None:
    service.withdraw(session, scope, by=owner, reason=REASON, form_key=ids.new_id(), agreed_minor=100_000)
    session.flush()


def at_work(session: Session, project: Project, *minutes: int) -> list[Assignment]:
    """As many people at work for so many minutes."""
    return [worked(session, make_assignment(session, project=project), seconds=60 * one) for one in minutes]


def test_exactly_what_was_paid_and_about_for_the_others(session: Session, pages: Pages) -> None:
    project = make_submission(session, tasks=5).assignment.project
    first, second = at_work(session, project, 3, 6)
    place = {"project_id": project.id}
    owner = owner_of(session, project)
    withdraw(session, Scope(project.id), owner)
    pages.enter(owner)
    shown = pages.get("projects.show", **place).text
    assert "About $3.60 for 2 people still at work" in shown
    assert "people for their time" not in shown
    assert "person for their time" not in shown
    draft = drafts.of(session, first)
    draft.active_seconds = 240  # they went on: not what was shown when it was withdrawn
    service.settle(session, first.id)
    session.flush()
    shown = pages.get("projects.show", **place).text
    code = ids.code("E", first.expert_id)
    for text in (
        "$1.60 paid to one person for their time",
        f"Expert {code}: $1.34 and a fee of $0.26",
        "About $2.40 for one person still at work",
    ):
        assert text in shown, text
    service.settle(session, second.id)
    session.flush()
    shown = pages.get("projects.show", **place).text
    assert "$4.00 paid to 2 people for their time, fees included" in shown
    assert ids.code("E", second.expert_id) in shown
    assert "About $" not in shown


def test_each_withdrawal_has_its_own_cost(session: Session, pages: Pages) -> None:
    project = make_submission(session, tasks=5).assignment.project
    owner = owner_of(session, project)
    [alone] = at_work(session, project, 3)
    withdraw(session, Scope(project.id, task_id=alone.task_id), owner)
    [other] = at_work(session, project, 6)
    withdraw(session, Scope(project.id), owner)  # names the task too, but came later
    for one in (alone, other):
        service.settle(session, one.id)
    session.flush()
    shown = pages.enter(owner).get("projects.show", project_id=project.id).text
    assert "$1.20 paid to one person" in shown
    assert "$2.40 paid to one person" in shown


def test_what_is_left_of_a_withdrawn_project(session: Session, pages: Pages) -> None:
    project = make_submission(session, tasks=5).assignment.project
    owner = owner_of(session, project)
    shown = pages.enter(owner).get("projects.show", project_id=project.id).text
    assert "% of what you asked for" in shown
    assert "In this project" in shown
    withdraw(session, Scope(project.id), owner)
    shown = pages.get("projects.show", project_id=project.id).text
    assert "of what you asked for" not in shown
    assert "In this project" not in shown
    assert "% of what was not withdrawn" in shown
    assert "5 were withdrawn" in shown
    assert "of 5" in shown
    assert "5 withdrawn" in pages.get("tasks.index", project_id=project.id).text


def test_who_handed_in_was_not_paid_for_time(session: Session, pages: Pages) -> None:
    project = make_submission(session, tasks=3).assignment.project
    [one] = at_work(session, project, 3)
    owner = owner_of(session, project)
    withdraw(session, Scope(project.id), owner)
    make_submission(session, one)
    shown = pages.enter(owner).get("projects.show", project_id=project.id).text
    assert "Nobody was paid for time" in shown


def test_the_page_costs_the_same_however_many(
    session: Session, pages: Pages, statements: Callable[[], int]
) -> None:
    project = make_submission(session, tasks=2).assignment.project
    owner = owner_of(session, project)
    pages.enter(owner)
    counted = []
    for more in (1, 3):
        for _ in range(more):
            [one] = at_work(session, project, 3)
            withdraw(session, Scope(project.id, task_id=one.task_id), owner)
        pages.get("projects.show", project_id=project.id)
        statements()
        pages.get("projects.show", project_id=project.id)
        counted.append(statements())
        make_tasks(session, project, 3)
    assert counted[0] == counted[1]
