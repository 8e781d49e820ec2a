"""Searching guides and glossary: every word asked for must stand there; names count before texts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from marketplace.learn.models import Hit, Library

MOST, BEFORE, LONG, LONGEST = 30, 60, 170, 100
NAMED, SUMMED_UP, SAID = 4, 2, 1
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class _Entry:
    kind: str
    slug: str
    anchor: str
    title: str
    names: str
    summary: str
    text: str


def search(library: Library, asked: str) -> list[Hit]:
    """The best first, at most 30; words are found by how they begin, whatever their case."""
    words = [word.casefold() for word in _WORD.findall(asked[:LONGEST])]
    if not words:
        return []
    exact = " ".join(words)
    scored = [(_score(entry, words), entry) for entry in _entries(library)]
    best = sorted(
        (row for row in scored if row[0]), key=lambda row: (row[1].title.casefold() != exact, -row[0])
    )[:MOST]
    return [
        Hit(entry.kind, entry.title, entry.slug, entry.anchor, _snippet(entry.text, words))
        for _, entry in best
    ]


def _entries(library: Library) -> Iterator[_Entry]:
    for term in library.glossary.terms:
        names = " ".join((term.title, *term.also))
        yield _Entry("Term", "", term.anchor, term.title, names, "", term.text)
    for guide in library.guides:
        yield _Entry(
            "Guide", guide.slug, "", guide.front.title, guide.front.title, guide.front.summary, guide.text
        )


def _score(entry: _Entry, words: list[str]) -> int:
    """0 unless every word stands somewhere."""
    fields = ((entry.names, NAMED), (entry.summary, SUMMED_UP), (entry.text, SAID))
    points = [sum(weight for text, weight in fields if _found(text, word)) for word in words]
    return sum(points) if all(points) else 0


def _found(text: str, word: str) -> re.Match[str] | None:
    return re.search(rf"\b{re.escape(word)}", text.casefold())


def _snippet(text: str, words: list[str]) -> str:
    """The words around the first one that was found, whole at both ends."""
    places = [found.start() for word in words if (found := _found(text, word))]
    start = max(min(places, default=0) - BEFORE, 0)
    begin = text.find(" ", start) + 1 if start else 0
    end = text.rfind(" ", begin, begin + LONG) if len(text) > begin + LONG else len(text)
    return f"{'… ' if begin else ''}{text[begin:end]}{' …' if end < len(text) else ''}"
