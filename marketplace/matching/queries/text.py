"""Full text on both databases: weighted scores of documents for several texts in one statement."""

import re
import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.matching.models import DocumentKind, SearchDocument
from marketplace.matching.queries import lexemes
from marketplace.matching.queries.lexemes import NAMES, PREFIX_MINIMUM, TEXT, TITLE

Within = sa.Select[tuple[uuid.UUID]] | Sequence[uuid.UUID] | None
TERMS_MAXIMUM = 64
HITS_MAXIMUM = 300  # documents a text can find
_WORD = re.compile(r"[^\W_]+")
_STOP_WORDS = """
a about above after again against all also am an and any are as at be because been before being below
between both but by can could did do does doing down during each few for from further had has have having
he her here hers him his how i if in into is it its itself just me more most my no nor not now of off on
once only or other our ours out over own same she should so some such than that the their theirs them
then there these they this those through to too under until up very was we were what when where which
while who whom why will with would you your yours
"""
_STOP = frozenset(_STOP_WORDS.split())


def terms(text: str) -> list[str]:
    """The words of a text that can be searched for: letters and digits only, each once, no stop words."""
    found = dict.fromkeys(word for word in _WORD.findall(text.casefold()) if word not in _STOP)
    return list(found)[:TERMS_MAXIMUM]


def full_text(
    session: Session, kind: DocumentKind, texts: Sequence[str], *, within: Within = None, prefix: bool = False
) -> list[dict[int, float]]:
    """For each text, the score of the documents of this kind that share a word with it; more is better.

    Scores compare within one text only.  `within` are the projects that count.  `prefix` lets the last
    letters of a word be missing.  One statement on SQLite, two on PostgreSQL, however many texts.
    """
    asked = [(number, words) for number, words in enumerate(map(terms, texts)) if words]
    if session.get_bind().dialect.name == "sqlite":
        arms = [_fts5(number, words, prefix=prefix) for number, words in asked]
    else:
        rarity = lexemes.rarity(session, kind, {word for _, words in asked for word in words}, prefix=prefix)
        known = [(number, [one for word in words for one in rarity.get(word, ())]) for number, words in asked]
        arms = [lexemes.arm(number, found) for number, found in known if found]
    statements = [_bounded(arm, kind, within) for arm in arms]
    found: list[dict[int, float]] = [{} for _ in texts]
    if statements:
        both = statements[0] if len(statements) == 1 else sa.union_all(*statements)
        for number, document_id, score in session.execute(both):
            found[number][document_id] = float(score)
    return found


def _bounded(arm: sa.Select[Any], kind: DocumentKind, within: Within) -> sa.Select[Any]:
    statement = arm.where(SearchDocument.kind == kind, SearchDocument.expert_id.is_(None))
    if within is not None:
        statement = statement.where(SearchDocument.project_id.in_(within))
    statement = statement.order_by(sa.desc("score"), SearchDocument.id).limit(HITS_MAXIMUM)
    return select(*statement.subquery().c)


def _fts5(number: int, words: list[str], *, prefix: bool) -> sa.Select[Any]:
    """Terms are quoted and joined by OR: an unknown word empties nothing, NEAR and NOT are words."""
    whole: sa.ColumnElement[Any] = sa.literal_column("search_texts")
    query = " OR ".join(f'"{word}"{"*" * (prefix and len(word) >= PREFIX_MINIMUM)}' for word in words)
    table = sa.table("search_texts", sa.column("rowid", sa.Integer))
    score = -func.bm25(whole, TITLE, NAMES, TEXT)  # its bm25 is negative, lower is better
    return (
        select(sa.literal(number).label("number"), SearchDocument.id, score.label("score"))
        .select_from(sa.join(table, SearchDocument, table.c.rowid == SearchDocument.id))
        .where(whole.op("MATCH")(query))
    )
