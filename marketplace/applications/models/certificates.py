"""Certificates: what a passed screening lets a person show to anybody."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.applications.models.screenings import Screening
from marketplace.kit.database import Base, Record


class Certificate(Record, Base, kw_only=True, eq=False, repr=False):
    """Proof of a passed screening under a code nobody can guess; whoever has the link can check it."""

    __tablename__ = "certificates"
    __table_args__ = (
        Index("ix_certificates_user", "user_id", "id"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_reason = '')", name="revoked_with_a_reason"),
    )

    code: Mapped[str] = mapped_column(unique=True)
    screening: Mapped[Screening] = relationship(lazy="raise")
    screening_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("screenings.id"), init=False, unique=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    holder: Mapped[str]  # the name it shows; a pseudonym until its holder chooses another
    title: Mapped[str]
    shown: Mapped[str]  # one sentence: what was passed
    specialty: Mapped[str]
    issued_at: Mapped[datetime]
    valid_until: Mapped[datetime]
    is_hidden: Mapped[bool] = mapped_column(default=False)
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)
    revoked_reason: Mapped[str] = mapped_column(default="")
    revoked_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"), default=None)
