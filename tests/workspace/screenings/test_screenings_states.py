"""The table of domain.md 3.3, move by move: who, the state after it, the money, the application."""

from datetime import timedelta

import pytest

from config.policy import WORK
from marketplace.applications import queries as applications
from marketplace.applications import service as applying
from marketplace.applications.errors import ScreeningNotNow
from marketplace.applications.models import (
    SCREENING_MOVES,
    UNFINISHED,
    ApplicationState,
    ScreeningState,
)
from marketplace.experts.models import ExpertSpecialty
from marketplace.kit import clock
from marketplace.kit.errors import Conflict, Invalid, NotFound
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import PLATFORM, Kind
from marketplace.projects import service as projects
from marketplace.reputation import queries as reputation
from tests.factories.experts import make_expert
from tests.factories.identity import make_user
from tests.factories.projects import DEFAULT_BUDGET_MINOR, make_owner, make_project
from tests.factories.screenings import (
    NOTE,
    PAY,
    answer_all,
    draw,
    expert_of,
    grade_all,
    keyed_item,
    make_grader,
    make_grading,
    make_screening,
    make_screening_plan,
    refuse,
    user_of,
)
from workspace.reviews import queries as books
from workspace.screenings import queries, service
from workspace.screenings.errors import AppealOver, NotInHand, TimeOver

S, FEE, REVIEW = ScreeningState, PAY // 5, PAY // 5
STATEMENT = "I read each source, and my answers are short because the questions are short."


def money(session, screening):
    """Budget, reserved, pending of the candidate."""
    session.flush()
    project, user = screening.project_id, screening.user_id
    return (
        ledger.balance(session, Kind.PROJECT_BUDGET, project) - DEFAULT_BUDGET_MINOR,
        ledger.balance(session, Kind.PROJECT_RESERVED, project),
        ledger.balance(session, Kind.EXPERT_PENDING, user),
    )


def sound(session):
    """No invariant of the books is broken."""
    session.flush()
    assert books.broken(session) + queries.broken(session) == []


def application_of(session, screening):
    return applications.for_expert(session, screening.expert_id, screening.application_id)


def test_every_state_that_holds_money_has_a_way_out():
    assert {state for state, ways in SCREENING_MOVES.items() if not ways} == set(S) - UNFINISHED


def test_an_offer_reserves_pay_and_fee(session):
    screening = make_screening(session)
    assert screening.state is S.OFFERED
    assert money(session, screening) == (-(PAY + FEE), PAY + FEE, 0)
    assert application_of(session, screening).state is ApplicationState.IN_SCREENING
    sound(session)


def test_an_offer_with_a_graded_part_reserves_one_review_fee_more(session):
    screening = make_screening(session, graded=1)
    assert money(session, screening)[1] == PAY + FEE + REVIEW
    sound(session)


def test_an_empty_budget_offers_nothing_and_says_so(session):
    project = make_project(session, budget_minor=PAY)
    make_screening_plan(session, project)
    with pytest.raises(ScreeningNotNow, match="budget"):
        applying.apply(session, expert=make_expert(session), project=project)


def test_a_start_runs_the_clock_once(session):
    screening = make_screening(session, started=True)
    first = screening.due_at
    with clock.shifted(timedelta(minutes=1)):
        applying.start_screening(session, screening, expert=expert_of(session, screening))
    assert (screening.state, screening.due_at) == (S.STARTED, first)
    assert first - screening.started_at == timedelta(minutes=30, seconds=WORK.screening_grace_seconds)


def test_declining_gives_everything_back(session):
    screening = make_screening(session, graded=1)
    applying.decline_screening(session, screening, expert=expert_of(session, screening))
    assert screening.state is S.RELEASED
    assert money(session, screening) == (0, 0, 0)
    assert application_of(session, screening).closed_reason == "screening_declined"
    sound(session)


def test_somebody_else_can_neither_start_nor_decline(session):
    screening = make_screening(session)
    for verb in (applying.start_screening, applying.decline_screening):
        with pytest.raises(NotFound):
            verb(session, screening, expert=make_expert(session))


def test_what_is_started_cannot_be_declined(session):
    screening = make_screening(session, started=True)
    with pytest.raises(Conflict):
        applying.decline_screening(session, screening, expert=expert_of(session, screening))
    assert money(session, screening)[1] == PAY + FEE


