"""Frozen exports and their files."""

import enum
import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.identity.models import User
from marketplace.kit.database import Base, Json, Record
from marketplace.projects.models import Project


class ExportState(enum.Enum):
    """The states of domain.md 3.15."""

    BUILDING = "building"
    FROZEN = "frozen"
    FAILED = "failed"
    SUPERSEDED = "superseded"


class Export(Record, Base, kw_only=True, eq=False, repr=False):
    """A frozen part of a project's data set; it never changes."""

    __tablename__ = "exports"
    __table_args__ = (Index("ix_exports_project", "project_id", "id"),)

    project: Mapped[Project] = relationship(lazy="raise")
    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("projects.id"), init=False)
    by: Mapped[User] = relationship(lazy="raise")
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), init=False)
    state: Mapped[ExportState] = mapped_column(default=ExportState.BUILDING)
    manifest: Mapped[Json] = mapped_column(default_factory=dict, insert_default=dict)
    frozen_at: Mapped[datetime | None] = mapped_column(default=None)
    problem: Mapped[str] = mapped_column(default="")


class ExportFile(Record, Base, kw_only=True, eq=False, repr=False):
    """One file of an Export: what it is called, where it lies, what it must hash to."""

    __tablename__ = "export_files"
    __table_args__ = (UniqueConstraint("export_id", "name"),)

    export: Mapped[Export] = relationship(lazy="raise")
    export_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("exports.id"), init=False)
    name: Mapped[str]
    format: Mapped[str]
    storage_key: Mapped[str]
    sha256: Mapped[str]
    byte_count: Mapped[int]
    line_count: Mapped[int]
