"""Who asks: read from the sign-in cookie at every request, so that changed rights act at once."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from config.policy import PEOPLE
from marketplace.identity import policy, queries
from marketplace.identity.models import SignIn, User, UserState
from marketplace.kit import clock

TOUCH_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whoever asks.  `touch_at` is set when the SignIn's last use is to be noted.

    A User without any role has the single right `user`: they can sign out and read, and nothing else.
    """

    user: User | None = None
    roles: frozenset[str] = frozenset()
    acting: str | None = None
    sign_in: SignIn | None = None
    touch_at: datetime | None = None

    @property
    def is_authenticated(self) -> bool:
        """Somebody is signed in."""
        return self.user is not None

    @property
    def is_active(self) -> bool:
        """Signed in and not suspended."""
        return self.user is not None and self.user.state is UserState.ACTIVE

    @property
    def is_anonymous(self) -> bool:
        """Nobody is signed in."""
        return self.user is None

    def get_id(self) -> str | None:
        """The User's id, for Flask-Login."""
        return str(self.user.id) if self.user else None


NOBODY = Visitor()


def digest(token: str) -> str:
    """What is stored of a sign-in token: a copy of the table signs nobody in."""
    return hashlib.sha256(token.encode()).hexdigest()


def idle() -> timedelta:
    """How long a SignIn lasts without being used."""
    return timedelta(hours=PEOPLE.sign_in_idle_hours)


def visitor(session: Session, token: str | None) -> Visitor:
    """Who this cookie belongs to; ended, idle and unknown ones are nobody's."""
    if not token:
        return NOBODY
    now = clock.database_now(session)
    found = queries.live_sign_in(session, digest(token), at=now, idle=idle())
    if found is None:
        return NOBODY
    sign_in, roles = found
    return Visitor(
        user=sign_in.user,
        roles=roles or frozenset({"user"}),
        acting=policy.acting(roles, sign_in.acting),
        sign_in=sign_in,
        touch_at=now if now - sign_in.seen_at >= TOUCH_EVERY else None,
    )


def touch(session: Session, who: Visitor) -> None:
    """Note that the SignIn was used just now."""
    if who.sign_in is not None and who.touch_at is not None:
        queries.touch(session, who.sign_in.id, who.touch_at)
