"""Letters about a person's User: written after the commit, links signed only when they leave."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import structlog
from sqlalchemy.orm import Session

from config.policy import PEOPLE
from marketplace.gateways.mail.protocol import BadMail, Mail, Mailer, MailRefused
from marketplace.identity import queries
from marketplace.identity.models import User, UserState
from marketplace.identity.service.recovery import reset_mark
from marketplace.kit import letters
from marketplace.kit.database import Sessions, transaction
from marketplace.kit.errors import Gone
from marketplace.kit.letters import Letter
from marketplace.kit.signing import Signer
from marketplace.outbox.service import Payload

CONFIRM, RESET = "identity.confirm", "identity.reset"
log = structlog.get_logger()


def deliver(
    mailer: Mailer, letter: Letter, *, to: str, reference: str, headers: Mapping[str, str] | None = None
) -> None:
    """Hand a letter to the mail server.  A receiver that does not exist is noted and not tried again."""
    try:
        mailer.send(
            Mail(
                to=to,
                subject=letter.subject,
                text=letter.text,
                html=letter.html,
                reference=reference,
                headers=headers or {},
            )
        )
    except (BadMail, MailRefused) as error:
        log.warning("mail_not_deliverable", reference=reference, error=type(error).__name__)


@dataclass(frozen=True, slots=True)
class Post:
    """The remote handlers of this room; `site` is the absolute address of the product, without a slash."""

    mailer: Mailer
    signer: Signer
    site: str

    def confirm(self, sessions: Sessions, payload: Payload) -> None:
        """Send the link that confirms an address; nothing once it is confirmed."""
        user = _user(sessions, payload)
        if user is not None and user.email_confirmed_at is None:
            token = self.signer.sign(CONFIRM, [str(user.id), user.email])
            onward = payload.get("onward", "")  # letters promised before had none
            link = f"{self.site}/confirm/{token}" + (f"?{urlencode({'next': onward})}" if onward else "")
            self._send("confirm", user, payload, link=link, hours=PEOPLE.confirm_hours)

    def reset(self, sessions: Sessions, payload: Payload) -> None:
        """Send the link that sets a new password; an unknown address was promised nothing."""
        user = _user(sessions, payload)
        if user is not None:
            token = self.signer.sign(RESET, [str(user.id), reset_mark(user)])
            self._send(
                "reset", user, payload, link=f"{self.site}/reset/{token}", minutes=PEOPLE.reset_minutes
            )

    def tried(self, sessions: Sessions, payload: Payload) -> None:
        """Tell the owner of an address that somebody tried to join with it."""
        user = _user(sessions, payload)
        if user is not None:
            self._send("tried", user, payload, link=f"{self.site}/login", forgot=f"{self.site}/forgot")

    def _send(self, name: str, user: User, payload: Payload, **context: Any) -> None:
        letter = letters.write(name, name=user.name, site=self.site, **context)
        deliver(self.mailer, letter, to=user.email, reference=payload["reference"])


def _user(sessions: Sessions, payload: Payload) -> User | None:
    with transaction(sessions, write=False) as session:
        user = queries.user(session, uuid.UUID(payload["user_id"]))
    return None if user is None or user.state is UserState.CLOSED else user


def read_confirmation(session: Session, signer: Signer, token: str) -> User:
    """The User of a confirmation link; Gone (410) when it has run out or belongs to another address."""
    user_id, email = signer.read(CONFIRM, token, seconds=PEOPLE.confirm_hours * 3600)
    user = queries.user(session, uuid.UUID(user_id))
    if user is None or user.email != email or user.state is UserState.CLOSED:
        raise Gone("This link has run out. Log in and ask for a new one.")
    return user


def read_reset(session: Session, signer: Signer, token: str, *, hold: bool) -> User:
    """The User of a link for a new password; Gone (410) once it was used or has run out.

    `hold` locks the User until the commit, so that two requests with one link cannot both pass.
    """
    user_id, mark = signer.read(RESET, token, seconds=PEOPLE.reset_minutes * 60)
    find = queries.lock_user if hold else queries.user
    user = find(session, uuid.UUID(user_id))
    if user is None or reset_mark(user) != mark or user.state is UserState.CLOSED:
        raise Gone("This link has run out or was already used. Ask for a new one.")
    return user
