"""The classes of sensitive content, from `content.toml`: what companies declare and people opt in to."""

import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ContentClass:
    """One class; `text` is what a person agrees to see."""

    slug: str
    title: str
    text: str


_RAW = tomllib.loads((Path(__file__).parent / "content.toml").read_text())
TEXT_VERSION: int = _RAW["text_version"]
SUPPORT: str = _RAW["support"]
CLASSES = {slug: ContentClass(slug, **row) for slug, row in _RAW.items() if isinstance(row, dict)}
NEVER = (
    "Sexual content with minors can never be declared, imported or asked for. Whoever tries is reported and "
    "loses access."
)
HIDDEN = "Sensitive content"  # what lists say instead of the first line


def titles(slugs: "tuple[str, ...] | frozenset[str]") -> str:
    """The names of classes in one order, as in `Hate, Violence`; one of another release keeps its slug."""
    return ", ".join(sorted(CLASSES[slug].title if slug in CLASSES else slug for slug in slugs))
