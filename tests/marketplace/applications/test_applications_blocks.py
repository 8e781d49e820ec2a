"""The page on which a company blocks an expert, and what the expert then reads and does."""

from dataclasses import dataclass

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.applications.models import Engagement, EngagementState
from marketplace.companies.models import Company, CompanyBlock, Member, MemberRole
from marketplace.companies.policy import pseudonym
from marketplace.identity.models import Role, User
from marketplace.kit import ids
from marketplace.projects.models import Project
from tests.factories.applications import make_engagement
from tests.factories.companies import make_company, make_member
from tests.factories.experts import make_expert
from tests.factories.identity import make_user
from tests.factories.projects import make_project
from tests.pages import Pages

R = MemberRole
WHY = "Every one of the last eight answers was copied from the prompt, word by word."


@dataclass(frozen=True)
class Work:
    engagement: Engagement
    company: Company
    user: User
    slug: str
    code: str  # in the company's exports
    public: str


def joined(session: Session, **columns: Project) -> Work:
    """Somebody who has joined a project of a company."""
    person = make_user(session, name="Grace Hidden", roles=[Role.EXPERT])
    engagement = make_engagement(session, expert=make_expert(session, user=person), **columns)
    user, company = engagement.expert.user, engagement.project.company
    public = ids.code("E", engagement.expert_id)
    return Work(engagement, company, user, engagement.project.slug, pseudonym(company.id, user.id), public)


@pytest.fixture
def work(session: Session) -> Work:
    return joined(session)


@pytest.fixture
def owner(session: Session, pages: Pages, work: Work) -> Member:
    member = make_member(session, work.company, role=R.OWNER)
    pages.enter(member.user)
    return member


def form(name: str, reason: str = WHY) -> dict[str, str]:
    return {"expert": name, "reason": reason}


def blocks(session: Session) -> list[CompanyBlock]:
    return list(session.scalars(select(CompanyBlock).where(CompanyBlock.lifted_at.is_(None))))


def test_an_expert_is_blocked_by_the_code_of_an_export(
    session: Session, pages: Pages, work: Work, owner: Member
) -> None:
    assert "Nobody is blocked" in pages.get("blocks.index").text
    assert pages.post("blocks.block", form(f" {work.code.upper()} ")).location == "/company/blocks"
    page = pages.get("blocks.index")
    assert f"Expert {work.code}" in page.text
    assert WHY in page.text
    assert "Grace" not in page.text
    assert work.engagement.state is EngagementState.ACTIVE
    pages.enter(work.user)
    assert f"Its reason: {WHY}" in pages.get("jobs.job", slug=work.slug).text


def test_the_public_code_works_too(session: Session, pages: Pages, work: Work, owner: Member) -> None:
    assert pages.post("blocks.block", form("Expert " + work.public)).status == 303
    assert [one.user_id for one in blocks(session)] == [work.user.id]


def test_unblocking_opens_the_jobs_again(session: Session, pages: Pages, work: Work, owner: Member) -> None:
    pages.post("blocks.block", form(work.code))
    (one,) = blocks(session)
    assert "Unblock Expert" in pages.get("blocks.index").text
    for _ in range(2):
        assert pages.post("blocks.lift", block_id=one.id).location == "/company/blocks"
    assert blocks(session) == []
    pages.enter(work.user)
    assert "Its reason" not in pages.get("jobs.job", slug=work.slug).text


def test_a_second_block_changes_nothing(session: Session, pages: Pages, work: Work, owner: Member) -> None:
    for reason in (WHY, "Another reason. " + WHY):
        assert pages.post("blocks.block", form(work.code, reason)).status == 303
    assert [one.reason for one in blocks(session)] == [WHY]
    assert "the first reason stands" in pages.get("blocks.index").text


@pytest.mark.parametrize("name", ["x_0000000000", "E-000000", "nonsense", "%%", "’’"])
def test_a_code_of_nobody_is_said_at_the_field(
    session: Session, pages: Pages, owner: Member, name: str
) -> None:
    answer = pages.post("blocks.block", form(name))
    assert answer.status == 422
    assert "Nobody with this code" in answer.errors()
    assert answer.value("reason") == WHY


def test_people_of_other_companies_are_not_found(session: Session, pages: Pages, owner: Member) -> None:
    other = joined(session, project=make_project(session, company=make_company(session)))
    for name in (other.code, other.public):
        assert "Nobody with this code" in pages.post("blocks.block", form(name)).errors()
    idle = make_expert(session)
    assert pages.post("blocks.block", form(ids.code("E", idle.id))).status == 422
    assert blocks(session) == []


@pytest.mark.parametrize(
    ("name", "reason", "message"),
    [
        ("", WHY, "Enter the expert’s code."),
        ("x" * 41, WHY, "Use 2 to 40 characters."),
        ("x_0000000000", "", "Give a reason."),
        ("x_0000000000", "Bad work.", "at least 12 words"),
        ("x_0000000000", "word " * 250, "Use 2 to 1,000 characters."),
    ],
)
def test_the_form_is_checked_field_by_field(
    pages: Pages, owner: Member, name: str, reason: str, message: str
) -> None:
    answer = pages.post("blocks.block", form(name, reason))
    assert answer.status == 422
    assert message in answer.errors()


def test_a_block_of_another_company_is_no_page(
    session: Session, pages: Pages, work: Work, owner: Member
) -> None:
    pages.post("blocks.block", form(work.code))
    (one,) = blocks(session)
    pages.enter(make_member(session, make_company(session), role=R.OWNER).user)
    assert pages.post("blocks.lift", block_id=one.id).status == 404
    assert pages.post("blocks.lift", block_id=ids.new_id()).status == 404
    assert WHY not in pages.get("blocks.index").text
    assert len(blocks(session)) == 1


def test_who_may_not(session: Session, pages: Pages, work: Work) -> None:
    viewer = make_member(session, work.company, role=R.VIEWER).user
    for user in (viewer, make_user(session, roles=[Role.EXPERT]), make_user(session, roles=[Role.ADMIN])):
        pages.enter(user)
        assert pages.get("blocks.index").status == 403
        assert pages.post("blocks.block", form(work.code)).status == 403
        assert pages.post("blocks.lift", block_id=ids.new_id()).status == 403
    pages.enter(viewer)
    assert "Blocked experts" not in pages.get("companies.overview").text
    pages.enter(make_user(session, roles=[Role.MEMBER]))
    assert pages.get("blocks.index").location == "/company/new"
    pages.enter(make_member(session, work.company, role=R.MANAGER).user)
    assert "Blocked experts" in pages.get("companies.overview").text
    assert pages.get("blocks.index", expert="x_1").value("expert") == "x_1"


def test_blocks_are_listed_page_by_page(session: Session, pages: Pages, work: Work, owner: Member) -> None:
    for number in range(27):
        person = make_user(session)
        values = {"user_id": person.id, "by_id": owner.user_id, "reason": f"Reason {number:02}, told."}
        session.add(CompanyBlock(company=work.company, **values))
        session.flush()
    page = pages.get("blocks.index")
    assert "Reason 26" in page.text
    assert "Reason 01" not in page.text
    following = next(node.get("href") for node in page.all("a") if node.get("rel") == "next")
    assert "Reason 01" in pages.get(following).text
    assert pages.get("/company/blocks?after=nonsense").status == 404
