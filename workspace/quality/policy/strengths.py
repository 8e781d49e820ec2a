"""Strengths behind votes on pairs: the model of Bradley and Terry.

Sources: R. A. Bradley and M. E. Terry, "Rank Analysis of Incomplete Block Designs" (1952), for the model;
D. R. Hunter, "MM Algorithms for Generalized Bradley-Terry Models" (2004), for the iteration and for when an
answer exists: every way to part the items into two groups has a win in both directions.
"""

from collections import defaultdict
from collections.abc import Mapping
from math import exp, log

ROUNDS, SMALL = 10_000, 1e-12
Votes = Mapping[tuple[str, str], float]


def bradley_terry(wins: Votes) -> dict[str, float] | None:
    """Item -> strength, their geometric mean is 1; `wins` is (winner, loser) -> count, a tie half a win each.

    None where votes do not fix an answer: an item that never lost or never won against the rest, groups that
    never met, no vote at all.
    """
    won: dict[str, float] = defaultdict(float)
    met: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    beaten: dict[str, set[str]] = defaultdict(set)
    for (winner, loser), count in wins.items():
        if winner != loser and count > 0:
            won[winner] += count
            met[winner][loser] += count
            met[loser][winner] += count
            beaten[winner].add(loser)
    if not met or not _connected(set(met), beaten):
        return None
    return _iterated(won, met)


def _iterated(won: Mapping[str, float], met: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    strengths = dict.fromkeys(sorted(met), 1.0)
    for _ in range(ROUNDS):
        raw = {
            item: won[item] / sum(count / (strength + strengths[other]) for other, count in met[item].items())
            for item, strength in strengths.items()
        }
        middle = exp(sum(log(value) for value in raw.values()) / len(raw))
        updated = {item: value / middle for item, value in raw.items()}
        moved = max(abs(log(updated[item] / strengths[item])) for item in strengths)
        strengths = updated
        if moved < SMALL:
            break
    return strengths


def _connected(items: set[str], beaten: Mapping[str, set[str]]) -> bool:
    """Whether a way of wins leads from every item to every other."""
    back: dict[str, set[str]] = defaultdict(set)
    for winner, losers in beaten.items():
        for loser in losers:
            back[loser].add(winner)
    start = min(items)
    return all(_reached(start, ways) == items for ways in (beaten, back))


def _reached(start: str, ways: Mapping[str, set[str]]) -> set[str]:
    seen, todo = {start}, [start]
    while todo:
        new = ways.get(todo.pop(), set()) - seen
        seen |= new
        todo += new
    return seen
