"""Users, their roles, their SignIns and the failed tries."""

import enum
import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.kit.database import Base, Record


def folded(email: str) -> str:
    """The one spelling of an address that is stored and compared: no spaces around it, lower case."""
    return email.strip().lower()


def mailbox(email: str) -> str:
    """Where letters to a stored address arrive: without what stands behind a plus, without dots at Gmail."""
    name, _, host = email.partition("@")
    name = name.partition("+")[0]
    if host in {"gmail.com", "googlemail.com"}:
        return f"{name.replace('.', '')}@gmail.com"
    return f"{name}@{host}"


class UserState(enum.Enum):
    """A suspended User may finish and be paid, and begins nothing new."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class Role(enum.Enum):
    """What a User acts as."""

    EXPERT = "expert"
    REVIEWER = "reviewer"
    MEMBER = "member"
    SUPPORT = "support"
    OPS = "ops"
    FINANCE = "finance"
    ADMIN = "admin"


class User(Record, Base, kw_only=True, eq=False, repr=False):
    """A person who can sign in."""

    __tablename__ = "users"

    email: Mapped[str] = mapped_column(unique=True)  # always `folded`
    name: Mapped[str]
    password_hash: Mapped[str]
    state: Mapped[UserState] = mapped_column(default=UserState.ACTIVE)
    email_confirmed_at: Mapped[datetime | None] = mapped_column(default=None)
    time_zone: Mapped[str] = mapped_column(default="UTC")
    theme: Mapped[str] = mapped_column(default="system")


class UserRole(Record, Base, kw_only=True, eq=False, repr=False):
    """One role of one User."""

    __tablename__ = "user_roles"
    __table_args__ = (UniqueConstraint("user_id", "role"),)

    user: Mapped[User] = relationship(lazy="raise")
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), init=False)
    role: Mapped[Role]


class SignIn(Record, Base, kw_only=True, eq=False, repr=False):
    """One browser that is signed in; only the hash of its token is kept."""

    __tablename__ = "sign_ins"
    __table_args__ = (Index("ix_sign_ins_user", "user_id", "ended_at"),)

    user: Mapped[User] = relationship(lazy="raise")
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), init=False)
    token_hash: Mapped[str] = mapped_column(unique=True)
    acting: Mapped[Role | None] = mapped_column(default=None)
    device: Mapped[str] = mapped_column(default="")
    seen_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    proved_at: Mapped[datetime | None] = mapped_column(default=None)  # the password was given once more
    ended_at: Mapped[datetime | None] = mapped_column(default=None)


class FailedSignIn(Record, Base, kw_only=True, eq=False, repr=False):
    """A failed try, counted per User and per address; rows, so that a restart forgets nothing."""

    __tablename__ = "failed_sign_ins"
    __table_args__ = (Index("ix_failed_sign_ins_counter", "counter", "at"),)

    counter: Mapped[str]  # "user:<folded e-mail>" or "address:<ip>", hashed
    at: Mapped[datetime]
