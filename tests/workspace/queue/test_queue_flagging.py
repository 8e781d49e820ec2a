"""Tasks that people call broken: set aside after two of them, counted for the company, put back."""

import pytest
from sqlalchemy.orm import Session

from config.policy import WORK
from marketplace.companies.models import Company, MemberRole
from marketplace.kit.errors import Conflict
from marketplace.notifications.models import Notice
from marketplace.projects.models import Project, ProjectState
from tests.factories.companies import make_company
from tests.factories.experts import make_expert
from tests.factories.projects import make_owner, make_project
from tests.factories.queue import make_assignment, make_tasks, state_of
from tests.factories.submissions import make_submission
from tests.pages import Pages
from workspace.queue import queries, service
from workspace.queue.models import BROKEN, Assignment, Task, TaskState
from workspace.submissions.models import SubmissionState

T = TaskState


def leave(session: Session, project: Project, *, reason: str = BROKEN) -> Assignment:
    """Somebody new gets the project's first free task and skips it."""
    assignment = make_assignment(session, project=project)
    service.skip(session, assignment, by=assignment.expert.user, reason=reason)
    session.flush()
    return assignment


@pytest.fixture
def project(session: Session) -> Project:
    made = make_project(session)
    make_tasks(session, made, 1)
    return made


def task_of(session: Session, project: Project) -> Task:
    return session.query(Task).filter_by(project_id=project.id).order_by(Task.position).first()  # type: ignore[return-value]


def test_the_number_is_the_specified_one() -> None:
    assert WORK.broken_people == 2


def test_two_people_set_a_task_aside_and_the_company_hears_once(session: Session, project: Project) -> None:
    leave(session, project)
    assert state_of(session, task_of(session, project)) == (T.AVAILABLE, 0)
    leave(session, project)
    assert state_of(session, task_of(session, project)) == (T.QUARANTINED, 0)
    told = session.query(Notice).filter_by(kind="task.quarantined").all()
    assert len(told) == len({notice.user_id for notice in told}) >= 1
    assert str(task_of(session, project).id) in told[0].path


def test_one_person_twice_is_one(session: Session, project: Project) -> None:
    first = leave(session, project)
    task = task_of(session, project)
    for _ in range(3):  # the same person cannot even get it again; were it so, they count once
        copy = make_assignment(session, project=project, expert=make_expert(session))
        copy.user_id = first.user_id
        session.flush()
        service.release(session, copy, by=None, reason=BROKEN)
        session.flush()
    assert queries.broken_people(session, task) == 1


@pytest.mark.parametrize("reason", ["too_long", "outside_my_field", "distressing"])
def test_other_reasons_set_nothing_aside(session: Session, project: Project, reason: str) -> None:
    for _ in range(4):
        leave(session, project, reason=reason)
    assert state_of(session, task_of(session, project)) == (T.AVAILABLE, 0)


def test_stopping_half_way_counts_too(session: Session, project: Project) -> None:
    leave(session, project)
    task = task_of(session, project)
    expert = make_expert(session)
    make_tasks(session, project, 1)
    on_it = make_assignment(session, project=project, expert=expert)
    assert on_it.task_id == task.id
    service.expire(session, on_it)  # begun twice, so that one of them can be stopped
    session.flush()
    on_it = service.claim_again(session, on_it)
    session.flush()
    service.stop(session, on_it, by=expert.user, reason=BROKEN, note="", active_seconds=60)
    assert state_of(session, task) == (T.QUARANTINED, 0)


def test_work_under_way_on_it_is_judged_as_ever(session: Session, project: Project) -> None:
    submission = make_submission(session, make_assignment(session, project=project))
    leave(session, project)
    leave(session, project)
    task = task_of(session, project)
    assert state_of(session, task) == (T.QUARANTINED, 1)
    service.count_approved(session, task.id)
    assert state_of(session, task)[0] is T.QUARANTINED
    assert submission.state is SubmissionState.SUBMITTED


def owner_of(session: Session, project: Project):
    return make_owner(session, session.get_one(Company, project.company_id))


def test_put_back_what_was_said_before_counts_no_more(session: Session, project: Project) -> None:
    leave(session, project)
    leave(session, project)
    task = task_of(session, project)
    service.put_back(session, task, by=owner_of(session, project))
    assert state_of(session, task) == (T.AVAILABLE, 0)
    leave(session, project)
    assert state_of(session, task) == (T.AVAILABLE, 0)
    leave(session, project)
    assert state_of(session, task) == (T.QUARANTINED, 0)
    with pytest.raises(Conflict):
        service.put_back(session, make_tasks(session, project, 1)[0], by=owner_of(session, project))


@pytest.mark.parametrize(("approved", "state"), [(3, T.DONE), (2, T.SATURATED), (0, T.SATURATED)])
def test_put_back_full_it_is_what_its_answers_make_it(
    session: Session, project: Project, approved: int, state: TaskState
) -> None:
    task = task_of(session, project)
    task.state, task.taken_count, task.approved_count = T.QUARANTINED, 3, approved
    session.flush()
    service.put_back(session, task, by=owner_of(session, project))
    assert state_of(session, task) == (state, 3)


@pytest.mark.parametrize("state", [ProjectState.CLOSING, ProjectState.CLOSED])
def test_nothing_is_put_back_into_a_project_that_has_ended(
    pages: Pages, session: Session, project: Project, state: ProjectState
) -> None:
    leave(session, project)
    leave(session, project)
    task = task_of(session, project)
    project.state = state
    session.flush()
    pages.enter(owner_of(session, project), "member")
    ids = {"project_id": project.id, "task_id": task.id}
    assert "put it back" not in pages.get("tasks.show", **ids).text
    answer = pages.post("tasks.put_back", **ids)
    assert answer.status == 409
    assert "has ended" in answer.text
    assert state_of(session, task)[0] is T.QUARANTINED


# --- at the door -----------------------------------------------------------------------------------------------


def test_the_company_sees_counts_and_decides(pages: Pages, session: Session, project: Project) -> None:
    for reason in (BROKEN, "too_long", "outside_my_field"):
        leave(session, project, reason=reason)
    last = leave(session, project)
    last.end_note = "written by Zebedee"
    task, owner = task_of(session, project), owner_of(session, project)
    pages.enter(owner)
    page = pages.get("tasks.index", project_id=project.id, state="quarantined")
    for text in ("Why experts left tasks", "Prompt broken or unclear 2 0", "Too long 1 0", "Set aside"):
        assert text in page.text
    page = pages.get("tasks.show", project_id=project.id, task_id=task.id)
    assert "This task is set aside." in page.text
    assert "Zebedee" not in page.answer.text, "counts, never who or what they wrote"
    door = {"project_id": project.id, "task_id": task.id}
    assert pages.post("tasks.put_back", **door).status == 303
    assert state_of(session, task)[0] is T.AVAILABLE
    assert pages.post("tasks.put_back", **door).status == 409


def test_others_cannot(pages: Pages, session: Session, project: Project) -> None:
    leave(session, project)
    leave(session, project)
    door = {"project_id": project.id, "task_id": task_of(session, project).id}
    pages.enter(make_owner(session, make_company(session)))
    assert pages.post("tasks.put_back", **door).status == 404
    company = session.get_one(Company, project.company_id)
    pages.enter(make_owner(session, company, role=MemberRole.VIEWER))
    assert pages.post("tasks.put_back", **door).status == 403
    pages.enter(make_expert(session).user)
    assert pages.post("tasks.put_back", **door).status == 403
    assert state_of(session, task_of(session, project))[0] is T.QUARANTINED
