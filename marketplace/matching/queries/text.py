"""Full text on both databases: weighted scores of documents for several texts in one statement."""

import json
import re
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.matching.models import DocumentKind, SearchDocument
from marketplace.matching.queries import lexemes
from marketplace.matching.queries.lexemes import NAMES, PREFIX_MINIMUM, TEXT, TITLE
from marketplace.projects.models import Project

Within = sa.Select[uuid.UUID] | Sequence[uuid.UUID] | None
TERMS_MAXIMUM = 64
TITLE_WORDS = 6
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
    """The words of a text that can be searched for: letters and digits only, each once.

    A text of stop words alone has none: it says nothing.  Beside other words they stay in what is as short
    as a title (“head of sales”) and go from a sentence, where they are noise.
    """
    found = list(dict.fromkeys(_WORD.findall(text.casefold())))
    telling = [word for word in found if word not in _STOP]
    return found if telling and len(found) <= TITLE_WORDS else telling[:TERMS_MAXIMUM]


def size(*parts: str) -> int:
    """How many words a document has, stop words left out."""
    return sum(word not in _STOP for part in parts for word in _WORD.findall(part.casefold()))


def full_text(
    session: Session, kind: DocumentKind, texts: Sequence[str], *, within: Within = None, prefix: bool = False
) -> list[dict[int, float]]:
    """For each text, the score of the documents of this kind that share a word with it; more is better.

    Scores compare within one text only.  `within` are the projects that count.  `prefix` lets the last
    letters of a word be missing.  One statement on SQLite, two on PostgreSQL, however many texts.
    """
    asked = {number: words for number, words in enumerate(map(terms, texts)) if words}
    wanted = [SearchDocument.kind == kind, SearchDocument.expert_id.is_(None)]
    if within is not None:
        wanted.append(SearchDocument.project_id.in_(within))
    found: list[dict[int, float]] = [{} for _ in texts]
    if not asked:
        return found
    if session.get_bind().dialect.name == "sqlite":
        statement: sa.Select[Any] | None = _fts5(asked, wanted, prefix=prefix)
    else:
        statement = _counted(session, kind, asked, wanted, prefix=prefix)
    if statement is not None:
        for number, document_id, score in session.execute(statement):
            found[number][document_id] = float(score)
    return found


def finds(session: Session, kind: DocumentKind, text: str, near: Sequence[int]) -> sa.ColumnElement[bool]:
    """The condition, for statements about projects, that a document shares a word with this text or is one
    of those `near` it; the last letters of a word may be missing.  Words that say nothing find nothing.
    """
    words = terms(text)
    if not words:
        return sa.false()
    if session.get_bind().dialect.name == "sqlite":
        whole: sa.ColumnElement[Any] = sa.literal_column("search_texts")
        table = sa.table("search_texts", sa.column("rowid", sa.Integer))
        matches = select(table.c.rowid).where(whole.op("MATCH")(_match(words, prefix=True)))
        shares: sa.ColumnElement[bool] = SearchDocument.id.in_(matches)
    else:
        shares = lexemes.shares(words)
    found = select(SearchDocument.project_id).where(
        SearchDocument.kind == kind, SearchDocument.project_id.is_not(None)
    )
    return Project.id.in_(found.where(sa.or_(shares, SearchDocument.id.in_(near)) if near else shares))


def within(condition: sa.ColumnElement[bool], projects: Within) -> sa.Select[uuid.UUID]:
    """The ids of those of the projects that meet a condition."""
    found = select(Project.id).where(condition)
    return found if projects is None else found.where(Project.id.in_(projects))


def _counted(
    session: Session,
    kind: DocumentKind,
    asked: Mapping[int, Sequence[str]],
    wanted: Sequence[sa.ColumnElement[bool]],
    *,
    prefix: bool,
) -> sa.Select[Any] | None:
    every = {word for words in asked.values() for word in words}
    average, known = lexemes.rarity(session, kind, every, prefix=prefix)
    spoken = {
        number: lexemes.telling([one for word in words for one in known.get(word, ())])
        for number, words in asked.items()
    }
    return lexemes.scored(spoken, average, wanted, prefix=prefix) if any(spoken.values()) else None


def _fts5(
    asked: Mapping[int, Sequence[str]], wanted: Sequence[sa.ColumnElement[bool]], *, prefix: bool
) -> sa.Select[Any]:
    """Terms are quoted and joined by OR: an unknown word empties nothing, NEAR and NOT are words.

    The texts are one parameter, so that it is one statement whose conditions are looked at once.
    """
    whole: sa.ColumnElement[Any] = sa.literal_column("search_texts")
    texts = [[number, _match(words, prefix=prefix)] for number, words in asked.items()]
    each = func.json_each(json.dumps(texts)).table_valued("value", name="asked")
    number, query = (func.json_extract(each.c.value, path) for path in ("$[0]", "$[1]"))
    table = sa.table("search_texts", sa.column("rowid", sa.Integer))
    score = -func.bm25(whole, TITLE, NAMES, TEXT)  # its bm25 is negative, lower is better
    hit = (
        select(number.label("number"), table.c.rowid.label("id"), score.label("score"))
        .select_from(sa.join(each, table, whole.op("MATCH")(query)))
        .cte("hit")
        .prefix_with("MATERIALIZED")
    )
    place = func.row_number().over(partition_by=hit.c.number, order_by=(hit.c.score.desc(), hit.c.id))
    placed = (
        select(*hit.c, place.label("place"))
        .join_from(hit, SearchDocument, SearchDocument.id == hit.c.id)
        .where(*wanted)
        .subquery("placed")
    )
    return select(placed.c.number, placed.c.id, placed.c.score).where(placed.c.place <= HITS_MAXIMUM)


def _match(words: Sequence[str], *, prefix: bool) -> str:
    return " OR ".join(f'"{word}"{"*" * (prefix and len(word) >= PREFIX_MINIMUM)}' for word in words)
