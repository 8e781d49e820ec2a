"""What there is to read: guides, terms, and what changed in them."""

from dataclasses import dataclass
from datetime import date

from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Change:
    """One version of a text and what was new in it."""

    version: int
    on: date
    note: str


@dataclass(frozen=True, slots=True)
class Front:
    """What stands above a text: what it is called, its place among the others, its versions, newest first."""

    title: str
    summary: str
    order: int
    section: str
    version: int
    updated: date
    history: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A place inside a guide, to jump to."""

    anchor: str
    title: str


@dataclass(frozen=True, slots=True)
class Guide:
    """One guide, drawn: `text` is what a search reads, `minutes` the time to read it."""

    slug: str
    front: Front
    html: Markup
    headings: tuple[Heading, ...]
    text: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Term:
    """One word of the glossary: `also` are its other names, `see` the (anchor, title) of its neighbours."""

    anchor: str
    title: str
    also: tuple[str, ...]
    html: Markup
    see: tuple[tuple[str, str], ...]
    text: str


@dataclass(frozen=True, slots=True)
class Glossary:
    """All terms in the order of the alphabet."""

    front: Front
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Library:
    """Everything there is to read; guides stand in their order."""

    guides: tuple[Guide, ...]
    glossary: Glossary


@dataclass(frozen=True, slots=True)
class Hit:
    """One answer of a search: what it is, where it stands, the words around what was found."""

    kind: str
    title: str
    slug: str
    anchor: str
    snippet: str
