"""Claims: one slot, the money for it, the terms frozen; and what stands against one."""

import pytest
from sqlalchemy.orm import Session

from marketplace.companies.models import MemberRole
from marketplace.experts import queries as experts_queries
from marketplace.experts import service as experts
from marketplace.kit.application import Application
from marketplace.kit.errors import Conflict
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import Kind
from marketplace.projects import service as projects
from marketplace.projects.models import Project, ProjectState
from tests.factories.companies import make_member
from tests.factories.experts import make_expert
from tests.factories.identity import make_user
from tests.factories.projects import CLAUSES, make_owner, make_project
from tests.factories.queue import claim, engaged, make_assignment, make_tasks, run_promises, state_of
from workspace.queue import policy, queries, service
from workspace.queue.errors import BudgetUsedUp, NotEligible, NothingToDo
from workspace.queue.models import AssignmentState, TaskState


def money(session: Session, project: Project) -> tuple[int, int]:
    """(budget, reserved) in cents."""
    budget = ledger.balance(session, Kind.PROJECT_BUDGET, project.id)
    return budget, ledger.balance(session, Kind.PROJECT_RESERVED, project.id)


def test_a_claim_reserves_the_unit_and_freezes_the_terms(session: Session) -> None:
    project = make_project(session, tier="licensed", hourly_minor=13_000, minutes=20)
    expert = make_expert(session, tier="licensed", specialty="general")
    assignment = make_assignment(session, project=project, expert=expert)
    assert (assignment.price_minor, assignment.fee_minor, assignment.review_fee_minor) == (4334, 866, 866)
    assert money(session, project) == (93_934, 6066)
    assert assignment.guideline_id == engaged(session, expert, project).acknowledged_id
    assert assignment.pay_rule_sha256 == policy.PAY_RULE_SHA256
    assert assignment.state is AssignmentState.ACTIVE
    assert (assignment.expires_at - assignment.claimed_at).total_seconds() == (80 + 5) * 60


def test_a_second_claim_gives_the_same_assignment(session: Session) -> None:
    first = make_assignment(session, tasks=3)
    again = claim(session, first.expert, first.project)
    assert again.id == first.id
    assert money(session, first.project) == (100_000 - first.project.unit_minor, first.project.unit_minor)


def test_a_later_price_does_not_touch_the_claim(session: Session) -> None:
    assignment = make_assignment(session)
    before = assignment.price_minor
    assignment.project.price_minor += 500
    session.flush()
    session.expire_all()
    kept = queries.assignment(session, assignment.id)
    assert kept is not None
    assert kept.price_minor == before
    other = make_assignment(session, project=kept.project)
    assert other.price_minor == before + 500


def test_the_last_slot_saturates_the_task(session: Session) -> None:
    project = make_project(session, overlap=2)
    (task,) = make_tasks(session, project, 1)
    make_assignment(session, project=project)
    assert state_of(session, task) == (TaskState.AVAILABLE, 1)
    make_assignment(session, project=project)
    assert state_of(session, task) == (TaskState.SATURATED, 2)
    with pytest.raises(NothingToDo):
        make_assignment(session, project=project)


def test_a_person_gets_each_task_once_and_in_order(session: Session) -> None:
    project = make_project(session)
    tasks = make_tasks(session, project, 3)
    expert = make_expert(session)
    seen = []
    for _ in tasks:
        assignment = claim(session, expert, project)
        seen.append(assignment.task_id)
        service.submitted(session, assignment)
        session.flush()
    assert seen == [task.id for task in tasks]
    with pytest.raises(NothingToDo):
        claim(session, expert, project)


def test_the_claim_that_uses_the_budget_up_pauses_the_project(app: Application, session: Session) -> None:
    project = make_project(session, budget_minor=1)  # the factory funds exactly one unit
    make_tasks(session, project, 2)
    late = make_expert(session)
    engagement = engaged(session, late, project)
    make_assignment(session, project=project)
    assert money(session, project) == (0, project.unit_minor)
    with pytest.raises(BudgetUsedUp, match="The budget is used up"):
        service.claim(session, user=late.user, expert=late, engagement=engagement, project=project)
    run_promises(app, session)
    assert session.get_one(Project, project.id).state is ProjectState.PAUSED


def test_a_refused_start_leaves_the_promise_to_pause(app: Application, session: Session) -> None:
    project = make_project(session)
    make_tasks(session, project, 2)
    late = make_expert(session)
    engagement = engaged(session, late, project)
    projects.defund(session, project)  # the money goes another way than by a claim
    outcome = service.start(session, user=late.user, expert=late, engagement=engagement, project=project)
    assert isinstance(outcome, BudgetUsedUp)
    run_promises(app, session)
    assert session.get_one(Project, project.id).state is ProjectState.PAUSED


