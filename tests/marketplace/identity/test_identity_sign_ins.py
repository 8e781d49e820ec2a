"""Signing in and out; failed tries are counted and lead to a pause."""

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.policy import PEOPLE
from marketplace.identity import service
from marketplace.identity.models import FailedSignIn, Role, SignIn, User, UserState
from marketplace.identity.service.passwords import PASSWORDS
from marketplace.kit import clock
from marketplace.kit.database import Sessions, transaction
from marketplace.kit.errors import Forbidden, TooMany
from tests.factories.identity import PASSWORD, make_sign_in, make_user

WINDOW = timedelta(minutes=PEOPLE.failed_window_minutes)
PER_USER, PER_ADDRESS = PEOPLE.failed_per_user, PEOPLE.failed_per_address


def attempt(
    session: Session, email: str, password: str = "wrong", address: str = "192.0.2.1"
) -> service.SignedIn | None:
    signed = service.sign_in(session, email=email, password=password, address=address, device="test")
    session.flush()
    return signed


def failures(session: Session) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(FailedSignIn)) or 0


def test_the_right_password_opens_a_new_sign_in_each_time(session: Session) -> None:
    user = make_user(session, email="ada@example.org")
    one, two = attempt(session, " Ada@Example.org", PASSWORD), attempt(session, "ada@example.org", PASSWORD)
    assert one
    assert two
    assert one.token != two.token
    assert one.sign_in.created_at == one.sign_in.seen_at  # one clock counts failures and forgives them
    assert service.visitor(session, one.token).user is user
    assert service.visitor(session, two.token).user is user
    assert failures(session) == 0


def test_the_browsers_old_sign_in_ends(session: Session) -> None:
    user = make_user(session)
    old = make_sign_in(session, user)
    service.sign_in(session, email=user.email, password=PASSWORD, address="", device="", replaces=old.sign_in)
    session.flush()
    assert service.visitor(session, old.token).user is None


def test_wrong_and_unknown_are_answered_and_counted_alike(session: Session) -> None:
    user = make_user(session)
    assert attempt(session, user.email) is None
    assert failures(session) == 2  # the e-mail address and the network address
    assert attempt(session, "unknown@example.org") is None
    assert failures(session) == 4


def test_a_closed_user_is_answered_like_an_unknown_one(session: Session) -> None:
    user = make_user(session, state=UserState.CLOSED)
    assert attempt(session, user.email, PASSWORD) is None
    assert failures(session) == 2


def test_a_suspended_user_may_sign_in(session: Session) -> None:
    user = make_user(session, state=UserState.SUSPENDED)
    assert attempt(session, user.email, PASSWORD)


@pytest.mark.parametrize("known", [True, False])
def test_a_user_is_paused_after_so_many_tries(session: Session, known: bool) -> None:
    email = make_user(session).email if known else "unknown@example.org"
    for number in range(PER_USER):
        assert attempt(session, email, address=f"192.0.2.{number}") is None
    with pytest.raises(TooMany) as refused:
        attempt(session, email, PASSWORD, address="198.51.100.1")
    assert WINDOW.total_seconds() - 5 <= refused.value.retry_after <= WINDOW.total_seconds() + 1
    assert failures(session) == 2 * PER_USER  # a try during the pause does not make it longer
    with clock.shifted(WINDOW + timedelta(seconds=1)):
        assert (attempt(session, email, PASSWORD) is not None) is known


def test_the_pause_ends_when_the_oldest_try_leaves_the_window(session: Session) -> None:
    user = make_user(session)
    attempt(session, user.email)
    with clock.shifted(timedelta(minutes=10)):
        for _ in range(PER_USER - 1):
            attempt(session, user.email)
        with pytest.raises(TooMany) as refused:
            attempt(session, user.email)
        assert refused.value.retry_after <= 301
    with clock.shifted(WINDOW + timedelta(seconds=1)):
        assert attempt(session, user.email, PASSWORD)


