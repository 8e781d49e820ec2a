"""Saved vectors of meaning: which are missing, written once, read by what is new."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from marketplace.matching.models import DocumentKind, Meaning, SearchDocument

_IS_OF_TODAY = Meaning.text_hash == SearchDocument.text_hash


class Unread(NamedTuple):
    """A document as it is when its vector is computed."""

    id: int
    title: str
    names: str
    text: str
    text_hash: str


class Saved(NamedTuple):
    """A vector, and the model it is of."""

    model: str
    vector: bytes


def unread(session: Session, model: str, *, at_most: int) -> Sequence[Unread]:
    """Documents whose text this model has not read as it is now."""
    ours = sa.and_(Meaning.document_id == SearchDocument.id, _IS_OF_TODAY, Meaning.model == model)
    rows = session.execute(
        select(
            SearchDocument.id,
            SearchDocument.title,
            SearchDocument.names,
            SearchDocument.text,
            SearchDocument.text_hash,
        )
        .outerjoin(Meaning, ours)
        .where(Meaning.document_id.is_(None))
        .order_by(SearchDocument.id)
        .limit(at_most)
    )
    return [Unread(*row) for row in rows]


def put_meaning(session: Session, one: Unread, *, model: str, vector: bytes, now: datetime) -> None:
    """Save the vector of a text as it was read, over the one before; nothing when the document is gone."""
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    kept = {"model": model, "text_hash": one.text_hash, "vector": vector, "read_at": now}
    still = select(
        SearchDocument.id,
        *(sa.literal(value, Meaning.__table__.c[name].type) for name, value in kept.items()),
    ).where(SearchDocument.id == one.id)
    session.execute(
        insert(Meaning)
        .from_select(["document_id", *kept], still)
        .on_conflict_do_update(index_elements=["document_id"], set_=kept)
    )


def meanings_of(session: Session, document_ids: Sequence[int]) -> dict[int, Saved]:
    """Document -> its vector, where there is one of the text as it is."""
    rows = session.execute(
        select(Meaning.document_id, Meaning.model, Meaning.vector)
        .join(SearchDocument, SearchDocument.id == Meaning.document_id)
        .where(Meaning.document_id.in_(document_ids), _IS_OF_TODAY)
    )
    return {document_id: Saved(model, vector) for document_id, model, vector in rows}


def meanings(
    session: Session, kind: DocumentKind, model: str, since: datetime | None
) -> Sequence[tuple[int, bytes]]:
    """(document, vector) of a kind by one model; only those read after `since` when it is given."""
    statement = (
        select(Meaning.document_id, Meaning.vector)
        .join(SearchDocument, SearchDocument.id == Meaning.document_id)
        .where(SearchDocument.kind == kind, Meaning.model == model, _IS_OF_TODAY)
    )
    if since is not None:
        statement = statement.where(Meaning.read_at > since)
    return [(document_id, vector) for document_id, vector in session.execute(statement)]


def count_meanings(session: Session) -> tuple[int, int]:
    """(documents with a vector of their text as it is, all documents)."""
    read = select(func.count()).select_from(Meaning).join(SearchDocument).where(_IS_OF_TODAY)
    return session.scalar(read) or 0, session.scalar(select(func.count(SearchDocument.id))) or 0


def forget_meanings(session: Session) -> None:
    """Remove every vector of meaning."""
    session.execute(sa.delete(Meaning))
