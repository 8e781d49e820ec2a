"""Meaning of texts: vectors the worker computes and saves; comparing the saved ones is all the web does."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import structlog
from sqlalchemy.orm import Session

from marketplace.kit import clock
from marketplace.kit.database import Sessions, transaction
from marketplace.matching import queries
from marketplace.matching.models import DocumentKind, SearchDocument
from marketplace.matching.policy import sentences, texts
from marketplace.matching.policy.sentences import Array
from marketplace.matching.service.sentence_model import SentenceModel
from marketplace.outbox import service as outbox
from marketplace.outbox.service import Local, Payload

BATCH = 64  # texts between two transactions
AT_MOST = 1_024  # texts of one message, so that its lease does not run out; another goes on from there
OVERLAP = timedelta(minutes=1)  # a slow transaction may commit this long after its own time
_Parts = tuple[str, Sequence[str], str]  # title, names, everything
log = structlog.get_logger()


@dataclass(slots=True)
class _Shelf:
    """What a process keeps of one kind of document in one database, for one number of the text model."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    night: int | None = None
    at: datetime | None = None
    rows: dict[int, bytes] = field(default_factory=dict)
    matrix: Any = None


_shelves: WeakKeyDictionary[Any, dict[DocumentKind, _Shelf]] = WeakKeyDictionary()


def reading(model: SentenceModel, index: Local) -> Local:
    """The handler `index`, which then promises to read what it wrote when the model is wanted."""

    def run(session: Session, payload: Payload) -> None:
        index(session, payload)
        if model.is_wanted:
            outbox.send(session, "matching.read")

    return run


def read(sessions: Sessions, payload: Payload, *, model: SentenceModel) -> None:
    """Compute and save the vectors that are missing; forget all of them while the model is off.

    Safe to run twice and side by side.  Nothing is computed while a transaction is open.
    """
    if not model.is_on:
        with transaction(sessions) as session:
            queries.forget_meanings(session)
        return
    count, known = 0, dict[str, Array]()
    while count < AT_MOST:
        with transaction(sessions, write=False) as session:
            batch = queries.unread(session, model.id, at_most=BATCH)
        if not batch:
            break
        _read(sessions, model, batch, known)
        count += len(batch)
    else:
        with transaction(sessions) as session:
            outbox.send(session, "matching.read")
    if count:
        log.info("meanings_read", documents=count, model=model.id)


def _read(
    sessions: Sessions, model: SentenceModel, batch: Sequence[queries.Unread], known: dict[str, Array]
) -> None:
    found = _vectors(model, [texts.parts(one.title, one.names, one.text) for one in batch], known)
    with transaction(sessions) as session:
        now = clock.database_now(session)
        for one, vector in zip(batch, found, strict=True):
            queries.put_meaning(session, one, model=model.id, vector=sentences.pack(vector), now=now)


def _vectors(model: SentenceModel, documents: Sequence[_Parts], known: dict[str, Array]) -> list[Array]:
    """One vector for each document; names that many share are read once and kept in `known`."""
    said = [text for title, names, whole in documents for text in (title, *names, whole)]
    missing = sorted({text for text in said if text not in known}, key=lambda text: (len(text), text))
    if missing:
        known.update(zip(missing, model.vectors(missing), strict=True))
    return [
        sentences.document(known[title], np.stack([known[name] for name in names]), known[whole])
        for title, names, whole in documents
    ]


def similar(
    session: Session, kind: DocumentKind, own: Sequence[SearchDocument], *, least: float = 0.0
) -> list[Mapping[int, float]]:
    """For each of an expert's documents, document -> cosine of meaning (those over `least`).

    Nothing for a text without a saved vector.  One statement when no vector is saved, otherwise two or three.
    """
    saved = queries.meanings_of(session, [one.id for one in own])
    model = max((one.model for one in saved.values()), default="")
    asked = [place for place, one in enumerate(own) if one.id in saved and saved[one.id].model == model]
    found: list[Mapping[int, float]] = [{} for _ in own]
    if not asked:
        return found
    ids, known = _known(session, kind, model)
    if not ids:
        return found
    cosines = sentences.cosines(known, sentences.stack([saved[own[place].id].vector for place in asked]))
    for column, place in enumerate(asked):
        near = cosines[:, column]
        found[place] = {ids[row]: float(near[row]) for row in (near > least).nonzero()[0]}
    return found


def _known(session: Session, kind: DocumentKind, model: str) -> tuple[list[int], Any]:
    """The saved vectors of a kind; only what is new since this process looked last is read."""
    shelf = _shelves.setdefault(session.get_bind(), {}).setdefault(kind, _Shelf())
    night = queries.newest_model(session)
    with shelf.lock:
        if shelf.night != night:  # what was removed goes at night
            shelf.at, shelf.rows, shelf.matrix, shelf.night = None, {}, None, night
        now = clock.database_now(session)
        since = shelf.at - OVERLAP if shelf.at else None
        fresh = queries.meanings(session, kind, model, since)
        changed = {one: vector for one, vector in fresh if shelf.rows.get(one) != vector}
        if changed:
            shelf.rows.update(changed)
            shelf.matrix = sentences.stack(list(shelf.rows.values()))
        shelf.at = now
        return list(shelf.rows), shelf.matrix
