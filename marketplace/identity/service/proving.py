"""The person again, not only their browser: the password once more before what cannot be undone."""

from datetime import timedelta

from sqlalchemy.orm import Session

from config.policy import PEOPLE
from marketplace.identity import policy
from marketplace.identity.errors import ProveFirst
from marketplace.identity.models import SignIn, User
from marketplace.identity.service.passwords import PASSWORDS
from marketplace.identity.service.sign_ins import SignedIn, count_failure, refuse_during_pause
from marketplace.identity.service.visitors import digest
from marketplace.kit import clock, ids


def prove(session: Session, user: User, sign_in: SignIn, *, password: str, address: str) -> SignedIn | None:
    """Note that the person gave their password just now, or None: it is wrong, and counted.

    The SignIn gets a new token: a copy of the old cookie proves nothing.  TooMany (429) during a pause.
    """
    refuse_during_pause(session, email=user.email, user=user, address=address)
    if not PASSWORDS.matches(user.password_hash, password):
        count_failure(session, policy.email_counter(user.email), policy.address_counter(address))
        return None
    token = ids.token()
    sign_in.token_hash, sign_in.proved_at = digest(token), clock.database_now(session)
    return SignedIn(token, sign_in)


def is_proved(session: Session, sign_in: SignIn) -> bool:
    """Whether the password was given in the last minutes, at the sign-in or after it."""
    last = sign_in.proved_at or sign_in.created_at
    return last > clock.database_now(session) - timedelta(minutes=PEOPLE.proof_minutes)


def require_proof(session: Session, sign_in: SignIn, *, back: str) -> None:
    """ProveFirst (403, answered by the page that asks for the password) unless it was given just now.

    `back` is the local path the person is led to afterwards.
    """
    if not is_proved(session, sign_in):
        raise ProveFirst(back)
