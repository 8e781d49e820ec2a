"""Founding a company, and everything about who belongs to it."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.audit.models import AuditRecord
from marketplace.companies import queries, service
from marketplace.companies.errors import AlreadyMember, InvitationOver, LastOwner, NotYours
from marketplace.companies.models import Company, Invitation, InvitationState, Member, MemberRole
from marketplace.identity import queries as identity
from marketplace.identity import service as people
from marketplace.identity.models import Role, User
from marketplace.kit import clock, ids
from marketplace.kit.database import Sessions, transaction
from marketplace.kit.errors import Conflict, NotFound
from marketplace.notifications.models import Notice
from tests.factories.companies import make_company, make_member
from tests.factories.identity import make_user

R, N = MemberRole, InvitationState


def found(session: Session, user: User, name: str = "Northwind Labs", **columns: object) -> Company:
    values = {"country": "us", "website": "", "form_key": ids.new_id(), **columns}
    return service.found_company(session, user=user, name=name, **values)  # type: ignore[arg-type]


def owner_of(session: Session, company: Company) -> Member:
    session.flush()
    (owner,) = queries.lock_owners(session, company.id)
    member = queries.member(session, company.id, owner.id)
    assert member is not None
    return member


def notices(session: Session, user: User) -> list[str]:
    session.flush()
    return [row.kind for row in session.scalars(select(Notice).where(Notice.user_id == user.id))]


def test_a_founder_owns_the_company_and_may_act_as_a_member(session: Session) -> None:
    user = make_user(session)
    company = found(session, user)
    me = queries.membership(session, user.id)
    assert me is not None
    assert (me.company, me.role, company.slug, company.country) == (company, R.OWNER, "northwind-labs", "US")
    assert Role.MEMBER.value in identity.roles_of(session, user.id)
    assert notices(session, user) == []
    session.flush()
    tags = session.scalars(select(AuditRecord.tag).where(AuditRecord.subject_id == company.id)).all()
    assert tags == ["company:team:founded"]


def test_the_same_form_founds_one_company(session: Session) -> None:
    user, key = make_user(session), ids.new_id()
    assert found(session, user, form_key=key) is found(session, user, "Other", form_key=key)


def test_one_company_at_a_time(session: Session) -> None:
    user = make_user(session)
    found(session, user)
    with pytest.raises(AlreadyMember):
        found(session, user, "Southwind")


def test_a_key_of_somebody_elses_company_finds_nothing(session: Session) -> None:
    theirs = make_company(session)
    with pytest.raises(NotFound):
        found(session, make_user(session), form_key=theirs.id)
    session.flush()


def test_names_may_repeat_and_addresses_do_not(session: Session) -> None:
    slugs = {found(session, make_user(session), "Acme").slug for _ in range(3)}
    assert len(slugs) == 3
    assert all(slug == "acme" or slug.startswith("acme-") for slug in slugs)


def test_only_owners_change_the_company(session: Session) -> None:
    company = make_company(session)
    slug = company.slug
    values = {"name": "New name", "country": "de", "website": "https://example.org"}
    for role in (R.MANAGER, R.VIEWER):
        with pytest.raises(NotYours):
            service.change_company(session, company, by=make_member(session, company, role=role), **values)
    service.change_company(session, company, by=owner_of(session, company), **values)
    assert (company.name, company.country, company.slug) == ("New name", "DE", slug)


def test_who_belongs_and_who_did(session: Session) -> None:
    company, other = make_company(session), make_company(session)
    member = make_member(session, company)
    user_id, now = member.user_id, clock.database_now(session)
    assert queries.for_member(session, user_id, company.id) is company
    assert queries.for_member(session, user_id, other.id) is None
    assert queries.was_member(session, user_id, company.id)
    assert not queries.was_member(session, user_id, other.id)
    member.left_at = now - timedelta(days=364)
    session.flush()
    assert queries.for_member(session, user_id, company.id) is None
    assert queries.membership(session, user_id) is None
    assert queries.was_member(session, user_id, company.id)
    member.left_at = now - timedelta(days=366)
    session.flush()
    assert not queries.was_member(session, user_id, company.id)


def test_an_invited_user_is_told_and_joins(session: Session) -> None:
    company, user = make_company(session), make_user(session, email="eve@example.org")
    owner = owner_of(session, company)
    invitation = service.invite(session, company, by=owner, email=" Eve@Example.org ", role=R.MANAGER)
    assert notices(session, user) == ["member_invited"]
    assert queries.membership(session, user.id) is None  # nobody becomes a Member unasked
    member = service.accept(session, invitation, user=user)
    assert (member.role, invitation.state) == (R.MANAGER, N.ACCEPTED)
    assert Role.MEMBER.value in identity.roles_of(session, user.id)
    assert "member_joined" in notices(session, owner.user)


def test_nobody_learns_whether_an_address_is_known(session: Session) -> None:
    company = make_company(session)
    owner = owner_of(session, company)
    invitation = service.invite(session, company, by=owner, email="nobody@example.org", role=R.VIEWER)
    assert [row.id for row in queries.invitations_to(session, "nobody@example.org")] == [invitation.id]
    later = make_user(session, email="nobody@example.org")
    assert service.accept(session, invitation, user=later).role is R.VIEWER


def test_whoever_joins_later_hears_of_it_with_the_confirmation(session: Session) -> None:
    company = make_company(session)
    service.invite(session, company, by=owner_of(session, company), email="nobody@example.org", role=R.VIEWER)
    later = make_user(session, email="nobody@example.org", confirmed=False)
    other = make_user(session, confirmed=False)
    assert notices(session, later) == []
    for user in (later, other):
        people.confirm_email(session, user)
        people.confirm_email(session, user)
    assert notices(session, later) == ["member_invited"]
    assert notices(session, other) == []


def test_a_second_invitation_renews_the_first(session: Session) -> None:
    company = make_company(session)
    owner = owner_of(session, company)
    first = service.invite(session, company, by=owner, email="eve@example.org", role=R.VIEWER)
    ends_at = first.ends_at
    with clock.shifted(timedelta(days=20)):
        again = service.invite(session, company, by=owner, email="eve@example.org", role=R.MANAGER)
        assert [row.id for row in queries.open_invitations(session, company.id)] == [first.id]
    assert again is first
    assert (again.role, again.ends_at > ends_at) == (R.MANAGER, True)


def test_a_member_is_not_invited_again(session: Session) -> None:
    company = make_company(session)
    owner, member = owner_of(session, company), make_member(session, company)
    with pytest.raises(AlreadyMember):
        service.invite(session, company, by=owner, email=member.user.email, role=R.VIEWER)


@pytest.mark.parametrize(
    ("role", "offered"), [(R.MANAGER, R.OWNER), (R.MANAGER, R.MANAGER), (R.VIEWER, R.VIEWER)]
)
def test_nobody_invites_above_their_right(session: Session, role: R, offered: R) -> None:
    company = make_company(session)
    me = make_member(session, company, role=role)
    with pytest.raises(NotYours):
        service.invite(session, company, by=me, email="eve@example.org", role=offered)
    theirs = service.invite(
        session, company, by=owner_of(session, company), email="eve@example.org", role=offered
    )
    with pytest.raises(NotYours):
        service.withdraw(session, theirs, by=me)
    assert theirs.state is N.OPEN


def test_an_invitation_is_answered_once(session: Session) -> None:
    company, user = make_company(session), make_user(session, email="eve@example.org")
    invitation = service.invite(
        session, company, by=owner_of(session, company), email=user.email, role=R.VIEWER
    )
    service.decline(session, invitation, user=user)
    with pytest.raises(InvitationOver):
        service.accept(session, invitation, user=user)
    with pytest.raises(Conflict):
        service.withdraw(session, invitation, by=owner_of(session, company))
    assert queries.open_invitations(session, company.id) == []


def test_withdrawn_late_or_unproven_it_opens_nothing(session: Session) -> None:
    company = make_company(session)
    owner = owner_of(session, company)
    user = make_user(session, email="eve@example.org")
    invitation = service.invite(session, company, by=owner, email=user.email, role=R.VIEWER)
    with clock.shifted(timedelta(days=14, seconds=5)), pytest.raises(InvitationOver):
        service.accept(session, invitation, user=user)
    with pytest.raises(NotYours):
        service.accept(session, invitation, user=make_user(session))
    user.email_confirmed_at = None
    with pytest.raises(NotYours):
        service.accept(session, invitation, user=user)
    with pytest.raises(NotYours):
        service.decline(session, invitation, user=user)
    user.email_confirmed_at = clock.now()
    service.withdraw(session, invitation, by=owner)
    with pytest.raises(InvitationOver):
        service.accept(session, invitation, user=user)
    assert queries.membership(session, user.id) is None


def test_a_member_of_another_company_does_not_join(session: Session) -> None:
    company, elsewhere = make_company(session), make_member(session, make_company(session))
    invitation = service.invite(
        session, company, by=owner_of(session, company), email=elsewhere.user.email, role=R.VIEWER
    )
    with pytest.raises(AlreadyMember):
        service.accept(session, invitation, user=elsewhere.user)
    assert invitation.state is N.OPEN


def test_somebody_let_go_can_come_back(session: Session) -> None:
    company = make_company(session)
    owner, member = owner_of(session, company), make_member(session, company, role=R.MANAGER)
    service.end_membership(session, member, by=owner)
    session.flush()
    assert Role.MEMBER.value not in identity.roles_of(session, member.user_id)
    assert queries.membership(session, member.user_id) is None
    assert "member_left" in notices(session, member.user)
    invitation = service.invite(session, company, by=owner, email=member.user.email, role=R.VIEWER)
    again = service.accept(session, invitation, user=member.user)
    assert (again.id, again.role, again.left_at) == (member.id, R.VIEWER, None)


def test_everybody_may_leave_but_the_last_owner(session: Session) -> None:
    company = make_company(session)
    owner, viewer = owner_of(session, company), make_member(session, company)
    with pytest.raises(LastOwner):
        service.end_membership(session, owner, by=owner)
    with pytest.raises(LastOwner):
        service.change_role(session, owner, by=owner, role=R.MANAGER)
    service.change_role(session, viewer, by=owner, role=R.OWNER)
    session.flush()
    service.end_membership(session, owner, by=owner)
    session.flush()
    assert notices(session, owner.user) == []
    assert owner_of(session, company).id == viewer.id


@pytest.mark.parametrize("role", [R.MANAGER, R.VIEWER])
def test_only_owners_change_roles_and_let_people_go(session: Session, role: R) -> None:
    company = make_company(session)
    me, other = make_member(session, company, role=role), make_member(session, company)
    with pytest.raises(NotYours):
        service.change_role(session, other, by=me, role=R.OWNER)
    with pytest.raises(NotYours):
        service.change_role(session, me, by=me, role=R.OWNER)
    with pytest.raises(NotYours):
        service.end_membership(session, other, by=me)
    service.end_membership(session, me, by=me)
    assert me.left_at is not None
    assert other.left_at is None


def test_one_name_founded_by_many_at_once_gives_as_many_addresses(clean: Sessions) -> None:
    with transaction(clean) as session:
        users = [make_user(session).id for _ in range(4)]
    slugs: list[str] = []

    def one(user_id: object) -> None:
        with transaction(clean) as session:
            slugs.append(found(session, session.get_one(User, user_id), "Acme").slug)

    threads = [threading.Thread(target=one, args=(user_id,)) for user_id in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(slugs)) == 4


def test_two_invitations_at_once_make_one_row(clean: Sessions) -> None:
    with transaction(clean) as session:
        company = make_company(session)
        company_id, owner_id = company.id, owner_of(session, company).user_id

    def ask() -> None:
        with transaction(clean) as session:
            me = queries.membership(session, owner_id)
            assert me is not None
            service.invite(session, me.company, by=me, email="eve@example.org", role=R.VIEWER)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with transaction(clean, write=False) as session:
        rows = session.scalars(select(Invitation).where(Invitation.company_id == company_id)).all()
        assert len(rows) == 1
