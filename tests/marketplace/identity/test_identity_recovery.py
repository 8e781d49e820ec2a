"""A new password: by a link, or by the old one."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.policy import PEOPLE
from marketplace.audit.models import AuditRecord
from marketplace.identity import service
from marketplace.identity.errors import WeakPassword
from marketplace.identity.service.recovery import reset_mark
from marketplace.kit import clock
from marketplace.kit.errors import TooMany
from marketplace.notifications.models import Notice
from marketplace.outbox.models import OutboxMessage
from tests.factories.identity import PASSWORD, make_sign_in, make_user

NEW = "lantern orbit wombat"


def promised(session: Session) -> list[OutboxMessage]:
    return list(session.scalars(sa.select(OutboxMessage).where(OutboxMessage.handler == "identity.reset")))


def test_known_and_unknown_addresses_leave_the_same_trace(session: Session) -> None:
    user = make_user(session)
    service.request_reset(session, user.email)
    service.request_reset(session, "unknown@example.org")
    rows = promised(session)
    assert len(rows) == 2
    assert {set(row.payload) == {"user_id", "reference"} for row in rows} == {True}
    assert str(user.id) in {row.payload["user_id"] for row in rows}
    assert "unknown" not in str([row.payload for row in rows])


@pytest.mark.parametrize("known", [True, False])
def test_asking_again_within_five_minutes_promises_nothing_new(session: Session, known: bool) -> None:
    email = make_user(session).email if known else "unknown@example.org"
    for _ in range(4):
        service.request_reset(session, email)
    assert len(promised(session)) in {1, 2}  # five minutes may begin between two of them
    before = len(promised(session))
    with clock.shifted(timedelta(minutes=10)):
        service.request_reset(session, email.upper())
    assert len(promised(session)) == before + 1


def test_a_reset_ends_every_sign_in_and_signs_nobody_in(session: Session) -> None:
    user = make_user(session)
    signed, mark = make_sign_in(session, user), reset_mark(user)
    service.reset_password(session, user, NEW)
    assert service.visitor(session, signed.token).user is None
    assert reset_mark(user) != mark
    assert service.sign_in(session, email=user.email, password=PASSWORD, address="", device="") is None
    assert service.sign_in(session, email=user.email, password=NEW, address="", device="")


def test_a_reset_confirms_the_address_that_got_the_link(session: Session) -> None:
    user = make_user(session, confirmed=False)
    service.reset_password(session, user, NEW)
    assert user.email_confirmed_at is not None


def test_a_reset_ends_the_pause_of_its_user(session: Session) -> None:
    user = make_user(session)
    for number in range(PEOPLE.failed_per_user):
        service.sign_in(session, email=user.email, password="wrong", address=f"192.0.2.{number}", device="")
    with pytest.raises(TooMany):
        service.sign_in(session, email=user.email, password=PASSWORD, address="", device="")
    service.reset_password(session, user, NEW)
    assert service.sign_in(session, email=user.email, password=NEW, address="", device="")


def test_a_new_password_is_written_down_and_told(session: Session) -> None:
    user = make_user(session)
    service.reset_password(session, user, NEW)
    record = session.scalars(sa.select(AuditRecord)).one()
    assert (record.tag, record.subject_id, record.detail) == (
        "identity:user:password_changed",
        user.id,
        {"by_link": True},
    )
    assert session.scalars(sa.select(Notice)).one().kind == "password_changed"


@pytest.mark.parametrize("password", ["short", "Password1234", "x" * 129])
def test_a_weak_one_changes_nothing(session: Session, password: str) -> None:
    user = make_user(session)
    before = user.password_hash
    with pytest.raises(WeakPassword):
        service.reset_password(session, user, password)
    assert user.password_hash == before


def test_changing_needs_the_old_one_and_keeps_this_browser(session: Session) -> None:
    user = make_user(session)
    here, there = make_sign_in(session, user), make_sign_in(session, user)
    values = {"new": NEW, "sign_in": here.sign_in, "address": "192.0.2.1"}
    assert not service.change_password(session, user, old="wrong", **values)
    assert service.visitor(session, there.token).user is user
    assert service.change_password(session, user, old=PASSWORD, **values)
    assert service.visitor(session, here.token).user is user
    assert service.visitor(session, there.token).user is None
    assert service.sign_in(session, email=user.email, password=NEW, address="", device="")


def test_guessing_the_old_one_leads_to_the_same_pause(session: Session) -> None:
    user = make_user(session)
    with clock.shifted(timedelta(seconds=-1)):
        here = make_sign_in(session, user)
    values = {"new": NEW, "sign_in": here.sign_in, "address": "192.0.2.1"}
    for _ in range(PEOPLE.failed_per_user):
        assert not service.change_password(session, user, old="wrong", **values)
    with pytest.raises(TooMany):
        service.change_password(session, user, old=PASSWORD, **values)
