"""A company's pages, as a browser sees them."""

import uuid
from typing import Any

import pytest
from sqlalchemy.orm import Session

from marketplace.companies import queries, service
from marketplace.companies.models import Company, Member, MemberRole
from marketplace.identity.models import Role, User
from marketplace.kit import ids
from tests.factories.companies import make_company, make_member
from tests.factories.identity import make_user
from tests.factories.projects import fill_wallet
from tests.pages import Pages

R = MemberRole


@pytest.fixture
def company(session: Session) -> Company:
    return make_company(session, name="Northwind Labs")


@pytest.fixture
def owner(session: Session, pages: Pages, company: Company) -> Member:
    (row,) = queries.lock_owners(session, company.id)
    member = queries.member(session, company.id, row.id)
    assert member is not None
    pages.enter(member.user)
    return member


def company_form(**changes: str) -> dict[str, str]:
    return {
        "form_key": str(ids.new_id()),
        "name": "Acme",
        "country": "US",
        "website": "acme.example",
        **changes,
    }


def invitation_to(session: Session, company: Company, user: User) -> uuid.UUID:
    (row,) = queries.lock_owners(session, company.id)
    by = queries.member(session, company.id, row.id)
    assert by is not None
    invitation = service.invite(session, company, by=by, email=user.email, role=R.VIEWER)
    session.flush()
    return invitation.id


def test_a_visitor_founds_nothing(pages: Pages) -> None:
    assert "/login" in pages.get("companies.new").location
    assert pages.post("companies.found_company", company_form()).status == 401


@pytest.mark.parametrize("role", [Role.EXPERT, Role.OPS, Role.ADMIN, Role.FINANCE])
def test_others_have_no_company_pages(session: Session, pages: Pages, role: Role) -> None:
    pages.enter(make_user(session, roles=[role]))
    for endpoint in ("companies.overview", "companies.team", "companies.edit"):
        assert pages.get(endpoint).status == 403
    assert pages.post("companies.invite", {"email": "eve@example.org", "role": "viewer"}).status == 403


def test_a_company_is_founded(session: Session, pages: Pages) -> None:
    user = make_user(session, roles=[Role.MEMBER])
    pages.enter(user)
    assert pages.get("companies.overview").location == "/company/new"
    for endpoint in ("companies.team", "projects.index", "projects.new", "billing.index"):
        assert pages.get(endpoint).location == "/company/new"  # one step first, not a page that is nowhere
    data = company_form()
    for _ in range(2):
        assert pages.post("companies.found_company", data).location == "/company"
    me = queries.membership(session, user.id)
    assert me is not None
    assert (me.company.name, me.company.website, me.role) == ("Acme", "https://acme.example", R.OWNER)
    page = pages.get("companies.overview")
    assert "No money here yet" in page.text
    assert "Wallet $0.00" in page.text
    assert pages.get("companies.new").location == "/company"
    assert pages.post("companies.found_company", company_form()).status == 409


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": ""}, "Enter the company’s name."),
        ({"name": "A"}, "Use 2 to 120 characters."),
        ({"name": "A\nB"}, "Write this on one line."),
        ({"country": ""}, "Choose the country."),
        ({"country": "Atlantis"}, "Choose one of the options."),
        ({"website": "javascript:alert(1)"}, "Enter a web address"),
        ({"website": "javascript://x.example/%0aalert(1)"}, "Enter a web address"),
        ({"website": "nonsense"}, "Enter a web address"),
        ({"website": "https://[::1"}, "Enter a web address"),
        ({"form_key": "x"}, ""),
    ],
)
def test_a_company_is_checked_field_by_field(
    session: Session, pages: Pages, changes: dict[str, str], message: str
) -> None:
    user = make_user(session)
    pages.enter(user)
    data = company_form(**changes)
    answer = pages.post("companies.found_company", data)
    assert answer.status == 422
    assert message in answer.errors()
    assert answer.value("name") == data["name"]
    assert queries.membership(session, user.id) is None


