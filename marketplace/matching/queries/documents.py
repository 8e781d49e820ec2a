"""Search documents and text models: read, written once, removed."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from marketplace.experts.models import Credential, ExpertSpecialty, HistoryEntry
from marketplace.kit.pages import Page, page
from marketplace.matching.models import DocumentKind, SearchDocument, TextModel
from marketplace.matching.queries.text import Within
from marketplace.projects.models import Project, ProjectState

K = DocumentKind
SEARCHED = (K.PROJECT, K.SPECIALTY)
SHOWN = (ProjectState.OPEN, ProjectState.PAUSED)
_OWN_ORDER = {K.CREDENTIAL: 0, K.FIELD: 1, K.WORK: 2, K.PROFILE: 3, K.HISTORY: 4}  # the strongest first


def put(session: Session, values: dict[str, Any]) -> None:
    """Write a document, or write over the one with its kind and key; its vector is computed anew."""
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    kept = {name: value for name, value in values.items() if name not in {"kind", "key"}}
    session.execute(
        insert(SearchDocument)
        .values(**values)
        .on_conflict_do_update(index_elements=["kind", "key"], set_=kept)
    )


def remove(session: Session, kind: DocumentKind, key: str) -> None:
    """Take one document out of the index."""
    session.execute(sa.delete(SearchDocument).where(SearchDocument.kind == kind, SearchDocument.key == key))


def remove_own(session: Session, expert_id: uuid.UUID, keep: Sequence[tuple[DocumentKind, str]]) -> None:
    """Take an Expert's documents out, except those in `keep` and those about their work."""
    gone = sa.delete(SearchDocument).where(
        SearchDocument.expert_id == expert_id, SearchDocument.kind != K.WORK
    )
    for kind, key in keep:
        gone = gone.where(~((SearchDocument.kind == kind) & (SearchDocument.key == key)))
    session.execute(gone)


def own(session: Session, expert_id: uuid.UUID, *, at_most: int) -> Sequence[SearchDocument]:
    """What is known of an Expert: credentials, fields, work from the newest, profile, history."""
    order = sa.case(*((SearchDocument.kind == kind, place) for kind, place in _OWN_ORDER.items()))
    return session.scalars(
        select(SearchDocument)
        .where(SearchDocument.expert_id == expert_id)
        .order_by(order, SearchDocument.id.desc())
        .limit(at_most)
    ).all()


def texts(session: Session, *, at_most: int) -> Sequence[tuple[str, str]]:
    """Title and names of the searched documents, newest first, to fit the model on."""
    rows = session.execute(
        select(SearchDocument.title, SearchDocument.names)
        .where(SearchDocument.kind.in_(SEARCHED))
        .order_by(SearchDocument.id.desc())
        .limit(at_most)
    )
    return [(title, names) for title, names in rows]


def without_vector(session: Session, number: int, *, at_most: int) -> Sequence[SearchDocument]:
    """Searched documents that have no vector of this model yet."""
    return session.scalars(
        select(SearchDocument)
        .where(SearchDocument.kind.in_(SEARCHED), SearchDocument.vector_model != number)
        .order_by(SearchDocument.id)
        .limit(at_most)
    ).all()


def write_vectors(session: Session, number: int, vectors: Sequence[tuple[int, str, str, bytes]]) -> None:
    """Store vectors of (id, title, names, vector) unless the text has changed in the meantime."""
    for document_id, title, names, vector in vectors:
        session.execute(
            sa.update(SearchDocument)
            .where(
                SearchDocument.id == document_id, SearchDocument.title == title, SearchDocument.names == names
            )
            .values(vector=vector, vector_model=number)
        )


def vectors(
    session: Session, kind: DocumentKind, number: int, since: datetime | None
) -> Sequence[tuple[int, bytes]]:
    """(id, vector) of a kind in one model; only those changed after `since` when it is given."""
    statement = select(SearchDocument.id, SearchDocument.vector).where(
        SearchDocument.kind == kind, SearchDocument.vector_model == number
    )
    if since is not None:
        statement = statement.where(SearchDocument.changed_at > since)
    return [(document_id, vector) for document_id, vector in session.execute(statement) if vector]


