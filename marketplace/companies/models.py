"""Companies and their members."""

import enum
import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.identity.models import User
from marketplace.kit import states
from marketplace.kit.database import Base, Minor, Record

_NOW = text("left_at IS NULL")
_OPEN = text("state = 'open'")
_STANDING = text("lifted_at IS NULL")


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
    # what open disputes have taken and nothing is set aside for: until they end, no money is moved on
    uncovered_minor: Mapped[Minor] = mapped_column(default=0, server_default=text("0"))


class Member(Record, Base, kw_only=True, eq=False, repr=False):
    """A User in a Company; `left_at` keeps former members for the rules on conflicts of interest."""

    __tablename__ = "members"
    __table_args__ = (
        UniqueConstraint("company_id", "user_id"),
        # one company at a time: "your company" has one meaning
        Index("uq_members_now", "user_id", unique=True, sqlite_where=_NOW, postgresql_where=_NOW),
    )

    company: Mapped[Company] = relationship(lazy="raise")
    company_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("companies.id"), init=False)
    user: Mapped[User] = relationship(lazy="raise")
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), init=False, index=True)
    role: Mapped[MemberRole]
    left_at: Mapped[datetime | None] = mapped_column(default=None)


class CompanyBlock(Record, Base, kw_only=True, eq=False, repr=False):
    """A company wants no more work from somebody: future claims only, never work done or money."""

    __tablename__ = "company_blocks"
    __table_args__ = (
        Index(
            "uq_company_blocks_now",
            "company_id",
            "user_id",
            unique=True,
            sqlite_where=_STANDING,
            postgresql_where=_STANDING,
        ),
        Index("ix_company_blocks_user", "user_id"),
    )

    company: Mapped[Company] = relationship(lazy="raise")
    company_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("companies.id"), init=False)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str]  # the blocked person reads it
    lifted_at: Mapped[datetime | None] = mapped_column(default=None)
    lifted_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"), default=None)


class InvitationState(enum.Enum):
    """Open until the invited person or the company ends it, or its days are over."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


N = InvitationState
INVITATION_MOVES = states.table(
    N,
    {
        N.OPEN: {N.ACCEPTED, N.DECLINED, N.WITHDRAWN},
        N.ACCEPTED: set(),
        N.DECLINED: set(),
        N.WITHDRAWN: set(),
    },
)


class Invitation(Record, Base, kw_only=True, eq=False, repr=False):
    """A company asks whoever owns an e-mail address to join it; nobody becomes a Member unasked."""

    __tablename__ = "invitations"
    __table_args__ = (
        Index(
            "uq_invitations_open",
            "company_id",
            "email",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("ix_invitations_email", "email", "state"),
    )

    company: Mapped[Company] = relationship(lazy="raise")
    company_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("companies.id"), init=False)
    by: Mapped[User] = relationship(lazy="raise")
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), init=False)
    email: Mapped[str]  # folded to lower case, as in users
    role: Mapped[MemberRole]
    ends_at: Mapped[datetime]
    state: Mapped[InvitationState] = mapped_column(default=N.OPEN, init=False)

    def move(self, to: InvitationState) -> None:
        """Change the state, or Conflict (409)."""
        self.state = states.step(INVITATION_MOVES, self.state, to, thing="invitation")
