"""How long is enough: two hours a day, a pause after 25 minutes."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from marketplace.care.policy import DAY, PAUSE, STRETCH, closed, exposed, lacking, sentence
from tests.properties import calm

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def spans(*pairs: tuple[float, float]) -> list[tuple[datetime, datetime]]:
    """Stretches from (minutes before noon they began, how long)."""
    return [(NOON - timedelta(minutes=ago), NOON - timedelta(minutes=ago - length)) for ago, length in pairs]


def test_nothing_seen_is_nothing_counted() -> None:
    state = exposed([], NOON)
    assert (state.minutes, state.until) == (0, None)


def test_after_25_minutes_a_pause_is_due_and_ends() -> None:
    assert exposed(spans((24, 24)), NOON).until is None
    state = exposed(spans((25, 25)), NOON)
    assert state.until == NOON + PAUSE
    assert "25 minutes" in sentence(state)
    assert exposed(spans((25, 25)), NOON + PAUSE).until is None


def test_a_short_break_does_not_begin_anew() -> None:
    assert exposed(spans((40, 15), (20, 12)), NOON).stretch == timedelta(minutes=27)
    assert exposed(spans((45, 15), (12, 12)), NOON).until is None


def test_two_hours_are_enough_until_midnight() -> None:
    state = exposed(spans(*((300 - 40 * n, 20) for n in range(6))), NOON)
    assert state.is_day_used_up
    assert state.until == datetime(2026, 3, 3, tzinfo=UTC)
    assert "2 hours" in sentence(state)


def test_only_today_counts() -> None:
    late = [(NOON - timedelta(hours=13), NOON - timedelta(hours=11, minutes=30))]
    assert exposed(late, NOON).today == timedelta(minutes=30)


@calm
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=20))
def test_whoever_is_served_has_something_left(steps: list[tuple[int, int]]) -> None:
    at, found = datetime(2026, 3, 2, tzinfo=UTC), []
    for rest, work in steps:
        start = at + timedelta(minutes=rest)
        at = start + timedelta(minutes=work)
        found.append((start, at))
    state = exposed(found, at)
    if state.until is None:
        assert state.today < DAY
        assert state.stretch < STRETCH
    else:
        assert state.until > at


def test_what_is_lacking_is_named() -> None:
    assert lacking(("hate", "violence"), frozenset({"violence"})) == ("hate",)
    assert closed((), frozenset()) == ""
    assert closed(("hate",), frozenset({"hate"})) == ""
    assert "Hate" in closed(("hate", "violence"), frozenset({"violence"}))
