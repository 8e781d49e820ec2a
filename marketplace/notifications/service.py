"""Telling people: a Notice at once, an e-mail after the commit."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from marketplace.gateways.mail.protocol import Mailer
from marketplace.identity import queries as identity_queries
from marketplace.identity.models import User, UserState
from marketplace.identity.service import mailing
from marketplace.kit import clock, letters
from marketplace.kit.database import Sessions, transaction
from marketplace.kit.errors import NotFound
from marketplace.notifications import policy, queries
from marketplace.notifications.models import Notice
from marketplace.notifications.policy import Letter
from marketplace.outbox import service as outbox
from marketplace.outbox.service import Payload


def tell(
    session: Session,
    user_id: uuid.UUID,
    *,
    kind: str,
    title: str,
    body: str,
    path: str,
    email: bool | Letter = True,
) -> Notice:
    """Write a Notice for this person and, if `email`, promise the same by e-mail.

    `kind` is a short code, `path` the local address it leads to (`/...`).  In the person's quiet hours the
    e-mail waits, unless its Letter says otherwise.  NotFound (404) for nobody.
    """
    if not path.startswith("/") or path.startswith("//"):
        raise ValueError(f"a Notice leads to a local address, not {path!r}")
    user = identity_queries.user(session, user_id)
    if user is None:
        raise NotFound("That person does not exist.")
    notice = Notice(user=user, kind=kind, title=title, body=body, path=path)
    session.add(notice)
    if email:
        letter = email if isinstance(email, Letter) else Letter()
        said = {"notice_id": str(notice.id), **_written(letter)}
        outbox.send(session, "notifications.email", key=f"notice:{notice.id}", **said)
    return notice


def email_notice(
    sessions: Sessions, payload: Payload, *, mailer: Mailer, site: str, quiet: policy.Quiet
) -> None:
    """Send a Notice by e-mail once, to a confirmed address; `site` is the product's absolute address.

    In the quiet hours of its person, which `quiet` knows, it promises itself again for their end.
    """
    notice_id = uuid.UUID(payload["notice_id"])
    with transaction(sessions, write=False) as session:
        notice = queries.to_send(session, notice_id)
        until = _held_until(session, notice.user_id, payload, quiet) if notice else None
    if notice is None or not _reachable(notice.user):
        return
    if until is not None:
        _wait(sessions, payload, until)
        return
    letter = letters.write(
        "notice",
        name=notice.user.name,
        title=notice.title,
        body=notice.body,
        link=site + notice.path,
        site=site,
    )
    mailing.deliver(mailer, letter, to=notice.user.email, reference=f"notice:{notice_id}")
    with transaction(sessions) as session:
        queries.mark_emailed(session, notice_id, clock.database_now(session))


def _wait(sessions: Sessions, payload: Payload, until: datetime) -> None:
    """Promise the letter once more, for the end of the quiet hours; safe to repeat."""
    key = f"notice:{payload['notice_id']}:{until.isoformat()}"
    with transaction(sessions) as session:
        after = until - clock.database_now(session)
        outbox.send(session, "notifications.email", key=key, after=after, **payload)


def _written(letter: Letter) -> dict[str, Any]:
    """What a message carries of it; nothing for most."""
    said: dict[str, Any] = {"due": letter.due.isoformat()} if letter.due else {}
    return {**said, "safety": True} if letter.safety else said


def _held_until(
    session: Session, user_id: uuid.UUID, payload: Payload, quiet: policy.Quiet
) -> datetime | None:
    due = payload.get("due")
    letter = Letter(datetime.fromisoformat(due) if due else None, bool(payload.get("safety")))
    return policy.held_until(quiet(session, user_id, clock.database_now(session)), letter)


def _reachable(user: User) -> bool:
    """Only its owner may read what we write to an address: it must be confirmed."""
    return user.email_confirmed_at is not None and user.state is not UserState.CLOSED


def open_notice(session: Session, notice: Notice) -> None:
    """Mark a Notice as read; safe to repeat."""
    if notice.read_at is None:
        notice.read_at = clock.database_now(session)


def read_all(session: Session, user_id: uuid.UUID) -> None:
    """Mark every Notice of this person as read."""
    queries.read_all(session, user_id, clock.database_now(session))
