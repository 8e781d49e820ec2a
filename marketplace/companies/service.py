"""Found a company, bring people in, let them go."""

import uuid
from datetime import timedelta

from sqlalchemy.orm import Session

from config.policy import PEOPLE
from marketplace.audit import service as audit
from marketplace.companies import policy, queries
from marketplace.companies.errors import AlreadyMember, InvitationOver, LastOwner, NotYours
from marketplace.companies.events import MemberInvited, MemberJoined, MemberLeft
from marketplace.companies.models import Company, Invitation, InvitationState, Member, MemberRole
from marketplace.identity import queries as identity_queries
from marketplace.identity import service as identity
from marketplace.identity.models import Role, User, folded
from marketplace.kit import clock, ids
from marketplace.kit.database import insert_once
from marketplace.kit.errors import NotFound
from marketplace.kit.events import publish

N = InvitationState
SLUG_TRIES = 5


def found_company(
    session: Session, *, user: User, name: str, country: str, website: str, form_key: uuid.UUID
) -> Company:
    """Found a company whose owner is the User, who gets the role of a member.

    The same `form_key` finds the company it founded.  Raises AlreadyMember (409) for a User of another
    company, and NotFound (404) for a key that is somebody else's company.
    """
    session.flush()  # a User made in this transaction must be in the database before a row points at it
    mine = queries.membership(session, user.id)
    if mine is not None:
        if mine.company_id == form_key:
            return mine.company
        raise AlreadyMember("You belong to a company already. Leave it before you found another.")
    company = _write(session, name=name, country=country, website=website, form_key=form_key)
    first = insert_once(session, Member, company_id=company.id, user_id=user.id, role=MemberRole.OWNER)
    if not first:
        raise AlreadyMember("You belong to a company already. Leave it before you found another.")
    identity.grant(session, user, Role.MEMBER, by=user)
    _note(session, "founded", company.id, user.id)
    return company


def change_company(
    session: Session, company: Company, *, by: Member, name: str, country: str, website: str
) -> None:
    """Change what the company says about itself; its address keeps its name.  Owners only (403)."""
    if not policy.may_manage_team(by):
        raise NotYours("Only an owner changes the company.")
    company.name, company.country, company.website = name, country.upper(), website
    _note(session, "changed", company.id, by.user_id)


def invite(session: Session, company: Company, *, by: Member, email: str, role: MemberRole) -> Invitation:
    """Ask whoever owns this address to join; a second invitation renews the first.

    Whether somebody has signed up with the address is not said.  Publishes MemberInvited when somebody has.
    Raises NotYours (403) and AlreadyMember (409).
    """
    if not policy.may_invite(by, role):
        raise NotYours("Your role does not include this invitation.")
    email = folded(email)
    user = identity_queries.by_email(session, email)
    place = queries.past_or_present(session, user.id, company.id) if user else None
    if place is not None and place.left_at is None:
        raise AlreadyMember("This person is in your team already.")
    invitation = _renew(session, company, by=by, email=email, role=role)
    _note(session, "invited", company.id, by.user_id, invitation_id=invitation.id, role=role.value)
    if user is not None:
        publish(session, MemberInvited(company_id=company.id, invitation_id=invitation.id, user_id=user.id))
    return invitation


def withdraw(session: Session, invitation: Invitation, *, by: Member) -> None:
    """Take an invitation back.  NotYours (403) for a Member who could not have made it."""
    if not policy.may_withdraw(by, invitation):
        raise NotYours("Your role does not include this invitation.")
    invitation.move(N.WITHDRAWN)
    _note(session, "withdrawn", invitation.company_id, by.user_id, invitation_id=invitation.id)


