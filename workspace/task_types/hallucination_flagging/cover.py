"""Flagged characters as ranges: what two people have in common, and which spans mean the same place."""

from collections.abc import Iterable, Sequence

from workspace.task_types.hallucination_flagging.answer import Answer
from workspace.task_types.hallucination_flagging.payload import Payload

Range = tuple[int, int]

HALF = 2


def ranges(answer: Answer) -> list[Range]:
    """Where its flags stand."""
    return [(span.start, span.end) for span in answer.spans if span.placed]


def merged(places: Iterable[Range]) -> list[Range]:
    """The same characters, each once, in order."""
    found: list[Range] = []
    for start, end in sorted(places):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def size(places: Iterable[Range]) -> int:
    """How many characters, each counted as often as it is named."""
    return sum(end - start for start, end in places)


def common(one: Iterable[Range], other: Iterable[Range]) -> int:
    """How many characters both have."""
    left, right = merged(one), merged(other)
    return size(left) + size(right) - size(merged([*left, *right]))


def agreement(payload: Payload, one: Answer, other: Answer) -> float:
    """F1 over flagged characters; 1 when both found nothing, 0 when only one did."""
    left, right = merged(ranges(one)), merged(ranges(other))
    total = size(left) + size(right)
    return 2 * common(left, right) / total if total else 1.0


def same_place(one: Range, other: Range) -> bool:
    """Whether the overlap is at least half of the longer one."""
    shared = min(one[1], other[1]) - max(one[0], other[0])
    return HALF * shared >= max(one[1] - one[0], other[1] - other[0]) > 0


def matches(known: Sequence[Range], given: Sequence[Range]) -> int:
    """How many of the known places can each have a given one of its own that means the same place."""
    taken: dict[int, int] = {}

    def fits(index: int, tried: set[int]) -> bool:
        for number, place in enumerate(given):
            if number in tried or not same_place(known[index], place):
                continue
            tried.add(number)
            if number not in taken or fits(taken[number], tried):
                taken[number] = index
                return True
        return False

    return sum(fits(index, set()) for index in range(len(known)))
