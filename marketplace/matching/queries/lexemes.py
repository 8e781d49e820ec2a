"""Full text on PostgreSQL: ts_rank knows no rarity, so each lexeme is ranked alone and weighed by it."""

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from marketplace.matching.models import DocumentKind, SearchDocument

TITLE, NAMES, TEXT = 4.0, 2.0, 1.0
PREFIX_MINIMUM = 3
BY_LENGTH = 0  # title and names are short: dividing by length loses more than it gives
LEAST = 1e-6  # a word in more than half of the documents still finds them
_LEXEMES: sa.ColumnElement[Any] = sa.literal_column("search_documents.lexemes")
_LOW, _MIDDLE = TEXT / TITLE, NAMES / TITLE
_WEIGHTS: sa.ColumnElement[Any] = sa.literal_column(
    f"'{{{_LOW}, {_LOW}, {_MIDDLE}, 1.0}}'::real[]"
)  # D, C, B, A
Term = tuple[str, float]  # a quoted lexeme as tsquery reads it, and its rarity


def rarity(
    session: Session, kind: DocumentKind, words: Collection[str], *, prefix: bool
) -> Mapping[str, Sequence[Term]]:
    """Word -> its lexemes that some document has, in both dictionaries that documents use; one statement.

    plainto_tsquery would join words with AND; quoted lexemes can be joined by OR.
    """
    if not words:
        return {}
    listed = sa.cast(sorted(words), postgresql.ARRAY(sa.Text))
    asked = func.unnest(listed).table_valued(sa.column("word", sa.Text), name="asked").render_derived()
    word = asked.c.word
    both = _vector("english", word).op("||")(_vector("simple", word))
    parts = func.unnest(func.tsvector_to_array(both))
    known = parts.table_valued(sa.column("lexeme", sa.Text), name="known").render_derived()
    term: sa.ColumnElement[str] = func.quote_literal(known.c.lexeme)
    if prefix:
        term = term + sa.case((func.length(word) >= PREFIX_MINIMUM, ":*"), else_="")
    searched = (SearchDocument.kind == kind, SearchDocument.expert_id.is_(None))
    having = (
        select(func.count()).select_from(SearchDocument).where(*searched, _LEXEMES.op("@@")(_query(term)))
    )
    total = select(func.count()).select_from(SearchDocument).where(*searched)
    rows = session.execute(
        select(word, term, having.scalar_subquery(), total.scalar_subquery()).select_from(
            sa.join(asked, known, sa.true())
        )
    )
    found: dict[str, list[Term]] = {}
    for said, quoted, count, of in rows:
        if count:
            found.setdefault(said, []).append((quoted, _rarity(count, of)))
    return found


def arm(number: int, terms: Sequence[Term]) -> sa.Select[Any]:
    """Every document that has one of these lexemes, with the sum of their ranks by rarity."""
    once = dict(terms)
    ranks = [
        sa.literal(weight) * func.ts_rank(_WEIGHTS, _LEXEMES, _query(sa.literal(term)), BY_LENGTH)
        for term, weight in once.items()
    ]
    score = sum(ranks[1:], start=ranks[0])
    any_of = _LEXEMES.op("@@")(_query(sa.literal(" | ".join(once))))
    found = select(sa.literal(number).label("number"), SearchDocument.id, score.label("score"))
    return cast("sa.Select[Any]", found.where(any_of))


def _vector(dictionary: str, text: Any) -> sa.ColumnElement[Any]:
    return func.to_tsvector(sa.literal_column(f"'{dictionary}'::regconfig"), text)


def _query(text: Any) -> sa.ColumnElement[Any]:
    return sa.cast(text, postgresql.TSQUERY)


def _rarity(count: int, of: int) -> float:
    """As BM25 weighs a word that `count` of the documents have."""
    return max(math.log((of - count + 0.5) / (count + 0.5)), LEAST)