def test_money_that_comes_back_ends_the_pause(app: Application, session: Session) -> None:
    assignment = make_assignment(session, project=None, budget_minor=1)
    run_promises(app, session)
    assert session.get_one(Project, assignment.project_id).state is ProjectState.PAUSED
    assignment = queries.lock_assignment(session, assignment.id)
    service.release(session, assignment, by=None, reason="too_long")
    run_promises(app, session)
    assert session.get_one(Project, assignment.project_id).state is ProjectState.OPEN


@pytest.mark.parametrize("state", ["paused", "closing"])
def test_a_project_that_is_not_open_takes_no_claims(session: Session, state: str) -> None:
    project = make_project(session)
    make_tasks(session, project, 1)
    expert = make_expert(session)
    engagement = engaged(session, expert, project)
    owner = make_owner(session, project.company)
    if state == "paused":
        projects.pause(session, project, by=owner, reason="Looking at the first answers.")
    else:
        projects.finish(session, project, by=owner)
    with pytest.raises(NotEligible, match="no new work"):
        service.claim(session, user=expert.user, expert=expert, engagement=engagement, project=project)
    assert money(session, project) == (100_000, 0)


def test_a_new_guideline_must_be_accepted_first(session: Session) -> None:
    project = make_project(session)
    make_tasks(session, project, 1)
    expert = make_expert(session)
    engagement = engaged(session, expert, project)
    owner = make_owner(session, project.company)
    projects.save_guideline(session, project, CLAUSES[:1], by=owner, publish_now=True)
    session.flush()
    with pytest.raises(NotEligible, match="guideline has a new version"):
        service.claim(session, user=expert.user, expert=expert, engagement=engagement, project=project)


def test_eligibility_binds_at_the_claim(session: Session) -> None:
    project = make_project(session)
    make_tasks(session, project, 1)
    expert = make_expert(session)
    engagement = engaged(session, expert, project)
    expert.languages = {}
    session.flush()
    with pytest.raises(NotEligible):
        service.claim(session, user=expert.user, expert=expert, engagement=engagement, project=project)


def test_a_task_held_for_somebody_who_joins_the_company_stays_closed(session: Session) -> None:
    current = make_assignment(session, tasks=2)
    held = service.hold_next(session, current)
    assert held is not None
    make_member(session, current.project.company, user=current.expert.user, role=MemberRole.VIEWER)
    service.release(session, current, by=current.expert.user, reason="unclear")
    session.flush()
    with pytest.raises(NotEligible):
        service.open_held(session, held)
    with pytest.raises(NotEligible):
        claim(session, current.expert, current.project)


def test_one_task_is_held_ahead_and_opens_later(session: Session) -> None:
    current = make_assignment(session, tasks=3)
    held = service.hold_next(session, current)
    assert held is not None
    session.flush()
    assert held.state is AssignmentState.HELD
    assert held.expires_at == current.expires_at + policy.HELD
    assert service.hold_next(session, current) is held
    with pytest.raises(Conflict, match="another task"):
        service.open_held(session, held)
    service.submitted(session, current)
    session.flush()
    opened = claim(session, current.expert, current.project)
    assert opened.id == held.id
    assert opened.state is AssignmentState.ACTIVE
    assert opened.expires_at - opened.claimed_at == policy.length(opened.minutes)
    assert money(session, current.project)[1] == 2 * current.project.unit_minor


def test_holding_is_given_up_quietly_when_nothing_is_left(session: Session) -> None:
    assert service.hold_next(session, make_assignment(session, tasks=1)) is None


def test_a_lost_credential_stops_new_claims_and_no_work_that_was_begun(session: Session) -> None:
    project = make_project(session, tier="licensed", hourly_minor=13_000, minutes=20)
    expert = make_expert(session, tier="licensed", specialty="general")
    begun = make_assignment(session, project=project, expert=expert, tasks=2)
    licence = experts_queries.credential_for_check(
        session, experts_queries.verified_of(session, expert.id)[0].id
    )
    assert licence is not None
    why, found = "The board withdrew it in March.", "Its letter of 12 March, ticket 4711."
    one, other = make_user(session), make_user(session)
    experts.propose_revocation(session, licence, by=one, reason=why, case_text=found)
    experts.decide_revocation(session, licence, by=other, agreed=True)
    session.flush()
    assert begun.state is AssignmentState.ACTIVE
    assert claim(session, expert, project).id == begun.id  # it is still there to be finished
    service.submitted(session, begun)
    session.flush()
    with pytest.raises(NotEligible, match="credential"):
        claim(session, expert, project)
