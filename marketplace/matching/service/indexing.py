"""Keeping search documents true: what changes is written again by a message, all is fitted at night."""

import uuid
from collections.abc import Callable, Sequence
from typing import Any

import structlog
from sqlalchemy.orm import Session

from config.fields import SPECIALTIES
from marketplace.experts import queries as experts
from marketplace.kit import clock
from marketplace.kit.database import Sessions, transaction
from marketplace.matching import queries
from marketplace.matching.models import DocumentKind, TextModel
from marketplace.matching.policy import Text, texts, vectors
from marketplace.matching.service import spelling
from marketplace.outbox import service as outbox
from marketplace.outbox.service import Payload
from marketplace.projects import queries as projects
from marketplace.projects.models import ProjectState

BATCH = 500  # documents written in one transaction
FITTED_MAXIMUM = 20_000  # newest documents that a model is fitted on
_ON_THE_BOARD = {ProjectState.OPEN, ProjectState.PAUSED}
log = structlog.get_logger()


def project_changed(session: Session, fact: Any) -> None:
    """A project opened, paused or ended: promise to write or remove its document."""
    outbox.send(session, "matching.index_project", project_id=str(fact.project_id))


def company_renamed(session: Session, fact: Any) -> None:
    """Documents name the company: promise to write those of its jobs again."""
    for project_id in queries.shown_of(session, fact.company_id):
        outbox.send(session, "matching.index_project", project_id=str(project_id))


def expert_changed(session: Session, fact: Any) -> None:
    """A profile or a credential of this User changed: promise to write their documents."""
    outbox.send(session, "matching.index_expert", user_id=str(fact.user_id))


def work_approved(session: Session, *, user_id: uuid.UUID, project_id: uuid.UUID) -> None:
    """Approved work is history; told once for each expert and project."""
    outbox.send(
        session,
        "matching.index_work",
        key=f"matching.work:{user_id}:{project_id}",
        user_id=str(user_id),
        project_id=str(project_id),
    )


def index_project(session: Session, payload: Payload) -> None:
    """Write the document of a project that is on the board, remove it otherwise."""
    project = projects.project(session, uuid.UUID(payload["project_id"]))
    if project is None or project.state not in _ON_THE_BOARD:
        queries.remove(session, DocumentKind.PROJECT, payload["project_id"])
        return
    put(session, texts.of_project(project, project.company.name))


def index_expert(session: Session, payload: Payload) -> None:
    """Write what counts for an Expert now, and take out what counts no more."""
    expert = experts.for_user(session, uuid.UUID(payload["user_id"]))
    if expert is None:
        return
    profile = texts.of_profile(expert)
    known = [texts.of_credential(one) for one in experts.verified_of(session, expert.id)]
    known += [
        texts.of_field(row)
        for row in experts.specialties_of(session, expert.id)
        if row.specialty in SPECIALTIES
    ]
    known += [profile] if profile else []
    known += [texts.of_history(entry) for entry in experts.history_of(session, expert.id)]
    queries.remove_own(session, expert.id, [(one.kind, one.key) for one in known])
    for one in known:
        put(session, one)


def index_work(session: Session, payload: Payload) -> None:
    """Approved work on a project speaks for similar jobs."""
    expert = experts.for_user(session, uuid.UUID(payload["user_id"]))
    project = projects.project(session, uuid.UUID(payload["project_id"]))
    if expert is not None and project is not None:
        put(session, texts.of_work(expert.id, project))


def put(session: Session, text: Text) -> None:
    """Write one document, with its vector when there is a model and it is searched."""
    number, vector = (0, None) if text.expert_id else spelling.packed(session, text.near)
    queries.put(
        session,
        {
            "kind": text.kind,
            "key": text.key,
            "expert_id": text.expert_id,
            "project_id": text.project_id,
            "title": text.title,
            "names": text.names,
            "text": text.text,
            "size": queries.size(text.title, text.names, text.text),
            "language": text.language,
            "text_hash": text.hash,
            "vector": vector,
            "vector_model": number,
            "changed_at": clock.database_now(session),
        },
    )


def refit(sessions: Sessions, payload: Payload) -> None:
    """Bring documents and board together, fit a model on them, and give every searched one its vector.

    Runs nightly.  Nothing is computed while a transaction is open.
    """
    _catch_up(sessions)
    with transaction(sessions, write=False) as session:
        number = (queries.newest_model(session) or 0) + 1
        known = queries.texts(session, at_most=FITTED_MAXIMUM)
    fitted = vectors.fit(number, [texts.near(title, names) for title, names in known])
    content = vectors.save(fitted)
    _write_vectors(sessions, fitted)
    with transaction(sessions) as session:
        session.add(TextModel(number=number, documents=len(known), content=content))
        session.flush()
        queries.forget_models(session, number)
    _write_vectors(sessions, fitted)  # what was written meanwhile has a vector of the model before
    log.info("text_model_fitted", number=number, documents=len(known), bytes=len(content))


def _catch_up(sessions: Sessions) -> None:
    with transaction(sessions) as session:
        for slug in SPECIALTIES:
            put(session, texts.of_specialty(slug))
        queries.remove_ended(session)
    _each(sessions, queries.unindexed, lambda session, one: index_project(session, {"project_id": str(one)}))
    _each(sessions, queries.unindexed_experts, _index_expert_of)


def _index_expert_of(session: Session, expert_id: uuid.UUID) -> None:
    expert = experts.expert(session, expert_id)
    if expert is not None:
        index_expert(session, {"user_id": str(expert.user_id)})


def _each(
    sessions: Sessions,
    find: Callable[..., Sequence[uuid.UUID]],
    write: Callable[[Session, uuid.UUID], None],
) -> None:
    seen: set[uuid.UUID] = set()
    while True:
        with transaction(sessions) as session:
            found = [one for one in find(session, at_most=BATCH) if one not in seen]
            for one in found:
                write(session, one)
        seen.update(found)
        if not found:
            return


def _write_vectors(sessions: Sessions, fitted: vectors.Spelling) -> None:
    while True:
        with transaction(sessions, write=False) as session:
            batch = [
                (one.id, one.title, one.names)
                for one in queries.without_vector(session, fitted.number, at_most=BATCH)
            ]
        if not batch:
            return
        matrix = fitted.matrix([texts.near(title, names) for _, title, names in batch])
        rows = [(*one, vectors.pack(matrix[place])) for place, one in enumerate(batch)]
        with transaction(sessions) as session:
            queries.write_vectors(session, fitted.number, rows)
