"""Search documents for a crowd of jobs, written in bulk, with the model of a night; and one expert's own."""

import random
import uuid
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import sqlalchemy as sa

from config.fields import SPECIALTIES
from marketplace.kit import clock, ids
from marketplace.matching import queries
from marketplace.matching.models import DocumentKind, SearchDocument, TextModel
from marketplace.matching.policy import Text, texts, vectors
from marketplace.projects.models import Project

K = DocumentKind
CHUNK = 1_000
VERBS = ("Rank answers about", "Correct answers on", "Write answers for", "Mark mistakes in")
OWN_FIELDS = ("medicine.cardiology", "medicine.pharmacy", "science.biology")


def seed(connection: sa.Connection, expert_id: uuid.UUID) -> None:
    """Write a document for every job and specialty, fit a model on them, and describe this Expert."""
    dice = random.Random(5)
    jobs = connection.execute(sa.select(Project.id, Project.specialty)).all()
    known = [texts.of_specialty(slug) for slug in SPECIALTIES]
    known += [_job(dice, project_id, specialty) for project_id, specialty in jobs]
    model = vectors.fit(1, [one.near for one in known])
    for batch in _batches(known):
        matrix = model.matrix([one.near for one in batch])
        rows = [vectors.pack(matrix[place]) for place in range(len(batch))]
        _write(connection, batch, rows)
    own = _own(expert_id)
    _write(connection, own, [None] * len(own))
    connection.execute(
        sa.insert(TextModel.__table__),
        {
            "id": ids.new_id(),
            "created_at": clock.now(),
            "number": 1,
            "documents": len(known),
            "content": vectors.save(model),
        },
    )
    if connection.dialect.name == "sqlite":  # its triggers sleep
        connection.exec_driver_sql(
            "INSERT INTO search_texts (rowid, title, names, text)"
            " SELECT id, title, names, text FROM search_documents WHERE expert_id IS NULL"
        )


def _job(dice: random.Random, project_id: uuid.UUID, specialty: str) -> Text:
    one = SPECIALTIES[specialty]
    return Text(
        K.PROJECT,
        str(project_id),
        title=f"{dice.choice(VERBS)} {dice.choice([one.title, *one.synonyms]).lower()}",
        names=texts.specialty_names(specialty),
        text=one.description,
        project_id=project_id,
    )


def _own(expert_id: uuid.UUID) -> list[Text]:
    """What somebody with a full profile has: proof, fields, past work and a headline."""
    found = [Text(K.PROFILE, str(expert_id), "Cardiologist who teaches and writes", expert_id=expert_id)]
    for slug in OWN_FIELDS:
        one, names = SPECIALTIES[slug], texts.specialty_names(slug)
        found += [
            Text(K.FIELD, f"{expert_id}:{slug}", one.title, "\n".join(one.synonyms), expert_id=expert_id),
            Text(K.CREDENTIAL, f"degree:{slug}", f"Degree in {one.title}", names, expert_id=expert_id),
            Text(K.WORK, f"work:{slug}", f"Judge answers about {one.title}", names, expert_id=expert_id),
        ]
    return found


def _write(connection: sa.Connection, batch: Sequence[Text], rows: Sequence[bytes | None]) -> None:
    long_ago = clock.now().replace(year=2020)  # nothing of it has just changed
    values: list[dict[str, Any]] = [
        {
            "kind": one.kind,
            "key": one.key,
            "expert_id": one.expert_id,
            "project_id": one.project_id,
            "title": one.title,
            "names": one.names,
            "text": one.text,
            "size": queries.size(one.title, one.names, one.text),
            "language": one.language,
            "text_hash": one.hash,
            "vector": row,
            "vector_model": int(row is not None),
            "changed_at": long_ago,
        }
        for one, row in zip(batch, rows, strict=True)
    ]
    connection.execute(sa.insert(SearchDocument.__table__), values)


def _batches(known: Sequence[Text]) -> Iterator[Sequence[Text]]:
    rest = iter(known)
    while batch := list(islice(rest, CHUNK)):
        yield batch
