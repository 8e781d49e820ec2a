from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from config.policy import PEOPLE
from marketplace.experts.models import CredentialKind, CredentialState, Expert
from marketplace.identity.models import UserState
from marketplace.kit import clock
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import Kind
from marketplace.matching import service
from marketplace.matching.policy import Eligibility
from marketplace.projects import service as projects
from marketplace.projects.models import Project
from tests.factories.companies import make_company, make_member
from tests.factories.experts import make_credential, make_expert
from tests.factories.identity import make_user
from tests.factories.projects import make_project

RULES = [
    "user_active",
    "credential",
    "tier",
    "language",
    "country",
    "content",
    "not_company",
    "not_blocked",
    "company",
    "funded",
]


def judge(session: Session, expert: Expert, project: Project) -> Eligibility:
    return service.eligibility(session, expert.user, expert, project)


def failing(session: Session, expert: Expert, project: Project) -> list[str]:
    return [result.rule for result in judge(session, expert, project).failed]


def test_everybody_with_a_complete_profile_may_do_general_work(session: Session) -> None:
    found = judge(session, make_expert(session), make_project(session))
    assert found.eligible
    assert [result.rule for result in found.rules] == RULES
    assert all(result.fix is None and result.reason.endswith(".") for result in found.rules)


@pytest.mark.parametrize(
    ("columns", "rule", "href"),
    [
        ({"languages": {}}, "language", "/profile/edit"),
        ({"languages": {"en": "B2"}}, "language", "/profile/edit"),
        ({"country": ""}, "country", "/profile/edit"),
    ],
)
def test_a_gap_in_the_profile_is_named_with_its_fix(
    session: Session, columns: dict[str, object], rule: str, href: str
) -> None:
    found = judge(session, make_expert(session, **columns), make_project(session))
    assert [(one.rule, one.fix and one.fix.href) for one in found.failed] == [(rule, href)]


def test_an_unconfirmed_address_and_a_suspension_stop_new_work(session: Session) -> None:
    project = make_project(session)
    fresh = make_expert(session, user=make_user(session, roles=["expert"], confirmed=False))
    assert failing(session, fresh, project) == ["user_active"]
    fix = judge(session, fresh, project).failed[0].fix
    assert fix is not None
    assert fix.href == "/settings"
    suspended = make_expert(session, user=make_user(session, roles=["expert"], state=UserState.SUSPENDED))
    assert failing(session, suspended, project) == ["user_active"]
    assert judge(session, suspended, project).failed[0].fix is None


# tier of the expert in medicine, the job's tier and field, what fails
@pytest.mark.parametrize(
    ("has", "wants", "field", "missing"),
    [
        ("licensed", "licensed", "medicine.cardiology", []),
        ("board_certified", "licensed", "medicine", []),
        ("specialist", "licensed", "medicine", ["tier"]),
        ("licensed", "licensed", "law", ["credential", "tier"]),
        ("general", "skilled", "medicine", ["credential", "tier"]),
        ("general", "general", "law.tax", []),
    ],
)
def test_credentials_and_tiers(
    session: Session, has: str, wants: str, field: str, missing: list[str]
) -> None:
    project = make_project(session, tier=wants, specialty=field)
    assert failing(session, make_expert(session, tier=has), project) == missing


def test_a_credential_below_the_jobs_field_does_not_cover_it(session: Session) -> None:
    expert = make_expert(session, tier="licensed", specialty="medicine.cardiology")
    assert failing(session, expert, make_project(session, tier="licensed", specialty="medicine")) == [
        "credential",
        "tier",
    ]


@pytest.mark.parametrize(
    ("state", "ends_in_days", "counts"),
    [
        (CredentialState.VERIFIED, None, True),
        (CredentialState.EXPIRING, 5, True),
        (CredentialState.VERIFIED, -1, False),
        (CredentialState.SUBMITTED, None, False),
        (CredentialState.REJECTED, None, False),
        (CredentialState.EXPIRED, -5, False),
        (CredentialState.REVOKED, None, False),
    ],
)
def test_only_what_is_verified_now_counts(
    session: Session, state: CredentialState, ends_in_days: int | None, counts: bool
) -> None:
    expert = make_expert(session)
    make_credential(session, expert, kind=CredentialKind.LICENCE, state=state, ends_in_days=ends_in_days)
    project = make_project(session, tier="licensed", specialty="medicine")
    assert judge(session, expert, project).eligible is counts


def test_nobody_works_for_their_own_company_or_one_they_left_lately(session: Session) -> None:
    company = make_company(session)
    project = make_project(session, company=company)
    expert = make_expert(session)
    member = make_member(session, company, user=expert.user)
    assert failing(session, expert, project) == ["not_company"]
    assert judge(session, expert, project).failed[0].fix is None
    member.left_at = clock.database_now(session)
    assert failing(session, expert, project) == ["not_company"]
    member.left_at -= timedelta(days=PEOPLE.conflict_days - 1)
    assert failing(session, expert, project) == ["not_company"]
    member.left_at -= timedelta(days=2)
    assert failing(session, expert, project) == []


@pytest.mark.parametrize("state", ["awaiting_funds", "paused", "closing", "closed"])
def test_only_an_open_job_gives_work(session: Session, state: str) -> None:
    assert failing(session, make_expert(session), make_project(session, state=state)) == ["funded"]


def test_an_empty_budget_gives_no_work(session: Session) -> None:
    project = make_project(session, budget_minor=280)
    expert = make_expert(session)
    assert failing(session, expert, project) == []
    projects.defund(session, project)
    assert failing(session, expert, project) == ["funded"]


def test_a_kept_tick_list_reads_back_as_it_was(session: Session) -> None:
    found = judge(session, make_expert(session, country=""), make_project(session, tier="licensed"))
    assert Eligibility.from_json(found.to_json()) == found
    assert found.to_json()["eligible"] is False


def test_a_page_of_jobs_is_judged_with_a_fixed_number_of_statements(
    session: Session, statements: Callable[[], int]
) -> None:
    company = make_company(session)
    expert = make_expert(session, tier="licensed")
    listings = []
    for tier in ("general", "licensed", "board_certified", "skilled"):
        project = make_project(session, company=company, tier=tier, specialty="medicine")
        listings.append((project, ledger.balance(session, Kind.PROJECT_BUDGET, project.id)))
    user = expert.user
    counts = []
    for number in (1, 4):
        statements()
        found = service.fits(session, user, expert, listings[:number])
        counts.append(statements())
    assert counts[0] == counts[1]
    assert [found[project.id].eligible for project, _ in listings] == [True, True, False, True]
    for project, _ in listings:
        assert found[project.id] == judge(session, expert, project), "the board and the claim say the same"
