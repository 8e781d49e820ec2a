"""Text fit on recorded titles and questions, through the product's own tables, statements and model."""

import contextlib
import hashlib
import json
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from pathlib import Path
from statistics import fmean
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.experts.models import Expert
from marketplace.kit import clock
from marketplace.kit.database import Sessions, make_sessions, transaction
from marketplace.matching import queries
from marketplace.matching import service as matching
from marketplace.matching.models import DocumentKind, Meaning, SearchDocument, TextModel
from marketplace.matching.policy import Text, fused, vectors
from marketplace.matching.service import SentenceModel, indexing, ranking
from tests import postgres
from tests.conftest import fresh_postgres, migrate
from tests.factories.experts import make_expert

K = DocumentKind.SPECIALTY
FOLDS = 4
TITLE_BASELINES = (
    ("TF-IDF words", 0.558, 0.724, 0.772, 0.635),
    ("PostgreSQL ts_rank", 0.579, 0.740, 0.804, 0.636),
    ("TF-IDF characters, label", 0.597, 0.742, 0.788, 0.661),
    ("FTS5, label 4 + description 1", 0.617, 0.766, 0.817, 0.687),
    ("PostgreSQL ts_rank + synonyms", 0.756, 0.869, 0.907, 0.809),
    ("TF-IDF characters + synonyms", 0.798, 0.948, 0.952, 0.862),
    ("PostgreSQL + TF-IDF characters", 0.800, 0.935, 0.954, 0.857),
    ("FTS5 + synonyms 2", 0.808, 0.913, 0.933, 0.857),
    ("FTS5 + TF-IDF characters: floor", 0.837, 0.942, 0.956, 0.885),
    ("MiniLM alone", 0.760, 0.903, 0.940, 0.825),
    ("FTS5 with synonyms + MiniLM", 0.849, 0.954, 0.970, 0.897),
    ("all three with MiniLM", 0.853, 0.956, 0.970, 0.901),
)
QUESTION_BASELINES = (
    ("most common field", 0.249, 0.357),
    ("TF-IDF, three most similar", 0.258, 0.421),
    ("FTS5 on the questions of a field", 0.260, 0.427),
    ("TF-IDF words + regression", 0.268, 0.431),
    ("FTS5 on names and questions", 0.307, 0.458),
    ("TF-IDF characters on the same", 0.311, 0.456),
    ("layers 1 + 2: floor", 0.303, 0.458),
    ("MiniLM + regression", 0.466, 0.647),
    ("MiniLM against the names alone", 0.573, 0.788),
)
Asked = Sequence[tuple[str, str]]  # a text, and the key of what it should find
Score = Callable[[Session, str, SearchDocument | None], Mapping[int, float]]
NONE = SentenceModel("")


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares of queries whose right one stood so high, the mean of 1 / rank, and seconds a query."""

    first: float
    third: float
    fifth: float
    tenth: float
    reciprocal: float
    seconds: float


def rows(folder: Path, name: str) -> list[dict[str, Any]]:
    """The records of one file."""
    return [json.loads(line) for line in (folder / f"{name}.jsonl").read_bytes().split(b"\n") if line]


def folded(text: str) -> str:
    """Lower case, everything between words one blank."""
    return re.sub(r"\W+", " ", text.lower()).strip()


def titles(folder: Path) -> tuple[list[Text], list[tuple[str, str]]]:
    """Documents of the occupations, and (query, key): an other name of each that was taken out of it."""
    records = rows(folder, "match_esco_occupations")
    labels = {folded(record["label"]) for record in records}
    documents, asked = [], []
    for record in records:
        usable = [name for name in record["alt"] if folded(name) not in labels]
        query = min(usable, key=lambda name: hashlib.sha256(name.encode()).hexdigest(), default=None)
        names = [name for name in record["alt"] if name != query]
        documents.append(Text(K, record["_id"], record["label"], "\n".join(names), record["description"]))
        if query is not None:
            asked.append((query, record["_id"]))
    return documents, asked


def question_folds(folder: Path) -> Iterable[tuple[list[Text], list[tuple[str, str]]]]:
    """For each fold of experts: the fields with the other folds' questions, and (question, field) to find."""
    records = [
        {**record, "field": re.sub(r"^Medicine$", "Healthcare / Medicine", record["field"])}
        for record in rows(folder, "domain_expertqa_questions")
        if record["field"] != "Other"
    ]
    for fold in range(FOLDS):
        held = [int(record["expert"], 16) % FOLDS == fold for record in records]
        known = [record for record, out in zip(records, held, strict=True) if not out]
        asked = [
            (record["question"], record["field"]) for record, out in zip(records, held, strict=True) if out
        ]
        fields = sorted({record["field"] for record in records})
        yield [_field(name, [one for one in known if one["field"] == name]) for name in fields], asked


def _field(name: str, records: Sequence[Mapping[str, Any]]) -> Text:
    below = dict.fromkeys(record["specific_field"] for record in records)
    return Text(K, name, name, "\n".join(below), "\n".join(record["question"] for record in records))


def fill(sessions: Sessions, documents: Sequence[Text]) -> None:
    """Replace the searched documents by these and fit the model on them."""
    with transaction(sessions) as session:
        session.execute(sa.delete(SearchDocument))
        number = (queries.newest_model(session) or 0) + 1
    spelled = [one.near for one in documents]
    fitted = vectors.fit(number, spelled)
    matrix = fitted.matrix(spelled)
    yesterday = clock.now() - timedelta(days=1)  # what has just changed is read again with every query
    with transaction(sessions) as session:
        session.add(TextModel(number=number, documents=len(documents), content=vectors.save(fitted)))
        session.flush()
        for place, one in enumerate(documents):
            indexing.put(session, one)
            session.execute(
                sa.update(SearchDocument)
                .where(SearchDocument.kind == one.kind, SearchDocument.key == one.key)
                .values(vector=vectors.pack(matrix[place]), vector_model=number, changed_at=yesterday)
            )


