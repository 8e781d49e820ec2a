"""What to expect of a job: computed from the queue and the people there, in words when too few know."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from config.policy import WORK
from marketplace.kit import clock
from marketplace.projects.models import Project
from tests.factories.applications import make_engagement
from tests.factories.experts import make_expert
from tests.factories.projects import make_project
from tests.factories.queue import claim, make_tasks
from tests.pages import Pages
from tests.properties import calm
from workspace.queue import policy, service
from workspace.queue.models import AssignmentState
from workspace.queue.policy import Forecast
from workspace.queue.queries import Pace

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
PEOPLE = WORK.forecast_people


def said(paces: list[Pace], **values: int) -> Forecast:
    return policy.forecast(**{"tasks": 41, "opinions": 400, "others": 9, **values}, paces=paces, now=NOW)


def steady(*counts: int, weeks: int = 2) -> list[Pace]:
    return [Pace(count * weeks, NOW - timedelta(weeks=weeks)) for count in counts]


def test_the_sentence_of_the_page() -> None:
    found = said(steady(2, 3, 4, 6, 9))
    assert found.sentence == "41 tasks fit you, 9 others qualified, expect 3 to 6 a week."


def test_whoever_began_yesterday_has_one_week_not_seven() -> None:
    found = said([Pace(4, NOW - timedelta(days=1))] * PEOPLE)
    assert (found.low, found.high) == (4, 4)
    assert found.sentence.endswith("expect about 4 a week.")


def test_an_even_share_of_what_is_left_is_the_most() -> None:
    assert said(steady(20, 20, 20, 20, 20), opinions=25).high == 3
    assert said(steady(20, 20, 20, 20, 20), tasks=2).high == 2


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"tasks": 0}, "No task is free for you at the moment."),
        ({"others": 4}, "41 tasks fit you, fewer than 5 others qualified, expect 3 to 6 a week."),
        ({"tasks": 1, "others": 4}, "1 task fits you, fewer than 5 others qualified, expect about 1 a week."),
        ({"tasks": 1_000}, "1,000 or more tasks fit you, 9 others qualified, expect 3 to 6 a week."),
    ],
)
def test_edges_are_said_in_words(values: dict[str, int], sentence: str) -> None:
    assert said(steady(2, 3, 4, 6, 9), **values).sentence == sentence


def test_a_few_peoples_habits_are_no_forecast() -> None:
    found = said(steady(*[3] * (PEOPLE - 1)))
    assert (found.low, found.high) == (None, None)
    assert found.sentence == (
        "41 tasks fit you, 9 others qualified. Too few people have worked here lately to say how many a week."
    )


@calm
@given(
    st.lists(st.tuples(st.integers(1, 500), st.integers(0, 28)), max_size=40),
    st.integers(0, 1_000),
    st.integers(0, 3_000),
    st.integers(0, 200),
)
def test_a_range_is_a_range_and_never_more_than_there_is(
    people: list[tuple[int, int]], tasks: int, opinions: int, others: int
) -> None:
    paces = [Pace(count, NOW - timedelta(days=days)) for count, days in people]
    found = said(paces, tasks=tasks, opinions=opinions, others=others)
    assert (found.low is None) == (found.high is None)
    if found.low is not None and found.high is not None:
        assert 0 <= found.low <= found.high <= tasks
        assert len(paces) >= PEOPLE
    assert "None" not in found.sentence


def worked(session: Session, project: Project, people: int) -> None:
    """So many people who each handed in one task."""
    for _ in range(people):
        assignment = claim(session, make_expert(session), project)
        assignment.state = AssignmentState.SUBMITTED
        session.flush()


def test_it_is_counted_from_the_queue(session: Session) -> None:
    project = make_project(session, overlap=1)
    make_tasks(session, project, 12)
    worked(session, project, 3)
    expert = make_expert(session)
    found = service.forecast(session, expert, project, funded=9)
    assert (found.tasks, found.others, found.high) == (9, 3, None)
    assert service.forecast(session, expert, project, funded=4).tasks == 4
    skipped = claim(session, expert, project)
    assert service.forecast(session, expert, project, funded=100).tasks == 8
    skipped.state, skipped.end_reason = AssignmentState.RELEASED, "too_long"
    session.flush()
    assert service.forecast(session, expert, project, funded=100).tasks == 8


def test_people_who_have_not_come_for_a_week_do_not_count(session: Session) -> None:
    project = make_project(session)
    make_tasks(session, project, 3)
    engagement = make_engagement(session, project=project)
    engagement.looked_at = clock.database_now(session) - timedelta(days=7, minutes=1)
    session.flush()
    expert = make_expert(session)
    assert service.forecast(session, expert, project, funded=9).others == 0
    engagement.looked_at = clock.database_now(session) - timedelta(days=6)
    session.flush()
    assert service.forecast(session, expert, project, funded=9).others == 1
    assert service.forecast(session, engagement.expert, project, funded=9).others == 0


def test_a_companys_number_for_one_expert_is_the_most(session: Session) -> None:
    project = make_project(session, quota=2, overlap=1)
    make_tasks(session, project, 8)
    expert = make_expert(session)
    assert service.forecast(session, expert, project, funded=99).tasks == 2
    claim(session, expert, project)
    assert service.forecast(session, expert, project, funded=99).tasks == 1


def test_the_jobs_page_says_it_to_whoever_fits(
    session: Session, pages: Pages, statements: Callable[[], int]
) -> None:
    project = make_project(session, overlap=1)
    make_tasks(session, project, 20)
    slug = project.slug
    assert "What to expect" not in pages.get("jobs.job", slug=slug).text
    unfit = make_expert(session, country="")
    assert "What to expect" not in pages.enter(unfit.user, "expert").get("jobs.job", slug=slug).text
    pages.enter(make_expert(session).user, "expert")
    page = pages.get("jobs.job", slug=slug)
    assert "20 tasks fit you, fewer than 5 others qualified. Too few people" in page.text
    statements()
    pages.get("jobs.job", slug=slug)
    before = statements()
    worked(session, project, 6)
    statements()
    page = pages.get("jobs.job", slug=slug)
    assert "14 tasks fit you, 6 others qualified, expect about 1 a week." in page.text
    assert statements() == before