@pytest.mark.parametrize("role", [R.MANAGER, R.VIEWER])
def test_managers_and_viewers_read_the_company(
    session: Session, pages: Pages, company: Company, role: R
) -> None:
    pages.enter(make_member(session, company, role=role).user)
    page = pages.get("companies.overview")
    assert "Northwind Labs" in page.text
    assert "Change" not in page.text
    assert pages.get("companies.edit").status == 403
    assert pages.post("companies.save", company_form()).status == 403
    assert company.name == "Northwind Labs"


def test_the_owner_changes_the_company(
    session: Session, pages: Pages, company: Company, owner: Member
) -> None:
    assert pages.get("companies.edit").value("name") == "Northwind Labs"
    assert pages.post("companies.save", company_form(name="")).status == 422
    assert pages.post("companies.save", company_form(name="Southwind")).location == "/company"
    assert company.name == "Southwind"


def test_the_team_is_listed_page_by_page(
    session: Session, pages: Pages, company: Company, owner: Member
) -> None:
    for number in range(25):
        make_member(
            session, company, user=make_user(session, name=f"Member {number:02}", roles=[Role.MEMBER])
        )
    make_member(session, make_company(session), user=make_user(session, name="Stranger"))
    page = pages.get("companies.team")
    assert "(you)" in page.text
    assert "Member 23" in page.text
    assert "Member 24" not in page.text
    following = next(node.get("href") for node in page.all("a") if node.get("rel") == "next")
    assert "Member 24" in pages.get(following).text
    assert "Stranger" not in page.text


def test_an_owner_invites_and_withdraws(
    session: Session, pages: Pages, company: Company, owner: Member
) -> None:
    answer = pages.post("companies.invite", {"email": "Eve@Example.org", "role": "manager"})
    assert answer.location == "/company/team"
    page = pages.get("companies.team")
    assert "eve@example.org" in page.text
    (invitation,) = queries.open_invitations(session, company.id)
    assert pages.post("companies.withdraw", invitation_id=invitation.id).status == 303
    assert "eve@example.org" not in pages.get("companies.team").text
    assert pages.post("companies.withdraw", invitation_id=invitation.id).status == 409


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"email": "", "role": "viewer"}, "Enter your e-mail address"),
        ({"email": "nonsense", "role": "viewer"}, "Enter an e-mail address"),
        ({"email": "eve@example.org", "role": ""}, "Choose a role."),
        ({"email": "eve@example.org", "role": "emperor"}, "Choose one of the options."),
    ],
)
def test_an_invitation_is_checked_field_by_field(
    session: Session, pages: Pages, owner: Member, data: dict[str, str], message: str
) -> None:
    answer = pages.post("companies.invite", data)
    assert answer.status == 422
    assert message in answer.errors()
    assert queries.open_invitations(session, owner.company_id) == []


def test_a_manager_invites_viewers_only(session: Session, pages: Pages, company: Company) -> None:
    pages.enter(make_member(session, company, role=R.MANAGER).user)
    page = pages.get("companies.team")
    assert [node.get("value") for node in page.all("input") if node.get("type") == "radio"] == ["viewer"]
    assert pages.post("companies.invite", {"email": "eve@example.org", "role": "owner"}).status == 422
    assert pages.post("companies.invite", {"email": "eve@example.org", "role": "viewer"}).status == 303


def test_a_viewer_invites_nobody(session: Session, pages: Pages, company: Company) -> None:
    pages.enter(make_member(session, company).user)
    assert "Invite somebody" not in pages.get("companies.team").text
    assert pages.post("companies.invite", {"email": "eve@example.org", "role": "viewer"}).status == 403


def test_an_owner_changes_roles_and_lets_people_go(
    session: Session, pages: Pages, company: Company, owner: Member
) -> None:
    member = make_member(session, company, user=make_user(session, name="Bo Viewer", roles=[Role.MEMBER]))
    here: dict[str, Any] = {"member_id": member.id}
    assert "Change the role" in pages.get("companies.member", **here).text
    assert pages.post("companies.change_role", {"role": "emperor"}, **here).status == 422
    assert pages.post("companies.change_role", {"role": "manager"}, **here).status == 303
    assert member.role is R.MANAGER
    assert pages.post("companies.end_membership", **here).location == "/company/team"
    assert "Bo Viewer" not in [node.text for node in pages.get("companies.team").all("th")]
    assert pages.get("companies.member", **here).status == 404
    assert pages.post("companies.change_role", {"role": "viewer"}, member_id=owner.id).status == 409
    assert pages.post("companies.end_membership", member_id=owner.id).status == 409


