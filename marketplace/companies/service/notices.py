"""What the roof's listeners call: people hear about invitations, teams and blocks."""

import uuid

from sqlalchemy.orm import Session

from marketplace.companies import queries
from marketplace.companies.events import ExpertBlocked, MemberInvited, MemberJoined, MemberLeft
from marketplace.companies.models import Invitation
from marketplace.identity import queries as identity
from marketplace.identity.events import EmailConfirmed
from marketplace.notifications import service as notifications


def tell_invited(session: Session, fact: MemberInvited) -> None:
    """Whoever owns the address hears who asks."""
    invitation = queries.invitation(session, fact.invitation_id)
    if invitation is not None:
        _tell_about(session, fact.user_id, invitation)


def tell_waiting(session: Session, fact: EmailConfirmed) -> None:
    """Whoever has just shown that an address is theirs hears who had asked before they joined."""
    user = identity.user(session, fact.user_id)
    for invitation in queries.invitations_to(session, user.email) if user else ():
        _tell_about(session, fact.user_id, invitation)


def tell_joined(session: Session, fact: MemberJoined) -> None:
    """Whoever invited hears that it was accepted."""
    user = identity.user(session, fact.user_id)
    if user is not None:
        notifications.tell(
            session,
            fact.by_id,
            kind="member_joined",
            title=f"{user.name} has joined your team",
            body="They can work with you from now on.",
            path="/company/team",
            email=False,
        )


def tell_left(session: Session, fact: MemberLeft) -> None:
    """Whoever was let go hears it; those who left by themselves know."""
    company = queries.company(session, fact.company_id)
    if company is not None and fact.by_id != fact.user_id:
        notifications.tell(
            session,
            fact.user_id,
            kind="member_left",
            title=f"You no longer belong to {company.name}",
            body="An owner ended your membership. Your own work and pay are not affected.",
            path="/company/invitations",
        )


def tell_blocked(session: Session, fact: ExpertBlocked) -> None:
    """Whoever gets no new work of a company hears it and why, and that nothing earned is touched."""
    company = queries.company(session, fact.company_id)
    block = queries.lock_block_of(session, fact.company_id, fact.block_id)
    if company is not None and block is not None:
        notifications.tell(
            session,
            fact.user_id,
            kind="expert_blocked",
            title=f"{company.name} asks you to take no new work of theirs",
            body=f"Its reason: {block.reason} "
            "You can finish what you have begun; it is decided and paid as ever.",
            path="/applications",
        )


def _tell_about(session: Session, user_id: uuid.UUID, invitation: Invitation) -> None:
    notifications.tell(
        session,
        user_id,
        kind="member_invited",
        title=f"{invitation.company.name} invites you to its team",
        body="Look at the invitation and accept or decline it. While you belong to a company, and for "
        "a year after, you cannot work on its projects as an expert.",
        path="/company/invitations",
    )
