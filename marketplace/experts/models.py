"""Experts, their history and specialties, their credentials, the files that prove them and each check."""

import enum
import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
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
    weekly_hours: Mapped[int] = mapped_column(default=0)  # wished; 0 is not said
    days: Mapped[str] = mapped_column(default="")  # of policy.DAYS, in their order, with commas
    quiet_from: Mapped[str] = mapped_column(
        default=""
    )  # "22:00" in the User's time zone; no quiet hours: empty
    quiet_to: Mapped[str] = mapped_column(default="")
    takes_invitations: Mapped[bool] = mapped_column(default=True)  # companies may ask this expert to join


class HistoryKind(enum.Enum):
    """What somebody did for a time."""

    WORK = "work"
    STUDY = "study"


class HistoryEntry(Record, Base, kw_only=True, eq=False, repr=False):
    """A position or a course of study, as the expert tells it; nobody checks it, and it gives no tier."""

    __tablename__ = "history_entries"
    __table_args__ = (Index("ix_history_entries_expert", "expert_id", "kind"),)

    expert: Mapped[Expert] = relationship(lazy="raise")
    expert_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("experts.id"), init=False)
    kind: Mapped[HistoryKind]
    title: Mapped[str]
    place: Mapped[str]  # employer or school
    began_on: Mapped[date]  # the first of the month
    ended_on: Mapped[date | None] = mapped_column(default=None)  # None: it goes on
    about: Mapped[str] = mapped_column(default="")


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
        C.REVOKED: {C.VERIFIED},  # on appeal
        C.DELETED: set(),
    },
)


class Credential(Record, Base, kw_only=True, eq=False, repr=False):
    """Proof of a qualification; its files are EvidenceFiles."""

    __tablename__ = "credentials"
    __table_args__ = (
        Index("ix_credentials_expert", "expert_id", "state"),
        Index("ix_credentials_state", "state", "id"),
        Index("ix_credentials_expires", "expires_on"),
        Index("ix_credentials_number", "number_digest"),
        Index("ix_credentials_queue", "state", "submitted_at", "id"),
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
    scheme: Mapped[str] = mapped_column(default="")  # of policy.SCHEMES: whose rules the number follows
    number_sealed: Mapped[str] = mapped_column(default="")
    number_tail: Mapped[str] = mapped_column(default="")  # its last three signs, for its owner
    number_digest: Mapped[str | None] = mapped_column(default=None)  # keyed; equal for the same number
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


class EvidenceState(enum.Enum):
    """A file waits until a process of its own has read it."""

    WAITING = "waiting"
    CLEAN = "clean"
    REFUSED = "refused"


E = EvidenceState
EVIDENCE_MOVES = states.table(E, {E.WAITING: {E.CLEAN, E.REFUSED}, E.CLEAN: set(), E.REFUSED: set()})


class EvidenceFile(Record, Base, kw_only=True, eq=False, repr=False):
    """A file that proves a Credential; only a clean one is ever handed out."""

    __tablename__ = "evidence_files"
    __table_args__ = (
        Index("ix_evidence_files_credential", "credential_id"),
        Index("ix_evidence_files_sha256", "sha256"),
        Index("ix_evidence_files_state", "state", "id"),
    )

    credential: Mapped[Credential] = relationship(lazy="raise")
    credential_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("credentials.id"), init=False)
    storage_key: Mapped[str | None]  # None: refused, and the bytes are gone
    name: Mapped[str]
    media_type: Mapped[str]
    byte_count: Mapped[int]
    sha256: Mapped[str]  # of the file as it was sent; "" when it is older than digests and was not read yet
    pages: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(default="")  # why it was refused, for its owner
    state: Mapped[EvidenceState] = mapped_column(default=E.WAITING, init=False)

    def move(self, to: EvidenceState) -> None:
        """Change the state, or Conflict (409)."""
        self.state = states.step(EVIDENCE_MOVES, self.state, to, thing="file")


class CredentialQuestion(Record, Base, kw_only=True, eq=False, repr=False):
    """What staff ask the expert while a Credential is in review, and the answer (docs/adr/0021)."""

    __tablename__ = "credential_questions"
    __table_args__ = (
        Index("ix_credential_questions_credential", "credential_id"),
        Index(
            "uq_credential_questions_open",
            "credential_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    credential: Mapped[Credential] = relationship(lazy="raise")
    credential_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("credentials.id"), init=False)
    by: Mapped[User] = relationship(lazy="raise")
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), init=False)
    question: Mapped[str]
    asked_at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(default="")
    closed_at: Mapped[datetime | None] = mapped_column(default=None)  # answered, decided or out of time


class Revocation(Record, Base, kw_only=True, eq=False, repr=False):
    """One person wants a Credential withdrawn; it counts until a second one agrees."""

    __tablename__ = "revocations"
    __table_args__ = (
        Index("ix_revocations_credential", "credential_id"),
        Index(
            "uq_revocations_open",
            "credential_id",
            unique=True,
            sqlite_where=text("decided_at IS NULL"),
            postgresql_where=text("decided_at IS NULL"),
        ),
    )

    credential: Mapped[Credential] = relationship(lazy="raise")
    credential_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("credentials.id"), init=False)
    by: Mapped[User] = relationship(lazy="raise", foreign_keys="Revocation.by_id")
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), init=False)
    reason: Mapped[str]  # the expert reads it
    case_text: Mapped[str]  # what was found and how; staff read it
    at: Mapped[datetime]
    decided_by: Mapped[User | None] = relationship(
        lazy="raise", default=None, foreign_keys="Revocation.decided_by_id"
    )
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"), init=False)
    agreed: Mapped[bool | None] = mapped_column(default=None)
    decided_at: Mapped[datetime | None] = mapped_column(default=None)


class RevocationAppeal(Record, Base, kw_only=True, eq=False, repr=False):
    """The expert asks a third person to look at a withdrawal; once for each."""

    __tablename__ = "revocation_appeals"
    __table_args__ = (
        Index(
            "ix_revocation_appeals_open",
            "at",
            "id",
            sqlite_where=text("decided_at IS NULL"),
            postgresql_where=text("decided_at IS NULL"),
        ),
    )

    revocation: Mapped[Revocation] = relationship(lazy="raise")
    revocation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("revocations.id"), init=False, unique=True)
    reason: Mapped[str]  # of the expert
    at: Mapped[datetime]
    decided_by: Mapped[User | None] = relationship(lazy="raise", default=None)
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"), init=False)
    restored: Mapped[bool | None] = mapped_column(default=None)  # the credential counts again
    answer: Mapped[str] = mapped_column(default="")  # the expert reads it
    decided_at: Mapped[datetime | None] = mapped_column(default=None)
