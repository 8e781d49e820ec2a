"""Signing in and out; failed tries are rows, so that a restart forgets nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from config.policy import PEOPLE
from marketplace.identity import policy, queries
from marketplace.identity.events import SignInsEnded
from marketplace.identity.models import FailedSignIn, Role, SignIn, User, UserState, folded
from marketplace.identity.service.passwords import PASSWORDS
from marketplace.identity.service.visitors import digest, idle
from marketplace.kit import clock, ids
from marketplace.kit.errors import Forbidden, TooMany
from marketplace.kit.events import publish

KEPT = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new SignIn and the token for the cookie, which is nowhere else."""

    token: str
    sign_in: SignIn


def sign_in(
    session: Session,
    *,
    email: str,
    password: str,
    address: str,
    device: str,
    replaces: SignIn | None = None,
) -> SignedIn | None:
    """Open a SignIn, or None: wrong, and counted.  Unknown and wrong look and last the same.

    `replaces` is the browser's old SignIn, which ends.  Raises TooMany (429) during a pause.
    """
    user = queries.lock_by_email(session, email)
    refuse_during_pause(session, email=email, user=user, address=address)
    right = PASSWORDS.matches(user.password_hash if user else None, password)
    if user is None or not right or user.state is UserState.CLOSED:
        count_failure(session, policy.email_counter(folded(email)), policy.address_counter(address))
        return None
    if PASSWORDS.is_outdated(user.password_hash):
        user.password_hash = PASSWORDS.hashed(password)
    if replaces is not None:
        end_sign_in(session, replaces)
    return open_sign_in(session, user, device=device)


def open_sign_in(session: Session, user: User, *, device: str) -> SignedIn:
    """Sign the User in without asking for anything; `device` is what they will recognise it by."""
    now = clock.database_now(session)
    token = ids.token()
    opened = SignIn(
        user=user,
        token_hash=digest(token),
        device=device,
        seen_at=now,
        ends_at=now + timedelta(hours=PEOPLE.sign_in_total_hours),
    )
    opened.created_at = now  # failures are counted from here, by the same clock
    session.add(opened)
    return SignedIn(token, opened)


def sign_out(session: Session, signed_in: SignIn) -> None:
    """End this SignIn: its cookie is worthless from now on, copies too."""
    end_sign_in(session, signed_in)


def end_sign_in(session: Session, signed_in: SignIn) -> None:
    """End a SignIn, this browser's or another one."""
    if signed_in.ended_at is None:
        signed_in.ended_at = clock.database_now(session)


def end_other_sign_ins(session: Session, signed_in: SignIn) -> None:
    """End every SignIn of the same User but this one."""
    queries.end_sign_ins(session, signed_in.user.id, at=clock.database_now(session), but=signed_in.id)


def end_all_sign_ins(session: Session, user: User, *, by: User) -> None:
    """Staff log a User out everywhere."""
    queries.end_sign_ins(session, user.id, at=clock.database_now(session))
    publish(session, SignInsEnded(user_id=user.id, by_id=by.id))


def live_sign_ins(session: Session, user: User) -> Sequence[SignIn]:
    """The browsers a User is logged in with now, the last used first, at most 50."""
    return queries.live_sign_ins(session, user.id, at=clock.database_now(session), idle=idle())


def act_as(session: Session, signed_in: SignIn, role: Role | str) -> None:
    """Choose what this browser acts as; Forbidden (403) without the role."""
    held = queries.roles_of(session, signed_in.user.id)
    wanted = role.value if isinstance(role, Role) else role
    if wanted not in held:
        raise Forbidden("You do not have that role.")
    signed_in.acting = Role(wanted)


def refuse_during_pause(
    session: Session, *, address: str, email: str | None = None, user: User | None = None
) -> None:
    """TooMany (429) while the network address or the e-mail address has too many failures in the window.

    A success forgives the User's failures before it, never those of the network address.
    """
    now = clock.database_now(session)
    start = now - _window()
    _refuse(session, policy.address_counter(address), PEOPLE.failed_per_address, since=start, now=now)
    if email is not None:
        last = queries.last_sign_in_at(session, user.id) if user else None
        counter = policy.email_counter(folded(email))
        _refuse(session, counter, PEOPLE.failed_per_user, since=max(start, last or start), now=now)


def _window() -> timedelta:
    return timedelta(minutes=PEOPLE.failed_window_minutes)


def _refuse(session: Session, counter: str, limit: int, *, since: datetime, now: datetime) -> None:
    reached = queries.failure_at(session, counter, since=since, number=limit)
    if reached is None:
        return
    seconds = max(1, int((reached + _window() - now).total_seconds()) + 1)
    minutes = -(-seconds // 60)
    raise TooMany(
        f"Too many tries. Wait {minutes} minute{'s' if minutes != 1 else ''}, then try again.",
        retry_after=seconds,
    )


def count_failure(session: Session, *counters: str) -> None:
    """Write one failed try for each counter."""
    now = clock.database_now(session)
    session.add_all(FailedSignIn(counter=counter, at=now) for counter in counters)


def forget(session: Session, payload: Mapping[str, Any]) -> None:
    """Delete failed tries and ended SignIns after their 90 days."""
    queries.forget_before(session, clock.database_now(session) - KEPT)
