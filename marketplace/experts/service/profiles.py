"""The profile: who the expert is, what they know, which tier that gives."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from config.fields import SPECIALTIES
from config.policy import PEOPLE
from marketplace.experts import policy, queries
from marketplace.experts.errors import TooManyEntries
from marketplace.experts.events import ProfileChanged
from marketplace.experts.models import Expert, ExpertSpecialty, HistoryEntry, HistoryKind
from marketplace.experts.policy import Standing
from marketplace.identity.models import User
from marketplace.kit.database import insert_once
from marketplace.kit.errors import Invalid, NotFound
from marketplace.kit.events import publish


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A position or a study; days are the first of their months."""

    kind: HistoryKind
    title: str
    place: str
    began_on: date
    ended_on: date | None = None
    about: str = ""


def become_expert(session: Session, user: User) -> Expert:
    """Begin the User's profile; the one they have already is handed back.  Safe to repeat and to race."""
    session.flush()  # a User made in this transaction must be in the database before a row points at it
    insert_once(session, Expert, user_id=user.id)
    expert = queries.for_user(session, user.id)
    if expert is None:
        raise RuntimeError("an Expert row was written and is not there")
    return expert


def save_profile(
    session: Session,
    expert: Expert,
    *,
    headline: str,
    biography: str,
    country: str,
    languages: Mapping[str, str],
) -> None:
    """Store what the expert says about themselves.

    `country` is ISO 3166 alpha-2; `languages` maps ISO 639-1 codes to a level of policy.LEVELS.
    """
    unknown = sorted(level for level in languages.values() if level not in policy.LEVELS)
    if unknown:
        raise Invalid(f"{unknown[0]} is not a level of a language.")
    expert.headline, expert.biography = headline, biography
    expert.country = country.upper()
    expert.languages = dict(sorted(languages.items()))  # a new dict: changes inside one are not seen
    publish(session, ProfileChanged(user_id=expert.user_id))


def set_availability(
    session: Session, expert: Expert, *, weekly_hours: int, days: Sequence[str], quiet: tuple[str, str]
) -> None:
    """Store when the expert wants to work; `quiet` are times such as 22:00 in their zone, or both empty."""
    expert.weekly_hours, expert.days = weekly_hours, policy.ordered_days(list(days))
    expert.quiet_from, expert.quiet_to = quiet


def quiet_until(session: Session, user_id: uuid.UUID, now: datetime) -> datetime | None:
    """When the quiet hours of this User end, if they hold at `now`; None for who has none, or no profile."""
    expert = queries.for_user(session, user_id)
    if expert is None:
        return None
    return policy.quiet_until(now, expert.user.time_zone, expert.quiet_from, expert.quiet_to)


def add_history(session: Session, expert: Expert, *, told: Told, form_key: uuid.UUID) -> HistoryEntry:
    """Write a position or a study; the same `form_key` finds the row instead of a second one.

    Raises TooManyEntries (409), and NotFound (404) for a key that is somebody else's row.
    """
    queries.lock(session, expert.id)  # two windows must not both find the last place free
    if len(queries.history_of(session, expert.id)) >= PEOPLE.history_maximum:
        raise TooManyEntries(
            f"Your history has {PEOPLE.history_maximum} entries, as many as we keep. Remove one first."
        )
    insert_once(session, HistoryEntry, id=form_key, expert_id=expert.id, **asdict(told))
    entry = queries.history_entry_of(session, expert.user_id, form_key)
    if entry is None:
        raise NotFound("That page does not exist, or it is not yours.")
    publish(session, ProfileChanged(user_id=expert.user_id))
    return entry


def change_history(session: Session, entry: HistoryEntry, *, told: Told) -> None:
    """Replace what the entry says."""
    for name, value in asdict(told).items():
        setattr(entry, name, value)
    publish(session, ProfileChanged(user_id=entry.expert.user_id))


def remove_history(session: Session, entry: HistoryEntry) -> None:
    """Take the entry out of the profile."""
    session.delete(entry)
    publish(session, ProfileChanged(user_id=entry.expert.user_id))


def set_specialties(session: Session, expert: Expert, *, years: Mapping[str, int]) -> None:
    """Make the named specialties exactly these; `years` maps their slugs to years of experience."""
    unknown = sorted(slug for slug in years if slug not in SPECIALTIES)
    if unknown:
        raise Invalid(f"{unknown[0]} is not a specialty we know.")
    queries.lock(session, expert.id)
    queries.forget_specialties(session, expert.id, list(years))
    known = {row.specialty: row for row in queries.specialties_of(session, expert.id)}
    for slug, count in years.items():
        if slug in known:
            known[slug].years = count
        else:
            session.add(ExpertSpecialty(expert=expert, specialty=slug, years=count))
    publish(session, ProfileChanged(user_id=expert.user_id))


def standing(session: Session, expert_id: uuid.UUID, specialty: str) -> Standing:
    """The tier an Expert has in a specialty at this moment, why, and what would raise it."""
    return policy.tier(queries.verified_of(session, expert_id), specialty)
