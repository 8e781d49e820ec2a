"""A new password: by a link when the old one is lost, or by knowing the old one."""

import hashlib
import uuid
from datetime import timedelta

from sqlalchemy.orm import Session

from marketplace.identity import policy, queries
from marketplace.identity.errors import WeakPassword
from marketplace.identity.events import EmailConfirmed, PasswordChanged
from marketplace.identity.models import SignIn, User, folded
from marketplace.identity.service.passwords import PASSWORDS
from marketplace.identity.service.sign_ins import count_failure, refuse_during_pause
from marketplace.kit import clock
from marketplace.kit.events import publish
from marketplace.outbox import service as outbox

RESEND_EVERY = timedelta(minutes=5)


def request_reset(session: Session, email: str) -> None:
    """Promise a link to the owner of the address; for an unknown address a promise that finds nobody.

    Both write the same row and take as long, so that nobody learns who has a User here.
    """
    user = queries.by_email(session, email)
    nobody = uuid.UUID(bytes=hashlib.sha256(folded(email).encode()).digest()[:16])
    user_id = user.id if user else nobody
    slot = int(clock.database_now(session).timestamp() // RESEND_EVERY.total_seconds())
    key = f"identity.reset:{user_id}:{slot}"
    outbox.send(session, "identity.reset", key=key, user_id=str(user_id), reference=key)


def reset_mark(user: User) -> str:
    """A fragment of the password's hash: a link that carries it dies when the password changes."""
    return hashlib.sha256(user.password_hash.encode()).hexdigest()[:16]


def reset_password(session: Session, user: User, password: str) -> None:
    """Set the password by a link: every SignIn ends, nobody is signed in, and a pause is over.

    The link came by e-mail, so it also confirms the address.  Raises WeakPassword (422).
    """
    _set(session, user, password)
    now = clock.database_now(session)
    queries.end_sign_ins(session, user.id, at=now)
    queries.forget_failures(session, policy.email_counter(user.email))
    publish(session, PasswordChanged(user_id=user.id, by_link=True))
    if user.email_confirmed_at is None:
        user.email_confirmed_at = now
        publish(session, EmailConfirmed(user_id=user.id))


def change_password(
    session: Session, user: User, *, old: str, new: str, sign_in: SignIn, address: str
) -> bool:
    """Set the password by the old one and end every other SignIn.  False: the old one is wrong, and counted.

    Raises TooMany (429) in a pause, WeakPassword (422).
    """
    locked = queries.lock_user(session, user.id)
    refuse_during_pause(session, email=user.email, user=user, address=address)
    if locked is None or not PASSWORDS.matches(locked.password_hash, old):
        count_failure(session, policy.email_counter(user.email), policy.address_counter(address))
        return False
    _set(session, locked, new)
    queries.end_sign_ins(session, user.id, at=clock.database_now(session), but=sign_in.id)
    publish(session, PasswordChanged(user_id=user.id, by_link=False))
    return True


def _set(session: Session, user: User, password: str) -> None:
    problem = policy.password_problem(password, email=user.email, name=user.name)
    if problem:
        raise WeakPassword(problem)
    user.password_hash = PASSWORDS.hashed(password)
