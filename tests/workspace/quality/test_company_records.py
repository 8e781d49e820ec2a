"""What past work says about a company: from enough decisions only, with honest intervals, for everybody to read."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from config.policy import WORK
from marketplace.applications import service as applications
from marketplace.experts.models import Expert
from marketplace.kit import clock
from marketplace.kit.application import Application
from marketplace.ledger import queries as ledger
from marketplace.outbox.service import Handlers, run_all
from marketplace.projects import queries as projects
from marketplace.projects.models import Project, ProjectState
from marketplace.reputation import queries as reputation
from marketplace.reputation.policy import ENOUGH
from tests.factories.appeals import appealed, make_judge
from tests.factories.appeals import judged as judged_appeal
from tests.factories.applications import make_offer
from tests.factories.bonuses import give_bonus
from tests.factories.projects import make_project
from tests.factories.queue import make_tasks
from tests.factories.reviews import decided as judged
from tests.factories.reviews import make_waiting
from tests.factories.submissions import make_submission
from tests.pages import Pages
from tests.properties import calm
from workspace.quality import queries, service
from workspace.quality.policy import companies
from workspace.quality.queries import Decision
from workspace.queue.models import TaskState
from workspace.reviews.models import Outcome, Verdict
from workspace.submissions.models import SubmissionState as S

DAY = 86_400


def decided(
    state: S, count: int, *, waited: int = DAY, active: int = 600, price: int = 1_000
) -> list[Decision]:
    return [Decision(state, waited, active, price)] * count


@calm
@given(st.integers(1, 5_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_holds_the_share_and_stays_a_share(case: tuple[int, int]) -> None:
    hits, n = case
    low, high = companies.wilson(hits, n)
    assert 0 <= low <= hits / n <= high <= 1
    assert high - low > 0


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"), [(0, 20, 0.0, 0.1611), (10, 20, 0.2993, 0.7007), (81, 263, 0.2553, 0.3662)]
)
def test_intervals_are_those_of_the_literature(hits: int, n: int, low: float, high: float) -> None:
    assert companies.wilson(hits, n) == (pytest.approx(low, abs=5e-4), pytest.approx(high, abs=5e-4))


def test_few_decisions_say_nothing() -> None:
    assert companies.figures(decided(S.APPROVED, ENOUGH - 1)) == {}
    assert set(companies.figures(decided(S.APPROVED, ENOUGH))) == {
        "review_seconds", "hourly_minor", "by_clock", "rejected", "excluded_paid",
    }  # fmt: skip


def test_every_figure_is_of_its_own_kind() -> None:
    found = companies.figures(
        decided(S.APPROVED, 30)
        + decided(S.AUTO_APPROVED, 10, waited=3 * DAY)
        + decided(S.FINAL_REJECTED, 15, active=60)
        + decided(S.APPROVED_ON_APPEAL, 5, waited=9 * DAY)
        + decided(S.EXCLUDED_PAID, 40)
    )
    assert found["by_clock"]["value"] == 1_000
    assert found["rejected"]["value"] == 1_500
    assert (found["overturned"]["n"], found["overturned"]["value"]) == (20, 2_500)
    assert found["excluded_paid"]["value"] == 4_000
    assert found["review_seconds"]["value"] == DAY, "an appeal's days are not the review's"
    assert found["hourly_minor"]["value"] == 6_000, "unpaid work has no pay"


@calm
@given(st.lists(st.integers(0, 10**7), min_size=ENOUGH, max_size=300))
def test_a_median_lies_in_its_interval(waits: list[int]) -> None:
    rows = [Decision(S.APPROVED, waited, 0, 1) for waited in waits]
    one = companies.figures(rows)["review_seconds"]
    assert one["low"] <= one["value"] + 1
    assert one["value"] <= one["high"] + 1


def test_a_night_counts_every_company_and_the_page_of_its_jobs_says_so(
    app: Application, pages: Pages, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    submission = make_submission(session)
    project = projects.lock(session, submission.project_id)
    page = pages.get("jobs.job", slug=project.slug).text
    assert f"Figures stand here once {ENOUGH} decisions are made." in page
    monkeypatch.setattr("workspace.quality.policy.companies.ENOUGH", 1)
    submission.state, submission.decided_at = S.AUTO_APPROVED, submission.submitted_at + timedelta(days=3)
    session.flush()
    for _ in range(2):
        service.count_companies(session, {})
        session.flush()
        run_all(app.sessions, app.extensions["assay"][Handlers])
    session.expire_all()
    record = reputation.company_record(session, project.company_id)
    assert record is not None
    assert record.counted_at <= clock.now()
    assert record.figures["review_seconds"]["value"] == 3 * DAY
    page = pages.get("jobs.job", slug=project.slug).text
    assert "Days to a decision" in page
    assert "3.0 (3.0 to 3.0)" in page
    assert "from 1 decisions" in page
    assert "never from opinions" in page


def test_applications_left_unanswered_are_counted_and_shown_from_enough_on(
    app: Application, session: Session, pages: Pages
) -> None:
    project = make_project(session, by_hand=True)
    for _ in range(ENOUGH):
        make_offer(session, project=project)
    session.flush()
    with clock.shifted(timedelta(days=WORK.answer_days, seconds=1)):
        applications.lapse_due(session, {})
    session.flush()
    service.count_companies(session, {})
    service.count_company(session, {"company_id": str(project.company_id)})
    session.flush()
    record = reputation.company_record(session, project.company_id)
    assert record is not None
    assert (record.figures["no_answer"]["n"], record.figures["no_answer"]["value"]) == (ENOUGH, 10_000)
    page = pages.get("jobs.job", slug=project.slug)
    assert "Applications left unanswered" in page.text
    assert "from 20 to answer by hand" in page.text
    assert companies.figures([], (ENOUGH - 1, 3)) == {}


def test_a_rejection_won_in_part_counts_as_overturned_at_what_it_paid(session: Session) -> None:
    judge = make_judge(session)
    won = judged_appeal(session, judge, appealed(session), outcome=Outcome.IN_PART, share=50)
    session.flush()
    project = session.get_one(Project, won.submission.project_id)
    (row,) = queries.decisions(session, project.company_id, at_most=10)
    price = won.submission.assignment.price_minor
    assert (row.state, row.overturned, row.price_minor) == (S.EXCLUDED_PAID, True, -(-price // 2))
    found = companies.figures([row] * ENOUGH)
    assert found["overturned"]["value"] == 10_000
    assert "review_seconds" not in found, "an appeal's days are not the review's"


def test_what_was_paid_and_what_ended_early_is_counted_from_the_books(session: Session) -> None:
    submission = make_waiting(session)
    review = judged(session, submission, Verdict.APPROVE)
    project = projects.lock(session, submission.project_id)
    pay = review.submission.assignment.price_minor
    assert ledger.paid_from(session, queries.projects_of(project.company_id), queries.PAY) == (1, pay), (
        "the reviewer is paid from the same place and is no expert here"
    )
    give_bonus(session, project, session.get_one(Expert, review.submission.assignment.expert_id))
    assert service._paid(session, project.company_id) == (1, pay + 2_000), (
        "a bonus is paid, and no piece of work"
    )
    stranger = make_project(session)
    assert ledger.paid_from(session, queries.projects_of(stranger.company_id), queries.PAY) == (0, 0)
    assert queries.tasks_of_ended(session, project.company_id) == (0, 0), "an open job is not over"
    for task in make_tasks(session, stranger, 3)[:2]:
        task.state = TaskState.WITHDRAWN
    stranger.state = ProjectState.CLOSED
    session.flush()
    assert queries.tasks_of_ended(session, stranger.company_id) == (3, 2)
    assert stranger.company_id in queries.companies_that_ended(session)


def test_figures_of_money_and_of_endings_stand_from_twenty_on() -> None:
    assert companies.figures([], paid=(ENOUGH - 1, 500), tasks=(ENOUGH - 1, 3)) == {}
    found = companies.figures([], paid=(ENOUGH, 41_500), tasks=(40, 10))
    assert found["paid"] == {"n": ENOUGH, "value": 41_500}
    assert (found["withdrawn"]["n"], found["withdrawn"]["value"]) == (40, 2_500)