def read(sessions: Sessions, asked: Asked, model: SentenceModel) -> None:
    """Write the queries as documents of somebody, and let the worker read everything."""
    with transaction(sessions) as session:
        expert = session.scalar(sa.select(Expert).limit(1)) or make_expert(session)
        for number, (query, _) in enumerate(asked):
            indexing.put(session, Text(DocumentKind.HISTORY, f"asked:{number}", query, expert_id=expert.id))
    while True:
        matching.read(sessions, {}, model=model)
        with transaction(sessions) as session:
            yesterday = clock.now() - timedelta(days=1)
            session.execute(sa.update(Meaning).values(read_at=yesterday))
            done, every = queries.count_meanings(session)
        if done == every:
            return


def measured(sessions: Sessions, asked: Asked, score: Score) -> Figures:
    """Ask every query; documents with the same score share the mean of their ranks."""
    with transaction(sessions, write=False) as session:
        rows = session.execute(
            sa.select(SearchDocument.key, SearchDocument.id).where(SearchDocument.kind == K)
        )
        keys = {row.key: row.id for row in rows}
        own = sa.select(SearchDocument).where(SearchDocument.kind == DocumentKind.HISTORY)
        saved = {one.title: one for one in session.scalars(own)}
        score(session, asked[0][0], saved.get(asked[0][0]))  # what a process loads once
        ranks, began = [], time.perf_counter()
        for query, key in asked:
            found = score(session, query, saved.get(query))
            mine = found.get(keys[key], 0.0)
            better = sum(value > mine for value in found.values())
            alike = sum(found.get(one, 0.0) == mine for one in keys.values())
            ranks.append(better + (alike + 1) / 2)
    seconds = (time.perf_counter() - began) / len(asked)
    first, third, fifth, tenth = (fmean(rank <= top for rank in ranks) for top in (1, 3, 5, 10))
    return Figures(first, third, fifth, tenth, fmean(1 / rank for rank in ranks), seconds)


def whole(session: Session, query: str, saved: SearchDocument | None) -> Mapping[int, float]:
    """Every layer there is, as the product asks them."""
    return ranking.similar_documents(session, K, query, saved=saved)


def words_only(session: Session, query: str, saved: SearchDocument | None) -> Mapping[int, float]:
    """Layer 1 alone, as before the first night."""
    return fused(queries.full_text(session, K, [query])[0], {})


def title_figures(
    sessions: Sessions, folder: Path, score: Score = whole, *, model: SentenceModel = NONE
) -> Figures:
    """Unseen titles against occupations."""
    documents, asked = titles(folder)
    fill(sessions, documents)
    if model.is_on:
        read(sessions, asked, model)
    return measured(sessions, asked, score)


def question_figures(
    sessions: Sessions, folder: Path, score: Score = whole, *, model: SentenceModel = NONE
) -> Figures:
    """Questions of unseen experts against fields; the folds are pooled by their sizes."""
    parts = []
    for documents, asked in question_folds(folder):
        fill(sessions, documents)
        if model.is_on:
            read(sessions, asked, model)
        parts.append((len(asked), measured(sessions, asked, score)))
    total = sum(count for count, _ in parts)
    names = ("first", "third", "fifth", "tenth", "reciprocal", "seconds")
    return Figures(*(sum(count * getattr(one, name) for count, one in parts) / total for name in names))


def report(folder: Path) -> None:
    """Print the baselines and what the product reaches on both databases, with the extra when it is there."""
    model = SentenceModel(os.environ.get("SENTENCE_MODEL", ""))
    print("Sentence model: on" if model.is_on else f"Sentence model: off. {model.why_off}")
    layers = [("", NONE), (" + extra", model)][: 1 + model.is_on]
    with _databases() as databases:
        print(f"{'titles':<36}{'recall@1':>9}{'@5':>7}{'@10':>7}{'MRR':>7}{'ms':>7}")
        for name, *figures in TITLE_BASELINES:
            print(f"{name:<36}{figures[0]:>9.3f}" + "".join(f"{one:>7.3f}" for one in figures[1:]))
        for (name, sessions), (extra, with_model) in product(databases, layers):
            got = title_figures(sessions, folder, model=with_model)
            shown = (got.fifth, got.tenth, got.reciprocal)
            print(
                f"{f'Assay on {name}{extra}':<36}{got.first:>9.3f}", *(f"{x:>6.3f}" for x in shown), _ms(got)
            )
        print(f"\n{'questions':<36}{'top 1':>9}{'top 3':>7}{'ms':>7}")
        for name, first, third in QUESTION_BASELINES:
            print(f"{name:<36}{first:>9.3f}{third:>7.3f}")
        for (name, sessions), (extra, with_model) in product(databases, layers):
            got = question_figures(sessions, folder, model=with_model)
            print(f"{f'Assay on {name}{extra}':<36}{got.first:>9.3f}{got.third:>7.3f}", _ms(got), flush=True)


def _ms(got: Figures) -> str:
    return f"{got.seconds * 1000:>6.1f}"


@contextlib.contextmanager
def _databases() -> Iterator[list[tuple[str, Sessions]]]:
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="assay-bench-"))
        server = stack.enter_context(postgres.server())
        urls = {"SQLite": f"sqlite:///{folder}/matching.db"}
        urls["PostgreSQL"] = fresh_postgres(server, "bench_matching")
        made = []
        for name, url in urls.items():
            migrate(url)
            made.append((name, make_sessions(url)))
        yield made
        for _, sessions in made:
            sessions.kw["bind"].dispose()
