"""Quiet hours end where somebody lives.  Pure."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from marketplace.experts import policy
from tests.properties import calm

ZONES = st.sampled_from(
    ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Auckland", "Mars/Base"]
)
START = datetime(2024, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 4 * 366 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))
TIMES = st.times().map(lambda at: f"{at:%H:%M}")


@pytest.mark.parametrize(
    ("at", "zone", "ends"),
    [
        ("2026-03-02T22:00", "UTC", "2026-03-03T07:00"),
        ("2026-03-03T06:59", "UTC", "2026-03-03T07:00"),
        ("2026-03-03T07:00", "UTC", None),
        ("2026-03-03T21:59", "UTC", None),
        ("2026-03-03T14:00", "Asia/Kathmandu", None),
        ("2026-03-03T17:00", "Asia/Kathmandu", "2026-03-04T01:15"),
        ("2026-03-28T22:30", "Europe/Berlin", "2026-03-29T05:00"),  # the night clocks go forward
        ("2026-10-24T21:30", "Europe/Berlin", "2026-10-25T06:00"),  # and back
    ],
)
def test_from_ten_to_seven(at: str, zone: str, ends: str | None) -> None:
    found = policy.quiet_until(datetime.fromisoformat(at + "+00:00"), zone, "22:00", "07:00")
    assert found == (datetime.fromisoformat(ends + "+00:00") if ends else None)


def test_hours_within_a_day() -> None:
    noon = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
    assert policy.quiet_until(noon, "UTC", "11:00", "13:00") == noon + timedelta(hours=1)
    assert policy.quiet_until(noon, "UTC", "13:00", "14:00") is None


def test_who_said_nothing_is_never_quiet() -> None:
    assert policy.quiet_until(START, "UTC", "", "") is None


@calm
@given(MOMENTS, ZONES, TIMES, TIMES)
def test_quiet_hours_end_within_a_day_and_then_it_is_not_quiet(
    now: datetime, zone: str, begins: str, ends: str
) -> None:
    assume(begins != ends)
    found = policy.quiet_until(now, zone, begins, ends)
    if found is None:
        return
    local = found.astimezone(ZoneInfo("UTC" if zone == "Mars/Base" else zone))
    assert now < found <= now + timedelta(hours=25)
    assert f"{local:%H:%M}" >= ends or local.date() > now.astimezone(local.tzinfo).date()
    if f"{local:%H:%M}" == ends:  # else it fell into the hour that clocks leave out
        assert policy.quiet_until(found, zone, begins, ends) is None
