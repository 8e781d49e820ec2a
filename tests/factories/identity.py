"""Users and their SignIns, as small as they can be."""

import itertools
import re
import time
import uuid
from collections.abc import Iterable
from email.message import EmailMessage
from functools import cache
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from marketplace.gateways import Gateways
from marketplace.gateways.mail.folder import FolderMailer
from marketplace.identity import service
from marketplace.identity.models import Role, User, UserRole
from marketplace.identity.service import SignedIn
from marketplace.identity.service.passwords import PASSWORDS
from marketplace.kit import clock, ids
from marketplace.kit.application import Application
from marketplace.outbox.service import Handlers, run_all

PASSWORD = "six unrelated words make it"
PASSWORDS.hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # 53 ms a test otherwise


@cache
def hashed(password: str = PASSWORD) -> str:
    """The hash of a password, made once."""
    return PASSWORDS.hashed(password)


def make_user(
    session: Session,
    *,
    roles: Iterable[Role | str] = (),
    confirmed: bool = True,
    email: str | None = None,
    name: str = "Ada Example",
    password: str = PASSWORD,
    **columns: Any,
) -> User:
    """A User in the session, flushed; no fact is published."""
    user_id = columns.pop("id", None) or ids.new_id()
    user = User(
        id=user_id,
        email=email or f"{uuid.UUID(int=user_id.int).hex}@example.org",
        name=name,
        password_hash=hashed(password),
        email_confirmed_at=clock.now() if confirmed else None,
        **columns,
    )
    session.add(user)
    session.add_all(UserRole(user=user, role=Role(role)) for role in roles)
    session.flush()
    return user


def make_sign_in(session: Session, user: User, *, device: str = "Firefox on Linux") -> SignedIn:
    """A live SignIn of this User."""
    signed = service.open_sign_in(session, user, device=device)
    session.flush()
    return signed


def letters_to(app: Application, address: str) -> list[EmailMessage]:
    """Keep every promise that is due, then the letters this address has got, the oldest first."""
    run_all(app.sessions, app.extensions["assay"][Handlers])
    mailer = app.extensions["assay"][Gateways].mail
    assert isinstance(mailer, FolderMailer)
    return [letter for letter in mailer.sent() if letter["To"] == address]


def text_of(letter: EmailMessage) -> str:
    """The plain text of a letter."""
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def link_in(letter: EmailMessage, start: str) -> str:
    """The path of the first link in a letter that begins with `start`, such as `/confirm/`."""
    found = re.search(rf"https?://[^/\s]+({re.escape(start)}\S*)", text_of(letter))
    assert found, text_of(letter)
    return found[1]


def order_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ids made in one millisecond have no order; here each gets a millisecond of its own."""
    start, count = time.time_ns(), itertools.count()
    monkeypatch.setattr(time, "time_ns", lambda: start + next(count) * 1_000_000)
