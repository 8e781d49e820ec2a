"""Move tables: which state may become which."""

import enum
from collections.abc import Mapping
from typing import TypeVar

from marketplace.kit.errors import Conflict

S = TypeVar("S", bound=enum.Enum)
Moves = Mapping[S, frozenset[S]]


def table(kind: type[S], moves: Mapping[S, set[S]]) -> Moves[S]:
    """Freeze a move table; a state without a row stops the import."""
    missing = set(kind) - set(moves)
    if missing:
        raise TypeError(f"{kind.__name__} has no row for {sorted(state.value for state in missing)}")
    return {state: frozenset(targets) for state, targets in moves.items()}


def step(moves: Moves[S], now: S, to: S, *, thing: str) -> S:
    """The new state, or Conflict (409) when the table has no such move."""
    if to not in moves[now]:
        raise Conflict(f"This {thing} is {words(now)}; it cannot become {words(to)}.")
    return to


def words(state: enum.Enum) -> str:
    """A state's value as a person reads it."""
    return str(state.value).replace("_", " ")
