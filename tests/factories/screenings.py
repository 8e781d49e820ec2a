"""Screenings of every kind: keyed, graded, both; offered, started, handed in."""

import uuid
from typing import Any

from sqlalchemy.orm import Session

from marketplace.applications import queries, service
from marketplace.applications.models import Screening, ScreeningPlan, ScreeningVersion
from marketplace.applications.service import ItemText, Settings
from marketplace.experts.models import Expert
from marketplace.identity.models import Role, User
from marketplace.projects.models import Project
from tests.factories.applications import make_offer
from tests.factories.experts import make_expert
from tests.factories.identity import make_user
from tests.factories.projects import make_owner, make_project
from workspace.screenings import policy
from workspace.screenings import service as screenings
from workspace.screenings.policy import Verdict
from workspace.task_types import registry

PAY = 2_000
NOTE = "Every box holds the same word, and nothing of the prompt was read at all here."


def keyed_item() -> ItemText:
    """Rank two answers, of which the second is known to be better."""
    item = policy.read_item(
        {
            "prompt": "What is two and two?",
            "responses": [{"id": "wrong", "text": "Five."}, {"id": "right", "text": "Four."}],
            "why_min_words": 10,
            "gold": {"pairs": [["right", "wrong"]]},
            "explanation": "Two and two is four.",
        },
        task_type="response_ranking",
    )
    assert isinstance(item, ItemText), item
    return item


def graded_item() -> ItemText:
    """Write a golden response that a reviewer marks."""
    payload, _ = registry.get("golden_response").example()
    item = policy.read_item(
        {"task_type": "golden_response", "payload": payload, "rubric": "Names the risk and what to do."},
        task_type="response_ranking",
    )
    assert isinstance(item, ItemText), item
    return item


def right_answer(item: Any) -> dict[str, Any]:
    """What meets an item of these factories."""
    if item.task_type == "golden_response":
        return dict(registry.get("golden_response").example()[1])
    return _ranked("right", "wrong")


def wrong_answer(item: Any) -> dict[str, Any]:
    """What a key does not meet."""
    return _ranked("wrong", "right")


def _ranked(*order: str) -> dict[str, Any]:
    return {
        "groups": [[name] for name in order],
        "strengths": [2],
        "why": WHY,
        "reasons": ["more_complete"],
        "seen": ["right", "wrong"],
    }


WHY = "The better one is right because two and two is four, and the other one says five, which is wrong."


def make_screening_plan(
    session: Session,
    project: Project,
    *,
    keyed: int = 2,
    graded: int = 0,
    by: User | None = None,
    **terms: Any,
) -> ScreeningPlan:
    """A published plan the project asks for."""
    plan = service.plan_for(session, project=project)
    settings = Settings(**{"pay_minor": PAY, "limit_minutes": 30, **terms})
    draft = service.draft_of_plan(session, plan, settings)
    service.add_items(
        session, draft, [keyed_item() for _ in range(keyed)] + [graded_item() for _ in range(graded)]
    )
    service.publish_plan(session, draft, by=by or make_owner(session, project.company))
    session.flush()
    return plan


def make_screening(
    session: Session,
    *,
    project: Project | None = None,
    expert: Expert | None = None,
    started: bool = False,
    **plan: Any,
) -> Screening:
    """A screening offered to somebody who applied; started on request."""
    project, expert = project or make_project(session), expert or make_expert(session)
    if queries.plan_of_project(session, project.id) is None:
        make_screening_plan(session, project, **plan)
    application = make_offer(session, expert=expert, project=project)
    screening = queries.screening_for(session, application.id)
    assert screening is not None, application.rules
    if started:
        service.start_screening(session, screening, expert=expert)
        session.flush()
    return screening


def items_of(session: Session, screening: Screening) -> list[Any]:
    """The items of what is taken."""
    return list(queries.items(session, screening.version_id))


def answer_all(session: Session, screening: Screening, *, wrong: int = 0) -> None:
    """Answer every item, the first ones wrongly."""
    for number, item in enumerate(items_of(session, screening)):
        said = wrong_answer(item) if number < wrong else right_answer(item)
        screenings.save(session, screening, item.id, rev=0, answer=said)
    session.flush()


def make_grading(session: Session, **plan: Any) -> Screening:
    """A screening handed in complete, with one item for a reviewer."""
    screening = make_screening(session, started=True, **{"graded": 1, **plan})
    answer_all(session, screening)
    screenings.submit(session, screening)
    session.flush()
    return screening


def make_grader(session: Session) -> User:
    """A reviewer without a part in anything."""
    return make_user(session, roles=(Role.REVIEWER,))


def draw(session: Session, reviewer: User) -> uuid.UUID | None:
    """The next screening this reviewer is served."""
    return screenings.open_next(session, reviewer=reviewer)


def grade_all(session: Session, screening: Screening, reviewer: User, *, met: bool = True) -> bool:
    """Mark everything that waits in one way."""
    assert draw(session, reviewer) == screening.id
    marks = {
        item.id: Verdict(met, "It says what the rubric asks.")
        for item in screenings.to_grade(session, screening)
    }
    return screenings.grade(session, screening, reviewer=reviewer, marks=marks)


def refuse(session: Session, screening: Screening) -> tuple[User, User]:
    """Two reviewers find no effort, one after the other."""
    first, second = make_grader(session), make_grader(session)
    for reviewer in (first, second):
        assert draw(session, reviewer) == screening.id
        screenings.find_no_effort(session, screening, reviewer=reviewer, note=NOTE)
        session.flush()
    return first, second


def current(session: Session, plan: ScreeningPlan) -> ScreeningVersion:
    """The version candidates get."""
    version = queries.current_version(session, plan.id)
    assert version is not None
    return version


def expert_of(session: Session, screening: Screening) -> Expert:
    """Whose screening it is."""
    return session.get_one(Expert, screening.expert_id)


def user_of(session: Session, screening: Screening) -> User:
    """The same person as a User."""
    return session.get_one(User, screening.user_id)
