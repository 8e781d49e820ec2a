"""A database full of open tasks, with experts and reviewers who are signed in."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from app import create_app
from config.settings import Settings
from marketplace.identity import service as identity
from marketplace.identity.models import Role
from marketplace.kit import ids
from marketplace.kit.application import Application
from marketplace.kit.database import transaction
from marketplace.projects import queries as projects
from tests.conftest import migrate
from tests.factories.applications import make_engagement
from tests.factories.experts import make_expert
from tests.factories.identity import make_user
from tests.factories.projects import make_project
from workspace.queue import queries as queue
from workspace.queue.models import Batch, BatchState, TaskState

SECRET = "benchmark " * 4
BUDGET_MINOR = 90_000_000_000
CHUNK = 10_000
PAYLOAD = {
    "prompt": [{"role": "user", "content": "Which answer would you follow, and why?"}],
    "responses": [
        {"id": name, "text": f"Answer {name} says what to do first."} for name in ("r1", "r2", "r3")
    ],
    "why_min_words": 10,
}


@dataclass(frozen=True, slots=True)
class World:
    """Where the data is and who may go in; tokens are cookies of SignIns."""

    url: str
    var: Path
    slug: str
    project_id: str
    experts: tuple[str, ...]
    reviewers: tuple[str, ...]


def application(url: str, var: Path) -> Application:
    """The product on this database, without request limits."""
    return create_app(Settings(secret_key=SECRET, database_url=url, var=var, rate_limits=False))


def build(url: str, var: Path, *, tasks: int, people: int) -> World:
    """Migrate the database and fill it: `tasks` open tasks of one project, `people` of each part."""
    migrate(url)
    app = application(url, var)
    with transaction(app.sessions) as session:
        project = make_project(session, budget_minor=BUDGET_MINOR, overlap=3, options={"why_min_words": 10})
        for number, start in enumerate(range(0, tasks, CHUNK), 1):
            _add(session, project, number, range(start, min(start + CHUNK, tasks)))
        world = World(
            url,
            var,
            project.slug,
            str(project.id),
            tuple(_expert(session, project.id) for _ in range(people)),
            tuple(_reviewer(session) for _ in range(people)),
        )
    app.sessions.kw["bind"].dispose()
    return world


def _add(session: Session, project: object, number: int, places: range) -> None:
    batch = Batch(
        project=project,
        number=number,
        file_name="bench.jsonl",
        task_count=len(places),
        state=BatchState.IN_PROGRESS,
    )
    session.add(batch)
    session.flush()
    rows = [
        {
            "id": ids.new_id(),
            "project_id": batch.project.id,
            "batch_id": batch.id,
            "external_id": f"task-{place}",
            "position": place,
            "task_type": "response_ranking",
            "type_version": 1,
            "payload": PAYLOAD,
            "payload_sha256": "0" * 64,
            "overlap": 3,
        }
        for place in places
    ]
    queue.add_tasks(session, rows, state=TaskState.AVAILABLE)
    queue.recount(session, batch.project.id)


def _expert(session: Session, project_id: object) -> str:
    user = make_user(session, roles=(Role.EXPERT,))
    expert = make_expert(session, user=user)
    make_engagement(session, expert=expert, project=projects.project(session, project_id))
    return identity.open_sign_in(session, user, device="bench").token


def _reviewer(session: Session) -> str:
    user = make_user(session, roles=(Role.REVIEWER,))
    return identity.open_sign_in(session, user, device="bench").token
