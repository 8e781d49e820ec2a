"""The append-only record of who did what."""

import uuid
from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.kit.database import Base, Json, Record


class AuditRecord(Record, Base, kw_only=True, eq=False, repr=False):
    """One act: `tag` is source:subject:action; triggers refuse UPDATE and DELETE on both databases."""

    __tablename__ = "audit_records"
    __table_args__ = (
        Index("ix_audit_records_subject", "subject_type", "subject_id"),
        Index("ix_audit_records_actor", "actor_id"),
    )

    tag: Mapped[str]
    actor_id: Mapped[uuid.UUID | None]
    subject_type: Mapped[str]
    subject_id: Mapped[uuid.UUID]
    at: Mapped[datetime]
    detail: Mapped[Json] = mapped_column(default_factory=dict, insert_default=dict)
