"""Who may act as what."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.audit.models import AuditRecord
from marketplace.identity import queries, service
from marketplace.identity.models import Role, UserState
from marketplace.kit.errors import Conflict
from marketplace.notifications.models import Notice
from tests.factories.identity import make_user


def records(session: Session) -> list[tuple[str, object, object]]:
    rows = session.scalars(sa.select(AuditRecord).order_by(AuditRecord.id))
    return [(row.tag, row.actor_id, row.detail["role"]) for row in rows]


def test_granting_is_recorded_once_and_told(session: Session) -> None:
    admin, user = make_user(session), make_user(session)
    for _ in range(2):
        service.grant(session, user, Role.REVIEWER, by=admin)
    assert queries.roles_of(session, user.id) == {"reviewer"}
    assert records(session) == [("identity:role:granted", admin.id, "reviewer")]
    notice = session.scalars(sa.select(Notice)).one()
    assert (notice.user_id, notice.title) == (user.id, "You have the role reviewer")


def test_revoking_is_recorded_once_and_told(session: Session) -> None:
    admin, user = make_user(session), make_user(session, roles=[Role.OPS, Role.EXPERT])
    for _ in range(2):
        service.revoke(session, user, Role.OPS, by=admin)
    assert queries.roles_of(session, user.id) == {"expert"}
    assert records(session) == [("identity:role:revoked", admin.id, "ops")]
    assert session.scalars(sa.select(Notice)).one().title == "You no longer have the role ops"


def test_the_command_line_has_no_actor(session: Session) -> None:
    user = make_user(session)
    service.grant(session, user, Role.ADMIN, by=None)
    assert records(session) == [("identity:role:granted", None, "admin")]


def test_who_gives_themselves_a_role_is_not_told(session: Session) -> None:
    founder = make_user(session)
    service.grant(session, founder, Role.MEMBER, by=founder)
    assert records(session) == [("identity:role:granted", founder.id, "member")]
    assert session.scalars(sa.select(Notice)).all() == []


def test_an_admin_cannot_take_their_own_admin_role(session: Session) -> None:
    admin = make_user(session, roles=[Role.ADMIN])
    with pytest.raises(Conflict, match="another admin"):
        service.revoke(session, admin, Role.ADMIN, by=admin)
    assert queries.roles_of(session, admin.id) == {"admin"}


def test_people_are_found_by_role(session: Session) -> None:
    ops = make_user(session, roles=[Role.OPS, Role.EXPERT])
    make_user(session, roles=[Role.OPS], state=UserState.CLOSED)
    make_user(session, roles=[Role.EXPERT])
    assert list(queries.users_with_role(session, Role.OPS)) == [ops]


def test_people_are_found_by_a_part_of_name_or_address_taken_literally(session: Session) -> None:
    ada = make_user(session, email="ada_l@example.org", name="Ada Lovelace")
    make_user(session, email="adaxl@example.org", name="Someone 100% Else")

    def found(text: str) -> list[object]:
        return [user.id for user in queries.people(session, text, None).rows]

    assert found("ada_l") == [ada.id]
    assert found("LOVE") == [ada.id]
    assert len(found("ada")) == 2
    assert len(found("100%")) == 1
    assert found("%") == found("100%")
    assert found("nobody") == []
    assert len(found("")) == 2


def test_ending_every_sign_in_names_who_did_it(session: Session) -> None:
    admin, user = make_user(session), make_user(session)
    signed = service.open_sign_in(session, user, device="")
    session.flush()
    service.end_all_sign_ins(session, user, by=admin)
    assert service.visitor(session, signed.token).user is None
    record = session.scalars(sa.select(AuditRecord)).one()
    assert (record.tag, record.actor_id) == ("identity:user:sign_ins_ended", admin.id)
