"""Telling people: a Notice at once, an e-mail after the commit."""

import uuid

from sqlalchemy.orm import Session

from marketplace.gateways.mail.protocol import Mailer
from marketplace.identity import queries as identity_queries
from marketplace.identity.models import User, UserState
from marketplace.identity.service import mailing
from marketplace.kit import clock, letters
from marketplace.kit.database import Sessions, transaction
from marketplace.kit.errors import NotFound
from marketplace.notifications import queries
from marketplace.notifications.models import Notice
from marketplace.outbox import service as outbox
from marketplace.outbox.service import Payload


def tell(
    session: Session, user_id: uuid.UUID, *, kind: str, title: str, body: str, path: str, email: bool = True
) -> Notice:
    """Write a Notice for this person and, if `email`, promise the same by e-mail.

    `kind` is a short code, `path` the local address it leads to (`/...`).  NotFound (404) for nobody.
    """
    if not path.startswith("/") or path.startswith("//"):
        raise ValueError(f"a Notice leads to a local address, not {path!r}")
    user = identity_queries.user(session, user_id)
    if user is None:
        raise NotFound("That person does not exist.")
    notice = Notice(user=user, kind=kind, title=title, body=body, path=path)
    session.add(notice)
    if email:
        outbox.send(session, "notifications.email", key=f"notice:{notice.id}", notice_id=str(notice.id))
    return notice


def email_notice(sessions: Sessions, payload: Payload, *, mailer: Mailer, site: str) -> None:
    """Send a Notice by e-mail once, to a confirmed address; `site` is the product's absolute address."""
    notice_id = uuid.UUID(payload["notice_id"])
    with transaction(sessions, write=False) as session:
        notice = queries.to_send(session, notice_id)
    if notice is None or not _reachable(notice.user):
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
