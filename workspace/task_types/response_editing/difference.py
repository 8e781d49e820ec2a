"""The word difference of record: what was changed between two texts, in code points of the texts as they are.

By words; where too much differs, by lines; where even that is too much, the whole is one change.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from workspace.task_types.response_editing.matching import Runs, common
from workspace.task_types.response_editing.tokens import LINES, WORDS, Token, split

Range = tuple[int, int]
KEPT = 64


@dataclass(frozen=True, slots=True)
class Change:
    """`a` in the original became `b` in the edited text; both are half open, one may be empty."""

    op: str
    a: Range
    b: Range


@lru_cache(maxsize=KEPT)
def changes(original: str, edited: str) -> tuple[Change, ...]:
    """Every change in order; none when the texts differ in white space inside lines at most."""
    for pattern in (WORDS, LINES):
        old, new = split(original, pattern), split(edited, pattern)
        runs = common([token.key for token in old], [token.key for token in new])
        if runs is not None:
            break
    else:
        runs = []
    gaps = _joined(_settled(list(_between(runs, len(old), len(new))), old, new), old)
    return tuple(_change(a, b, old, new) for a, b in gaps)


def _between(runs: Runs, old: int, new: int) -> Iterator[tuple[Range, Range]]:
    """What lies between the runs, in places of parts."""
    for one, other in pairwise([(0, 0, 0), *runs, (old, new, 0)]):
        a, b = (one[0] + one[2], other[0]), (one[1] + one[2], other[1])
        if a[0] < a[1] or b[0] < b[1]:
            yield a, b


def _settled(
    gaps: list[tuple[Range, Range]], old: Sequence[Token], new: Sequence[Token]
) -> list[tuple[Range, Range]]:
    """A sentence put in or taken out has its own full stop, not that of the sentence before."""
    ends = [*gaps, ((len(old) + 1, 0), (len(new) + 1, 0))][1:]
    found = []
    for (a, b), (next_a, next_b) in zip(gaps, ends, strict=True):
        if a[0] == a[1]:
            steps = _steps(b, new, next_b[0] - 1)
        else:
            steps = _steps(a, old, next_a[0] - 1) if b[0] == b[1] else 0
        found.append(((a[0] + steps, a[1] + steps), (b[0] + steps, b[1] + steps)))
    return found


def _steps(span: Range, tokens: Sequence[Token], end: int) -> int:
    """How far a stretch can move on while it begins with the sign that stands behind it."""
    start, after = span
    while after < end and tokens[start].is_sign and tokens[start].key == tokens[after].key:
        start, after = start + 1, after + 1
    return start - span[0]


def _joined(gaps: list[tuple[Range, Range]], old: Sequence[Token]) -> list[tuple[Range, Range]]:
    """Changes with nothing but punctuation between them are one change."""
    found: list[tuple[Range, Range]] = []
    for a, b in gaps:
        if found and all(token.is_sign for token in old[found[-1][0][1] : a[0]]):
            before = found.pop()
            a, b = (before[0][0], a[1]), (before[1][0], b[1])  # noqa: PLW2901 - grown to the left
        found.append((a, b))
    return found


def _change(a: Range, b: Range, old: Sequence[Token], new: Sequence[Token]) -> Change:
    if a[0] < a[1] and b[0] < b[1]:
        return Change("replace", (old[a[0]].start, old[a[1] - 1].end), (new[b[0]].start, new[b[1] - 1].end))
    if b[0] < b[1]:
        there, here = _alone(b, new, a[0], old)
        return Change("insert", here, there)
    there, here = _alone(a, old, b[0], new)
    return Change("delete", there, here)


def _alone(span: Range, tokens: Sequence[Token], at: int, others: Sequence[Token]) -> tuple[Range, Range]:
    """Parts that only one side has take the space before them along, at the start of a text the one after."""
    start, end = tokens[span[0]].start, tokens[span[1] - 1].end
    if span[0]:
        point = others[at - 1].end
        return (tokens[span[0] - 1].end, end), (point, point)
    point = others[at].start if at < len(others) else 0
    return (start, tokens[span[1]].start if span[1] < len(tokens) else end), (point, point)
