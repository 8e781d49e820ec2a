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
DICTIONARIES = ("english", "simple")  # documents are in one of them
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
    english, simple = (_vector(name, asked.c.word) for name in DICTIONARIES)
    both = english.op("||")(simple)
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


def shares(words: Sequence[str]) -> sa.ColumnElement[bool]:
    """The condition that a document has one of these words, or one that begins with it."""
    asked = " | ".join(f"'{word}'{':*' * (len(word) >= PREFIX_MINIMUM)}" for word in words)
    english, simple = (func.to_tsquery(_dictionary(name), asked) for name in DICTIONARIES)
    found: sa.ColumnElement[bool] = _LEXEMES.op("@@")(english.op("||")(simple))
    return found


def telling(terms: Sequence[Term]) -> Sequence[Term]:
    """Each lexeme once; those in more than half of the documents only where there is no rarer one."""
    found = {one.query: one for one in terms}.values()
    return [one for one in found if one.rarity > LEAST] or list(found)


def scored(
    asked: Mapping[int, Sequence[Term]],
    average: float,
    wanted: Sequence[sa.ColumnElement[bool]],
    *,
    prefix: bool,
) -> sa.Select[Any]:
    """The wanted documents that have one of a text's lexemes, scored by BM25 over the weighted counts.

    ts_rank chooses whose lexemes are opened, for that is the dear part.  All texts are parameters.
    """
    term = _terms(asked)
    likely = _likely(term, wanted)
    chosen = select(likely.c.id).where(likely.c.place <= COUNTED_MAXIMUM).distinct().subquery("chosen")
    part = (
        func.unnest(_LEXEMES)
        .table_valued(sa.column("lexeme", sa.Text), "positions", "weights", name="part")
        .render_derived()
    )
    meets: sa.ColumnElement[bool] = part.c.lexeme == term.c.lexeme
    if prefix:
        meets = sa.or_(meets, sa.and_(term.c.begins, func.starts_with(part.c.lexeme, term.c.lexeme)))
    count = TITLE * _in(part, "A") + NAMES * _in(part, "B") + TEXT * _in(part, "D")
    length = SATURATION * (1 - BY_SIZE + BY_SIZE * SearchDocument.size / sa.literal(average, sa.Float))
    opened = sa.join(chosen, SearchDocument, SearchDocument.id == chosen.c.id)
    return (
        select(
            term.c.number,
            SearchDocument.id,
            func.sum(term.c.rarity * count * (SATURATION + 1) / (count + length)),
        )
        .select_from(opened.join(part, sa.true()).join(term, meets))
        .group_by(term.c.number, SearchDocument.id)
    )


def _terms(asked: Mapping[int, Sequence[Term]]) -> sa.CTE:
    """Every lexeme of every text as a row."""
    listed = [(number, one) for number, terms in asked.items() for one in terms]
    columns = (
        ("number", sa.Integer, [number for number, _ in listed]),
        ("lexeme", sa.Text, [one.lexeme for _, one in listed]),
        ("query", sa.Text, [one.query for _, one in listed]),
        ("rarity", sa.Float, [one.rarity for _, one in listed]),
        ("begins", sa.Boolean, [one.begins for _, one in listed]),
    )
    arrays = [sa.cast(values, postgresql.ARRAY(kind)) for _, kind, values in columns]
    names = [sa.column(name, kind) for name, kind, _ in columns]
    rows = func.unnest(*arrays).table_valued(*names, name="given").render_derived()
    return select(rows).cte("term").prefix_with("MATERIALIZED")


def _likely(term: sa.CTE, wanted: Sequence[sa.ColumnElement[bool]]) -> sa.Subquery:
    """For each text, its documents by a rough rank."""
    query = _query(term.c.query)
    rough = func.sum(term.c.rarity * func.ts_rank(_WEIGHTS, _LEXEMES, query))
    place = func.row_number().over(partition_by=term.c.number, order_by=(rough.desc(), SearchDocument.id))
    return (
        select(SearchDocument.id, place.label("place"))
        .join_from(term, SearchDocument, _LEXEMES.op("@@")(query))
        .where(*wanted)
        .group_by(term.c.number, SearchDocument.id)
        .subquery("likely")
    )


def _in(part: Any, weight: str) -> sa.ColumnElement[Any]:
    return func.cardinality(func.array_positions(part.c.weights, weight))


def _vector(dictionary: str, text: Any) -> sa.ColumnElement[Any]:
    return func.to_tsvector(_dictionary(dictionary), text)


def _dictionary(name: str) -> sa.ColumnElement[Any]:
    return sa.literal_column(f"'{name}'::regconfig")


def _query(text: Any) -> sa.ColumnElement[Any]:
    return sa.cast(text, postgresql.TSQUERY)


def _rarity(count: int, of: int) -> float:
    """As BM25 weighs a word that `count` of the documents have."""
    return max(math.log((of - count + 0.5) / (count + 0.5)), LEAST)