def test_an_offer_lapses_after_seven_days(session):
    screening = make_screening(session)
    with clock.shifted(timedelta(days=WORK.screening_offer_days, seconds=-5)):
        service.settle(session, screening.id)
        assert screening.state is S.OFFERED
    with clock.shifted(timedelta(days=WORK.screening_offer_days, seconds=5)):
        with pytest.raises(Conflict, match="over"):
            applying.start_screening(session, screening, expert=expert_of(session, screening))
        service.settle(session, screening.id)
    assert (screening.state, screening.end_reason) == (S.RELEASED, "screening_lapsed")
    assert money(session, screening) == (0, 0, 0)


def test_applying_again_settles_a_lapsed_offer_first(session):
    screening = make_screening(session)
    with clock.shifted(timedelta(days=8)):
        application = applying.apply(session, expert=expert_of(session, screening), project=screening.project)
        again = applications.screening_for(session, application.id)
    assert (screening.state, again.state) == (S.RELEASED, S.OFFERED)
    sound(session)


def test_withdrawing_releases_what_is_untouched_and_leaves_what_is_started(session):
    untouched, started = make_screening(session), make_screening(session, started=True)
    for screening in (untouched, started):
        applying.withdraw(session, application_of(session, screening), expert=expert_of(session, screening))
    assert (untouched.state, started.state) == (S.RELEASED, S.STARTED)
    answer_all(session, started)
    service.submit(session, started)
    assert started.state is S.PASSED
    assert application_of(session, started).closed_reason == "withdrawn"
    assert money(session, started)[2] == PAY
    sound(session)


def test_the_end_of_a_project_releases_offers_and_waits_for_the_others(session):
    project = make_project(session)
    offered = make_screening(session, project=project)
    started = make_screening(session, project=project, started=True)
    projects.finish(session, project, by=None)
    session.flush()
    assert (offered.state, started.state) == (S.RELEASED, S.STARTED)
    assert applications.has_unfinished(session, project.id)
    answer_all(session, started)
    service.submit(session, started)
    session.flush()
    assert not applications.has_unfinished(session, project.id)
    sound(session)


def test_keys_decide_at_once_and_a_pass_becomes_an_offer(session):
    screening = make_screening(session, started=True)
    answer_all(session, screening)
    service.submit(session, screening)
    assert (screening.state, screening.score_bps) == (S.PASSED, 10_000)
    assert money(session, screening) == (-(PAY + FEE), 0, PAY)
    application = application_of(session, screening)
    assert application.state is ApplicationState.OFFERED
    plan = screening.version.plan_id
    now = clock.database_now(session)
    assert reputation.valid_pass(session, screening.user_id, plan, now) is not None
    assert applications.certificate_for(session, screening.id) is not None
    sound(session)


def test_a_miss_is_paid_all_the_same(session):
    screening = make_screening(session, started=True)
    answer_all(session, screening, wrong=1)
    service.submit(session, screening)
    assert (screening.state, screening.score_bps) == (S.FAILED, 5_000)
    assert money(session, screening) == (-(PAY + FEE), 0, PAY)
    assert application_of(session, screening).closed_reason == "not_passed"
    assert applications.certificate_for(session, screening.id) is None
    sound(session)


def test_the_time_limit_hands_in_what_is_there(session):
    screening = make_screening(session, started=True)
    answer_all(session, screening)
    with clock.shifted(timedelta(minutes=31)):
        with pytest.raises(TimeOver):
            service.submit(session, screening)
        service.settle(session, screening.id)
    assert (screening.state, screening.by_deadline) == (S.PASSED, True)


def test_nothing_written_is_handed_in_too_and_paid(session):
    screening = make_screening(session, started=True, graded=1)
    with clock.shifted(timedelta(minutes=31)):
        service.settle(session, screening.id)
    assert (screening.state, screening.score_bps) == (S.FAILED, 0)
    assert money(session, screening) == (-(PAY + FEE), 0, PAY)
    sound(session)


@pytest.mark.parametrize(("met", "state"), [(True, S.PASSED), (False, S.FAILED)])
def test_a_reviewer_grades_and_both_are_paid(session, met, state):
    screening, reviewer = make_grading(session, keyed=1), make_grader(session)
    assert screening.state is S.GRADING
    assert grade_all(session, screening, reviewer, met=met) is met
    assert screening.state is state
    assert money(session, screening) == (-(PAY + FEE + REVIEW), 0, PAY)
    assert ledger.balance(session, Kind.EXPERT_PENDING, reviewer.id) == REVIEW
    sound(session)


