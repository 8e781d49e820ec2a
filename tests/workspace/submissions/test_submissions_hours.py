"""The hours a week somebody wishes for are a word on a job's page and never a rule."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from marketplace.experts.policy import hours_reached
from marketplace.kit import clock
from tests.factories.queue import make_assignment
from tests.pages import Pages
from workspace.queue.models import Assignment
from workspace.submissions import queries
from workspace.submissions.models import TimeEntry

WORDS = "Your hours of the week"


@pytest.fixture
def assignment(session: Session) -> Assignment:
    return make_assignment(session)


def work(session: Session, assignment: Assignment, *, hours: float, days_ago: float = 1) -> None:
    start = clock.database_now(session) - timedelta(days=days_ago)
    end = start + timedelta(hours=hours)
    session.add(TimeEntry(assignment=assignment, started_at=start, ended_at=end))
    session.flush()


@pytest.mark.parametrize(
    ("wished", "worked", "said"),
    [(0, 50, False), (10, 9.99, False), (10, 10, True), (1, 1.5, True)],
)
def test_a_word_is_said_from_the_wished_hours_on(wished: int, worked: float, said: bool) -> None:
    assert bool(hours_reached(wished, timedelta(hours=worked))) is said


def test_it_says_how_long_and_that_nothing_is_blocked() -> None:
    words = hours_reached(1, timedelta(hours=1, minutes=35))
    assert "one hour a week" in words
    assert "1 h 35 min" in words
    assert "you can go on" in words


def test_time_is_counted_over_all_projects_of_one_person(session: Session, assignment: Assignment) -> None:
    expert, since = assignment.expert, clock.database_now(session) - timedelta(days=7)
    assert queries.worked_since(session, expert.user_id, since) == timedelta()
    work(session, assignment, hours=2)
    work(session, make_assignment(session, expert=expert), hours=3)
    work(session, make_assignment(session), hours=4)
    work(session, assignment, hours=5, days_ago=8)
    assert queries.worked_since(session, expert.user_id, since) == timedelta(hours=5)


def test_the_page_of_a_job_says_so_and_work_goes_on(
    session: Session, pages: Pages, assignment: Assignment
) -> None:
    slug, expert = assignment.project.slug, assignment.expert
    expert.weekly_hours = 2
    work(session, assignment, hours=1.5)
    pages.enter(expert.user)
    assert WORDS not in pages.get("jobs.job", slug=slug).text
    work(session, assignment, hours=0.5, days_ago=2)
    page = pages.get("jobs.job", slug=slug)
    assert WORDS in page.text
    assert "Go on with your task" in page.text
