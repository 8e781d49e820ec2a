"""A desk: an expert who is signed in and has a task of one type, made beside the pages."""

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from marketplace.experts import queries as experts
from marketplace.experts.models import Expert
from marketplace.projects import queries as projects
from tests.browser import people
from tests.browser.hands import Hands
from tests.browser.house import House
from tests.browser.visitor import Visitor
from tests.browser.ways import Way
from tests.factories.applications import make_engagement
from tests.factories.care import agree
from tests.factories.experts import make_expert
from tests.factories.projects import make_project
from tests.factories.queue import claim, make_tasks
from workspace.queue.models import Assignment, Task
from workspace.submissions import queries
from workspace.task_types import registry


@dataclass(slots=True)
class Desk:
    """Where somebody works: `slug` is the job, `expert_id` who does it."""

    house: House
    visitor: Visitor
    way: Way
    slug: str
    project_id: uuid.UUID
    user_id: uuid.UUID
    email: str

    @property
    def page(self) -> Any:
        """The visitor's page."""
        return self.visitor.page

    def open(self) -> uuid.UUID:
        """Claim the next task and open it; its assignment."""
        with self.house.writing() as session:
            assignment_id = self._claim(session).id
        self.page.goto(f"/tasks/{assignment_id}")
        self.ready()
        return assignment_id

    def ready(self) -> None:
        """Sensitive content is opened, and the scripts of the page have started."""
        cover = self.page.locator('a[href*="show=1"]')
        if cover.count():
            cover.press("Enter")
        self.page.locator("body[data-live]").wait_for()

    def enter(self, visitor: Visitor) -> None:
        """Sign this visitor in as the expert, without the form."""
        people.enter_as(visitor, self.house, self.user_id)

    def draft(self, assignment_id: uuid.UUID) -> dict[str, Any]:
        """What the server keeps of an answer that is not sent."""
        with self.house.writing() as session:
            draft = queries.draft_of(session, assignment_id)
            return dict(draft.answer) if draft else {}

    def submitted(self, assignment_id: uuid.UUID) -> dict[str, Any]:
        """What was handed in."""
        with self.house.writing() as session:
            submission = queries.live_submission(session, assignment_id)
            assert submission is not None, "nothing was handed in"
            return dict(submission.answer)

    def current(self) -> uuid.UUID:
        """The assignment of the page that is open."""
        return uuid.UUID(self.page.url.rsplit("/", 1)[1].partition("?")[0])

    def _claim(self, session: Session) -> Assignment:
        project = projects.project(session, self.project_id)
        assert project is not None
        return claim(session, _expert(session, self.user_id), project)


def desk(house: House, visitor: Visitor, way: Way, *, tasks: int = 3) -> Desk:
    """An engaged expert in front of a project with some tasks of this kind of work."""
    with house.writing() as session:
        project = make_project(
            session, task_type=way.slug, overlap=1, options={}, title=f"Work on {way.slug}"
        )
        _tasks(session, make_tasks(session, project, tasks), way)
        expert = make_expert(session)
        agree(session, expert.user, *project.classes)
        make_engagement(session, expert=expert, project=project)
        found = Desk(house, visitor, way, project.slug, project.id, expert.user_id, expert.user.email)
    found.enter(visitor)
    return found


def _tasks(session: Session, tasks: list[Task], way: Way) -> None:
    if not way.payload:
        return
    kind = registry.get(way.slug)
    raw = {**kind.example()[0], **way.payload}
    payload = kind.store_payload(
        kind.read_payload({name: value for name, value in raw.items() if value is not None})
    )
    for task in tasks:
        task.payload = payload
    session.flush()


def _expert(session: Session, user_id: uuid.UUID) -> Expert:
    found = experts.for_user(session, user_id)
    assert found is not None
    return found


def hand_in(hands: Hands) -> None:
    """Ctrl+Enter, and once more when something is asked."""
    before = hands.page.url
    hands.press("Control+Enter")
    hands.page.wait_for_function(
        "before => location.href !== before || !document.querySelector('#cautions')?.hidden"
        " || !document.querySelector('#problems')?.hidden",
        arg=before,
    )
    if hands.page.url == before:
        problems = hands.page.locator("#problems:not([hidden])")
        assert problems.count() == 0, problems.inner_text()
        with hands.page.expect_navigation(wait_until="load"):
            hands.press("Control+Enter")
    hands.page.wait_for_load_state()
