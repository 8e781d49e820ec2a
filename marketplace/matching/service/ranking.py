"""Ordering what is eligible: text fit first, then dollars an hour, then newest; and finding by words."""

import heapq
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, false
from sqlalchemy.orm import Session

from marketplace.experts.models import Expert
from marketplace.kit import pages
from marketplace.kit.pages import Page
from marketplace.matching import policy, queries
from marketplace.matching.models import DocumentKind, SearchDocument
from marketplace.matching.policy import Ranked, texts
from marketplace.matching.queries import Within
from marketplace.matching.service import meaning, spelling

OWN_MAXIMUM = 24  # documents of an expert that are asked with
ALIKE_MAXIMUM = 300  # jobs that are found by spelling alone
RANKED_MAXIMUM = 1_000  # jobs that are ordered by text; those after them are ordered by pay
_KINDS = (int, int, datetime, uuid.UUID)
_REST = "r."  # what the mark of a page begins with once no text speaks for the jobs on it
K = DocumentKind


def rank(
    session: Session, expert: Expert, *, within: Within, mark: str | None = None, size: int = pages.SIZE
) -> Page[Ranked]:
    """One page of the projects `within` (ids, or a select of ids: what is eligible), best fit first.

    Each says in one line why it stands there.  At most twelve statements, however many jobs there are.
    """
    own = queries.own(session, expert.id, at_most=OWN_MAXIMUM)
    ranked = _ranked(session, _scores(session, own, within), within)
    return _page(session, ranked, within, mark=mark, size=size)


def search(
    session: Session, words: str, *, within: Within, mark: str | None = None, size: int = pages.SIZE
) -> Page[Ranked]:
    """One page of the projects `within` that these words find, best first; the last letters may be missing.

    A search that shares no word with any job still gives those spelled alike.  Words that say nothing find
    nothing.  Behind the best, which are put in order, come all others that share a word, best paid first.
    """
    if says_nothing(words):
        return Page([], None)
    found = queries.full_text(session, K.PROJECT, [words], within=within, prefix=True)[0]
    alike = spelling.similar(session, K.PROJECT, [words])[0]
    near = frozenset(_near(alike))
    close = {one: cosine for one, cosine in alike.items() if one in found or one in near}
    fits = {
        one: (
            max(round(policy.FINE * score), 1),
            "" if one in found else "Spelled like what you searched for.",
        )
        for one, score in policy.fused(found, close).items()
    }
    every = queries.within(queries.finds(session, K.PROJECT, words, sorted(near)), within)
    return _page(session, _ranked(session, fits, within), every, mark=mark, size=size)


def finding(session: Session, words: str) -> ColumnElement[bool]:
    """The condition, for statements about projects, that `search` finds a job by these words."""
    if says_nothing(words):
        return false()
    alike = spelling.similar(session, K.PROJECT, [words], least=policy.FOUND)[0]
    return queries.finds(session, K.PROJECT, words, sorted(_near(alike)))


def says_nothing(words: str) -> bool:
    """Whether a search has no word that can be searched for."""
    return not queries.terms(words)


def specialties(session: Session, words: str, *, at_most: int = 10) -> list[str]:
    """Slugs of the specialties that these words speak of, best first; a question will do as well."""
    found = similar_documents(session, K.SPECIALTY, words)
    best = heapq.nsmallest(at_most, found, key=lambda one: (-found[one], one))
    names = queries.keys(session, best)
    return [names[one] for one in best if one in names]


def similar_documents(
    session: Session, kind: DocumentKind, words: str, *, saved: SearchDocument | None = None
) -> dict[int, float]:
    """Document -> score of every layer for these words; nothing for words that say nothing.

    Meaning counts when the words are those of a `saved` document that the worker has read.
    """
    asked = len(queries.terms(words))
    if not asked:
        return {}
    found = queries.full_text(session, kind, [words])[0]
    meant = meaning.similar(session, kind, [saved], least=-1.0)[0] if saved is not None else {}
    return policy.fused(found, spelling.similar(session, kind, [words])[0], meant, asked=asked)


