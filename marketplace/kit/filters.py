"""How templates show times, states and codes."""

import enum
import uuid
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flask import Flask, g

from config.content import titles
from config.fields import SPECIALTIES
from marketplace.kit import clock, ids, money
from marketplace.kit.markdown import plain_text, render_asked, render_markdown
from marketplace.kit.states import words as state_words

MINUTE, HOUR, DAY = 60, 3600, 86400


def zone() -> ZoneInfo:
    """The visitor's time zone, UTC when nobody is signed in or the zone is unknown here."""
    user = getattr(g.get("visitor"), "user", None)
    try:
        return ZoneInfo(user.time_zone if user else "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def when(moment: datetime | None) -> str:
    """`Wed 25 Nov, 14:10` in the visitor's zone; another year and UTC are said."""
    if moment is None:
        return ""
    local = moment.astimezone(zone())
    year = "" if local.year == clock.now().astimezone(zone()).year else f" {local.year}"
    mark = " UTC" if local.tzinfo == ZoneInfo("UTC") else ""
    return f"{local:%a} {local.day} {local:%b}{year}, {local:%H:%M}{mark}"


def date(moment: datetime | None) -> str:
    """`25 Nov 2026` in the visitor's zone."""
    if moment is None:
        return ""
    local = moment.astimezone(zone())
    return f"{local.day} {local:%b %Y}"


def iso(moment: datetime | None) -> str:
    """ISO 8601 in UTC, for `datetime` attributes and scripts."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if moment else ""


def ago(moment: datetime | None) -> str:
    """`5 minutes ago`, `in 3 days`."""
    if moment is None:
        return ""
    seconds = int((clock.now() - moment) / timedelta(seconds=1))
    for size, name in ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute")):
        if abs(seconds) >= size:
            count = abs(seconds) // size
            span = f"{count} {name}{'s' if count != 1 else ''}"
            return f"{span} ago" if seconds > 0 else f"in {span}"
    return "just now" if seconds >= 0 else "in a moment"


def words(value: enum.Enum | str) -> str:
    """A state or a slug as words."""
    return state_words(value) if isinstance(value, enum.Enum) else value.replace("_", " ").replace(".", ", ")


def code(thing: uuid.UUID, letter: str) -> str:
    """The short public code of an id."""
    return ids.code(letter, thing)


def duration(seconds: int) -> str:
    """`24:10` or `1:04:10`."""
    hours, rest = divmod(max(seconds, 0), HOUR)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"


def specialty(slug: str) -> str:
    """The title of a specialty; one that is gone keeps its slug."""
    return SPECIALTIES[slug].title if slug in SPECIALTIES else slug


def install(app: Flask) -> None:
    """Give every template the filters."""
    app.jinja_env.filters.update(
        money=money.shown,
        when=when,
        date=date,
        iso=iso,
        ago=ago,
        words=words,
        code=code,
        duration=duration,
        markdown=render_markdown,
        asked=render_asked,
        plain=plain_text,
        content_titles=titles,
        specialty=specialty,
    )
