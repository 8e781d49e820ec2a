"""Asking people to join: nobody becomes a Member unasked."""

from datetime import timedelta

from sqlalchemy.orm import Session

from config.policy import PEOPLE
from marketplace.companies import policy, queries
from marketplace.companies.errors import AlreadyMember, InvitationOver, NotYours
from marketplace.companies.events import MemberInvited, MemberJoined
from marketplace.companies.models import Company, Invitation, InvitationState, Member, MemberRole
from marketplace.companies.service.records import note
from marketplace.identity import queries as identity_queries
from marketplace.identity import service as identity
from marketplace.identity.models import Role, User, folded
from marketplace.kit import clock
from marketplace.kit.database import insert_once
from marketplace.kit.events import publish

N = InvitationState


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
    note(session, "invited", company.id, by.user_id, invitation_id=invitation.id, role=role.value)
    if user is not None:
        publish(session, MemberInvited(company_id=company.id, invitation_id=invitation.id, user_id=user.id))
    return invitation


def withdraw(session: Session, invitation: Invitation, *, by: Member) -> None:
    """Take an invitation back.  NotYours (403) for a Member who could not have made it."""
    if not policy.may_withdraw(by, invitation):
        raise NotYours("Your role does not include this invitation.")
    invitation.move(N.WITHDRAWN)
    note(session, "withdrawn", invitation.company_id, by.user_id, invitation_id=invitation.id)


def accept(session: Session, invitation: Invitation, *, user: User) -> Member:
    """Make the invited User a Member; publishes MemberJoined.

    Raises InvitationOver (410), NotYours (403) until the address is confirmed, AlreadyMember (409) for a
    User of another company.
    """
    _refuse_stranger(invitation, user)
    if not policy.is_open(invitation, clock.database_now(session)):
        raise InvitationOver("This invitation is over. Ask the company for a new one.")
    if queries.membership(session, user.id) is not None:
        raise AlreadyMember("You belong to a company already. Leave it before you join another.")
    invitation.move(N.ACCEPTED)
    member = _join(session, invitation, user)
    identity.grant(session, user, Role.MEMBER, by=invitation.by)
    note(session, "joined", invitation.company_id, user.id, role=invitation.role.value)
    publish(
        session,
        MemberJoined(company_id=invitation.company_id, user_id=user.id, by_id=invitation.by_id),
    )
    return member


def decline(session: Session, invitation: Invitation, *, user: User) -> None:
    """Say no; the company can ask again.  NotYours (403) until the address is confirmed."""
    _refuse_stranger(invitation, user)
    invitation.move(N.DECLINED)
    note(session, "declined", invitation.company_id, user.id, invitation_id=invitation.id)


def _refuse_stranger(invitation: Invitation, user: User) -> None:
    """Whoever has not shown that the address is theirs answers nothing that was sent to it."""
    if not policy.is_for(invitation, user):
        raise NotYours("Confirm your e-mail address first; the link is in your mail.")


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
