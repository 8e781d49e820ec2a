import uuid
from datetime import UTC, datetime, timedelta

import pytest

from config.fields import SPECIALTIES, TIERS
from config.task_types import TASK_TYPES, WHY_WORDS_DEFAULT, WHY_WORDS_MAXIMUM, WHY_WORDS_MINIMUM
from marketplace.companies.models import Company, Member, MemberRole
from marketplace.identity.models import User
from marketplace.projects import policy
from marketplace.projects.models import PROJECT_MOVES, Project, ProjectState
from marketplace.projects.policy import ClauseText
from tests.factories.projects import make_plan

S = ProjectState
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def a_project(state: ProjectState = S.OPEN, **columns: object) -> Project:
    plan = make_plan()
    costs = policy.costs(plan.hourly_minor, plan.minutes)
    project = Project(
        company=Company(name="Northwind Labs", slug="northwind", country="US"),
        slug="a",
        title=plan.title,
        summary=plan.summary,
        task_type=plan.task_type,
        specialty=plan.specialty,
        tier=plan.tier,
        tier_rank=0,
        minutes=plan.minutes,
        hourly_minor=plan.hourly_minor,
        price_minor=costs.price_minor,
        fee_minor=costs.fee_minor,
        review_fee_minor=costs.review_fee_minor,
        overlap=3,
        auto_approve_hours=72,
        **columns,
    )
    project.state = state
    return project


def a_member(role: MemberRole, left_at: datetime | None = None) -> Member:
    company = Company(name="Northwind Labs", slug="northwind", country="US")
    user = User(email="a@example.org", name="A", password_hash="!")
    return Member(company=company, user=user, role=role, left_at=left_at)


# the worked example of the design (130 dollars an hour, 20 minutes), the screens' (165, 7), and the edges
@pytest.mark.parametrize(
    ("hourly", "minutes", "pay", "fee", "review"),
    [
        (13_000, 20, 4334, 866, 866),
        (16_500, 7, 1925, 385, 385),
        (2_000, 3, 100, 20, 20),
        (2_000, 1, 34, 6, 6),  # 33.33 rounds up for the expert, 6.8 rounds down for us
        (2_000, 60, 2_000, 400, 400),
        (1, 1, 1, 0, 0),
    ],
)
def test_pay_rounds_up_and_fees_round_down(
    hourly: int, minutes: int, pay: int, fee: int, review: int
) -> None:
    costs = policy.costs(hourly, minutes)
    assert (costs.price_minor, costs.fee_minor, costs.review_fee_minor) == (pay, fee, review)
    assert costs.unit_minor == policy.unit(hourly, minutes) == pay + fee + review


def test_a_rate_under_its_tier_warns_and_blocks_nothing() -> None:
    for tier in TIERS.values():
        assert policy.rate_warning(tier.slug, tier.low_minor, 7) is None
        assert policy.rate_warning(tier.slug, tier.low_minor - 1, 7)
        assert policy.hourly_problem(tier.low_minor - 1) is None
    assert policy.hourly_problem(policy.HOURLY_MAXIMUM_MINOR) is None
    assert "$1,000" in str(policy.hourly_problem(policy.HOURLY_MAXIMUM_MINOR + 1))
    assert policy.hourly_problem(0)
    assert policy.rate_warning("board_certified", 5_100, 7) == (
        "At $5.95 for a task of 7 minutes experts would earn about $51 an hour. "
        "Board-certified starts at $150. Likely nobody starts."
    )


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"task_type": "juggling"}, "type of work"),
        ({"specialty": "medicine.juggling"}, "specialty"),
        ({"tier": "legend", "hourly_minor": 9_000}, "tier"),
        ({"auto_approve_hours": 23}, "approved by itself"),
        ({"auto_approve_hours": 169}, "approved by itself"),
        ({"tier": "licensed", "hourly_minor": 100_001}, "at most $1,000"),
    ],
)
def test_a_plan_that_nobody_can_work_to_is_named(change: dict[str, object], word: str) -> None:
    tier = change.get("tier")
    plan = make_plan(**({**change, "tier": "general"} if tier == "legend" else change))
    if tier == "legend":
        plan = policy.Plan(**{**{f: getattr(plan, f) for f in plan.__slots__}, "tier": "legend"})
    assert word in str(policy.plan_problem(plan))


def test_a_good_plan_has_no_problem() -> None:
    assert policy.plan_problem(make_plan()) is None


def test_how_many_tasks_a_budget_covers() -> None:
    project = a_project()
    assert project.unit_minor == 280
    assert [policy.covered(budget, project) for budget in (-5, 0, 279, 280, 559, 560)] == [0, 0, 0, 1, 1, 2]


def test_only_open_funded_projects_before_their_end_take_work() -> None:
    project = a_project(ends_at=NOW + timedelta(days=1))
    unit = project.unit_minor
    assert policy.takes_work(project, unit, NOW)
    assert not policy.takes_work(project, unit - 1, NOW)
    assert not policy.takes_work(project, unit, NOW + timedelta(days=1))
    for state in set(S) - {S.OPEN}:
        assert not policy.takes_work(a_project(state), unit, NOW), state


