"""Counts of decided work, and who has earned trust."""

from sqlalchemy.orm import Session

from config.policy import MONEY
from marketplace.reputation import policy, queries, service
from tests.factories.identity import make_user


def test_trust_wants_enough_approved_work() -> None:
    enough = MONEY.trusted_approved
    assert policy.is_trusted(approved_count=enough, first_time_count=enough, rejected_count=0)
    assert not policy.is_trusted(approved_count=enough - 1, first_time_count=enough - 1, rejected_count=0)


def test_trust_wants_nearly_all_of_it_the_first_time() -> None:
    assert policy.is_trusted(approved_count=100, first_time_count=95, rejected_count=0)
    assert not policy.is_trusted(approved_count=100, first_time_count=94, rejected_count=0)


def test_what_was_rejected_counts_against_the_share() -> None:
    assert policy.is_trusted(approved_count=95, first_time_count=95, rejected_count=5)
    assert not policy.is_trusted(approved_count=95, first_time_count=95, rejected_count=6)
    assert policy.first_time_percent(approved_count=5, first_time_count=5, rejected_count=1) == 83
    assert policy.first_time_percent(approved_count=0, first_time_count=0, rejected_count=2) == 0
    assert policy.first_time_percent(approved_count=0, first_time_count=0, rejected_count=0) is None


def test_decisions_are_counted_by_kind(session: Session) -> None:
    user, kind = make_user(session), "rating"
    service.count(session, user.id, kind, approved=True, first_time=True)
    service.count(session, user.id, kind, approved=True, first_time=False)
    service.count(session, user.id, kind, approved=False, first_time=True)
    service.count(session, user.id, "red_teaming", approved=True, first_time=True)
    assert queries.totals(session, user.id) == (3, 2, 1)
    rows = {row.task_type: row for row in queries.of_user(session, user.id)}
    assert rows[kind].approved_count == 2
    assert rows[kind].first_time_count == 1
    assert rows[kind].rejected_count == 1


def test_somebody_new_is_not_trusted(session: Session) -> None:
    user = make_user(session)
    assert queries.totals(session, user.id) == (0, 0, 0)
    assert not service.trusted(session, user.id)


def test_trust_is_earned_over_all_types_of_task(session: Session) -> None:
    user = make_user(session)
    for number in range(MONEY.trusted_approved):
        kind = "rating" if number % 2 else "red_teaming"
        service.count(session, user.id, kind, approved=True, first_time=True)
    assert service.trusted(session, user.id)
    service.count(session, make_user(session).id, "rating", approved=False, first_time=False)
    assert service.trusted(session, user.id)
