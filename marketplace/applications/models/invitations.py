"""A company asks an expert to join a project; an expert wants no more of that from a company."""

import enum
import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.companies.models import Company
from marketplace.experts.models import Expert
from marketplace.kit import states
from marketplace.kit.database import Base, Record
from marketplace.projects.models import Project

_OPEN = text("state = 'open'")


class AskedState(enum.Enum):
    """Open until the expert answers, its days are over, or the project ends."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"
    PROJECT_ENDED = "project_ended"


K = AskedState
ASKED_MOVES = states.table(
    K,
    {
        K.OPEN: {K.ACCEPTED, K.DECLINED, K.LAPSED, K.PROJECT_ENDED},
        K.ACCEPTED: set(),
        K.DECLINED: set(),
        K.LAPSED: set(),
        K.PROJECT_ENDED: set(),
    },
)


class ProjectInvitation(Record, Base, kw_only=True, eq=False, repr=False):
    """An expert is asked to join a project: once, whatever becomes of it."""

    __tablename__ = "project_invitations"
    __table_args__ = (
        UniqueConstraint("project_id", "expert_id"),
        Index("ix_project_invitations_expert", "expert_id", "state", "id"),
        Index("ix_project_invitations_company", "company_id", "created_at"),
        Index("ix_project_invitations_open", "ends_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    project: Mapped[Project] = relationship(lazy="raise")
    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("projects.id"), init=False)
    expert: Mapped[Expert] = relationship(lazy="raise")
    expert_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("experts.id"), init=False)
    company_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("companies.id"))
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    note: Mapped[str]  # the company's sentence
    ends_at: Mapped[datetime]
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
    state: Mapped[AskedState] = mapped_column(default=K.OPEN, init=False)

    def move(self, to: AskedState) -> None:
        """Change the state, or Conflict (409)."""
        self.state = states.step(ASKED_MOVES, self.state, to, thing="invitation")


class CompanyMute(Record, Base, kw_only=True, eq=False, repr=False):
    """An expert is not to be invited by this company; it is not told."""

    __tablename__ = "company_mutes"
    __table_args__ = (UniqueConstraint("expert_id", "company_id"),)

    expert_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("experts.id"))
    company: Mapped[Company] = relationship(lazy="raise")
    company_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("companies.id"), init=False)