@pytest.mark.parametrize(
    ("role", "edits", "funds"),
    [(MemberRole.OWNER, True, True), (MemberRole.MANAGER, True, False), (MemberRole.VIEWER, False, False)],
)
def test_who_writes_and_who_moves_money(role: MemberRole, edits: bool, funds: bool) -> None:
    member = a_member(role)
    assert (policy.may_edit(member), policy.may_publish(member), policy.may_fund(member)) == (
        edits,
        edits,
        funds,
    )
    gone = a_member(role, left_at=NOW)
    assert not policy.may_edit(gone)
    assert not policy.may_fund(gone)


# what an owner can press in each state; nothing outside this table is offered
ACTIONS = {
    S.DRAFT: {"edit", "submit", "guideline", "discard"},
    S.IN_CHECK: {"fund", "extend", "discard"},
    S.AWAITING_FUNDS: {"guideline", "fund", "extend", "discard"},
    S.OPEN: {"guideline", "fund", "extend", "pause", "finish"},
    S.PAUSED: {"guideline", "fund", "extend", "resume", "finish"},
    S.CLOSING: set(),
    S.CLOSED: set(),
    S.CANCELLED: set(),
}


@pytest.mark.parametrize("state", S)
def test_the_buttons_of_each_state(state: ProjectState) -> None:
    project = a_project(state)
    assert policy.actions(project, a_member(MemberRole.OWNER)) == ACTIONS[state]
    assert policy.actions(project, a_member(MemberRole.MANAGER)) == ACTIONS[state] - {"fund"}
    assert policy.actions(project, a_member(MemberRole.VIEWER)) == frozenset()


# (from, to) as the life cycle allows it; every other pair is refused
MOVES = {
    (S.DRAFT, S.IN_CHECK),
    (S.DRAFT, S.AWAITING_FUNDS),
    (S.DRAFT, S.CANCELLED),
    (S.IN_CHECK, S.AWAITING_FUNDS),
    (S.IN_CHECK, S.DRAFT),
    (S.IN_CHECK, S.CANCELLED),
    (S.AWAITING_FUNDS, S.OPEN),
    (S.AWAITING_FUNDS, S.CANCELLED),
    (S.OPEN, S.PAUSED),
    (S.OPEN, S.CLOSING),
    (S.PAUSED, S.OPEN),
    (S.PAUSED, S.CLOSING),
    (S.CLOSING, S.CLOSED),
}


def test_the_move_table() -> None:
    assert {(start, end) for start, ends in PROJECT_MOVES.items() for end in ends} == MOVES


@pytest.mark.parametrize(
    ("setting", "known", "checked"),
    [
        ("all", True, True),
        ("all", False, True),
        ("first", True, False),
        ("first", False, True),
        ("none", False, False),
    ],
)
def test_when_ops_look_first(setting: str, known: bool, checked: bool) -> None:
    assert policy.needs_check(setting, known_company=known) is checked


def test_what_is_missing_is_said() -> None:
    assert policy.missing(clause_count=1, has_tasks=True) == ()
    assert len(policy.missing(clause_count=0, has_tasks=False)) == 2
    assert "tasks" in policy.missing(clause_count=1, has_tasks=False)[0]


def test_text_is_folded_and_words_are_named_once() -> None:
    assert policy.fold("Café ÅNGSTRÖM Straße") == "cafe angstrom strasse"
    assert policy.words("  Café café  Tea ") == ("café", "tea")


def test_a_slug_is_unique_and_readable() -> None:
    first, second = uuid.uuid4(), uuid.UUID(int=5)
    assert policy.slug("Rank “drug” answers!", first).startswith("rank-drug-answers-")
    assert policy.slug("Same", first) != policy.slug("Same", second)
    assert policy.slug("日本", second) == "000005"
    assert len(policy.slug("x" * 500, first)) <= policy.SLUG_LENGTH + 7


def test_a_guideline_is_known_by_every_word() -> None:
    clause = ClauseText("Be right", "Cite it.", "good", "bad")
    prints = {
        policy.fingerprint(clauses)
        for clauses in (
            [clause],
            [],
            [clause, clause],
            [ClauseText("Be right", "Cite it.", "good", "bad!")],
            [ClauseText("Be right", "Cite it.good", "", "bad")],
        )
    }
    assert len(prints) == 5
    assert policy.fingerprint([clause]) == policy.fingerprint(
        [ClauseText("Be right", "Cite it.", "good", "bad")]
    )


def test_the_list_of_task_types_starts_where_a_project_can() -> None:
    for kind in TASK_TYPES.values():
        assert 1 <= kind.overlap <= 15
        assert 1 <= kind.minutes <= 480
        assert set(kind.options) <= {"why_min_words"}
    assert WHY_WORDS_MINIMUM <= WHY_WORDS_DEFAULT <= WHY_WORDS_MAXIMUM
    assert all(one.parent is None or one.parent in SPECIALTIES for one in SPECIALTIES.values())