@pytest.mark.parametrize("role", [R.MANAGER, R.VIEWER])
def test_without_the_right_a_member_only_leaves(
    session: Session, pages: Pages, company: Company, role: R
) -> None:
    me, other = make_member(session, company, role=role), make_member(session, company)
    user_id = me.user_id
    pages.enter(me.user)
    page = pages.get("companies.member", member_id=other.id)
    assert "Change the role" not in page.text
    assert "End the membership" not in page.text
    assert pages.post("companies.change_role", {"role": "owner"}, member_id=other.id).status == 403
    assert pages.post("companies.end_membership", member_id=other.id).status == 403
    assert "Leave the company" in pages.get("companies.member", member_id=me.id).text
    assert pages.post("companies.end_membership", member_id=me.id).location == "/company/invitations"
    assert pages.get("companies.invitations").status == 200
    assert pages.get("companies.overview").status == 403
    assert queries.membership(session, user_id) is None


def test_another_companys_people_are_not_there(
    session: Session, pages: Pages, company: Company, owner: Member
) -> None:
    theirs = make_company(session)
    stranger = make_member(session, theirs)
    invitation_id = invitation_to(session, theirs, make_user(session))
    for member_id in (stranger.id, uuid.uuid4()):
        assert pages.get("companies.member", member_id=member_id).status == 404
        assert pages.post("companies.change_role", {"role": "viewer"}, member_id=member_id).status == 404
        assert pages.post("companies.end_membership", member_id=member_id).status == 404
    assert pages.post("companies.withdraw", invitation_id=invitation_id).status == 404
    assert pages.post("companies.accept", invitation_id=invitation_id).status == 404
    assert stranger.left_at is None


def test_an_invited_person_accepts(session: Session, pages: Pages, company: Company) -> None:
    user = make_user(session, name="Eve Invited")
    invitation_id = invitation_to(session, company, user)
    pages.enter(user)
    assert "A company has invited you" in pages.get("companies.new").text
    page = pages.get("companies.invitations")
    assert "Northwind Labs" in page.text
    assert pages.post("companies.accept", invitation_id=invitation_id).location == "/company"
    assert "Welcome to Northwind Labs." in pages.get("companies.overview").text
    assert pages.post("companies.accept", invitation_id=invitation_id).status == 410


def test_an_invited_person_declines(session: Session, pages: Pages, company: Company) -> None:
    user = make_user(session)
    invitation_id = invitation_to(session, company, user)
    pages.enter(user)
    assert pages.post("companies.decline", invitation_id=invitation_id).status == 303
    assert "No invitations" in pages.get("companies.invitations").text
    assert queries.membership(session, user.id) is None


def test_without_a_confirmed_address_nobody_joins(session: Session, pages: Pages, company: Company) -> None:
    user = make_user(session, confirmed=False)
    invitation_id = invitation_to(session, company, user)
    pages.enter(user)
    page = pages.get("companies.invitations")
    assert "Confirm your e-mail address before you accept" in page.text
    assert "Accept" not in [node.text for node in page.all("button")]
    assert pages.post("companies.accept", invitation_id=invitation_id).status == 403
    assert queries.membership(session, user.id) is None


def test_a_new_company_is_led_to_its_first_project_and_later_to_all_of_them(
    session: Session, pages: Pages
) -> None:
    company = make_company(session)
    pages.enter(make_member(session, company, role=MemberRole.OWNER).user, "member")
    assert "Write your first project" in pages.get("companies.overview").text
    fill_wallet(session, company, 5_000)
    assert "Write your first project" not in pages.get("companies.overview").text
