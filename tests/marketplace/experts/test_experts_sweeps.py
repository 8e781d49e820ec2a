"""What the clock does with credentials."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.experts import queries, service
from marketplace.experts.models import CredentialKind, CredentialState
from marketplace.identity.models import Role
from marketplace.kit import clock
from marketplace.notifications.models import Notice
from tests.factories.experts import make_credential, make_expert
from tests.factories.identity import make_user

C = CredentialState


def told(session: Session) -> list[str]:
    session.flush()
    return [notice.title for notice in session.scalars(select(Notice).order_by(Notice.id))]


def sweep(session: Session, *, in_days: int = 0) -> None:
    with clock.shifted(timedelta(days=in_days)):
        service.expire(session, {})
        service.expire(session, {})  # twice changes nothing
    session.flush()


def test_a_credential_is_reminded_of_three_times_and_then_ends(session: Session) -> None:
    credential = make_credential(session, make_expert(session), title="MD", ends_in_days=100)
    sweep(session, in_days=39)
    assert (credential.state, told(session)) == (C.VERIFIED, [])
    sweep(session, in_days=40)
    assert credential.state is C.EXPIRING
    sweep(session, in_days=55)
    sweep(session, in_days=70)
    sweep(session, in_days=93)
    assert told(session) == ["“MD” ends in 60 days", "“MD” ends in 30 days", "“MD” ends in 7 days"]
    sweep(session, in_days=100)
    assert credential.state is C.EXPIRING  # the last day counts
    sweep(session, in_days=101)
    assert credential.state is C.EXPIRED
    sweep(session, in_days=400)
    assert told(session)[3:] == ["“MD” has ended"]


def test_a_sweep_that_comes_late_says_what_is_true_now(session: Session) -> None:
    credential = make_credential(session, make_expert(session), title="MD", ends_in_days=100)
    sweep(session, in_days=95)
    assert told(session) == ["“MD” ends in 5 days"]
    sweep(session, in_days=100)
    assert told(session) == ["“MD” ends in 5 days"]
    sweep(session, in_days=300)
    assert credential.state is C.EXPIRED


def test_the_last_day_is_called_today(session: Session) -> None:
    make_credential(session, make_expert(session), title="MD", ends_in_days=0)
    sweep(session)
    assert told(session) == ["“MD” ends today"]


def test_others_are_left_alone(session: Session) -> None:
    expert = make_expert(session)
    states = [C.UNVERIFIED, C.SUBMITTED, C.REJECTED, C.REVOKED, C.DELETED, C.EXPIRED]
    rows = [make_credential(session, expert, state=state, ends_in_days=-1) for state in states]
    forever = make_credential(session, expert)
    sweep(session)
    assert [row.state for row in rows] == states
    assert forever.state is C.VERIFIED
    assert told(session) == []


def test_renewed_and_verified_it_is_reminded_of_again(session: Session) -> None:
    ops = make_user(session, roles=[Role.OPS])
    credential = make_credential(session, make_expert(session), ends_in_days=5)
    sweep(session)
    sweep(session, in_days=6)
    credential.expires_on = credential.expires_on + timedelta(days=400)  # type: ignore[operator]
    service.send_for_checking(session, credential)
    assert credential.reminded_days is None
    service.open_check(session, credential, by=ops)
    service.verify(session, credential, by=ops, method="Register")
    assert credential.state is C.VERIFIED


def test_a_check_left_open_goes_back_to_the_top(session: Session) -> None:
    ops = make_user(session, roles=[Role.OPS])
    other = make_user(session, roles=[Role.OPS])
    credential = make_credential(
        session, make_expert(session), kind=CredentialKind.LICENCE, state=C.SUBMITTED
    )
    later = make_credential(session, make_expert(session), state=C.SUBMITTED)
    service.open_check(session, credential, by=ops)
    session.flush()
    sweep(session, in_days=2)
    assert credential.state is C.IN_REVIEW
    sweep(session, in_days=4)
    session.expire_all()
    assert (credential.state, credential.opened_by_id) == (C.SUBMITTED, None)
    assert [row.id for row in queries.in_tab(session, queries.Tab.WAITING, queries.Wanted(), None).rows] == [
        credential.id,
        later.id,
    ]
    again = queries.credential_for_check(session, credential.id)
    assert again is not None
    service.open_check(session, again, by=other)


def test_the_sweep_asks_the_same_few_questions_for_many(
    session: Session, statements: Callable[[], int]
) -> None:
    expert = make_expert(session)
    for _ in range(20):
        make_credential(session, expert, ends_in_days=200)
    statements()
    sweep(session)
    assert statements() <= 10  # five a run: what ends, what nobody answered, decided, or went on with
