"""Becoming a User, and showing that the address is one's own."""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from marketplace.identity import policy, queries
from marketplace.identity.errors import EmailTaken, WeakPassword
from marketplace.identity.events import EmailConfirmed, UserRegistered
from marketplace.identity.models import Role, User, UserRole, UserState, folded
from marketplace.identity.service.passwords import PASSWORDS
from marketplace.identity.service.sign_ins import count_failure, refuse_during_pause
from marketplace.kit import clock
from marketplace.kit.database import insert_once
from marketplace.kit.errors import Forbidden
from marketplace.kit.events import publish
from marketplace.outbox import service as outbox

SELF_SERVED = frozenset({Role.EXPERT, Role.MEMBER, None})
RESEND_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Arrival:
    """The network address a visitor comes from, and the local path they are on their way to, if any."""

    address: str
    onward: str = ""


def register(
    session: Session,
    *,
    name: str,
    email: str,
    password: str,
    role: Role | None,
    form_key: uuid.UUID,
    onward: str = "",
) -> User:
    """Make the User `form_key` and promise the confirmation e-mail; the same form again finds the same User.

    `onward` is the local path its link leads to.  Raises EmailTaken (409), WeakPassword (422), Forbidden
    (403) for a role that only staff give.
    """
    if role not in SELF_SERVED:
        raise Forbidden("Staff give this role.")
    email, name = folded(email), " ".join(name.split())
    problem = policy.password_problem(password, email=email, name=name)
    if problem:
        raise WeakPassword(problem)
    kept = PASSWORDS.hashed(password)  # also when the address is taken: the answer must take as long
    if not insert_once(session, User, **_values(form_key, email, name, kept)):
        return _found_again(session, form_key, email, password)
    if role is not None:
        insert_once(session, UserRole, user_id=form_key, role=role)
    key = f"identity.confirm:{form_key}"
    outbox.send(session, "identity.confirm", key=key, user_id=str(form_key), reference=key, onward=onward)
    publish(session, UserRegistered(user_id=form_key))
    user = queries.user(session, form_key)
    assert user is not None  # noqa: S101 - written four lines above
    return user


def _values(user_id: uuid.UUID, email: str, name: str, kept: str) -> dict[str, object]:
    return {
        "id": user_id,
        "email": email,
        "name": name,
        "password_hash": kept,
        "state": UserState.ACTIVE,
        "time_zone": "UTC",
        "theme": "system",
    }


def _found_again(session: Session, form_key: uuid.UUID, email: str, password: str) -> User:
    """The form's own User.  Its key comes from the browser and proves nothing, so the password must match."""
    user = queries.user(session, form_key)
    if user is None or user.email != email or not PASSWORDS.matches(user.password_hash, password):
        raise EmailTaken
    return user


def join(
    session: Session,
    *,
    name: str,
    email: str,
    password: str,
    role: Role,
    form_key: uuid.UUID,
    arrival: Arrival,
) -> User | None:
    """Register a visitor.  None: the address is known; its owner is told by e-mail, the visitor is not.

    Tries with known addresses count as failures of the visitor's network address; TooMany (429) in a pause.
    """
    refuse_during_pause(session, address=arrival.address)
    try:
        return register(
            session,
            name=name,
            email=email,
            password=password,
            role=role,
            form_key=form_key,
            onward=arrival.onward,
        )
    except EmailTaken:
        count_failure(session, policy.address_counter(arrival.address))
        _tell_the_owner(session, email)
        return None


def _tell_the_owner(session: Session, email: str) -> None:
    owner = queries.by_email(session, email)
    if owner is not None:
        day = clock.database_now(session).date().isoformat()
        key = f"identity.tried:{owner.id}:{day}"
        outbox.send(session, "identity.tried", key=key, user_id=str(owner.id), reference=key)


def resend_confirmation(session: Session, user: User) -> None:
    """Promise the confirmation e-mail again, at most once in five minutes."""
    if user.email_confirmed_at is None:
        slot = int(clock.database_now(session).timestamp() // RESEND_EVERY.total_seconds())
        key = f"identity.confirm:{user.id}:{slot}"
        outbox.send(session, "identity.confirm", key=key, user_id=str(user.id), reference=key)


def confirm_email(session: Session, user: User) -> None:
    """Note that the address is the User's own; safe to repeat."""
    if user.email_confirmed_at is None:
        user.email_confirmed_at = clock.database_now(session)
        publish(session, EmailConfirmed(user_id=user.id))


def change_settings(session: Session, user: User, *, name: str, time_zone: str, theme: str) -> None:
    """Change what the User is called, and how times and pages look to them."""
    user.name, user.time_zone, user.theme = " ".join(name.split()), time_zone, theme


def change_theme(session: Session, user: User, theme: str) -> None:
    """Change how pages look to the User: light, dark or system."""
    user.theme = theme