def newest_model(session: Session) -> int | None:
    """The number of the model in force; None before the first fit."""
    return session.scalar(select(func.max(TextModel.number)))


def model_content(session: Session, number: int) -> bytes | None:
    """What a model was saved as."""
    return session.scalar(select(TextModel.content).where(TextModel.number == number))


def forget_models(session: Session, keep: int) -> None:
    """Remove every model but this one."""
    session.execute(sa.delete(TextModel).where(TextModel.number != keep))


def unindexed(session: Session, *, at_most: int) -> Sequence[uuid.UUID]:
    """Projects on the board without a document."""
    known = select(SearchDocument.project_id).where(SearchDocument.kind == K.PROJECT)
    return session.scalars(
        select(Project.id).where(Project.state.in_(SHOWN), Project.id.not_in(known)).limit(at_most)
    ).all()


def shown_of(session: Session, company_id: uuid.UUID) -> Sequence[uuid.UUID]:
    """A company's projects that have documents: those on the board, or paused."""
    return session.scalars(
        select(Project.id).where(Project.company_id == company_id, Project.state.in_(SHOWN))
    ).all()


def unindexed_experts(session: Session, *, at_most: int) -> Sequence[uuid.UUID]:
    """Experts who name a field, have a credential or tell their history, and have no document."""
    known = select(SearchDocument.expert_id).where(SearchDocument.expert_id.is_not(None))
    told = (ExpertSpecialty.expert_id, Credential.expert_id, HistoryEntry.expert_id)
    said = sa.union(*map(select, told)).subquery()
    return session.scalars(
        select(said.c.expert_id).where(said.c.expert_id.not_in(known)).limit(at_most)
    ).all()


def remove_ended(session: Session) -> None:
    """Take out the documents of projects that left the board."""
    ended = select(Project.id).where(Project.state.not_in(SHOWN))
    session.execute(
        sa.delete(SearchDocument).where(
            SearchDocument.kind == K.PROJECT, SearchDocument.project_id.in_(ended)
        )
    )


def ranked_facts(
    session: Session, document_ids: Sequence[int], within: Within
) -> Sequence[tuple[int, uuid.UUID, int, datetime]]:
    """(document, project, dollars an hour in minor units, opened) of the documents that are jobs within."""
    statement = (
        select(SearchDocument.id, Project.id, Project.hourly_minor, Project.opened_at)
        .join(Project, Project.id == SearchDocument.project_id)
        .where(SearchDocument.id.in_(document_ids), SearchDocument.kind == K.PROJECT)
    )
    if within is not None:
        statement = statement.where(Project.id.in_(within))
    return [
        (document_id, project_id, hourly_minor, opened_at)
        for document_id, project_id, hourly_minor, opened_at in session.execute(statement)
        if opened_at is not None
    ]


def the_rest(
    session: Session, within: Within, ranked: Sequence[uuid.UUID], *, mark: str | None, size: int
) -> Page[tuple[uuid.UUID, int, datetime]]:
    """Jobs within that no text speaks for: best paid an hour first, then newest, paged by key."""
    keys = [Project.hourly_minor, Project.opened_at, Project.id]
    statement = select(Project.id, Project.hourly_minor, Project.opened_at).where(
        Project.id.not_in(ranked), Project.opened_at.is_not(None)
    )
    if within is not None:
        statement = statement.where(Project.id.in_(within))
    return page(session, statement, keys, mark=mark, size=size, key_of=lambda row: (row[1], row[2], row[0]))


def keys(session: Session, document_ids: Sequence[int]) -> dict[int, str]:
    """Document -> what it is about."""
    rows = session.execute(
        select(SearchDocument.id, SearchDocument.key).where(SearchDocument.id.in_(document_ids))
    )
    return {row.id: row.key for row in rows}
