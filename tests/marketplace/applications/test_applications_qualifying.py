"""The rule `screening`: an application leads on exactly when its tick is green, whoever asks."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.applications import queries, service
from marketplace.applications.models import ApplicationState, Screening, ScreeningPlan
from marketplace.experts.models import Expert
from marketplace.kit import clock
from marketplace.matching.policy import RuleResult
from marketplace.projects import queries as projects
from marketplace.projects.models import Project
from marketplace.reputation.models import ScreeningScore
from tests.factories.applications import make_engagement
from tests.factories.experts import make_expert
from tests.factories.projects import make_owner, make_project
from tests.factories.screenings import answer_all, keyed_item
from workspace.screenings import service as taking

Prepare = Callable[[Session, Expert, Project, Project], None]


@pytest.fixture
def plan(session: Session) -> ScreeningPlan:
    """A published plan of a field: what was passed for one job counts for the other."""
    plan = service.plan_for(session, specialty="medicine")
    draft = service.draft_of_plan(session, plan, service.Settings(pay_minor=500, limit_minutes=30))
    service.add_items(session, draft, [keyed_item()])
    owner = make_owner(session, make_project(session).company)
    service.publish_plan(session, draft, by=owner)
    return plan


def ask(session: Session, plan: ScreeningPlan, *asking: Project) -> None:
    for project in asking:
        service.ask_for(session, project, plan, by=make_owner(session, project.company))
    session.flush()


def nothing(session: Session, expert: Expert, here: Project, there: Project) -> None:
    """A newcomer."""


def offered(session: Session, expert: Expert, project: Project) -> Screening:
    application = service.apply(session, expert=expert, project=project)
    screening = queries.screening_for(session, application.id)
    assert screening is not None, application.rules
    return screening


def take(session: Session, expert: Expert, project: Project, *, right: bool) -> ScreeningScore:
    screening = offered(session, expert, project)
    service.start_screening(session, screening, expert=expert)
    session.flush()
    answer_all(session, screening, wrong=0 if right else 1)
    taking.submit(session, screening)
    session.flush()
    return session.scalars(select(ScreeningScore).where(ScreeningScore.screening_id == screening.id)).one()


def passed(session: Session, expert: Expert, here: Project, there: Project) -> None:
    take(session, expert, there, right=True)


def pass_ran_out(session: Session, expert: Expert, here: Project, there: Project) -> None:
    take(session, expert, there, right=True).valid_until = clock.database_now(session) - timedelta(days=1)


def missed_lately(session: Session, expert: Expert, here: Project, there: Project) -> None:
    take(session, expert, there, right=False)


def missed_long_ago(session: Session, expert: Expert, here: Project, there: Project) -> None:
    take(session, expert, there, right=False).retry_at = clock.database_now(session) - timedelta(minutes=1)


def no_try_left(session: Session, expert: Expert, here: Project, there: Project) -> None:
    take(session, expert, there, right=False).retry_at = None


def missed_and_then_passed(session: Session, expert: Expert, here: Project, there: Project) -> None:
    score = take(session, expert, there, right=False)
    score.taken_at -= timedelta(days=9)
    score.retry_at = clock.database_now(session) - timedelta(days=2)
    session.flush()
    with clock.shifted(timedelta(days=8)):
        take(session, expert, there, right=True)


def open_elsewhere(session: Session, expert: Expert, here: Project, there: Project) -> None:
    offered(session, expert, there)


def joined_before(session: Session, expert: Expert, here: Project, there: Project) -> None:
    take(session, expert, there, right=False)
    make_engagement(session, expert=expert, project=here)


STANDINGS = [
    (nothing, True, "A paid one comes before the offer."),
    (passed, True, "You have passed it."),
    (pass_ran_out, True, "A paid one comes before the offer."),
    (missed_lately, False, "You can try this screening again from"),
    (missed_long_ago, True, "A paid one comes before the offer."),
    (no_try_left, False, "You have used every try"),
    (missed_and_then_passed, True, "You have passed it."),
    (open_elsewhere, False, "Finish it first"),
]


@pytest.mark.parametrize(("prepare", "allowed", "words"), STANDINGS)
def test_an_application_leads_on_exactly_when_the_tick_is_green(
    session: Session, plan: ScreeningPlan, prepare: Prepare, allowed: bool, words: str
) -> None:
    here, there = (make_project(session, specialty="medicine") for _ in range(2))
    ask(session, plan, here, there)
    expert = make_expert(session, tier="specialist")
    prepare(session, expert, here, there)
    session.flush()
    tick = _tick(session, expert, here)
    assert (tick.passed, words in tick.reason) == (allowed, True), tick
    application = service.apply(session, expert=expert, project=here)
    assert (application.state is not ApplicationState.CLOSED) is allowed, application.rules


def test_a_job_without_a_screening_says_so(session: Session) -> None:
    tick = _tick(session, make_expert(session), make_project(session))
    assert (tick.passed, tick.reason) == (True, "This job asks for none.")


def test_whoever_joined_before_is_not_asked_again(session: Session, plan: ScreeningPlan) -> None:
    here, there = (make_project(session, specialty="medicine") for _ in range(2))
    expert = make_expert(session, tier="specialist")
    ask(session, plan, there)
    joined_before(session, expert, here, there)
    ask(session, plan, here)
    tick = _tick(session, expert, here)
    assert (tick.passed, tick.reason) == (True, "You joined before it was asked for.")


def test_the_tick_leads_to_the_screening_that_is_open(session: Session, plan: ScreeningPlan) -> None:
    here, there = (make_project(session, specialty="medicine") for _ in range(2))
    ask(session, plan, here, there)
    expert = make_expert(session, tier="specialist")
    screening = offered(session, expert, there)
    tick = _tick(session, expert, here)
    assert tick.fix is not None
    assert tick.fix.href == f"/screenings/{screening.id}"
    assert _tick(session, expert, there).passed, "the one that is open here stands in nobody's way"


def _tick(session: Session, expert: Expert, project: Project) -> RuleResult:
    version = projects.current_guideline(session, project.id)
    standing = service.standing(session, user=expert.user, expert=expert, project=project, version=version)
    return next(result for result in standing.eligibility.rules if result.rule == "screening")
