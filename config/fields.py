"""Tiers and specialties, from `tiers.toml` and `specialties.toml`; BadFields says what is wrong."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent
_SLUG = re.compile(r"[a-z][a-z_]*(\.[a-z][a-z_]*){0,2}")
_ISCO = re.compile(r"\d{4}")
_SYNONYMS_MINIMUM, _SENTENCES = 2, 2


class BadFields(Exception):
    """A file of tiers or specialties cannot be used; the message names the entry and what to do."""


@dataclass(frozen=True, slots=True)
class Tier:
    """A pay class; `rank` counts from 0, hourly rates in minor units of US dollars."""

    slug: str
    title: str
    low_minor: int
    high_minor: int
    rule: str
    rank: int


@dataclass(frozen=True, slots=True)
class Specialty:
    """A node in the tree of fields; `parent` is the slug above it or None.

    `isco` are unit groups of ISCO-08; `synonyms` other names of people who work in it; `licensed`: somewhere
    one needs a licence to practise it, said of a branch.
    """

    slug: str
    title: str
    parent: str | None
    isco: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()
    description: str = ""
    licensed: bool = False


def read_tiers(text: str) -> dict[str, Tier]:
    """The pay classes, lowest first; BadFields when a band is upside down or below the one before."""
    rows = [Tier(**row, rank=rank) for rank, row in enumerate(tomllib.loads(text)["tier"])]
    for below, above in pairwise(rows):
        if above.low_minor <= below.low_minor:
            raise BadFields(f"{above.slug}: its rate must be over the one of {below.slug}")
    for tier in rows:
        if not 0 < tier.low_minor <= tier.high_minor:
            raise BadFields(f"{tier.slug}: low_minor must be positive and at most high_minor")
    return {tier.slug: tier for tier in rows}


def read_specialties(text: str) -> dict[str, Specialty]:
    """The tree in the order of the file, parents first; BadFields names the first entry that is wrong."""
    found = {one.slug: one for name, node in tomllib.loads(text).items() for one in _walk(name, node, None)}
    taken: dict[tuple[str, str], str] = {}
    for one in found.values():
        problem = _problem(one)
        if problem:
            raise BadFields(f"{one.slug}: {problem}")
        for name in (one.title, *one.synonyms):
            other = taken.setdefault((root(one.slug), _plain(name)), one.slug)
            if other != one.slug or list(map(_plain, (one.title, *one.synonyms))).count(_plain(name)) > 1:
                raise BadFields(f"{one.slug}: “{name}” is already a name of {other}; leave one of them out")
    return found


def _walk(
    slug: str, node: dict[str, Any], parent: str | None, *, licensed: bool = False
) -> Iterator[Specialty]:
    licensed = node.get("licensed", licensed)
    if "title" not in node:
        raise BadFields(f"{slug}: it has entries below it and none of its own; write [{slug}] with a title")
    yield Specialty(
        slug,
        node["title"],
        parent,
        isco=tuple(node.get("isco", ())),
        synonyms=tuple(node.get("synonyms", ())),
        description=node.get("description", ""),
        licensed=licensed,
    )
    for name, child in node.items():
        if isinstance(child, dict):
            yield from _walk(f"{slug}.{name}", child, slug, licensed=licensed)


def _problem(one: Specialty) -> str | None:
    if not _SLUG.fullmatch(one.slug):
        return "a slug has lower-case letters and at most three levels"
    if not one.isco or not all(_ISCO.fullmatch(code) for code in one.isco):
        return "isco needs unit groups of four digits"
    if len(one.synonyms) < _SYNONYMS_MINIMUM:
        return f"give at least {_SYNONYMS_MINIMUM} synonyms, or searches will miss it"
    if len(re.findall(r"[.?!](?=\s|$)", one.description)) < _SENTENCES:
        return "describe it in two sentences"
    return None


def _plain(name: str) -> str:
    return re.sub(r"[^\w+#]+", " ", name.casefold()).strip()


def root(slug: str) -> str:
    """The slug of the branch a specialty stands in."""
    return slug.partition(".")[0]


def path(slug: str) -> list[str]:
    """The slugs from the branch down to this one, itself included."""
    parts = slug.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts) + 1)]


TIERS = read_tiers((_FOLDER / "tiers.toml").read_text())
SPECIALTIES = read_specialties((_FOLDER / "specialties.toml").read_text())


def covers(held: str, wanted: str) -> bool:
    """Whether a person with the specialty `held` has `wanted`: the same one or one above it in the tree."""
    return wanted == held or wanted.startswith(held + ".")


def distance(held: str, wanted: str) -> int:
    """Steps through the tree from one specialty to the other; different branches meet above their roots."""
    here, there = path(held), path(wanted)
    shared = sum(one == other for one, other in zip(here, there, strict=False))
    return len(here) + len(there) - 2 * shared


def grouped() -> list[tuple[str, str, str]]:
    """(slug, title, title of the branch) of every specialty, branch by branch, for a grouped list."""
    return [(one.slug, one.title, SPECIALTIES[root(one.slug)].title) for one in SPECIALTIES.values()]
