"""A text cut where sentences, flags and unseen characters begin and end, so that each piece is drawn one way.

Every character of the text is in exactly one piece, and every piece knows its place: a screen can lead back
to the offsets of the text, whatever is drawn around it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from workspace.task_types.hallucination_flagging.answer import Span
from workspace.task_types.hallucination_flagging.sentences import Range

# What the eye does not see but a model reads; joiners stay: Persian, Indic scripts and emoji need them.
UNSEEN = re.compile(
    "[\0-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e007f]"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters from `at`; `flags` cover it, `begins` of them start here: numbers from 1."""

    at: int
    text: str
    flags: tuple[int, ...] = ()
    begins: tuple[int, ...] = ()
    major: bool = False
    unseen: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """The pieces of one sentence; `sentence` is None for what stands between sentences."""

    sentence: int | None
    pieces: tuple[Piece, ...]


def blocks(text: str, sentences: Sequence[Range], spans: Sequence[Span]) -> tuple[Block, ...]:
    """The whole text in order."""
    return tuple(
        Block(number, tuple(_pieces(text, start, end, spans)))
        for number, start, end in _parts(text, sentences)
    )


def _parts(text: str, sentences: Sequence[Range]) -> Iterator[tuple[int | None, int, int]]:
    at = 0
    for number, (start, end) in enumerate(sentences):
        if at < start:
            yield None, at, start
        yield number, start, end
        at = end
    if at < len(text):
        yield None, at, len(text)


def _pieces(text: str, start: int, end: int, spans: Sequence[Span]) -> Iterator[Piece]:
    near = [(number, span) for number, span in enumerate(spans, 1) if span.start < end and start < span.end]
    unseen = {match.start() for match in UNSEEN.finditer(text, start, end)}
    cuts = {start, end, *unseen, *(at + 1 for at in unseen)}
    cuts.update(cut for _, span in near for cut in (span.start, span.end) if start < cut < end)
    for one, other in pairwise(sorted(cuts)):
        over = [(number, span) for number, span in near if span.start <= one and other <= span.end]
        yield Piece(
            at=one,
            text=_shown(text, one) if one in unseen else text[one:other],
            flags=tuple(number for number, _ in over),
            begins=tuple(number for number, span in over if span.start == one),
            major=any(span.severity == "major" for _, span in over),
            unseen=one in unseen,
        )


def _shown(text: str, at: int) -> str:
    """What stands for a character nobody can see; the first half of a line end needs nothing."""
    if text[at : at + 2] == "\r\n":
        return ""
    return f"⟨U+{ord(text[at]):04X}⟩"
