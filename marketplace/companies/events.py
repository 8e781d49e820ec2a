"""Facts about companies and who belongs to them."""

import uuid
from dataclasses import dataclass
from typing import ClassVar

from marketplace.kit.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberInvited(Event):
    """A company asked a User it knows by e-mail address to join."""

    name: ClassVar[str] = "member.invited"
    company_id: uuid.UUID
    invitation_id: uuid.UUID
    user_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberJoined(Event):
    """An invited User is a Member from now on; `by_id` had invited them."""

    name: ClassVar[str] = "member.joined"
    company_id: uuid.UUID
    user_id: uuid.UUID
    by_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberLeft(Event):
    """A Member's rights ended; `by_id` is their own id when they left by themselves."""

    name: ClassVar[str] = "member.left"
    company_id: uuid.UUID
    user_id: uuid.UUID
    by_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpertBlocked(Event):
    """A company wants no new work from a User, who has to hear why; nothing else changes for them."""

    name: ClassVar[str] = "expert.blocked"
    company_id: uuid.UUID
    block_id: uuid.UUID
    user_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyRenamed(Event):
    """A company has another name: what was written with the old one has to be written again."""

    name: ClassVar[str] = "company.renamed"
    company_id: uuid.UUID
