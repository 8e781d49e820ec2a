"""The profile: who the expert is, what they know, which tier that gives."""

import uuid
from collections.abc import Mapping

from sqlalchemy.orm import Session

from config.fields import SPECIALTIES
from marketplace.experts import policy, queries
from marketplace.experts.models import Expert, ExpertSpecialty
from marketplace.experts.policy import Standing
from marketplace.identity.models import User
from marketplace.kit.database import insert_once
from marketplace.kit.errors import Invalid


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


def set_specialties(session: Session, expert: Expert, *, years: Mapping[str, int]) -> None:
    """Make the named specialties exactly these; `years` maps their slugs to years of experience."""
    unknown = sorted(slug for slug in years if slug not in SPECIALTIES)
    if unknown:
        raise Invalid(f"{unknown[0]} is not a specialty we know.")
    queries.forget_specialties(session, expert.id, list(years))
    known = {row.specialty: row for row in queries.specialties_of(session, expert.id)}
    for slug, count in years.items():
        if slug in known:
            known[slug].years = count
        else:
            session.add(ExpertSpecialty(expert=expert, specialty=slug, years=count))


def standing(session: Session, expert_id: uuid.UUID, specialty: str) -> Standing:
    """The tier an Expert has in a specialty at this moment, why, and what would raise it."""
    return policy.tier(queries.verified_of(session, expert_id), specialty)