def spoken(
    session: Session, kind: DocumentKind, own: Sequence[SearchDocument], *, within: Within = None
) -> list[dict[int, float]]:
    """For each of an expert's documents, document of this kind -> score of every layer.

    Meaning counts where the worker has read both sides, for nothing is read here.
    """
    words = queries.full_text(session, kind, [one.title for one in own], within=within)
    asked = [texts.near(one.title, one.names) for one in own]
    alike = spelling.similar(session, kind, asked, least=policy.NEAR)
    meant = meaning.similar(session, kind, own, least=policy.MEANT)
    has_model = spelling.is_fitted(session)
    counts = [len(queries.terms(one.title)) for one in own]
    return [
        policy.spoken(*layers, asked=count, has_model=has_model)
        for *layers, count in zip(words, alike, meant, counts, strict=True)
    ]


def _scores(session: Session, own: Sequence[SearchDocument], within: Within) -> dict[int, tuple[int, str]]:
    """Job's document -> (fit in hundredths, reason); every layer asked with all documents at once."""
    if not own:
        return {}
    scores: dict[int, list[tuple[float, int]]] = {}
    for number, found in enumerate(spoken(session, K.PROJECT, own, within=within)):
        for one, score in found.items():
            scores.setdefault(one, []).append((score, -number))
    return {one: _fit(parts, own) for one, parts in scores.items()}


def _fit(parts: Sequence[tuple[float, int]], own: Sequence[SearchDocument]) -> tuple[int, str]:
    best = own[-max(parts)[1]]
    fit = policy.fit([score for score, _ in parts], len(own))
    return fit, texts.reason(best.kind, best.key, best.title)


def _near(alike: Mapping[int, float]) -> list[int]:
    """The documents that spelling alone finds."""
    close = (one for one, cosine in alike.items() if cosine >= policy.FOUND)
    return heapq.nsmallest(ALIKE_MAXIMUM, close, key=lambda one: (-alike[one], one))


def _page(
    session: Session, ranked: Sequence[Ranked], within: Within, *, mark: str | None, size: int
) -> Page[Ranked]:
    """One page of what is put in order, and behind it of everything else within."""
    if mark and mark.startswith(_REST):
        return _the_rest(session, ranked, within, mark=mark.removeprefix(_REST), size=size)
    page = pages.cut(ranked, mark=mark, size=size, key_of=lambda one: one.key, kinds=_KINDS)
    if page.next_mark is not None:
        return page
    rest = _the_rest(session, ranked, within, mark=None, size=max(size - len(page.rows), 1))
    if len(page.rows) == size:
        return Page(page.rows, _REST if rest.rows else None)
    return Page([*page.rows, *rest.rows], rest.next_mark)


def _the_rest(
    session: Session, ranked: Sequence[Ranked], within: Within, *, mark: str | None, size: int
) -> Page[Ranked]:
    """The jobs no text speaks for, from the mark on."""
    known = [one.project_id for one in ranked]
    page = queries.the_rest(session, within, known, mark=mark or None, size=size)
    jobs = [
        Ranked(project_id, 0, hourly_minor, opened_at) for project_id, hourly_minor, opened_at in page.rows
    ]
    return Page(jobs, page.next_mark and _REST + page.next_mark)


def _ranked(session: Session, scores: Mapping[int, tuple[int, str]], within: Within) -> list[Ranked]:
    best = heapq.nlargest(RANKED_MAXIMUM, scores, key=lambda one: (scores[one][0], one))
    facts = queries.ranked_facts(session, best, within) if best else []
    jobs = [
        Ranked(project_id, scores[one][0], hourly_minor, opened_at, scores[one][1])
        for one, project_id, hourly_minor, opened_at in facts
        if scores[one][0] > 0
    ]
    return sorted(jobs, key=lambda one: one.key, reverse=True)
