"""Companies and their members."""

import enum
import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.identity.models import User
from marketplace.kit.database import Base, Record


class MemberRole(enum.Enum):
    """What a Member may do: an owner everything, a manager all but money and members, a viewer reads."""

    OWNER = "owner"
    MANAGER = "manager"
    VIEWER = "viewer"


class Company(Record, Base, kw_only=True, eq=False, repr=False):
    """The organisation that funds projects."""

    __tablename__ = "companies"

    name: Mapped[str]
    slug: Mapped[str] = mapped_column(unique=True)
    country: Mapped[str]
    website: Mapped[str] = mapped_column(default="")


class Member(Record, Base, kw_only=True, eq=False, repr=False):
    """A User in a Company; `left_at` keeps former members for the rules on conflicts of interest."""

    __tablename__ = "members"
    __table_args__ = (UniqueConstraint("company_id", "user_id"),)

    company: Mapped[Company] = relationship(lazy="raise")
    company_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("companies.id"), init=False)
    user: Mapped[User] = relationship(lazy="raise")
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), init=False, index=True)
    role: Mapped[MemberRole]
    left_at: Mapped[datetime | None] = mapped_column(default=None)
