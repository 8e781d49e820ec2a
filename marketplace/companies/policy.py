"""Who may do what inside a company, and how names become addresses and codes.  Pure."""

import hashlib
import re
import unicodedata
import uuid
from datetime import datetime

from config.policy import WORK
from marketplace.companies.models import Invitation, InvitationState, Member, MemberRole
from marketplace.identity.models import User

SLUG_LENGTH = 48
R = MemberRole
# an owner invites everybody, a manager only people who read
_INVITES = {R.OWNER: frozenset(R), R.MANAGER: frozenset({R.VIEWER}), R.VIEWER: frozenset[R]()}


def may_invite(member: Member, role: MemberRole) -> bool:
    """Owners invite anybody, managers viewers, viewers nobody."""
    return member.left_at is None and role in _INVITES[member.role]


def invitable(member: Member) -> list[MemberRole]:
    """The roles this Member may offer, the widest first."""
    return [role for role in MemberRole if may_invite(member, role)]


def may_withdraw(member: Member, invitation: Invitation) -> bool:
    """Whoever could make the invitation may take it back."""
    return may_invite(member, invitation.role)


def may_manage_team(member: Member) -> bool:
    """Only owners change roles and end memberships; everybody may leave."""
    return member.left_at is None and member.role is R.OWNER


def may_block(member: Member) -> bool:
    """Owners and managers say who gets no new work of the company; viewers neither say nor see it."""
    return member.left_at is None and member.role in {R.OWNER, R.MANAGER}


def block_lacks(reason: str) -> str:
    """What the reason of a block lacks, as a sentence; empty when it is long enough to be understood."""
    wanted, words = WORK.rejection_minimum_words, len(reason.split())
    if words >= wanted:
        return ""
    return f"Say in at least {wanted} words what went wrong. You have {words}."


def pseudonym(company_id: uuid.UUID, user_id: uuid.UUID) -> str:
    """The same person is the same name within one company and another one in the next."""
    return "x_" + hashlib.sha256(f"{company_id}:{user_id}".encode()).hexdigest()[:10]


def is_open(invitation: Invitation, now: datetime) -> bool:
    """Neither answered nor withdrawn, and its days are not over."""
    return invitation.state is InvitationState.OPEN and now < invitation.ends_at


def is_for(invitation: Invitation, user: User) -> bool:
    """The invited address is this User's, and they have shown that they read its mail."""
    return user.email == invitation.email and user.email_confirmed_at is not None


def slug(name: str) -> str:
    """The name in an address: its letters and digits in lower case, without accents; never empty."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:SLUG_LENGTH].strip("-") or "company"