@pytest.mark.parametrize(("keyed", "wrong", "state"), [(1, 0, S.PASSED), (1, 1, S.FAILED), (0, 0, S.PASSED)])
def test_five_days_ungraded_and_the_key_decides_alone_or_it_is_passed(session, keyed, wrong, state):
    screening = make_screening(session, started=True, keyed=keyed, graded=1)
    answer_all(session, screening, wrong=wrong)
    service.submit(session, screening)
    with clock.shifted(timedelta(days=WORK.screening_grade_days, seconds=5)):
        service.settle(session, screening.id)
    assert screening.state is state
    assert money(session, screening) == (-(PAY + FEE), 0, PAY)
    sound(session)


def test_one_reviewer_alone_refuses_nothing(session):
    screening, reviewer = make_grading(session), make_grader(session)
    assert draw(session, reviewer) == screening.id
    assert not service.find_no_effort(session, screening, reviewer=reviewer, note=NOTE)
    assert screening.state is S.GRADING
    sound(session)
    assert draw(session, reviewer) is None, "the same person twice is not two people"
    assert grade_all(session, screening, make_grader(session))
    assert money(session, screening) == (-(PAY + FEE + REVIEW), 0, PAY)
    sound(session)


def test_no_effort_needs_words(session):
    screening, reviewer = make_grading(session), make_grader(session)
    draw(session, reviewer)
    with pytest.raises(Invalid, match="12 words"):
        service.find_no_effort(session, screening, reviewer=reviewer, note="lazy")


def test_a_refusal_keeps_the_pay_reserved(session):
    screening = make_grading(session)
    first, second = refuse(session, screening)
    assert screening.state is S.REFUSED
    assert money(session, screening) == (-(PAY + FEE + REVIEW), PAY + FEE, 0)
    fees = [ledger.balance(session, Kind.EXPERT_PENDING, each.id) for each in (first, second)]
    assert fees == [REVIEW, REVIEW]
    assert ledger.balance(session, Kind.PLATFORM_REVENUE, PLATFORM) == -REVIEW, (
        "the platform pays the second look"
    )
    assert application_of(session, screening).state is ApplicationState.CLOSED
    sound(session)


def test_seven_days_without_appeal_leave_it_unpaid(session):
    screening = make_grading(session)
    refuse(session, screening)
    with clock.shifted(timedelta(days=WORK.appeal_days, seconds=5)):
        with pytest.raises(AppealOver):
            service.appeal(session, screening, user=user_of(session, screening), statement=STATEMENT)
        service.settle(session, screening.id)
    assert screening.state is S.UNPAID
    assert money(session, screening) == (-REVIEW, 0, 0)
    sound(session)


@pytest.mark.parametrize(("won", "state", "pay"), [(True, S.FAILED, PAY), (False, S.UNPAID, 0)])
def test_an_appeal_is_decided_by_somebody_else(session, won, state, pay):
    screening, judge = make_grading(session), make_user(session, roles=("ops",))
    refuse(session, screening)
    opened = service.appeal(session, screening, user=user_of(session, screening), statement=STATEMENT)
    session.flush()
    service.decide_appeal(session, opened, by=judge, won=won, reasons=NOTE)
    assert (screening.state, money(session, screening)[2]) == (state, pay)
    assert ledger.balance(session, Kind.EXPERT_PENDING, judge.id) == REVIEW
    assert money(session, screening)[1] == 0
    sound(session)


def test_a_grader_cannot_decide_the_appeal(session):
    screening = make_grading(session)
    first, _ = refuse(session, screening)
    opened = service.appeal(session, screening, user=user_of(session, screening), statement=STATEMENT)
    session.flush()
    with pytest.raises(NotFound):
        service.decide_appeal(session, opened, by=first, won=False, reasons=NOTE)


def test_a_late_decision_is_for_the_expert(session):
    screening = make_grading(session)
    refuse(session, screening)
    service.appeal(session, screening, user=user_of(session, screening), statement=STATEMENT)
    session.flush()
    with clock.shifted(timedelta(days=WORK.screening_decide_days, seconds=5)):
        service.settle(session, screening.id)
    assert (screening.state, money(session, screening)[2]) == (S.FAILED, PAY)
    sound(session)


def test_an_appeal_can_be_taken_back(session):
    screening = make_grading(session)
    refuse(session, screening)
    service.appeal(session, screening, user=user_of(session, screening), statement=STATEMENT)
    session.flush()
    service.withdraw_appeal(session, screening, user=user_of(session, screening))
    assert (screening.state, money(session, screening)) == (S.UNPAID, (-REVIEW, 0, 0))
    sound(session)


