"""Who a cookie belongs to, and for how long."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from config.policy import PEOPLE
from marketplace.identity import queries, service
from marketplace.identity.models import Role, SignIn, UserState
from marketplace.identity.service.visitors import digest
from marketplace.kit import clock
from tests.factories.identity import make_sign_in, make_user

IDLE = timedelta(hours=PEOPLE.sign_in_idle_hours)
TOTAL = timedelta(hours=PEOPLE.sign_in_total_hours)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize("token", [None, "", "unknown", "x" * 5000])
def test_an_unknown_cookie_is_nobodys(session: Session, token: str | None) -> None:
    who = service.visitor(session, token)
    assert (who.user, who.roles, who.is_anonymous, who.get_id()) == (None, frozenset(), True, None)


def test_a_visitor_has_every_role_and_acts_as_one(session: Session) -> None:
    user = make_user(session, roles=[Role.ADMIN, Role.EXPERT])
    signed = make_sign_in(session, user)
    who = service.visitor(session, signed.token)
    assert who.user is user
    assert (who.roles, who.acting) == (frozenset({"admin", "expert"}), "expert")
    assert (who.is_authenticated, who.is_active, who.get_id()) == (True, True, str(user.id))
    service.act_as(session, signed.sign_in, "admin")
    session.flush()
    assert service.visitor(session, signed.token).acting == "admin"


def test_a_user_without_a_role_is_signed_in_and_no_more(session: Session) -> None:
    who = service.visitor(session, make_sign_in(session, make_user(session)).token)
    assert (who.roles, who.acting) == (frozenset({"user"}), None)


def test_only_the_hash_of_the_token_is_kept(session: Session) -> None:
    signed = make_sign_in(session, make_user(session))
    assert len(signed.token) >= 43  # 256 bits in base 64
    kept = [str(value) for value in vars(session.get(SignIn, signed.sign_in.id)).values()]
    assert signed.token not in " ".join(kept)
    assert service.visitor(session, digest(signed.token)).user is None


def test_it_ends_when_idle_and_after_its_total(session: Session) -> None:
    signed = make_sign_in(session, make_user(session))
    with clock.shifted(IDLE - 2 * SECOND):
        assert service.visitor(session, signed.token).user is not None
    with clock.shifted(IDLE + SECOND):
        assert service.visitor(session, signed.token).user is None
    signed.sign_in.seen_at = signed.sign_in.created_at + TOTAL
    session.flush()
    with clock.shifted(TOTAL - 2 * SECOND):
        assert service.visitor(session, signed.token).user is not None
    with clock.shifted(TOTAL + SECOND):
        assert service.visitor(session, signed.token).user is None


def test_use_is_noted_once_a_minute(session: Session) -> None:
    signed = make_sign_in(session, make_user(session))
    assert service.visitor(session, signed.token).touch_at is None
    with clock.shifted(timedelta(minutes=1)):
        who = service.visitor(session, signed.token)
        assert who.touch_at is not None
        service.touch(session, who)
        session.expire_all()
        assert service.visitor(session, signed.token).touch_at is None
    with clock.shifted(IDLE + timedelta(seconds=30)):
        assert service.visitor(session, signed.token).user is not None


def test_touching_does_not_wake_an_ended_one(session: Session) -> None:
    signed = make_sign_in(session, make_user(session))
    with clock.shifted(timedelta(minutes=2)):
        who = service.visitor(session, signed.token)
        service.sign_out(session, signed.sign_in)
        session.flush()
        before = signed.sign_in.seen_at
        service.touch(session, who)
        session.expire_all()
        assert signed.sign_in.seen_at == before
        assert service.visitor(session, signed.token).user is None


@pytest.mark.parametrize(("state", "live"), [("active", True), ("suspended", True), ("closed", False)])
def test_a_suspended_user_may_finish_and_a_closed_one_is_gone(
    session: Session, state: str, live: bool
) -> None:
    user = make_user(session, roles=["expert"], state=UserState(state))
    who = service.visitor(session, make_sign_in(session, user).token)
    assert (who.user is not None) is live
    assert who.is_active is (state == "active")


def test_a_role_taken_away_counts_from_the_next_request(session: Session) -> None:
    user = make_user(session, roles=[Role.OPS])
    signed = make_sign_in(session, user)
    service.act_as(session, signed.sign_in, Role.OPS)
    service.revoke(session, user, Role.OPS, by=None)
    who = service.visitor(session, signed.token)
    assert (who.roles, who.acting) == (frozenset({"user"}), None)


def test_one_statement_finds_the_visitor(session: Session, statements: Callable[[], int]) -> None:
    signed = make_sign_in(session, make_user(session, roles=[Role.OPS, Role.EXPERT, Role.ADMIN]))
    session.expire_all()
    statements()
    service.visitor(session, signed.token)
    assert statements() <= 2  # PostgreSQL is also asked for the time


def test_the_list_holds_live_ones_of_this_user_only(session: Session) -> None:
    user, other = make_user(session), make_user(session)
    first, second, ended = (make_sign_in(session, user) for _ in range(3))
    make_sign_in(session, other)
    service.end_sign_in(session, ended.sign_in)
    first.sign_in.seen_at += timedelta(minutes=5)
    session.flush()
    assert [s.id for s in service.live_sign_ins(session, user)] == [first.sign_in.id, second.sign_in.id]
    assert queries.sign_in_of(session, other.id, first.sign_in.id) is None
