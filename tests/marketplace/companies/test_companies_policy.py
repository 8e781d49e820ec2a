"""Who may do what inside a company; how a name becomes an address."""

from datetime import UTC, datetime, timedelta

import pytest

from marketplace.companies import policy
from marketplace.companies.models import Company, Invitation, InvitationState, Member, MemberRole
from marketplace.identity.models import User

R = MemberRole
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def member(role: R, *, left: bool = False) -> Member:
    company = Company(name="Northwind", slug="northwind", country="US")
    return Member(company=company, user=person(), role=role, left_at=NOW if left else None)


def person(email: str = "ada@example.org", *, confirmed: bool = True) -> User:
    return User(email=email, name="Ada", password_hash="!", email_confirmed_at=NOW if confirmed else None)


@pytest.mark.parametrize(
    ("role", "invites"), [(R.OWNER, [R.OWNER, R.MANAGER, R.VIEWER]), (R.MANAGER, [R.VIEWER]), (R.VIEWER, [])]
)
def test_whom_each_role_invites(role: R, invites: list[R]) -> None:
    assert policy.invitable(member(role)) == invites
    assert policy.invitable(member(role, left=True)) == []


def test_only_present_owners_manage_the_team() -> None:
    assert [role for role in R if policy.may_manage_team(member(role))] == [R.OWNER]
    assert not policy.may_manage_team(member(R.OWNER, left=True))


def test_an_invitation_is_open_until_its_end_or_an_answer() -> None:
    invitation = Invitation(
        company=member(R.OWNER).company, by=person(), email="ada@example.org", role=R.VIEWER, ends_at=NOW
    )
    assert policy.is_open(invitation, NOW - timedelta(seconds=1))
    assert not policy.is_open(invitation, NOW)
    invitation.move(InvitationState.DECLINED)
    assert not policy.is_open(invitation, NOW - timedelta(seconds=1))


def test_an_invitation_is_for_the_proven_owner_of_the_address() -> None:
    invitation = Invitation(
        company=member(R.OWNER).company, by=person(), email="ada@example.org", role=R.VIEWER, ends_at=NOW
    )
    assert policy.is_for(invitation, person())
    assert not policy.is_for(invitation, person(confirmed=False))
    assert not policy.is_for(invitation, person("eve@example.org"))


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Northwind Labs", "northwind-labs"),
        ("  Åkerö & Søn GmbH. ", "akero-sn-gmbh"),
        ("日本", "company"),
        ("--", "company"),
        ("x" * 47 + " yy", "x" * 47),
    ],
)
def test_names_become_addresses(name: str, slug: str) -> None:
    assert policy.slug(name) == slug