def test_nobody_grades_their_own_or_that_of_their_company(session):
    screening = make_grading(session)
    assert draw(session, user_of(session, screening)) is None
    assert draw(session, make_owner(session, screening.project.company)) is None


def test_two_reviewers_are_not_served_the_same(session):
    screening = make_grading(session)
    first, second = make_grader(session), make_grader(session)
    assert (draw(session, first), draw(session, second)) == (screening.id, None)
    with pytest.raises(NotInHand):
        service.step_aside(session, screening, reviewer=second, reason="outside_my_field")
    service.step_aside(session, screening, reviewer=first, reason="outside_my_field")
    assert (draw(session, first), draw(session, second)) == (None, screening.id)


def test_trying_again_waits_seven_days_and_ends_after_three(session):
    project, expert = make_project(session), make_expert(session)
    make_screening_plan(session, project)
    moment = timedelta(0)
    for number in (1, 2, 3):
        with clock.shifted(moment):
            screening = make_screening(session, project=project, expert=expert, started=True)
            service.submit(session, screening)
            session.flush()
            assert screening.state is S.FAILED
            again = applying.apply(session, expert=expert, project=project)
            said = {rule["rule"]: rule["reason"] for rule in again.rules["rules"] if not rule["passed"]}
            assert again.closed_reason == "ineligible"
            assert list(said) == ["screening"], "said once"
            assert ("every try" if number == 3 else "again from") in said["screening"]
            session.flush()
        moment += timedelta(days=WORK.retry_days, minutes=1)


def test_the_days_and_tries_of_the_screening_itself_count(session):
    """Not those of the house: a plan that is older than a change of the house keeps what it says."""
    project, expert = make_project(session), make_expert(session)
    plan = make_screening_plan(session, project)
    draft = applying.draft_of_plan(session, plan, applying.Settings(pay_minor=600, limit_minutes=30))
    draft.cool_down_days, draft.tries = 2, 2
    applying.publish_plan(session, draft, by=make_owner(session, project.company))
    session.flush()
    for days in (0, 3):
        with clock.shifted(timedelta(days=days)):
            screening = make_screening(session, project=project, expert=expert, started=True)
            service.submit(session, screening)
            session.flush()
            assert screening.state is S.FAILED
    with clock.shifted(timedelta(days=60)):
        again = applying.apply(session, expert=expert, project=project)
    assert again.closed_reason == "ineligible"


def test_a_started_screening_keeps_its_version(session):
    screening = make_screening(session, started=True)
    plan, old = screening.version.plan, screening.version
    draft = applying.draft_of_plan(session, plan, applying.Settings(pay_minor=1, limit_minutes=1))
    applying.set_terms(session, draft, applying.Settings(pay_minor=9_000, limit_minutes=5))
    applying.publish_plan(session, draft, by=make_owner(session, screening.project.company))
    session.flush()
    assert screening.version_id == old.id
    assert applications.current_version(session, plan.id).number == 2
    assert len(applications.items(session, draft.id)) == 2, (
        "a new version begins with the items of the one before"
    )
    later = make_screening(session, project=screening.project)
    assert (later.version_id, later.pay_minor) == (draft.id, 9_000)


def test_a_valid_pass_of_the_field_opens_every_project_that_asks_for_it(session):
    first, second = make_project(session, specialty="medicine"), make_project(session, specialty="medicine")
    plan = make_screening_plan(session, first)
    specialty = applying.plan_for(session, specialty="medicine")
    by = make_user(session, roles=("ops",))
    draft = applying.draft_of_plan(session, specialty, applying.Settings(pay_minor=PAY, limit_minutes=30))
    applying.add_items(session, draft, [keyed_item()])
    applying.publish_plan(session, draft, by=by)
    for project in (first, second):
        applying.ask_for(session, project, specialty, by=by)
    with pytest.raises(NotFound):
        applying.ask_for(session, second, plan, by=by)
    expert = make_expert(session)
    session.add(ExpertSpecialty(expert=expert, specialty="medicine"))
    screening = make_screening(session, project=first, expert=expert, started=True)
    answer_all(session, screening)
    service.submit(session, screening)
    session.flush()
    application = applying.apply(session, expert=expert, project=second)
    assert application.state is ApplicationState.OFFERED
    sound(session)