def test_an_address_is_paused_whoever_it_tries(session: Session) -> None:
    user = make_user(session)
    for number in range(PER_ADDRESS):
        attempt(session, f"guess{number}@example.org")
    with pytest.raises(TooMany):
        attempt(session, user.email, PASSWORD)
    assert attempt(session, user.email, PASSWORD, address="198.51.100.1")


def test_a_success_forgives_the_user_but_not_the_address(session: Session) -> None:
    user = make_user(session)
    for _ in range(PER_USER - 1):
        attempt(session, user.email)
    assert attempt(session, user.email, PASSWORD)
    assert failures(session) == 2 * (PER_USER - 1)  # nothing is cleared
    for _ in range(PER_USER):
        assert attempt(session, user.email) is None
    with pytest.raises(TooMany):
        attempt(session, user.email, PASSWORD)
    for number in range(PER_ADDRESS - 2 * PER_USER + 1):
        attempt(session, f"guess{number}@example.org")
    other = make_user(session)
    with pytest.raises(TooMany):
        attempt(session, other.email, PASSWORD)


def test_an_outdated_hash_is_renewed(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    user = make_user(session)
    old = user.password_hash
    stronger = type(PASSWORDS.hasher)(time_cost=1, memory_cost=16, parallelism=1)
    monkeypatch.setattr(PASSWORDS, "hasher", stronger)
    assert attempt(session, user.email, PASSWORD)
    assert user.password_hash != old
    assert not PASSWORDS.is_outdated(user.password_hash)
    assert attempt(session, user.email, PASSWORD)


def test_signing_out_ends_the_cookie_for_good(session: Session) -> None:
    signed = make_sign_in(session, make_user(session))
    service.sign_out(session, signed.sign_in)
    ended = signed.sign_in.ended_at
    with clock.shifted(timedelta(seconds=5)):
        service.sign_out(session, signed.sign_in)
    session.flush()
    assert signed.sign_in.ended_at == ended
    assert service.visitor(session, signed.token).user is None


def test_every_other_browser_can_be_ended(session: Session) -> None:
    user, stranger = make_user(session), make_user(session)
    here, there, elsewhere = (
        make_sign_in(session, user),
        make_sign_in(session, user),
        make_sign_in(session, stranger),
    )
    service.end_other_sign_ins(session, here.sign_in)
    assert service.visitor(session, here.token).user is user
    assert service.visitor(session, there.token).user is None
    assert service.visitor(session, elsewhere.token).user is stranger


def test_acting_needs_the_role(session: Session) -> None:
    signed = make_sign_in(session, make_user(session, roles=[Role.EXPERT]))
    for role in (Role.ADMIN, "admin", "nonsense"):
        with pytest.raises(Forbidden):
            service.act_as(session, signed.sign_in, role)
    service.act_as(session, signed.sign_in, Role.EXPERT)
    assert signed.sign_in.acting is Role.EXPERT


def test_old_tries_and_sign_ins_are_forgotten(session: Session) -> None:
    user = make_user(session)
    attempt(session, user.email)
    make_sign_in(session, user)
    with clock.shifted(timedelta(days=89)):
        service.forget(session, {})
        assert failures(session) == 2
    with clock.shifted(timedelta(days=91)):
        service.forget(session, {})
        assert failures(session) == 0
        assert session.scalar(sa.select(sa.func.count()).select_from(SignIn)) == 0


def test_side_by_side_tries_are_all_counted(clean: Sessions) -> None:
    with transaction(clean) as session:
        email = make_user(session).email
    start = threading.Barrier(12)
    answers: list[str] = []

    def guess(number: int) -> None:
        start.wait()
        try:
            with transaction(clean) as session:
                service.sign_in(
                    session, email=email, password="wrong", address=f"192.0.2.{number}", device=""
                )
            answers.append("wrong")
        except TooMany:
            answers.append("paused")

    threads = [threading.Thread(target=guess, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["paused"] * (12 - PER_USER) + ["wrong"] * PER_USER
    with transaction(clean, write=False) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(User)) == 1
