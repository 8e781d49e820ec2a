"""Agreement corrected for chance: Krippendorff's alpha for any number of people, Cohen's kappa for two.

Sources: K. Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), for the coincidences, the four
distances and the formula 1 - Do / De; J. Cohen, "A Coefficient of Agreement for Nominal Scales" (1960).
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import permutations, product
from typing import TypeVar

Value = Hashable
Number = float
Distance = Callable[[Value, Value, Counter[Value]], float]
V = TypeVar("V", bound=Hashable)
PAIR = 2


def alpha(units: Iterable[Sequence[V | None]], distance: Distance | None = None) -> float | None:
    """1 for perfect agreement, 0 for chance, below for worse; `units` hold an answer of each person or None.

    None where nobody can say: no unit with two answers, or one and the same answer everywhere.
    """
    pairs: list[tuple[V, V, float]] = []
    counts: Counter[Value] = Counter()
    for unit in units:
        said = [value for value in unit if value is not None]
        if len(said) >= PAIR:
            counts.update(said)
            pairs += [(one, other, 1 / (len(said) - 1)) for one, other in permutations(said, PAIR)]
    apart = distance or nominal
    total = counts.total()
    expected = sum(
        counts[one] * counts[other] * apart(one, other, counts) for one, other in product(counts, repeat=2)
    )
    if total < PAIR or not expected:
        return None
    observed = sum(weight * apart(one, other, counts) for one, other, weight in pairs)
    return 1 - (total - 1) * observed / expected


def nominal(one: Value, other: Value, counts: Counter[Value]) -> float:
    """Same or not."""
    return float(one != other)


def ordinal(one: Value, other: Value, counts: Counter[Value]) -> float:
    """How many answers stand between the two ranks, half of their own included, squared."""
    low, high = sorted((_number(one), _number(other)))
    between = sum(count for value, count in counts.items() if low <= _number(value) <= high)
    return (between - (counts[one] + counts[other]) / 2) ** 2 if one != other else 0.0


def interval(one: Value, other: Value, counts: Counter[Value]) -> float:
    """The squared difference."""
    return (_number(one) - _number(other)) ** 2


def ratio(one: Value, other: Value, counts: Counter[Value]) -> float:
    """The squared difference in proportion to the sum; for values that are not negative."""
    total = _number(one) + _number(other)
    return ((_number(one) - _number(other)) / total) ** 2 if total else 0.0


def _number(value: Value) -> Number:
    if isinstance(value, int | float):
        return float(value)
    raise TypeError("ordered distances compare numbers")


def kappa(pairs: Iterable[tuple[V, V]]) -> float | None:
    """Agreement of two people on the same units; None without a unit, or with one answer everywhere."""
    found = list(pairs)
    left, right = Counter(one for one, _ in found), Counter(other for _, other in found)
    total = len(found)
    by_chance = sum(left[value] * right[value] for value in left)
    if not total or by_chance == total**2:
        return None
    equal = sum(one == other for one, other in found)
    return (equal * total - by_chance) / (total**2 - by_chance)
