"""The kinds of work on offer: what projects and the board know about a task type.

Each type brings its own `offer.toml`; this only reads the files (ADR 0013).
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class TypeOnOffer:
    """A kind of work: `overlap` opinions and `minutes` are the start values of a project's form.

    `live`: an expert talks to a model of the company.
    """

    slug: str
    title: str
    summary: str
    work: str
    gives: str
    overlap: int
    minutes: int
    options: tuple[str, ...]
    live: bool = False
    needs_content_classes: bool = False


def _read(file: Path) -> TypeOnOffer:
    row = tomllib.loads(file.read_text())
    return TypeOnOffer(slug=file.parent.name, **{**row, "options": tuple(row["options"])})


def _all() -> dict[str, TypeOnOffer]:
    """Slug -> offer, by title."""
    found = [_read(file) for file in FOLDER.glob("*/offer.toml")]
    return {one.slug: one for one in sorted(found, key=lambda one: one.title)}


FOLDER = Path(__file__).parent.parent / "workspace" / "task_types"
TASK_TYPES = _all()
LIVE_TYPES = frozenset(slug for slug, one in TASK_TYPES.items() if one.live)
WHY_WORDS_MINIMUM, WHY_WORDS_MAXIMUM, WHY_WORDS_DEFAULT = 10, 150, 40
