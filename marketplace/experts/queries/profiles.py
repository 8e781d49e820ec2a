"""SELECTs on experts, their specialties and their history."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import Select, delete, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from config.policy import PEOPLE
from marketplace.experts.models import (
    Expert,
    ExpertSpecialty,
    HistoryEntry,
)
from marketplace.kit import clock

PLACE_YEARS = 3  # how long a place both were at counts as a tie


def for_user(session: Session, user_id: uuid.UUID) -> Expert | None:
    """The Expert this User is, with the User loaded; None before the profile is begun."""
    return session.scalar(
        select(Expert).where(Expert.user_id == user_id).options(joinedload(Expert.user, innerjoin=True))
    )


def expert(session: Session, expert_id: uuid.UUID) -> Expert | None:
    """One Expert, with the User loaded."""
    return session.scalar(
        select(Expert).where(Expert.id == expert_id).options(joinedload(Expert.user, innerjoin=True))
    )


def lock(session: Session, expert_id: uuid.UUID) -> None:
    """Let what this Expert adds and counts happen one after the other."""
    session.execute(select(Expert.id).where(Expert.id == expert_id).with_for_update(key_share=True))


def specialties_of(session: Session, expert_id: uuid.UUID) -> Sequence[ExpertSpecialty]:
    """The fields an Expert names, by slug."""
    return session.scalars(
        select(ExpertSpecialty)
        .where(ExpertSpecialty.expert_id == expert_id)
        .order_by(ExpertSpecialty.specialty)
    ).all()


def years_by(session: Session, expert_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, Mapping[str, int]]:
    """Expert -> specialty -> years."""
    found: dict[uuid.UUID, dict[str, int]] = defaultdict(dict)
    rows = session.execute(
        select(ExpertSpecialty.expert_id, ExpertSpecialty.specialty, ExpertSpecialty.years).where(
            ExpertSpecialty.expert_id.in_(expert_ids)
        )
    )
    for expert_id, specialty, years in rows:
        found[expert_id][specialty] = years
    return found


def forget_specialties(session: Session, expert_id: uuid.UUID, keep: Sequence[str]) -> None:
    """Remove the named fields that are not in `keep`."""
    session.execute(
        delete(ExpertSpecialty).where(
            ExpertSpecialty.expert_id == expert_id, ExpertSpecialty.specialty.not_in(keep)
        )
    )


def history_of(session: Session, expert_id: uuid.UUID) -> Sequence[HistoryEntry]:
    """Positions and studies, what goes on first, then the latest."""
    return session.scalars(
        select(HistoryEntry)
        .where(HistoryEntry.expert_id == expert_id)
        .order_by(HistoryEntry.ended_on.is_not(None), HistoryEntry.began_on.desc(), HistoryEntry.id.desc())
    ).all()


def history_entry_of(session: Session, user_id: uuid.UUID, entry_id: uuid.UUID) -> HistoryEntry | None:
    """A position or study of this User's own."""
    return session.scalar(_entry(user_id, entry_id))


def lock_history_entry_of(session: Session, user_id: uuid.UUID, entry_id: uuid.UUID) -> HistoryEntry | None:
    """The same, locked against a second change at once."""
    return session.scalar(_entry(user_id, entry_id).with_for_update(of=HistoryEntry))


def places_of(session: Session, user_id: uuid.UUID) -> frozenset[str]:
    """Where this User has worked or studied in the last years, as their own profile says."""
    since = clock.database_now(session).date() - timedelta(days=PEOPLE.conflict_days * PLACE_YEARS)
    return frozenset(
        session.scalars(
            select(HistoryEntry.place)
            .join(HistoryEntry.expert)
            .where(
                Expert.user_id == user_id,
                or_(HistoryEntry.ended_on.is_(None), HistoryEntry.ended_on >= since),
            )
        )
    )


def _entry(user_id: uuid.UUID, entry_id: uuid.UUID) -> Select[HistoryEntry]:
    return (
        select(HistoryEntry)
        .join(HistoryEntry.expert)
        .where(HistoryEntry.id == entry_id, Expert.user_id == user_id)
        .options(contains_eager(HistoryEntry.expert))
    )
