"""The library: read and drawn once, anew when a file says something else."""

from functools import lru_cache

from marketplace.learn import policy, queries
from marketplace.learn.models import Guide, Hit, Library


def library() -> Library:
    """Everything there is to read; Miswritten when a file breaks a rule."""
    return _read(tuple(queries.guides().items()), queries.glossary(), tuple(queries.figures().items()))


def guide(slug: str) -> Guide | None:
    """The guide of this name."""
    return next((found for found in library().guides if found.slug == slug), None)


def beside(one: Guide) -> tuple[Guide | None, Guide | None]:
    """The guides before and after it."""
    guides = library().guides
    at = guides.index(one)
    return guides[at - 1] if at else None, guides[at + 1] if at + 1 < len(guides) else None


def search(asked: str) -> list[Hit]:
    """What guides and glossary say about these words, the best first."""
    return policy.search(library(), asked)


@lru_cache(maxsize=2)
def _read(
    guides: tuple[tuple[str, str], ...], glossary: str, figures: tuple[tuple[str, str], ...]
) -> Library:
    """By content: the same files are drawn once."""
    facts, drawings = policy.known_facts(), dict(figures)
    read = [policy.read_guide(slug, source, facts, drawings) for slug, source in guides]
    ordered = tuple(sorted(read, key=lambda one: (one.front.order, one.slug)))
    return Library(ordered, policy.read_glossary(glossary, facts))
