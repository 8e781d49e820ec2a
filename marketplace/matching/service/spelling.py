"""The text model in memory: loaded when first asked, kept for each database, renewed by its number."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary

import structlog
from sqlalchemy.orm import Session

from marketplace.kit import clock
from marketplace.matching import policy, queries
from marketplace.matching.models import DocumentKind
from marketplace.matching.policy import Spelling, vectors

OVERLAP = timedelta(minutes=1)  # a slow transaction may commit this long after its own time
log = structlog.get_logger()


@dataclass(slots=True)
class _Kind:
    """The vectors of one kind of document, as they were at a moment."""

    at: datetime | None = None
    rows: dict[int, bytes] = field(default_factory=dict)
    matrix: Any = None


@dataclass(slots=True)
class _Shelf:
    """What a process keeps of one database."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    model: Spelling | None = None
    kinds: dict[DocumentKind, _Kind] = field(default_factory=dict)


_shelves: WeakKeyDictionary[Any, _Shelf] = WeakKeyDictionary()


def model(session: Session) -> Spelling | None:
    """The model in force; None before the first fit, and then full text ranks alone."""
    shelf = _shelf(session)
    with shelf.lock:
        return _current(session, shelf)


def is_fitted(session: Session) -> bool:
    """Whether this process has a model of this database in force, as `similar` found it last."""
    return _shelf(session).model is not None


def similar(
    session: Session, kind: DocumentKind, asked: Sequence[str], *, least: float = 0.0
) -> list[Mapping[int, float]]:
    """For each text, document -> cosine of spelling (those over `least`); nothing without a model.

    Two statements: the number of the model, and what changed since this process looked last.  Whoever only
    reads sees one moment, and asks them once.
    """
    shelf, looked = _shelf(session), _looked(session)
    with shelf.lock:
        kept = shelf.kinds.get(kind)
        known = shelf.model
        if kept is None or known is None or kind not in looked:
            known = _current(session, shelf)
            if known is None or not asked:
                return [{} for _ in asked]
            kept = _fresh(session, shelf.kinds.setdefault(kind, _Kind()), kind, known)
            looked.add(kind)
        ids, matrix = list(kept.rows), kept.matrix
    found = vectors.cosines(matrix, known.matrix(asked)) if ids else None
    if found is None:
        return [{} for _ in asked]
    return [
        {ids[row]: float(column[row]) for row in (column > least).nonzero()[0]}
        for column in (found[:, number] for number in range(len(asked)))
    ]


def packed(session: Session, text: str) -> tuple[int, bytes | None]:
    """(number of the model, vector) of one document; (0, None) without a model."""
    known = model(session)
    if known is None:
        return 0, None
    return known.number, vectors.pack(known.matrix([text]))


def _looked(session: Session) -> set[DocumentKind]:
    """The kinds that a reading session has brought up to date already; nothing for one that writes."""
    if session.info.get("write") is not False:
        return set()
    known: set[DocumentKind] = session.info.setdefault("spelling", set())
    return known


def _shelf(session: Session) -> _Shelf:
    return _shelves.setdefault(session.get_bind(), _Shelf())


def _current(session: Session, shelf: _Shelf) -> Spelling | None:
    number = queries.newest_model(session)
    if number is None:
        return None
    if shelf.model is None or shelf.model.number != number:
        content = queries.model_content(session, number)
        try:
            shelf.model = vectors.load(number, content or b"")
        except ValueError:
            log.exception("text_model_unreadable", number=number)
            return None
        shelf.kinds.clear()
    return shelf.model


def _fresh(session: Session, kept: _Kind, kind: DocumentKind, known: policy.Spelling) -> _Kind:
    now = clock.database_now(session)
    since = kept.at - OVERLAP if kept.at else None
    changed = {
        document_id: vector
        for document_id, vector in queries.vectors(session, kind, known.number, since)
        if kept.rows.get(document_id) != vector
    }
    if changed or kept.matrix is None:
        kept.rows.update(changed)
        kept.matrix = vectors.stack(list(kept.rows.values()), known.width)
    kept.at = now
    return kept
