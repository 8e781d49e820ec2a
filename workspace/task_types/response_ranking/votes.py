"""Orders as votes on pairs of responses."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from workspace.task_types.response_ranking.answer import Answer, Groups
from workspace.task_types.response_ranking.payload import Payload

DIGITS = 9
Pair = tuple[str, str]


def agreement(payload: Payload, one: Answer, other: Answer) -> float:
    """Share of pairs in the same order; a pair tied by one side only counts half."""
    if one.none_good or other.none_good:
        return float(one.none_good == other.none_good)
    pairs = list(combinations(payload.ids, 2))
    return sum(_same(_side(one.groups, pair), _side(other.groups, pair)) for pair in pairs) / len(pairs)


def _same(one: int, other: int) -> float:
    if one == other:
        return 1.0
    return 0.5 if 0 in {one, other} else 0.0


def _side(groups: Groups, pair: Pair) -> int:
    """1 when the first of the pair is better, -1 when the second is, 0 for a tie."""
    place = {name: index for index, group in enumerate(groups) for name in group}
    first, second = place.get(pair[0], 0), place.get(pair[1], 0)
    return (first < second) - (first > second)


def strict_pairs(answer: Answer) -> Iterator[tuple[str, str, float]]:
    """(better, worse, margin) of every pair that is not tied; the margin is the sum of strengths between."""
    for (high, better), (low, worse) in combinations(enumerate(answer.groups), 2):
        margin = float(sum(answer.strengths[high:low]))
        for winner in better:
            for loser in worse:
                yield winner, loser, margin


@dataclass(frozen=True, slots=True)
class Poll:
    """Several opinions on one task, each with its weight."""

    payload: Payload
    answers: tuple[Answer, ...]
    weights: tuple[float, ...]

    @property
    def total(self) -> float:
        """The weight of all opinions, those that found none good included."""
        return sum(self.weights)

    def none_good(self) -> bool:
        """Whether more than half, by weight, found none good enough."""
        return 2 * sum(weight for answer, weight in self._each() if answer.none_good) > self.total

    def majorities(self) -> Iterator[tuple[str, str, float]]:
        """(better, worse, margin) of every pair that more than half, by weight, put in the same order.

        The margin is the mean margin of those who agree.
        """
        margins: dict[Pair, list[tuple[float, float]]] = {}
        for answer, weight in self._each():
            for winner, loser, margin in strict_pairs(answer):
                margins.setdefault((winner, loser), []).append((weight, margin))
        for (winner, loser), votes in margins.items():
            share = sum(weight for weight, _ in votes)
            if 2 * share > self.total:
                yield winner, loser, sum(weight * margin for weight, margin in votes) / share

    def ranking(self) -> Groups:
        """All responses in the order of comparisons won, ties half.

        Every opinion compares every pair, so Bradley-Terry strengths would give the same order.
        """
        points = dict.fromkeys(self.payload.ids, 0.0)
        for answer, weight in self._each():
            if not answer.none_good:
                for one, other in combinations(self.payload.ids, 2):
                    side = _side(answer.groups, (one, other))
                    points[one] += weight * (1 + side) / 2
                    points[other] += weight * (1 - side) / 2
        return _by_points(points)

    def _each(self) -> Iterator[tuple[Answer, float]]:
        return zip(self.answers, self.weights, strict=True)


def _by_points(points: dict[str, float]) -> Groups:
    levels: dict[float, list[str]] = {}
    for name, value in points.items():
        levels.setdefault(round(value, DIGITS), []).append(name)
    return tuple(tuple(levels[level]) for level in sorted(levels, reverse=True))


def poll(payload: Payload, answers: Sequence[Answer], weights: Sequence[float] | None) -> Poll:
    """The opinions together; without weights each counts one, and a weight below zero counts nothing."""
    given = [1.0] * len(answers) if weights is None else [max(weight, 0.0) for weight in weights]
    return Poll(payload, tuple(answers), tuple(given))
