"""When a letter goes out.  Pure."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from config.policy import PEOPLE

# What another room knows of a User at a moment: when their quiet hours end, or None outside them.
Quiet = Callable[[Any, uuid.UUID, datetime], datetime | None]


@dataclass(frozen=True, slots=True)
class Letter:
    """What decides whether a letter waits: `due`, the last moment to act; `safety`, it is about a sign-in."""

    due: datetime | None = None
    safety: bool = False


def held_until(quiet_ends: datetime | None, letter: Letter) -> datetime | None:
    """Until when a letter waits: the end of the quiet hours, or None when it goes out now.

    What is about the safety of a sign-in never waits, and what has to be done by a last moment does only if
    enough time to do it is left afterwards.
    """
    due = letter.due
    if letter.safety:
        return None
    if quiet_ends is None or due is None:
        return quiet_ends
    return quiet_ends if due - quiet_ends >= timedelta(hours=PEOPLE.quiet_leaves_hours) else None
