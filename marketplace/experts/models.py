"""Experts, their specialties, their credentials and each check of them."""

import enum
import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.identity.models import User
from marketplace.kit import states
from marketplace.kit.database import Base, Json, Record


class Expert(Record, Base, kw_only=True, eq=False, repr=False):
    """A User hired to do tasks, and what they say about themselves."""

    __tablename__ = "experts"

    user: Mapped[User] = relationship(lazy="raise")
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), init=False, unique=True)
    headline: Mapped[str] = mapped_column(default="")
    biography: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(default="")  # ISO 3166 alpha-2, upper case
    languages: Mapped[Json] = mapped_column(default_factory=dict, insert_default=dict)  # code -> level


class ExpertSpecialty(Record, Base, kw_only=True, eq=False, repr=False):
    """A field the expert names; it counts for a tier only with verified credentials."""

    __tablename__ = "expert_specialties"
    __table_args__ = (UniqueConstraint("expert_id", "specialty"),)

    expert: Mapped[Expert] = relationship(lazy="raise")
    expert_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("experts.id"), init=False)
    specialty: Mapped[str]
    years: Mapped[int] = mapped_column(default=0)


class CredentialKind(enum.Enum):
    """What kind of proof."""

    DEGREE = "degree"
    LICENCE = "licence"
    BOARD_CERTIFICATION = "board_certification"
    CERTIFICATE = "certificate"
    EMPLOYMENT = "employment"
    PUBLICATION = "publication"


class CredentialState(enum.Enum):
    """The states of domain.md 3.12."""

    UNVERIFIED = "unverified"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    VERIFIED = "verified"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    REJECTED = "rejected"
    REVOKED = "revoked"
    DELETED = "deleted"


C = CredentialState
CREDENTIAL_MOVES = states.table(
    C,
    {
        C.UNVERIFIED: {C.SUBMITTED, C.DELETED},
        C.SUBMITTED: {C.IN_REVIEW, C.DELETED},
        C.IN_REVIEW: {C.VERIFIED, C.REJECTED, C.SUBMITTED},
        C.VERIFIED: {C.EXPIRING, C.EXPIRED, C.REVOKED},
        C.EXPIRING: {C.VERIFIED, C.EXPIRED, C.REVOKED},
        C.EXPIRED: {C.SUBMITTED, C.DELETED},
        C.REJECTED: {C.SUBMITTED, C.DELETED},
        C.REVOKED: set(),
        C.DELETED: set(),
    },
)


class Credential(Record, Base, kw_only=True, eq=False, repr=False):
    """Proof of a qualification, with one evidence file."""

    __tablename__ = "credentials"
    __table_args__ = (
        Index("ix_credentials_expert", "expert_id", "state"),
        Index("ix_credentials_state", "state", "id"),
        Index("ix_credentials_expires", "expires_on"),
    )

    expert: Mapped[Expert] = relationship(lazy="raise")
    expert_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("experts.id"), init=False)
    kind: Mapped[CredentialKind]
    specialty: Mapped[str]
    title: Mapped[str]
    issuer: Mapped[str]
    country: Mapped[str]
    issued_on: Mapped[date]
    expires_on: Mapped[date | None] = mapped_column(default=None)
    evidence_key: Mapped[str | None] = mapped_column(default=None)  # the name in storage
    evidence_name: Mapped[str] = mapped_column(default="")
    evidence_type: Mapped[str] = mapped_column(default="")
    evidence_bytes: Mapped[int] = mapped_column(default=0)
    state: Mapped[CredentialState] = mapped_column(default=C.UNVERIFIED, init=False)
    submitted_at: Mapped[datetime | None] = mapped_column(default=None)
    opened_at: Mapped[datetime | None] = mapped_column(default=None)  # by whoever checks it now
    opened_by: Mapped[User | None] = relationship(lazy="raise", default=None)
    opened_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"), init=False)
    verified_at: Mapped[datetime | None] = mapped_column(default=None)
    reminded_days: Mapped[int | None] = mapped_column(default=None)  # the last reminder: days before the end

    def move(self, to: CredentialState) -> None:
        """Change the state, or Conflict (409)."""
        self.state = states.step(CREDENTIAL_MOVES, self.state, to, thing="credential")


class Verification(Record, Base, kw_only=True, eq=False, repr=False):
    """One check of a Credential by one person."""

    __tablename__ = "verifications"
    __table_args__ = (Index("ix_verifications_credential", "credential_id"),)

    credential: Mapped[Credential] = relationship(lazy="raise")
    credential_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("credentials.id"), init=False)
    by: Mapped[User] = relationship(lazy="raise")
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), init=False)
    accepted: Mapped[bool]
    method: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    fix: Mapped[str] = mapped_column(default="")  # what would make it pass
    at: Mapped[datetime]
