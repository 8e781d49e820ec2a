"""Searching guides and glossary: every word asked for must stand there; names count before texts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from marketplace.learn.models import Hit, Library

MOST, BEFORE, LONG, LONGEST, WORDS = 30, 60, 170, 100, 8
NAMED, SUMMED_UP, SAID = 4, 2, 1
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class _Entry:
    """Something to find; `fields` are small letters with what a word in them counts."""

    hit: Hit
    fields: tuple[tuple[str, int], ...]
    text: str


def search(library: Library, asked: str) -> list[Hit]:
    """The best first, at most 30; words are found by how they begin, whatever their case."""
    words = [word.casefold() for word in _WORD.findall(asked[:LONGEST])][:WORDS]
    if not words:
        return []
    exact, begins = " ".join(words), [re.compile(rf"\b{re.escape(word)}") for word in words]
    scored = [(_score(entry, begins), entry) for entry in _entries(library)]
    found = [row for row in scored if row[0]]
    found.sort(key=lambda row: (row[1].hit.title.casefold() != exact, -row[0]))
    return [_shown(entry, begins) for _, entry in found[:MOST]]


@lru_cache(maxsize=2)
def _entries(library: Library) -> tuple[_Entry, ...]:
    return tuple(_made(library))


def _made(library: Library) -> Iterator[_Entry]:
    for term in library.glossary.terms:
        hit = Hit("Term", term.title, "", term.anchor, "")
        yield _entry(hit, " ".join((term.title, *term.also)), "", term.text)
    for guide in library.guides:
        hit = Hit("Guide", guide.front.title, guide.slug, "", "")
        yield _entry(hit, guide.front.title, guide.front.summary, guide.text)


def _entry(hit: Hit, names: str, summary: str, text: str) -> _Entry:
    fields = ((names, NAMED), (summary, SUMMED_UP), (text, SAID))
    return _Entry(hit, tuple((said.lower(), weight) for said, weight in fields), text)


def _score(entry: _Entry, begins: list[re.Pattern[str]]) -> int:
    """0 unless every word stands somewhere."""
    points = [sum(weight for text, weight in entry.fields if word.search(text)) for word in begins]
    return sum(points) if all(points) else 0


def _shown(entry: _Entry, begins: list[re.Pattern[str]]) -> Hit:
    """The hit with the words around the first one that was found, whole at both ends."""
    text, folded = entry.text, entry.text.lower()
    places = [found.start() for word in begins if (found := word.search(folded))]
    start = max(min(places, default=0) - BEFORE, 0)
    begin = text.find(" ", start) + 1 if start else 0
    end = text.rfind(" ", begin, begin + LONG) if len(text) > begin + LONG else len(text)
    snippet = f"{'… ' if begin else ''}{text[begin:end]}{' …' if end < len(text) else ''}"
    return Hit(entry.hit.kind, entry.hit.title, entry.hit.slug, entry.hit.anchor, snippet)
