"""Who meets a promised bonus is paid once, first come first served; work under way at its end still counts."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from marketplace.bonuses.models import BonusPayment, BonusRule, BonusState
from marketplace.experts.models import Expert
from marketplace.kit import clock
from marketplace.kit.application import Application
from marketplace.kit.database import Sessions, transaction
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import Kind
from marketplace.notifications.models import Notice
from marketplace.payouts import queries as payouts
from marketplace.payouts.models import Earning, EarningKind, EarningState
from marketplace.projects.models import Project
from tests.factories.bonuses import after, approve, approved, bonus, hand_in, make_bonus
from tests.factories.experts import make_expert
from tests.factories.projects import make_project
from tests.factories.queue import make_tasks, run_promises
from tests.factories.reviews import FRESH, decided, later, make_reviewer, run_due
from tests.workspace.queue.test_queue_races import at_once
from workspace.reviews import queries, service
from workspace.reviews.events import SubmissionApproved
from workspace.reviews.models import Verdict
from workspace.submissions.models import Submission


def settle(session: Session, rule: BonusRule) -> BonusRule:
    service.settle_bonus(session, {"rule_id": str(rule.id)})
    session.flush()
    return bonus(session, rule.id)


def balances(session: Session, project: Project) -> tuple[int, int]:
    session.flush()
    reserved = ledger.balance(session, Kind.PROJECT_RESERVED, project.id)
    return ledger.balance(session, Kind.PROJECT_BUDGET, project.id), reserved


def paid(session: Session, expert: Expert) -> list[Earning]:
    return session.query(Earning).filter_by(user_id=expert.user_id, kind=EarningKind.BONUS).all()


def keep_promises(app: Application, session: Session) -> None:
    """Run what approvals promised: they acted some seconds later than now."""
    with clock.shifted(FRESH):
        run_promises(app, session)


@pytest.fixture
def project(session: Session) -> Project:
    found = make_project(session, overlap=5)
    make_tasks(session, found, 4)
    return found


def test_the_approval_that_completes_it_pays_it_once(
    app: Application, session: Session, project: Project
) -> None:
    expert, reviewer, rule = make_expert(session), make_reviewer(session), make_bonus(session, project)
    approved(session, expert, project, reviewer)
    keep_promises(app, session)
    assert paid(session, expert) == []
    (line,) = service.bonus_lines(session, project.id, expert.user_id)
    assert (line.mine, line.paid, line.places) == (1, False, "2 of 2 places left")
    last = approve(session, hand_in(session, expert, project), reviewer)
    for _ in range(2):
        service.promise_bonuses(session, _fact(last))  # told twice
        keep_promises(app, session)
    (earning,) = paid(session, expert)
    assert (earning.amount_minor, earning.project_id) == (2500, project.id)
    assert earning.reason.startswith("2 approved answers by ")
    assert earning.reason.endswith(", place 1 of 2")
    entry = ledger.with_keys(session, [earning.ledger_key])[earning.ledger_key]
    assert (entry.kind, entry.ref_id) == ("bonus", rule.id)
    assert ledger.rest_of_claim(session, "bonus_rule", rule.id) == 3_000
    (line,) = service.bonus_lines(session, project.id, expert.user_id)
    assert (line.paid, line.places) == (True, "1 of 2 places left")
    assert session.query(Notice).filter_by(kind="bonus_earned", user_id=expert.user_id).count() == 1
    assert [*queries.broken(session), *payouts.broken(session)] == []
    approved(session, expert, project, reviewer, times=2)  # never a second time
    keep_promises(app, session)
    assert len(paid(session, expert)) == 1
    other = make_expert(session)
    approved(session, other, project, reviewer, times=2)
    keep_promises(app, session)
    assert [one.reason[-12:] for one in paid(session, other)] == ["place 2 of 2"]


def _fact(submission: Submission) -> SubmissionApproved:
    return SubmissionApproved(
        submission_id=submission.id,
        project_id=submission.project_id,
        user_id=submission.user_id,
        pay_minor=200,
        first_time=True,
        by_clock=False,
    )


def test_places_go_in_the_order_of_getting_there_and_the_last_one_ends_it(
    session: Session, project: Project
) -> None:
    experts, reviewer = [make_expert(session) for _ in range(3)], make_reviewer(session)
    rule = make_bonus(session, project, answers=1)
    for hours, expert in zip((3, 1, 2), experts, strict=True):
        with clock.shifted(timedelta(hours=hours)):
            approved(session, expert, project, reviewer)
    assert settle(session, rule).state is BonusState.OVER  # both places are paid, long before the end
    places = {row.user_id: row.place for row in session.query(BonusPayment)}
    assert places == {experts[1].user_id: 1, experts[2].user_id: 2}
    assert balances(session, project)[1] == 0
    (line,) = service.bonus_lines(session, project.id, experts[0].user_id)
    assert (line.places, line.may_be_met) == ("All 2 places are taken", False)
    assert queries.broken(session) == []


def test_work_handed_in_before_the_end_counts_when_it_is_approved_later(
    app: Application, session: Session, project: Project
) -> None:
    expert, reviewer = make_expert(session), make_reviewer(session)
    rule = make_bonus(session, project, answers=1, ends_at=clock.now() + timedelta(hours=25))
    waiting = hand_in(session, expert, project)
    with clock.shifted(after(rule)):
        assert settle(session, rule).state is BonusState.OPEN  # the rest stays reserved
        approve(session, waiting, reviewer)
        late = hand_in(session, make_expert(session), project)
        approve(session, late, reviewer)
        service.sweep_bonuses(session, {})
        keep_promises(app, session)
        assert bonus(session, rule.id).state is BonusState.OVER
    (earning,) = paid(session, expert)
    assert earning.amount_minor == 2500
    assert paid(session, session.query(Expert).filter_by(user_id=late.user_id).one()) == []
    assert ledger.rest_of_claim(session, "bonus_rule", rule.id) == 0
    said = {row.body for row in session.query(Notice).filter_by(kind="bonus_over")}
    assert said == {"1 of 2 places was paid. $30.00 went back to the budget."}
    assert queries.broken(session) == []


def test_a_rejection_holds_the_rest_until_it_is_final(session: Session, project: Project) -> None:
    rule = make_bonus(session, project, answers=1)
    handed = hand_in(session, make_expert(session), project)
    decided(session, later(session, handed), Verdict.REJECT)
    handed.submitted_at += FRESH
    with clock.shifted(after(rule)):
        assert settle(session, rule).state is BonusState.OPEN
        service.reject_for_good(session, handed.id)
        assert settle(session, rule).state is BonusState.OVER
    assert balances(session, project) == (100_000 - 40, 0)  # one review was paid
    assert queries.broken(session) == []


def test_pay_that_is_questioned_or_taken_back_for_fraud_does_not_count(
    session: Session, project: Project
) -> None:
    expert, reviewer = make_expert(session), make_reviewer(session)
    rule = make_bonus(session, project, answers=1)
    approved(session, expert, project, reviewer)
    earning = session.query(Earning).filter_by(kind=EarningKind.SUBMISSION).one()
    earning.case_id = rule.id
    session.flush()
    with clock.shifted(after(rule)):
        assert settle(session, rule).state is BonusState.OPEN  # waits for the answer
        earning = session.query(Earning).filter_by(kind=EarningKind.SUBMISSION).one()
        earning.case_id, earning.state = None, EarningState.REVERSED
        session.flush()
        assert settle(session, rule).state is BonusState.OVER
    assert paid(session, expert) == []


def test_an_approval_and_a_page_ask_once_more(
    session: Session, project: Project, statements: Callable[[], int]
) -> None:
    fact = _fact(hand_in(session, make_expert(session), project))
    for promised in (0, 1):
        if promised:
            make_bonus(session, project)
        statements()
        service.promise_bonuses(session, fact)
        assert statements() == 1 + promised * _asked(session, 1)  # and one message for each promise
        service.bonus_lines(session, project.id, fact.user_id)
        assert statements() == _asked(session, 1)


def _asked(session: Session, count: int) -> int:
    """PostgreSQL is also asked for the time."""
    return count + (session.get_bind().dialect.name == "postgresql")


def test_a_planted_place_is_found(session: Session, project: Project) -> None:
    rule, expert = make_bonus(session, project), make_expert(session)
    rule.paid_count = 1
    session.add(BonusPayment(rule=rule, user_id=expert.user_id, place=1, met_at=clock.now()))
    session.flush()
    found = sorted(line.split()[0] for line in queries.broken(session))
    assert found == ["I7", "I8"]


def test_thirty_at_once_pay_the_last_place_once(app: Application, clean: Sessions) -> None:
    with transaction(clean) as session:
        project = make_project(session, overlap=5)
        make_tasks(session, project, 2)
        rule = make_bonus(session, project, answers=1, places=1)
        reviewer = make_reviewer(session)
        for _ in range(2):
            approved(session, make_expert(session), project, reviewer)
        payload = {"rule_id": str(rule.id)}

    def verb(session: Session) -> str:
        service.settle_bonus(session, payload)
        return "settled"

    assert at_once(clean, [verb] * 30) == {"settled": 30}
    run_due(app)
    with transaction(clean, write=False) as session:
        assert session.query(BonusPayment).count() == 1
        (earning,) = session.query(Earning).filter_by(kind=EarningKind.BONUS).all()
        assert ledger.balance(session, Kind.EXPERT_PENDING, earning.user_id) == 2500 + 200
        assert [*queries.broken(session), *payouts.broken(session)] == []


def test_what_is_over_before_its_end_has_no_places_left(session: Session, project: Project) -> None:
    rule = make_bonus(session, project)
    with session.no_autoflush:
        rule.state = BonusState.OVER  # its project has ended
        line = service.BonusLine(rule, 1, paid=False)
        assert (line.may_be_met, line.places) == (False, "0 of 2 places were taken")
        session.expunge(rule)
