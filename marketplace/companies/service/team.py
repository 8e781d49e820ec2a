"""Roles in a team, and leaving it."""

from sqlalchemy.orm import Session

from marketplace.companies import policy, queries
from marketplace.companies.errors import LastOwner, NotYours
from marketplace.companies.events import MemberLeft
from marketplace.companies.models import Member, MemberRole
from marketplace.companies.service.records import note
from marketplace.identity import service as identity
from marketplace.identity.models import Role
from marketplace.kit import clock
from marketplace.kit.events import publish


def change_role(session: Session, member: Member, *, by: Member, role: MemberRole) -> None:
    """Give a Member another role.  NotYours (403) for all but owners; LastOwner (409)."""
    if not policy.may_manage_team(by):
        raise NotYours("Only an owner changes roles.")
    if role is not MemberRole.OWNER:
        _keep_an_owner(session, member)
    member.role = role
    note(session, "role", member.company_id, by.user_id, user_id=member.user_id, role=role.value)


def end_membership(session: Session, member: Member, *, by: Member) -> None:
    """Let a Member go, or leave oneself; the row stays for the rules on conflicts of interest.

    Publishes MemberLeft.  NotYours (403) unless it is oneself or an owner; LastOwner (409).
    """
    if member.id != by.id and not policy.may_manage_team(by):
        raise NotYours("Only an owner ends a membership.")
    _keep_an_owner(session, member)
    member.left_at = clock.database_now(session)
    identity.revoke(session, member.user, Role.MEMBER, by=by.user)
    note(session, "left", member.company_id, by.user_id, user_id=member.user_id)
    publish(session, MemberLeft(company_id=member.company_id, user_id=member.user_id, by_id=by.user_id))


def _keep_an_owner(session: Session, member: Member) -> None:
    owners = queries.lock_owners(session, member.company_id)
    if [owner.id for owner in owners] == [member.id]:
        raise LastOwner("A company needs an owner. Make somebody else an owner first.")
