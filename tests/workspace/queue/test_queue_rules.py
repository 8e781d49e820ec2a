"""Every rule, satisfied or not while all others are: a claim succeeds exactly when every tick is green."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.policy import WORK
from marketplace.applications.models import Application, ApplicationState, Closed, Engagement, EngagementState
from marketplace.care import service as care
from marketplace.care.models import Exposure
from marketplace.companies.models import CompanyBlock
from marketplace.experts import queries as experts
from marketplace.experts.models import CredentialState, Expert
from marketplace.identity.models import UserState
from marketplace.kit import clock
from marketplace.kit.errors import Conflict
from marketplace.matching.queries import eligible
from marketplace.projects import service as projects
from marketplace.projects.models import Project
from marketplace.reputation import service as reputation
from tests.factories.applications import make_engagement
from tests.factories.companies import make_member
from tests.factories.experts import make_expert
from tests.factories.projects import CLAUSES, CONTENT_NOTE, make_project
from tests.factories.queue import claim, make_tasks
from tests.pages import Pages
from workspace.queue import service
from workspace.queue.models import Assignment, AssignmentState, Part, Task, TaskPart
from workspace.queue.queries import rules as sql


@dataclass
class World:
    """A job with every kind of condition, and somebody who meets them all."""

    session: Session
    project: Project
    expert: Expert
    engagement: Engagement


@pytest.fixture
def world(session: Session) -> World:
    project = make_project(
        session,
        tier="specialist",
        specialty="medicine",
        language="en",
        language_level="C1",
        excluded_countries=("DE",),
        content_classes=("violence",),
        content_note=CONTENT_NOTE,
        rules={"all": [{"fact": "approved_count", "op": "ge", "value": 1}]},
        quota=5,
    )
    make_tasks(session, project, 3)
    expert = make_expert(session, tier="specialist")
    care.choose(session, expert.user, ["violence"])
    reputation.count(session, expert.user_id, "rating", approved=True, first_time=True)
    session.flush()
    return World(session, project, expert, make_engagement(session, expert=expert, project=project))


def suspend(world: World) -> None:
    world.expert.user.state = UserState.SUSPENDED


def lose_credential(world: World) -> None:
    for one in experts.verified_of(world.session, world.expert.id):
        one.state = CredentialState.REVOKED


def raise_tier(world: World) -> None:
    world.project.tier, world.project.tier_rank = "licensed", 4


def speak_less(world: World) -> None:
    world.expert.languages = {"en": "B2"}


def move(world: World) -> None:
    world.expert.country = "DE"


def take_back_consent(world: World) -> None:
    care.choose(world.session, world.expert.user, [])


def have_worked_there(world: World) -> None:
    left = clock.database_now(world.session) - timedelta(days=30)
    make_member(world.session, world.project.company, user=world.expert.user, left_at=left)


def be_blocked(world: World) -> None:
    user = world.expert.user
    world.session.add(
        CompanyBlock(company=world.project.company, user_id=user.id, by_id=user.id, reason="Copied answers.")
    )


def miss_the_companys_rule(world: World) -> None:
    world.project.rules = {"all": [{"fact": "approved_count", "op": "ge", "value": 2}]}


def empty_the_budget(world: World) -> None:
    projects.defund(world.session, world.project)


def end_engagement(world: World) -> None:
    world.engagement.state = EngagementState.SUSPENDED


def change_the_guideline(world: World) -> None:
    owner = make_member(world.session, world.project.company).user
    projects.save_guideline(world.session, world.project, CLAUSES[:1], by=owner, publish_now=True)


def keep_old_terms(world: World) -> None:
    world.engagement.terms_version = "2019-01"


def lose_the_choice(world: World) -> None:
    failed = Application(
        expert=world.expert,
        project=world.project,
        closed_reason=Closed.NOT_CHOSEN.value,
        closed_at=clock.database_now(world.session) - timedelta(days=WORK.retry_days - 1),
    )
    failed.state = ApplicationState.CLOSED
    world.session.add(failed)


def have_seen_everything(world: World) -> None:
    for task_id in world.session.scalars(select(Task.id).where(Task.project_id == world.project.id)):
        world.session.add(TaskPart(task_id=task_id, user_id=world.expert.user_id, part=Part.REVIEWER))


def have_one_open(world: World) -> None:
    claim(world.session, world.expert, world.project)


def reach_the_quota(world: World) -> None:
    world.project.quota = 1
    hand_one_in(world)


def take_more_than_a_share(world: World) -> None:
    hand_one_in(world)
    other = make_expert(world.session, tier="specialist")
    care.choose(world.session, other.user, ["violence"])
    reputation.count(world.session, other.user_id, "rating", approved=True, first_time=True)
    waiting = make_engagement(world.session, expert=other, project=world.project)
    waiting.looked_at = clock.database_now(world.session)


def be_tired(world: World) -> None:
    now = clock.database_now(world.session)
    start = now - timedelta(minutes=WORK.exposure_stretch_minutes + 1)
    world.session.add(Exposure(user_id=world.expert.user_id, started_at=start, ended_at=now))


def hand_one_in(world: World) -> None:
    claim(world.session, world.expert, world.project).move(AssignmentState.SUBMITTED)
    world.session.flush()


# what makes a rule fail, and the rules that are red then: two of them cannot fail alone
SPOILED: list[tuple[Callable[[World], None], set[str]]] = [
    (suspend, {"user_active"}),
    (lose_credential, {"credential", "tier"}),
    (raise_tier, {"tier"}),
    (speak_less, {"language"}),
    (move, {"country"}),
    (take_back_consent, {"content"}),
    (have_worked_there, {"not_company"}),
    (be_blocked, {"not_blocked"}),
    (miss_the_companys_rule, {"company"}),
    (empty_the_budget, {"funded"}),
    (end_engagement, {"engagement", "terms"}),
    (change_the_guideline, {"terms"}),
    (keep_old_terms, {"terms"}),
    (lose_the_choice, {"retry"}),
    (have_seen_everything, {"not_seen"}),
    (have_one_open, {"one_at_a_time"}),
    (reach_the_quota, {"quota"}),
    (take_more_than_a_share, {"fair_share"}),
    (be_tired, {"exposure"}),
]


@pytest.fixture
def small_shares(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    rules = WORK.model_copy(update={"fair_share_floor": 0})
    for module in ("workspace.queue.queries.rules", "workspace.queue.service.rules"):
        monkeypatch.setattr(f"{module}.WORK", rules)
    forget_kept()
    yield
    forget_kept()


def forget_kept() -> None:
    """The numbers of a rule stand in the statements that are kept."""
    eligible._verdicts_of.cache_clear()
    sql._shares_of.cache_clear()


def ticks(world: World) -> dict[str, bool]:
    world.session.flush()
    found = service.admission(world.session, world.expert.user, world.expert, world.project)
    return {tick.rule: tick.passed for tick in found.rules}


def gets_a_task(world: World) -> bool:
    mine = select(Assignment.id).where(Assignment.user_id == world.expert.user_id)
    before = set(world.session.scalars(mine))
    try:
        with world.session.begin_nested():
            claim(world.session, world.expert, world.project)
    except (Conflict, AssertionError):  # the helper of tests says that there is no offer to accept
        return False
    return set(world.session.scalars(mine)) > before


def test_a_claim_succeeds_when_every_tick_is_green(world: World, small_shares: None) -> None:
    found = ticks(world)
    assert set().union(*(red for _, red in SPOILED)) == set(found), "a rule is in no row of the table"
    assert all(found.values())
    assert gets_a_task(world)


@pytest.mark.parametrize(("spoil", "red"), SPOILED, ids=[spoil.__name__ for spoil, _ in SPOILED])
def test_a_claim_fails_when_one_tick_is_red(
    world: World, small_shares: None, spoil: Callable[[World], None], red: set[str]
) -> None:
    spoil(world)
    found = ticks(world)
    assert {name for name, passed in found.items() if not passed} == red
    assert not gets_a_task(world)


def test_nobody_is_held_back_while_nobody_waits(world: World, small_shares: None) -> None:
    hand_one_in(world)
    assert ticks(world)["fair_share"]
    assert gets_a_task(world)


def test_who_came_long_ago_does_not_wait(world: World, small_shares: None) -> None:
    take_more_than_a_share(world)
    later = timedelta(minutes=WORK.fair_share_minutes + 1)
    with clock.shifted(later):
        assert ticks(world)["fair_share"]
        assert gets_a_task(world)


def test_who_may_not_do_the_job_does_not_hold_others_back(world: World, small_shares: None) -> None:
    take_more_than_a_share(world)
    for other in world.session.scalars(select(Expert).where(Expert.id != world.expert.id)):
        other.country = "DE"
    assert ticks(world)["fair_share"]
    assert gets_a_task(world)


def test_few_tasks_are_never_more_than_a_share(world: World) -> None:
    take_more_than_a_share(world)
    assert ticks(world)["fair_share"]
    assert gets_a_task(world)


def test_a_claim_is_what_makes_somebody_wait(world: World) -> None:
    assert world.engagement.looked_at is None
    claim(world.session, world.expert, world.project)
    assert world.engagement.looked_at is not None


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (keep_old_terms, ("The terms have a new version.", "Read and sign the new terms")),
        (have_seen_everything, ("No task is free for you here", "Find another job")),
        (have_one_open, ("You have another task of this project open.", "Go on with your task")),
        (reach_the_quota, ("The company lets each expert take one task.", "Find another job")),
        (take_more_than_a_share, ("others wait", "Find another job")),
        (be_tired, ("When it goes on", "No new task right now")),
    ],
)
def test_the_page_of_a_job_says_what_stops_a_claim(
    pages: Pages, world: World, small_shares: None, spoil: Callable[[World], None], said: tuple[str, str]
) -> None:
    words, offers = said
    slug, user = world.project.slug, world.expert.user
    pages.enter(user)
    page = pages.get("jobs.job", slug=slug)
    assert (words in page.text, "Start a task" in page.text) == (False, True)
    spoil(world)
    world.session.flush()
    page = pages.get("jobs.job", slug=slug)
    assert words in page.text
    assert (offers in page.text, "Start a task" in page.text) == (True, False), "no button that is refused"


def test_the_page_of_a_job_says_nothing_of_claims_to_others(pages: Pages, world: World) -> None:
    have_seen_everything(world)
    stranger = make_expert(world.session, tier="specialist")
    pages.enter(stranger.user)
    assert "No task is free" not in pages.get("jobs.job", slug=world.project.slug).text
