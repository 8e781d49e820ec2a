"""Final rejections found wrong later: two people, paid whole and once, and everybody knows why."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.policy import MONEY
from marketplace.audit.models import AuditRecord
from marketplace.billing import queries as billing
from marketplace.cases import queries as cases
from marketplace.cases import service as proposals
from marketplace.cases.errors import ProposalOver, SomebodyElse
from marketplace.cases.models import ProposalState
from marketplace.companies.models import Company
from marketplace.identity.models import Role, User
from marketplace.kit import clock, ids
from marketplace.kit.errors import Invalid, NotFound, Refusal
from marketplace.kit.money import Money
from marketplace.ledger import queries as ledger
from marketplace.ledger import service as books
from marketplace.ledger.models import PLATFORM, Kind
from marketplace.ledger.service import Entry
from marketplace.notifications.models import Notice
from marketplace.payouts import queries as payouts
from marketplace.payouts import service as paying
from marketplace.payouts.models import EarningState
from marketplace.projects import service as ending
from marketplace.projects.models import Project
from marketplace.reputation import queries as reputation
from marketplace.statements import service as statements
from marketplace.statements.policy import Period
from tests.factories.companies import make_member
from tests.factories.experts import make_expert
from tests.factories.identity import make_user
from tests.factories.projects import make_project
from tests.factories.queue import make_assignment
from tests.factories.reviews import (
    EXAMPLE,
    author,
    decided,
    final_rejected,
    make_reviewer,
    make_waiting,
    money,
)
from tests.marketplace.cases.test_proposals import EVIDENCE
from workspace.queue.models import Task, TaskState
from workspace.reviews import policy, queries, service
from workspace.reviews.errors import AlreadyProposed, NotFinal
from workspace.reviews.models import LineState, Overturn, OverturnLine, Review, ReviewState, Verdict
from workspace.reviews.service import Finding
from workspace.submissions.models import SUBMISSION_MOVES, Submission, SubmissionState

BUDGET, WHY = 100_000, "The reviewer read the wrong version of the guideline."
NO = "The reviewer was right: no source is named."
P, S = ProposalState, SubmissionState


@pytest.fixture
def one(session: Session) -> User:
    return make_user(session, roles=[Role.OPS], name="Ona First")


@pytest.fixture
def two(session: Session) -> User:
    return make_user(session, roles=[Role.OPS], name="Otto Second")


@pytest.fixture
def reviewer(session: Session) -> User:
    return make_reviewer(session)


@pytest.fixture
def wrong(session: Session, reviewer: User) -> Submission:
    """The worked example, finally rejected: 99134 in the budget, 866 with the reviewer."""
    return final_rejected(session, waiting(session), reviewer)


def waiting(session: Session, project: Project | None = None) -> Submission:
    project = project or make_project(session, budget_minor=BUDGET, **EXAMPLE)
    return make_waiting(
        session, make_assignment(session, project=project, expert=make_expert(session, tier="licensed"))
    )


def propose(session: Session, by: User, *wrong: Submission, **more: Any) -> Overturn:
    given = {"by": by, "form_key": ids.new_id(), "code": "guideline", "reason": WHY, **more}
    named = [each.id for each in wrong]
    made = service.propose_overturn(
        session, Finding(**given), project_id=wrong[0].project_id, submission_ids=named
    )
    session.flush()
    return made


def spend(session: Session, project_id: Any, but: int) -> None:
    """Leave this much in the budget."""
    budget = (Kind.PROJECT_BUDGET, project_id)
    left = ledger.balance(session, *budget)
    legs = [(budget, (Kind.PLATFORM_REVENUE, PLATFORM), Money(left - but))]
    books.post(session, Entry(kind="test", key=f"test:{ids.new_id()}", legs=legs))


def close(session: Session, project_id: Any) -> None:
    project = session.get_one(Project, project_id)
    ending.finish(session, project, by=None)
    assert ending.close(session, project, has_live_work=False)
    legs = [((Kind.PLATFORM_REVENUE, PLATFORM), (Kind.PROJECT_BUDGET, project_id), Money(10_000))]
    books.post(session, Entry(kind="test", key=f"test:{ids.new_id()}", legs=legs))  # by an accident


def sound(session: Session) -> None:
    session.flush()
    checks = (ledger.broken, billing.broken, payouts.broken, cases.broken, queries.broken)
    assert [line for check in checks for line in check(session)] == []


def told(session: Session, user_id: Any) -> list[str]:
    session.flush()
    return [one.title for one in session.query(Notice).filter_by(user_id=user_id).order_by(Notice.id)]


def test_it_is_paid_whole_from_the_budget_and_counts_as_approved(
    session: Session, one: User, two: User, reviewer: User, wrong: Submission
) -> None:
    expert = author(session, wrong)
    assert reputation.totals(session, expert.id) == (0, 0, 1)
    made = propose(session, one, wrong)
    assert money(session, wrong, [reviewer]) == (99_134, 0, 0, 866, 0)
    assert told(session, two.id) == ["One final rejection may be wrong: somebody else decides"]
    service.approve_overturn(session, made.id, by=two)
    assert money(session, wrong, [reviewer]) == (93_934, 0, 4_334, 866, 866)
    assert (wrong.state, session.get_one(Task, wrong.task_id).state) == (S.APPROVED_ON_APPEAL, TaskState.DONE)
    assert reputation.totals(session, expert.id) == (1, 1, 0)
    assert queries.rejections_by(session, reviewer.id) == (1, 1)
    assert session.query(Review).filter_by(submission_id=wrong.id).one().state is ReviewState.OVERTURNED
    entry = ledger.with_keys(session, [f"claim:{wrong.assignment_id}:overturn"]).popitem()[1]
    assert (entry.kind, entry.actor_id, entry.approver_id, entry.reason) == (
        "claim_overturn", one.id, two.id, WHY,
    )  # fmt: skip
    assert session.query(AuditRecord).filter_by(tag="staff:submission:overturn", actor_id=two.id).count() == 1
    assert "Paid after all: $43.34" in told(session, expert.id)
    assert "A rejection of yours was found wrong" in told(session, reviewer.id)
    sound(session)


def test_the_pay_matures_and_the_statements_add_up(
    session: Session, two: User, one: User, wrong: Submission
) -> None:
    service.approve_overturn(session, propose(session, one, wrong).id, by=two)
    earning = payouts.earning_by_key(session, f"claim:{wrong.assignment_id}:overturn")
    assert earning is not None
    assert (earning.state, earning.reason) == (EarningState.PENDING, f"The rejection was wrong: {WHY}")
    expert, now = author(session, wrong), clock.database_now(session)
    statement = statements.period_statement(session, expert, Period(now.year, now.month))
    assert [(line.what, line.minor) for line in statement.lines] == [("Task", 4_334)]
    company = session.get_one(Company, session.get_one(Project, wrong.project_id).company_id)
    spent = statements.company_statement(session, company, Period(now.year, now.month))
    assert {part.title: part.minor for part in spent.parts if "ay" in part.title or "ees" in part.title} == {
        "Pay for work": -4_334, "Platform fees": -866,
    }  # fmt: skip
    with clock.shifted(timedelta(days=MONEY.hold_days, minutes=1)):
        paying.mature_due(session)
    assert ledger.balance(session, Kind.EXPERT_AVAILABLE, expert.id) == 4_334
    sound(session)


def test_a_slot_that_was_filled_meanwhile_is_paid_and_left_out(
    session: Session, one: User, two: User, wrong: Submission
) -> None:
    again = waiting(session, session.get_one(Project, wrong.project_id))
    assert again.task_id == wrong.task_id
    service.approve_overturn(session, propose(session, one, wrong).id, by=two)
    task = session.get_one(Task, wrong.task_id)
    assert (wrong.state, task.taken_count, task.approved_count) == (S.EXCLUDED_PAID, 1, 0)
    assert reputation.totals(session, wrong.user_id) == (0, 0, 0)
    assert ledger.balance(session, Kind.EXPERT_PENDING, wrong.user_id) == 4_334
    assert decided(session, again, Verdict.APPROVE).state is ReviewState.DECIDED
    assert session.get_one(Task, wrong.task_id).approved_count == 1
    sound(session)


@pytest.mark.parametrize(
    ("happens", "left"),
    [
        (lambda session, wrong: spend(session, wrong.project_id, 5_199), 5_199),
        (lambda session, wrong: close(session, wrong.project_id), 10_000),
    ],
    ids=["short by a cent", "closed"],
)
def test_what_the_budget_cannot_pay_the_house_pays_without_a_fee(  # noqa: PLR0917 - fixtures
    session: Session, one: User, two: User, wrong: Submission, happens: Callable[..., None], left: int
) -> None:
    happens(session, wrong)
    before = ledger.balance(session, Kind.PLATFORM_REVENUE, PLATFORM)
    made = propose(session, one, wrong)
    service.approve_overturn(session, made.id, by=two)
    assert ledger.balance(session, Kind.PROJECT_BUDGET, wrong.project_id) == left
    assert ledger.balance(session, Kind.ADJUSTMENTS, PLATFORM) == -4_334
    assert ledger.balance(session, Kind.EXPERT_PENDING, wrong.user_id) == 4_334
    assert ledger.balance(session, Kind.PLATFORM_REVENUE, PLATFORM) == before
    assert [line.state for line in queries.lines_of(session, made.id)] == [LineState.PAID_BY_HOUSE]
    sound(session)


def test_of_many_the_budget_pays_what_it_covers(
    session: Session, one: User, two: User, reviewer: User
) -> None:
    first = final_rejected(session, waiting(session), reviewer)
    project = session.get_one(Project, first.project_id)
    rest = [final_rejected(session, waiting(session, project), reviewer) for _ in range(2)]
    spend(session, project.id, 2 * 5_200 + 1)
    made = propose(session, one, first, *rest)
    service.approve_overturn(session, made.id, by=two)
    states = [line.state for line in queries.lines_of(session, made.id)]
    assert states == [LineState.PAID, LineState.PAID, LineState.PAID_BY_HOUSE]
    assert sorted(each.state.value for each in (first, *rest)) == [
        "approved_on_appeal", "excluded_paid", "excluded_paid",
    ]  # fmt: skip
    assert told(session, reviewer.id)[-1] == "3 rejections of yours were found wrong"
    sound(session)


@pytest.mark.parametrize("state", sorted(set(S) - {S.FINAL_REJECTED}, key=lambda state: state.value))
def test_only_a_final_rejection_is_found_wrong(
    session: Session, one: User, wrong: Submission, state: SubmissionState
) -> None:
    may = S.APPROVED_ON_APPEAL in SUBMISSION_MOVES[state]
    assert may is (state is S.REJECTED), "a rejection that is not final is for its appeal"
    session.execute(sa.update(Submission).where(Submission.id == wrong.id).values(state=state))
    with pytest.raises(NotFinal):
        propose(session, one, wrong)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"code": "mood"}, Invalid),
        ({"reason": "It was wrong."}, Invalid),
        ({"reason": "x" * (policy.OVERTURN_REASON_LENGTH + 1)}, Invalid),
    ],
)
def test_a_proposal_needs_a_code_and_a_sentence(
    session: Session, one: User, wrong: Submission, change: dict[str, str], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        propose(session, one, wrong, **change)


def test_what_cannot_be_proposed(session: Session, one: User, wrong: Submission) -> None:
    finding = Finding(by=one, form_key=ids.new_id(), code="many", reason=WHY)
    elsewhere = make_project(session).id
    for project_id, named, refusal in [
        (wrong.project_id, [], Invalid),
        (wrong.project_id, [ids.new_id() for _ in range(policy.OVERTURNED_AT_ONCE + 1)], Invalid),
        (wrong.project_id, [wrong.id, ids.new_id()], NotFound),
        (elsewhere, [wrong.id], NotFound),
    ]:
        with pytest.raises(refusal):
            service.propose_overturn(session, finding, project_id=project_id, submission_ids=named)
    with pytest.raises(SomebodyElse):
        propose(session, author(session, wrong), wrong)
    made = propose(session, one, wrong, form_key=finding.form_key)
    assert propose(session, one, wrong, form_key=finding.form_key) is made
    with pytest.raises(ProposalOver):
        propose(session, one, final_rejected(session), form_key=finding.form_key)
    with pytest.raises(AlreadyProposed):
        propose(session, one, wrong)


@pytest.mark.parametrize("who", ["proposer", "mailbox", "reviewer", "expert", "member"])
def test_nobody_with_a_part_in_it_decides(
    session: Session, one: User, reviewer: User, wrong: Submission, who: str
) -> None:
    made = propose(session, one, wrong)
    company = session.get_one(Company, session.get_one(Project, wrong.project_id).company_id)
    name, domain = one.email.split("@")
    by = {
        "proposer": lambda: one,
        "mailbox": lambda: make_user(session, roles=[Role.OPS], email=f"{name}+two@{domain}"),
        "reviewer": lambda: reviewer,
        "expert": lambda: author(session, wrong),
        "member": lambda: make_member(session, company).user,
    }[who]()
    with pytest.raises(SomebodyElse):
        service.approve_overturn(session, made.id, by=by)
    with pytest.raises(SomebodyElse):
        service.refuse_overturn(session, made.id, by=by, reason=NO)
    assert made.state is P.PROPOSED


def test_twice_approved_pays_once(session: Session, one: User, two: User, wrong: Submission) -> None:
    made = propose(session, one, wrong)
    service.approve_overturn(session, made.id, by=two)
    for again in (service.approve_overturn, service.withdraw_overturn):
        with pytest.raises(ProposalOver):
            again(session, made.id, by=two)
    with pytest.raises(NotFinal):
        propose(session, one, wrong)
    assert ledger.balance(session, Kind.EXPERT_PENDING, wrong.user_id) == 4_334
    with pytest.raises(NotFound):
        service.approve_overturn(session, ids.new_id(), by=two)


@pytest.mark.parametrize("end", [P.REFUSED, P.WITHDRAWN, P.LAPSED])
def test_what_ends_otherwise_moves_nothing_and_can_be_proposed_again(
    session: Session, one: User, two: User, wrong: Submission, end: ProposalState
) -> None:
    made = propose(session, one, wrong)
    if end is P.REFUSED:
        with pytest.raises(Invalid):
            service.refuse_overturn(session, made.id, by=two, reason="No.")
        service.refuse_overturn(session, made.id, by=two, reason=NO)
    elif end is P.WITHDRAWN:
        with pytest.raises(NotFound):
            service.withdraw_overturn(session, made.id, by=two)
        service.withdraw_overturn(session, made.id, by=one)
    else:
        with clock.shifted(timedelta(days=MONEY.proposal_days)):
            service.lapse_overturns(session)
    assert (made.state, wrong.state) == (end, S.FINAL_REJECTED)
    assert money(session, wrong) == (99_134, 0, 0, 0, 0)
    with pytest.raises(ProposalOver):
        service.approve_overturn(session, made.id, by=two)
    service.approve_overturn(session, propose(session, one, wrong).id, by=two)
    sound(session)


def test_the_tripwire_and_the_notes_beside_the_next_task_forget_it(
    session: Session, one: User, two: User, wrong: Submission
) -> None:
    assert queries.decisions(session, wrong.project_id) == (1, 1)
    assert len(queries.notes_to(session, wrong.user_id, wrong.project_id, newest=5)) == 1
    service.approve_overturn(session, propose(session, one, wrong).id, by=two)
    session.flush()
    assert queries.decisions(session, wrong.project_id) == (1, 0)
    assert queries.notes_to(session, wrong.user_id, wrong.project_id, newest=5) == []


def test_pay_of_the_house_that_is_taken_back_goes_back_to_it(
    session: Session, one: User, two: User, wrong: Submission
) -> None:
    spend(session, wrong.project_id, 0)
    service.approve_overturn(session, propose(session, one, wrong).id, by=two)
    earning = payouts.earning_by_key(session, f"claim:{wrong.assignment_id}:overturn")
    assert earning is not None
    made = proposals.propose_clawback(
        session, earning.id, by=one, form_key=ids.new_id(), reason=WHY, evidence=EVIDENCE
    )
    with clock.shifted(timedelta(days=MONEY.fraud_answer_days)):
        proposals.approve(session, made.id, by=two)
    assert ledger.balance(session, Kind.ADJUSTMENTS, PLATFORM) == 0
    assert ledger.balance(session, Kind.PROJECT_BUDGET, wrong.project_id) == 0


def test_verify_finds_what_was_planted(session: Session, one: User, two: User, wrong: Submission) -> None:
    made = propose(session, one, wrong)
    service.approve_overturn(session, made.id, by=two)
    session.flush()
    assert queries.broken(session) == []
    for state in (LineState.PAID_BY_HOUSE, LineState.DROPPED):
        session.execute(sa.update(OverturnLine).values(state=state))
        (found,) = queries.broken(session)
        assert found.startswith(f"I8 submission {wrong.id} was paid 4334 after a rejection")
    session.execute(sa.update(OverturnLine).values(state=LineState.PAID))
    session.execute(sa.update(Submission).where(Submission.id == wrong.id).values(state=S.FINAL_REJECTED))
    assert len(queries.broken(session)) == 2
