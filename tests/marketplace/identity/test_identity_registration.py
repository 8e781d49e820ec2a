"""Becoming a User, confirming the address."""

import threading
import uuid
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.policy import PEOPLE
from marketplace.audit.models import AuditRecord
from marketplace.identity import queries, service
from marketplace.identity.errors import EmailTaken, WeakPassword
from marketplace.identity.models import FailedSignIn, Role, User
from marketplace.kit import clock, ids
from marketplace.kit.database import Sessions, transaction
from marketplace.kit.errors import Forbidden, TooMany
from marketplace.outbox.models import OutboxMessage
from tests.factories.identity import PASSWORD, make_user


def details(**changes: Any) -> dict[str, Any]:
    return {
        "name": "Ada Lovelace",
        "email": "ada@example.org",
        "password": PASSWORD,
        "role": Role.EXPERT,
        "form_key": ids.new_id(),
        **changes,
    }


def messages(session: Session) -> list[tuple[str, str]]:
    rows = session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id))
    return [(row.handler, row.payload["user_id"]) for row in rows]


def test_a_new_user_has_their_row_role_letter_and_record(session: Session) -> None:
    key = ids.new_id()
    user = service.register(
        session, **details(name="  Ada   Lovelace ", email=" Ada@Example.ORG", form_key=key)
    )
    assert (user.id, user.name, user.email) == (key, "Ada Lovelace", "ada@example.org")
    assert (user.time_zone, user.theme, user.email_confirmed_at) == ("UTC", "system", None)
    assert user.password_hash.startswith("$argon2id$")
    assert queries.roles_of(session, key) == {"expert"}
    assert messages(session) == [("identity.confirm", str(key))]
    record = session.scalars(sa.select(AuditRecord).where(AuditRecord.subject_id == key)).one()
    assert (record.tag, record.actor_id) == ("identity:user:registered", key)


def test_the_same_form_again_finds_the_same_user(session: Session) -> None:
    form = details()
    first = service.register(session, **form)
    assert service.register(session, **form) is first
    assert messages(session) == [("identity.confirm", str(first.id))]
    assert session.scalar(sa.select(sa.func.count()).select_from(User)) == 1


def test_somebody_elses_id_as_a_form_key_opens_nothing(session: Session) -> None:
    victim = make_user(session, email="victim@example.org")
    for changes in (
        {"email": "eve@example.org"},
        {"email": victim.email, "password": "not the victim's one"},
    ):
        with pytest.raises(EmailTaken):
            service.register(session, **details(form_key=victim.id, **changes))
    assert queries.by_email(session, "eve@example.org") is None


def test_an_address_is_taken_however_it_is_spelled(session: Session) -> None:
    make_user(session, email="ada@example.org")
    with pytest.raises(EmailTaken):
        service.register(session, **details(email="ADA@example.org "))


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.SUPPORT, Role.OPS, Role.FINANCE, Role.ADMIN])
def test_nobody_makes_themselves_staff(session: Session, role: Role) -> None:
    with pytest.raises(Forbidden):
        service.register(session, **details(role=role))


def test_the_command_line_registers_without_a_role(session: Session) -> None:
    user = service.register(session, **details(role=None))
    assert queries.roles_of(session, user.id) == frozenset()


def test_a_weak_password_is_refused_before_anything_is_written(session: Session) -> None:
    with pytest.raises(WeakPassword, match="at least 12"):
        service.register(session, **details(password="short"))
    assert messages(session) == []


def test_a_known_address_is_told_to_its_owner_only_once_a_day(session: Session) -> None:
    owner = make_user(session, email="ada@example.org")
    for _ in range(3):
        assert service.join(session, **details(), arrival=service.Arrival("192.0.2.1")) is None
    assert messages(session) == [("identity.tried", str(owner.id))]
    with clock.shifted(timedelta(days=1)):
        assert service.join(session, **details(), arrival=service.Arrival("192.0.2.1")) is None
    assert len(messages(session)) == 2


def test_asking_for_known_addresses_is_counted_and_paused(session: Session) -> None:
    make_user(session, email="ada@example.org")
    for _ in range(PEOPLE.failed_per_address):
        service.join(session, **details(), arrival=service.Arrival("192.0.2.1"))
    with pytest.raises(TooMany):
        service.join(session, **details(email="new@example.org"), arrival=service.Arrival("192.0.2.1"))
    assert service.join(session, **details(email="new@example.org"), arrival=service.Arrival("192.0.2.2"))


def test_joining_with_a_new_address_counts_nothing(session: Session) -> None:
    assert service.join(session, **details(), arrival=service.Arrival("192.0.2.1"))
    assert session.scalar(sa.select(sa.func.count()).select_from(FailedSignIn)) == 0


def test_side_by_side_the_same_form_makes_one_user(clean: Sessions) -> None:
    form, start, seen = details(), threading.Barrier(6), set[uuid.UUID]()

    def send() -> None:
        start.wait()
        with transaction(clean) as session:
            seen.add(service.register(session, **form).id)

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == {form["form_key"]}
    with transaction(clean, write=False) as session:
        assert messages(session) == [("identity.confirm", str(form["form_key"]))]


def test_confirming_is_noted_once(session: Session) -> None:
    user = make_user(session, confirmed=False)
    service.confirm_email(session, user)
    first = user.email_confirmed_at
    with clock.shifted(timedelta(hours=1)):
        service.confirm_email(session, user)
    assert first is not None
    assert user.email_confirmed_at == first
    tags = session.scalars(sa.select(AuditRecord.tag).where(AuditRecord.subject_id == user.id)).all()
    assert tags == ["identity:user:email_confirmed"]


def test_the_letter_is_sent_again_at_most_once_in_five_minutes(session: Session) -> None:
    user = make_user(session, confirmed=False)
    for _ in range(3):
        service.resend_confirmation(session, user)
    assert len(messages(session)) in {1, 2}  # five minutes may begin between two of them
    before = len(messages(session))
    with clock.shifted(timedelta(minutes=10)):
        service.resend_confirmation(session, user)
    assert len(messages(session)) == before + 1


def test_nothing_is_sent_again_once_confirmed(session: Session) -> None:
    service.resend_confirmation(session, make_user(session))
    assert messages(session) == []


def test_settings_are_kept(session: Session) -> None:
    user = make_user(session)
    service.change_settings(session, user, name=" Ada  L. ", time_zone="Europe/Berlin", theme="dark")
    assert (user.name, user.time_zone, user.theme) == ("Ada L.", "Europe/Berlin", "dark")
    service.change_theme(session, user, "light")
    assert user.theme == "light"
