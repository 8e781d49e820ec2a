"""Facts about people."""

import uuid
from dataclasses import dataclass
from typing import ClassVar

from marketplace.kit.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRegistered(Event):
    """A new User exists; their roles are in their rows."""

    name: ClassVar[str] = "user.registered"
    user_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailConfirmed(Event):
    """A User has shown that the address is theirs."""

    name: ClassVar[str] = "user.email_confirmed"
    user_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordChanged(Event):
    """A User has a new password; `by_link` says that a link from an e-mail was used."""

    name: ClassVar[str] = "user.password_changed"
    user_id: uuid.UUID
    by_link: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInsEnded(Event):
    """Staff have logged a User out everywhere."""

    name: ClassVar[str] = "user.sign_ins_ended"
    user_id: uuid.UUID
    by_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleGranted(Event):
    """A User may act as `role`; `by_id` is None when the command line did it."""

    name: ClassVar[str] = "role.granted"
    user_id: uuid.UUID
    role: str
    by_id: uuid.UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleRevoked(Event):
    """A User may no longer act as `role`."""

    name: ClassVar[str] = "role.revoked"
    user_id: uuid.UUID
    role: str
    by_id: uuid.UUID | None
