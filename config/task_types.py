"""The kinds of work on offer, from `task_types.toml`: what projects and the board know about a task type."""

import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class TypeOnOffer:
    """A kind of work: `overlap` opinions and `minutes` are the start values of a project's form."""

    slug: str
    title: str
    summary: str
    work: str
    gives: str
    overlap: int
    minutes: int
    options: tuple[str, ...]


def _read() -> dict[str, TypeOnOffer]:
    rows = tomllib.loads((Path(__file__).parent / "task_types.toml").read_text())
    return {
        slug: TypeOnOffer(slug=slug, **{**row, "options": tuple(row["options"])})
        for slug, row in rows.items()
    }


TASK_TYPES = _read()
LIVE_TYPES = frozenset({"red_teaming"})  # kinds of work in which an expert talks to a model of the company
WHY_WORDS_MINIMUM, WHY_WORDS_MAXIMUM, WHY_WORDS_DEFAULT = 10, 150, 40
