"""The word difference of two texts for people who read: what stayed, what is gone, what is new."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

SAME, GONE, NEW = "same", "gone", "new"
_WORDS = re.compile(r"\s*(?:\w+|[^\w\s])|\s+")
_MOST = 1_000_000  # comparisons of word with word; beyond, lines are compared
_MOST_ALIKE = 20_000  # of them of a word with itself: the search for what stayed is quadratic in these


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text and what became of it."""

    kind: str
    text: str


def pieces(before: str, after: str) -> tuple[Piece, ...]:
    """Both texts as one: same and gone make `before`, same and new make `after`; nothing is left out."""
    if before == after:
        return (Piece(SAME, after),) if after else ()
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if _is_much(old, new):
        old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    if _is_much(old, new):
        old, new = [before], [after]
    return tuple(_joined(_steps(old, new)))


def _is_much(old: list[str], new: list[str]) -> bool:
    """More comparisons than a page that waits for them can make."""
    if len(old) * len(new) > _MOST:
        return True
    there = Counter(new)
    return sum(count * there[word] for word, count in Counter(old).items()) > _MOST_ALIKE


def _steps(old: list[str], new: list[str]) -> Iterator[Piece]:
    for _, a, a_end, b, b_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        gone, come = "".join(old[a:a_end]), "".join(new[b:b_end])
        if gone == come:
            yield Piece(SAME, gone)
            continue
        yield Piece(GONE, gone)
        yield Piece(NEW, come)


def _joined(steps: Iterator[Piece]) -> Iterator[Piece]:
    """Without empty pieces, and never two of a kind in a row."""
    last: Piece | None = None
    for step in steps:
        if not step.text:
            continue
        if last is not None and last.kind == step.kind:
            last = Piece(last.kind, last.text + step.text)
            continue
        if last is not None:
            yield last
        last = step
    if last is not None:
        yield last
