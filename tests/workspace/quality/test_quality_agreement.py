"""Published tables give the published figures, and the laws that every such figure keeps."""

from collections.abc import Sequence
from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.properties import calm
from workspace.quality import policy


def by_unit(*people: str) -> list[list[float | None]]:
    """One row a person, a dot for no answer, as the tables are printed; turned into one row a unit."""
    rows = [[None if cell == "." else float(cell) for cell in person.split()] for person in people]
    return [list(unit) for unit in zip(*rows, strict=True)]


FOUR = by_unit(
    "1 2 3 3 2 1 4 1 2 . . .", "1 2 3 3 2 2 4 1 2 5 . 3", ". 3 3 3 2 3 4 2 2 5 1 .", "1 2 3 3 2 4 4 1 2 5 1 ."
)
THREE = by_unit(
    ". . . . . 3 4 1 2 1 1 3 3 . 3", "1 . 2 1 3 3 4 3 . . . . . . .", ". . 2 1 3 4 4 . 2 1 1 3 3 . 4"
)


@pytest.mark.parametrize(
    ("units", "distance", "printed"),
    [
        (FOUR, policy.nominal, 0.743),
        (FOUR, policy.ordinal, 0.815),
        (FOUR, policy.interval, 0.849),
        (FOUR, policy.ratio, 0.797),
        (THREE, policy.nominal, 0.691),
        (THREE, policy.ordinal, 0.807),
        (THREE, policy.interval, 0.811),
    ],
)
def test_alpha_of_published_tables(
    units: list[list[float | None]], distance: policy.agreement.Distance, printed: float
) -> None:
    assert policy.alpha(units, distance) == pytest.approx(printed, abs=0.0005)


def test_kappa_of_a_published_table() -> None:
    pairs = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
    assert policy.kappa(pairs) == pytest.approx(0.40)


@pytest.mark.parametrize("units", [[], [[None, 1]], [[1], [2]], [[1, 1], [1, 1, None]]])
def test_where_nobody_can_say_there_is_no_figure(units: list[list[int | None]]) -> None:
    assert policy.alpha(units) is None


def test_kappa_needs_a_unit_and_two_answers() -> None:
    assert policy.kappa([]) is None
    assert policy.kappa([("a", "a")] * 3) is None


answers = st.lists(st.lists(st.none() | st.integers(0, 3), min_size=2, max_size=4), min_size=1, max_size=8)


@calm
@given(units=answers, seed=st.randoms(use_true_random=False))
def test_alpha_does_not_care_who_said_it_or_what_answers_are_called(
    units: list[list[int | None]], seed: Sequence[int]
) -> None:
    found = policy.alpha(units)
    assert found is None or found <= 1
    mixed = [seed.sample(unit, len(unit)) for unit in units]  # type: ignore[attr-defined]
    named = [[None if value is None else f"answer {value}" for value in unit] for unit in mixed]
    assert policy.alpha(seed.sample(named, len(named))) == pytest.approx(found)  # type: ignore[attr-defined]


@calm
@given(truth=st.lists(st.integers(0, 3), min_size=2, max_size=8).filter(lambda said: len(set(said)) > 1))
def test_people_who_always_agree_have_one(truth: list[int]) -> None:
    units = [[value, value, None] for value in truth]
    for distance in (policy.nominal, policy.ordinal, policy.interval, policy.ratio):
        assert policy.alpha(units, distance) == pytest.approx(1)
    assert policy.kappa([(value, value) for value in truth]) == pytest.approx(1)


# --- strengths -----------------------------------------------------------------------------------------------

LEAGUE = {
    "Milwaukee": "- 7 9 7 7 9 11",
    "Detroit": "6 - 7 5 11 9 9",
    "Toronto": "4 6 - 7 7 8 12",
    "New York": "6 8 6 - 6 7 10",
    "Boston": "6 2 6 7 - 7 12",
    "Cleveland": "4 4 5 6 6 - 6",
    "Baltimore": "2 4 1 3 1 7 -",
}
PRINTED = {
    "Milwaukee": 1.58,
    "Detroit": 1.44,
    "Toronto": 1.29,
    "New York": 1.25,
    "Boston": 1.11,
    "Cleveland": 0.68,
}


def test_strengths_of_a_published_season() -> None:
    wins = {
        (team, other): float(count)
        for team, row in LEAGUE.items()
        for other, count in zip(LEAGUE, row.split(), strict=True)
        if count != "-"
    }
    found = policy.bradley_terry(wins)
    assert found is not None
    for team, printed in PRINTED.items():
        assert log(found[team] / found["Baltimore"]) == pytest.approx(printed, abs=0.005)
    assert sum(log(strength) for strength in found.values()) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(
    "wins",
    [
        {},
        {("a", "b"): 3.0},
        {("a", "b"): 1.0, ("b", "a"): 1.0, ("c", "d"): 1.0, ("d", "c"): 1.0},
        {("a", "b"): 1.0, ("b", "a"): 1.0, ("a", "c"): 2.0},
        {("a", "a"): 1.0},
    ],
)
def test_votes_that_fix_no_answer_have_none(wins: dict[tuple[str, str], float]) -> None:
    assert policy.bradley_terry(wins) is None


@calm
@given(won=st.floats(0.5, 50), lost=st.floats(0.5, 50))
def test_two_items_are_as_strong_as_their_wins(won: float, lost: float) -> None:
    found = policy.bradley_terry({("a", "b"): won, ("b", "a"): lost})
    assert found is not None
    assert found["a"] / found["b"] == pytest.approx(won / lost, rel=1e-6)


@calm
@given(counts=st.lists(st.integers(1, 9), min_size=6, max_size=6))
def test_expected_wins_are_the_wins_there_were(counts: list[int]) -> None:
    pairs = [("a", "b"), ("b", "a"), ("a", "c"), ("c", "a"), ("b", "c"), ("c", "b")]
    wins = {pair: float(count) for pair, count in zip(pairs, counts, strict=True)}
    found = policy.bradley_terry(wins)
    assert found is not None
    for item in "abc":
        expected = sum(
            (wins[item, other] + wins[other, item]) * found[item] / (found[item] + found[other])
            for other in "abc"
            if other != item
        )
        assert expected == pytest.approx(sum(wins[item, other] for other in "abc" if other != item), rel=1e-6)
