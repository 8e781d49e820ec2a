"""Two at once: one effect, on real commits."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.applications import queries as applications
from marketplace.applications import service as applying
from marketplace.applications.models import Screening, ScreeningState
from marketplace.experts.models import Expert
from marketplace.kit import clock
from marketplace.kit.database import Sessions, transaction
from marketplace.projects import queries as projects
from tests.factories.experts import make_expert
from tests.factories.projects import make_project
from tests.factories.screenings import (
    answer_all,
    draw,
    make_grader,
    make_grading,
    make_screening,
    make_screening_plan,
)
from tests.workspace.queue.test_queue_races import at_once
from workspace.reviews import queries as books
from workspace.screenings import queries, service
from workspace.screenings.models import ScreeningDraw

THREADS = 8


def begun(clean: Sessions, **how: object) -> Screening:
    with transaction(clean) as session:
        screening = make_screening(session, **how)
        if screening.state is ScreeningState.STARTED:
            answer_all(session, screening)
        return screening


def ended(clean: Sessions, screening: Screening) -> Screening:
    """As it stands, the books in order."""
    with transaction(clean, write=False) as session:
        assert books.broken(session) + queries.broken(session) == []
        return session.get_one(Screening, screening.id)


def verb(screening: Screening, act: Callable[[Session, Screening], object]) -> Callable[[Session], str]:
    def run(session: Session) -> str:
        found = applications.screening(session, screening.id)
        assert found is not None
        act(session, found)
        return "done"

    return run


def start(session: Session, screening: Screening) -> object:
    return applying.start_screening(session, screening, expert=session.get_one(Expert, screening.expert_id))


def decline(session: Session, screening: Screening) -> object:
    return applying.decline_screening(session, screening, expert=session.get_one(Expert, screening.expert_id))


def lapse(session: Session, screening: Screening) -> object:
    return service.settle(session, screening.id)


def test_many_starts_are_one(clean: Sessions) -> None:
    screening = begun(clean)
    assert at_once(clean, [verb(screening, start)] * THREADS) == {"done": THREADS}
    assert ended(clean, screening).state is ScreeningState.STARTED


def test_many_submits_are_paid_once(clean: Sessions) -> None:
    screening = begun(clean, started=True)
    assert at_once(clean, [verb(screening, service.submit)] * THREADS) == {"done": THREADS}
    assert ended(clean, screening).state is ScreeningState.PASSED


def test_a_start_and_a_decline_have_one_winner(clean: Sessions) -> None:
    screening = begun(clean)
    said = at_once(clean, [verb(screening, start), verb(screening, decline)] * 2)
    state = ended(clean, screening).state
    assert state in {ScreeningState.STARTED, ScreeningState.RELEASED}
    assert said["Conflict"] >= 1


def test_a_start_after_the_last_moment_never_wins_against_the_clock(clean: Sessions) -> None:
    screening = begun(clean)
    with clock.shifted(timedelta(days=8)):
        said = at_once(clean, [verb(screening, start), verb(screening, lapse)] * 3)
    assert said["Conflict"] == 3
    assert ended(clean, screening).state is ScreeningState.RELEASED


def test_a_submit_and_the_time_limit_hand_in_once(clean: Sessions) -> None:
    screening = begun(clean, started=True)
    with clock.shifted(timedelta(minutes=31)):
        at_once(clean, [verb(screening, service.submit), verb(screening, lapse)] * 3)
    done = ended(clean, screening)
    assert (done.state, done.by_deadline) == (ScreeningState.PASSED, True)


def test_one_screening_is_drawn_by_one_reviewer(clean: Sessions) -> None:
    with transaction(clean) as session:
        make_grading(session)
        graders = [make_grader(session) for _ in range(4)]
    at_once(clean, [lambda session, who=who: str(draw(session, who) is not None) for who in graders])
    with transaction(clean, write=False) as session:
        assert session.scalar(select(func.count()).select_from(ScreeningDraw)) == 1


def test_a_budget_for_one_screening_offers_one(clean: Sessions) -> None:
    with transaction(clean) as session:
        project = make_project(session, budget_minor=3_000)
        make_screening_plan(session, project)
        experts = [make_expert(session).id for _ in range(4)]

    def apply_as(expert_id: object) -> Callable[[Session], str]:
        def run(session: Session) -> str:
            expert, found = session.get_one(Expert, expert_id), projects.project(session, project.id)
            assert found is not None
            return applying.apply(session, expert=expert, project=found).state.value

        return run

    said = at_once(clean, [apply_as(each) for each in experts])
    assert (said["in_screening"], said["ScreeningNotNow"]) == (1, 3)