def accept(session: Session, invitation: Invitation, *, user: User) -> Member:
    """Make the invited User a Member; publishes MemberJoined.

    Raises InvitationOver (410), NotYours (403) until the address is confirmed, AlreadyMember (409) for a
    User of another company.
    """
    if not policy.is_for(invitation, user):
        raise NotYours("Confirm your e-mail address first; the link is in your mail.")
    if not policy.is_open(invitation, clock.database_now(session)):
        raise InvitationOver("This invitation is over. Ask the company for a new one.")
    if queries.membership(session, user.id) is not None:
        raise AlreadyMember("You belong to a company already. Leave it before you join another.")
    invitation.move(N.ACCEPTED)
    member = _join(session, invitation, user)
    identity.grant(session, user, Role.MEMBER, by=invitation.by)
    _note(session, "joined", invitation.company_id, user.id, role=invitation.role.value)
    publish(
        session,
        MemberJoined(company_id=invitation.company_id, user_id=user.id, by_id=invitation.by_id),
    )
    return member


def decline(session: Session, invitation: Invitation, *, user: User) -> None:
    """Say no; the company can ask again."""
    invitation.move(N.DECLINED)
    _note(session, "declined", invitation.company_id, user.id, invitation_id=invitation.id)


def change_role(session: Session, member: Member, *, by: Member, role: MemberRole) -> None:
    """Give a Member another role.  NotYours (403) for all but owners; LastOwner (409)."""
    if not policy.may_manage_team(by):
        raise NotYours("Only an owner changes roles.")
    if role is not MemberRole.OWNER:
        _keep_an_owner(session, member)
    member.role = role
    _note(session, "role", member.company_id, by.user_id, user_id=member.user_id, role=role.value)


def end_membership(session: Session, member: Member, *, by: Member) -> None:
    """Let a Member go, or leave oneself; the row stays for the rules on conflicts of interest.

    Publishes MemberLeft.  NotYours (403) unless it is oneself or an owner; LastOwner (409).
    """
    if member.id != by.id and not policy.may_manage_team(by):
        raise NotYours("Only an owner ends a membership.")
    _keep_an_owner(session, member)
    member.left_at = clock.database_now(session)
    identity.revoke(session, member.user, Role.MEMBER, by=by.user)
    _note(session, "left", member.company_id, by.user_id, user_id=member.user_id)
    publish(session, MemberLeft(company_id=member.company_id, user_id=member.user_id, by_id=by.user_id))


def _write(session: Session, *, name: str, country: str, website: str, form_key: uuid.UUID) -> Company:
    slug = policy.slug(name)
    for _ in range(SLUG_TRIES):
        if not queries.slug_taken(session, slug):
            values = {"name": name, "country": country.upper(), "website": website}
            if insert_once(session, Company, id=form_key, slug=slug, **values):
                break
            if queries.company(session, form_key) is not None:
                raise NotFound("That page does not exist, or it is not yours.")
        slug = f"{policy.slug(name)}-{ids.code('', ids.new_id()).strip('-').lower()}"
    company = queries.company(session, form_key)
    if company is None:
        raise RuntimeError(f"no free address for {name!r} in {SLUG_TRIES} tries")
    return company


def _renew(session: Session, company: Company, *, by: Member, email: str, role: MemberRole) -> Invitation:
    ends_at = clock.database_now(session) + timedelta(days=PEOPLE.invitation_days)
    insert_once(
        session, Invitation, company_id=company.id, by_id=by.user_id, email=email, role=role, ends_at=ends_at
    )
    invitation = queries.lock_open_invitation(session, company.id, email)
    if invitation is None:
        raise RuntimeError("an Invitation row was written and is not there")
    invitation.by, invitation.role, invitation.ends_at = by.user, role, ends_at
    return invitation


def _join(session: Session, invitation: Invitation, user: User) -> Member:
    member = queries.past_or_present(session, user.id, invitation.company_id)
    if member is None:
        member = Member(company=invitation.company, user=user, role=invitation.role)
        session.add(member)
    member.role, member.left_at = invitation.role, None
    return member


def _keep_an_owner(session: Session, member: Member) -> None:
    owners = queries.lock_owners(session, member.company_id)
    if [owner.id for owner in owners] == [member.id]:
        raise LastOwner("A company needs an owner. Make somebody else an owner first.")


def _note(
    session: Session, act: str, company_id: uuid.UUID, actor_id: uuid.UUID, **detail: str | uuid.UUID
) -> None:
    audit.record(
        session,
        f"company:team:{act}",
        actor_id=actor_id,
        subject_type="company",
        subject_id=company_id,
        **detail,
    )
