"""BM25 on PostgreSQL, whose own ranks know no rarity of words: counted in SQL from the lexemes it keeps."""

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from marketplace.matching.models import DocumentKind, SearchDocument

TITLE, NAMES, TEXT = 4.0, 2.0, 1.0
PREFIX_MINIMUM = 3
COUNTED_MAXIMUM = 300  # documents whose lexemes are opened for one text
SATURATION, BY_SIZE = 2.0, 0.75  # BM25's k1 and b
LEAST = 1e-6  # a word in more than half of the documents still finds them
_LEXEMES: sa.ColumnElement[Any] = sa.literal_column("search_documents.lexemes", postgresql.TSVECTOR)
_LOW, _MIDDLE = TEXT / TITLE, NAMES / TITLE
_WEIGHTS: sa.ColumnElement[Any] = sa.literal_column(
    f"'{{{_LOW}, {_LOW}, {_MIDDLE}, 1.0}}'::real[]"
)  # of D, C, B and A


class Term(NamedTuple):
    """A lexeme, as a tsquery says it, its rarity, and whether it may be the beginning of a word."""

    lexeme: str
    query: str
    rarity: float
    begins: bool


def rarity(
    session: Session, kind: DocumentKind, words: Collection[str], *, prefix: bool
) -> tuple[float, Mapping[str, Sequence[Term]]]:
    """(average size of a document, word -> its lexemes that some document has); one statement.

    Both dictionaries are asked, because documents use both; plainto_tsquery would join words with AND.
    """
    listed = sa.cast(sorted(words), postgresql.ARRAY(sa.Text))
    asked = func.unnest(listed).table_valued(sa.column("word", sa.Text), name="asked").render_derived()
    both = _vector("english", asked.c.word).op("||")(_vector("simple", asked.c.word))
    parts = func.unnest(func.tsvector_to_array(both))
    known = parts.table_valued(sa.column("lexeme", sa.Text), name="known").render_derived()
    begins = sa.and_(sa.literal(prefix), func.length(asked.c.word) >= PREFIX_MINIMUM)
    query = func.quote_literal(known.c.lexeme) + sa.case((begins, ":*"), else_="")
    searched = (SearchDocument.kind == kind, SearchDocument.expert_id.is_(None))
    having = select(func.count()).where(*searched, _LEXEMES.op("@@")(_query(query)))
    total, average = (
        select(one).where(*searched).scalar_subquery()
        for one in (func.count(SearchDocument.id), func.avg(SearchDocument.size))
    )
    statement = select(asked.c.word, known.c.lexeme, query, begins, having.scalar_subquery(), total, average)
    found: dict[str, list[Term]] = {}
    size = 1.0
    for word, lexeme, said, open_end, count, of, mean in session.execute(
        statement.select_from(sa.join(asked, known, sa.true()))
    ):
        size = max(float(mean or 0), 1.0)
        if count:
            found.setdefault(word, []).append(Term(lexeme, said, _rarity(count, of), open_end))
    return size, found


def arm(
    number: int, terms: Sequence[Term], average: float, wanted: Sequence[sa.ColumnElement[bool]]
) -> sa.Select[Any]:
    """The wanted documents that have one of these lexemes, scored by BM25 over the weighted counts.

    ts_rank chooses whose lexemes are opened, for that is the dear part.
    """
    ranks = [
        sa.literal(term.rarity) * func.ts_rank(_WEIGHTS, _LEXEMES, _query(sa.literal(term.query)))
        for term in terms
    ]
    rough: Any = sum(ranks[1:], start=ranks[0])
    any_of = _LEXEMES.op("@@")(_query(sa.literal(" | ".join(term.query for term in terms))))
    likely = (
        select(SearchDocument.id, SearchDocument.size, _LEXEMES.label("lexemes"))
        .where(any_of, *wanted)
        .order_by(rough.desc(), SearchDocument.id)
        .limit(COUNTED_MAXIMUM)
        .subquery(f"likely_{number}")
    )
    score = _bm25(likely, terms, average)
    return select(sa.literal(number).label("number"), likely.c.id, score.label("score"))


def _bm25(likely: sa.Subquery, terms: Sequence[Term], average: float) -> sa.ScalarSelect[Any]:
    part = (
        func.unnest(likely.c.lexemes)
        .table_valued(sa.column("lexeme", sa.Text), "positions", "weights", name="part")
        .render_derived()
    )
    term = sa.values(
        sa.column("lexeme", sa.Text),
        sa.column("rarity", sa.Float),
        sa.column("begins", sa.Boolean),
        name="term",
    ).data([(one.lexeme, one.rarity, one.begins) for one in terms])
    count = TITLE * _in(part, "A") + NAMES * _in(part, "B") + TEXT * _in(part, "D")
    length = SATURATION * (1 - BY_SIZE + BY_SIZE * likely.c.size / sa.literal(average, sa.Float))
    meets = sa.or_(
        part.c.lexeme == term.c.lexeme,
        sa.and_(term.c.begins, func.starts_with(part.c.lexeme, term.c.lexeme)),
    )
    return (
        select(func.sum(term.c.rarity * count * (SATURATION + 1) / (count + length)))
        .select_from(sa.join(part, term, meets))
        .correlate(likely)
        .scalar_subquery()
    )


def _in(part: Any, weight: str) -> sa.ColumnElement[Any]:
    return func.cardinality(func.array_positions(part.c.weights, weight))


def _vector(dictionary: str, text: Any) -> sa.ColumnElement[Any]:
    return func.to_tsvector(sa.literal_column(f"'{dictionary}'::regconfig"), text)


def _query(text: Any) -> sa.ColumnElement[Any]:
    return sa.cast(text, postgresql.TSQUERY)


def _rarity(count: int, of: int) -> float:
    """As BM25 weighs a word that `count` of the documents have."""
    return max(math.log((of - count + 0.5) / (count + 0.5)), LEAST)
