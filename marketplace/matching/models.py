"""What search and ranking read: documents of jobs, specialties and experts, and models of their texts."""

import enum
import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.kit.database import Base, Record


class DocumentKind(enum.Enum):
    """What a document is about; the last five belong to an Expert."""

    PROJECT = "project"
    SPECIALTY = "specialty"
    CREDENTIAL = "credential"
    FIELD = "field"  # a specialty the expert names
    WORK = "work"  # a project with approved work of theirs
    PROFILE = "profile"
    HISTORY = "history"  # a position or a course of study, as they tell it


class SearchDocument(Base, kw_only=True, eq=False, repr=False):
    """One searchable text in three weights.  Triggers and a generated column keep the full-text index.

    `id` is a small integer, because SQLite's full-text table knows rows by that.
    """

    __tablename__ = "search_documents"
    __table_args__ = (
        UniqueConstraint("kind", "key"),
        Index("ix_search_documents_expert", "expert_id"),
        Index("ix_search_documents_project", "project_id"),
        Index("ix_search_documents_changed", "kind", "changed_at"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True, init=False)
    kind: Mapped[DocumentKind]
    key: Mapped[str]
    expert_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("experts.id"), default=None)
    project_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("projects.id"), default=None)
    title: Mapped[str]
    names: Mapped[str]  # synonyms, one a line
    text: Mapped[str]
    size: Mapped[int]  # words, stop words left out
    language: Mapped[str] = mapped_column(default="en")
    vector: Mapped[bytes | None] = mapped_column(LargeBinary, default=None, deferred=True)
    vector_model: Mapped[int] = mapped_column(default=0)  # number of the TextModel that made it
    text_hash: Mapped[str]  # SHA-256 of title, names and text
    changed_at: Mapped[datetime]


class TextModel(Record, Base, kw_only=True, eq=False, repr=False):
    """Which runs of characters there are and how rare each is, fitted on the documents of one night."""

    __tablename__ = "text_models"
    __table_args__ = (UniqueConstraint("number"),)

    number: Mapped[int]
    documents: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)  # .npz of plain arrays, never a pickle


class Meaning(Base, kw_only=True, eq=False, repr=False):
    """A vector of what a document means; it counts while the text is the one that was read."""

    __tablename__ = "meanings"
    __table_args__ = (Index("ix_meanings_read", "read_at"),)

    document_id: Mapped[int] = mapped_column(
        ForeignKey("search_documents.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    model: Mapped[str]
    text_hash: Mapped[str]
    vector: Mapped[bytes] = mapped_column(LargeBinary)  # float32, the lowest first
    read_at: Mapped[datetime]
