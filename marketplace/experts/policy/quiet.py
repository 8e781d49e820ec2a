"""Quiet hours: when they end where somebody lives.  Pure."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def quiet_until(now: datetime, zone: str, quiet_from: str, quiet_to: str) -> datetime | None:
    """When the quiet hours that hold at `now` end, in UTC; None outside them and for who has none.

    `quiet_from` and `quiet_to` are times such as 22:00 in `zone`; an unknown zone is UTC.
    """
    if not quiet_from or not quiet_to:
        return None
    begins, ends = time.fromisoformat(quiet_from), time.fromisoformat(quiet_to)
    local = now.astimezone(_zone(zone))
    at = local.time()
    inside = begins <= at < ends if begins < ends else at >= begins or at < ends
    if not inside:
        return None
    end = local.replace(hour=ends.hour, minute=ends.minute, second=0, microsecond=0)
    if at >= ends:
        end = end.replace(fold=0) + timedelta(days=1)
    return end.astimezone(UTC)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
