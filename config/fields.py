"""Tiers and specialties, from `tiers.toml` and `specialties.toml`."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent


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
    """A node in the tree of fields; `parent` is the slug above it or None."""

    slug: str
    title: str
    parent: str | None


def _tiers() -> dict[str, Tier]:
    rows = tomllib.loads((_FOLDER / "tiers.toml").read_text())["tier"]
    return {row["slug"]: Tier(**row, rank=rank) for rank, row in enumerate(rows)}


def _specialties() -> dict[str, Specialty]:
    found: dict[str, Specialty] = {}

    def walk(slug: str, node: dict[str, Any], parent: str | None) -> None:
        found[slug] = Specialty(slug, node["title"], parent)
        for name, child in node.items():
            if isinstance(child, dict):
                walk(f"{slug}.{name}", child, slug)

    for name, node in tomllib.loads((_FOLDER / "specialties.toml").read_text()).items():
        walk(name, node, None)
    return found


TIERS = _tiers()
SPECIALTIES = _specialties()


def covers(held: str, wanted: str) -> bool:
    """Whether a person with the specialty `held` has `wanted`: the same one or one above it in the tree."""
    return wanted == held or wanted.startswith(held + ".")
