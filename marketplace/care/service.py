"""Agreeing to see sensitive content, taking that back, and counting time."""

import uuid
from collections.abc import Collection
from datetime import timedelta

from sqlalchemy.orm import Session

from config.content import CLASSES, TEXT_VERSION
from config.policy import WORK
from marketplace.audit import service as audit
from marketplace.care import policy, queries
from marketplace.care.models import ContentChoice, Exposure
from marketplace.care.policy import Cover, Exposed
from marketplace.identity import queries as identity
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.errors import Invalid

JOINED = timedelta(seconds=WORK.idle_seconds)


def choose(session: Session, user: User, classes: Collection[str]) -> None:
    """Agree to exactly these classes, in the text of today; the others are taken back at once.

    Each change leaves an AuditRecord.  Invalid (422) for a class we do not know.
    """
    if not set(classes) <= set(CLASSES):
        raise Invalid("Choose from the list.")
    identity.lock_user(session, user.id)  # two windows, one after the other
    known = {choice.content_class: choice for choice in queries.choices_of(session, user.id)}
    for slug in sorted(CLASSES):
        _set(session, user, slug, known.get(slug), given=slug in classes)


def _set(session: Session, user: User, slug: str, choice: ContentChoice | None, *, given: bool) -> None:
    holds = choice is not None and choice.revoked_at is None and choice.text_version == TEXT_VERSION
    if given == holds or (not given and (choice is None or choice.revoked_at is not None)):
        return
    now = clock.database_now(session)
    if choice is None:
        choice = ContentChoice(user_id=user.id, content_class=slug, text_version=TEXT_VERSION, given_at=now)
        session.add(choice)
    elif given:
        choice.text_version, choice.given_at, choice.revoked_at = TEXT_VERSION, now, None
    else:
        choice.revoked_at = now
    audit.record(
        session,
        f"person:content:{'agree' if given else 'take_back'}",
        actor_id=user.id,
        subject_type="user",
        subject_id=user.id,
        content_class=slug,
        text_version=TEXT_VERSION,
    )


def cover(session: Session, user_id: uuid.UUID, classes: Collection[str], *, opened: bool) -> Cover | None:
    """What stands in front of these classes for this person; None: nothing, or they agreed and opened it."""
    if not classes:
        return None
    closed = policy.closed(classes, queries.opted_in(session, user_id))
    return None if opened and not closed else Cover(closed, standing(session, user_id))


def expose(session: Session, user_id: uuid.UUID, *, joined: timedelta = JOINED) -> None:
    """Count the time since the last call as time on sensitive content, if it was `joined` at most."""
    now = clock.database_now(session)
    last = queries.last_exposure(session, user_id)
    if last is not None and timedelta() <= now - last.ended_at <= joined:
        last.ended_at = now
    else:
        session.add(Exposure(user_id=user_id, started_at=now, ended_at=now))


def standing(session: Session, user_id: uuid.UUID) -> Exposed:
    """How much this person has seen today and since the last pause, by the database clock; writes nothing."""
    now = clock.database_now(session)
    found = queries.exposures(session, user_id, since=now - policy.LOOK_BACK)
    return policy.exposed([(one.started_at, one.ended_at) for one in found], now)
