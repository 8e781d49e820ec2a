"""Earnings: once for a posting, held, available when the hold is over or staff end it."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.policy import MONEY
from marketplace.audit.models import AuditRecord
from marketplace.identity.models import User
from marketplace.kit import clock, ids
from marketplace.kit.application import Application
from marketplace.kit.errors import Conflict, Invalid, NotFound
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import Kind
from marketplace.outbox.service import Handlers, run_all
from marketplace.payouts import queries, service
from marketplace.payouts.models import EARNING_MOVES, Earning, EarningState
from marketplace.payouts.service import earnings as earnings_service
from marketplace.reputation import service as reputation
from tests.factories.payouts import AMOUNT_MINOR, REASON, earn, earned, make_expert, make_finance

HOLD = timedelta(days=MONEY.hold_days)
MINUTE = timedelta(minutes=1)


def held(session: Session, user: User) -> tuple[int, int]:
    """Pending and available, which the ledger and the earnings agree on."""
    session.flush()
    assert queries.broken(session) == []
    return ledger.balance(session, Kind.EXPERT_PENDING, user.id), ledger.balance(
        session, Kind.EXPERT_AVAILABLE, user.id
    )


def trust(session: Session, user: User) -> None:
    for _ in range(MONEY.trusted_approved):
        reputation.count(session, user.id, "rating", approved=True, first_time=True)


def test_the_same_key_is_the_same_earning(session: Session) -> None:
    user = make_expert(session)
    what = earned(user, key="bonus:1")
    assert service.record_earning(session, what)
    assert not service.record_earning(session, what)
    assert session.scalar(select(func.count()).select_from(Earning)) == 1


def test_an_earning_is_held_for_three_days(session: Session) -> None:
    user = make_expert(session)
    earning = earn(session, user)
    assert earning.available_at - clock.database_now(session) > HOLD - MINUTE
    assert service.mature_due(session) == 0
    with clock.shifted(HOLD - MINUTE):
        assert service.mature_due(session) == 0
    assert held(session, user) == (AMOUNT_MINOR, 0)


def test_an_earning_matures_once_when_its_hold_is_over(session: Session) -> None:
    user = make_expert(session)
    earning = earn(session, user)
    with clock.shifted(HOLD + MINUTE):
        assert service.mature_due(session) == 1
        assert service.mature_due(session) == 0
    assert earning.state is EarningState.AVAILABLE
    assert held(session, user) == (0, AMOUNT_MINOR)


def test_only_what_is_due_matures(session: Session) -> None:
    user = make_expert(session)
    earn(session, user)
    with clock.shifted(timedelta(days=1)):
        earn(session, user, 700)
    with clock.shifted(HOLD + MINUTE):
        assert service.mature_due(session) == 1
    assert held(session, user) == (700, AMOUNT_MINOR)


def test_several_people_mature_in_one_sweep(session: Session) -> None:
    people = [make_expert(session) for _ in range(3)]
    for user in people:
        earn(session, user)
        earn(session, user, 100)
    with clock.shifted(HOLD + MINUTE):
        assert service.mature_due(session) == 6
    assert [held(session, user) for user in people] == [(0, AMOUNT_MINOR + 100)] * 3


def test_a_trusted_expert_waits_no_time(app: Application, session: Session) -> None:
    user = make_expert(session)
    trust(session, user)
    earning = earn(session, user)
    assert earning.available_at <= clock.database_now(session)
    session.flush()
    run_all(app.sessions, app.extensions["assay"][Handlers])  # the message that the earning has sent
    session.expire_all()
    assert held(session, user) == (0, AMOUNT_MINOR)


def test_a_long_queue_is_taken_in_turns(
    app: Application, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(earnings_service, "SWEPT_AT_ONCE", 2)
    user = make_expert(session)
    for _ in range(5):
        earn(session, user, 100)
    session.flush()
    with clock.shifted(HOLD + MINUTE):
        assert service.mature_due(session) == 2
        session.flush()
        run_all(app.sessions, app.extensions["assay"][Handlers])
        session.expire_all()
    assert held(session, user) == (0, 500)


def test_staff_end_a_hold_with_a_reason(session: Session) -> None:
    user, finance = make_expert(session), make_finance(session)
    earn(session, user)
    earn(session, user, 666)
    assert service.release_hold(session, user.id, by=finance, reason=REASON) == AMOUNT_MINOR + 666
    assert held(session, user) == (0, AMOUNT_MINOR + 666)
    record = session.scalars(
        select(AuditRecord).where(AuditRecord.tag == "staff:earnings:release_hold")
    ).one()
    assert record.actor_id == finance.id
    assert service.release_hold(session, user.id, by=finance, reason=REASON) == 0
    session.flush()
    count = select(func.count()).select_from(AuditRecord).where(AuditRecord.tag == record.tag)
    assert session.scalar(count) == 1


@pytest.mark.parametrize("reason", ["", "too short", " " * 40, "x" * 19])
def test_a_hold_does_not_end_without_a_reason(session: Session, reason: str) -> None:
    user = make_expert(session)
    earn(session, user)
    with pytest.raises(Invalid):
        service.release_hold(session, user.id, by=make_finance(session), reason=reason)
    assert held(session, user) == (AMOUNT_MINOR, 0)


def test_nobody_ends_the_hold_on_their_own_money(session: Session) -> None:
    user = make_expert(session)
    earn(session, user)
    with pytest.raises(Conflict):
        service.release_hold(session, user.id, by=user, reason=REASON)
    assert held(session, user) == (AMOUNT_MINOR, 0)


def test_nobody_has_no_hold(session: Session) -> None:
    with pytest.raises(NotFound):
        service.release_hold(session, ids.new_id(), by=make_finance(session), reason=REASON)


@pytest.mark.parametrize(
    ("start", "to"), [(start, to) for start in EarningState for to in EarningState if start is not to]
)
def test_the_table_of_moves_is_kept(session: Session, start: EarningState, to: EarningState) -> None:
    earning = earn(session, make_expert(session))
    earning.state = start
    if to in EARNING_MOVES[start]:
        earning.move(to)
        assert earning.state is to
    else:
        with pytest.raises(Conflict):
            earning.move(to)
