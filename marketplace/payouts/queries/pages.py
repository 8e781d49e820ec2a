"""What the pages of earnings and payouts show."""

import uuid
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, case, cast, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from marketplace.identity.models import User
from marketplace.kit.pages import SIZE, Page, page
from marketplace.payouts.models import (
    Earning,
    EarningState,
    Payout,
    PayoutAccount,
    PayoutAccountState,
    PayoutRun,
    PayoutState,
)


def earnings_of(
    session: Session, user_id: uuid.UUID, mark: str | None, states: Collection[EarningState] = ()
) -> Page[Earning]:
    """A person's earnings, newest first, with the project each came from and the payout it went into.

    `states`: only these; all when none is named.
    """
    statement = (
        select(Earning)
        .where(Earning.user_id == user_id)
        .options(joinedload(Earning.project), joinedload(Earning.payout))
    )
    if states:
        statement = statement.where(Earning.state.in_(states))
    return page(session, statement, [Earning.id], mark=mark, key_of=lambda row: [row.id])


def earning_for(session: Session, user_id: uuid.UUID, earning_id: uuid.UUID) -> Earning | None:
    """One earning of this person."""
    return session.scalar(
        select(Earning)
        .where(Earning.id == earning_id, Earning.user_id == user_id)
        .options(joinedload(Earning.project), joinedload(Earning.payout))
    )


def sums_of(session: Session, user_id: uuid.UUID) -> dict[EarningState, int]:
    """What a person has earned, by where the money is; minor units."""
    rows = session.execute(
        select(Earning.state, func.sum(Earning.amount_minor))
        .where(Earning.user_id == user_id)
        .group_by(Earning.state)
    ).all()
    found = {row[0]: int(row[1]) for row in rows}
    return {state: found.get(state, 0) for state in EarningState}


def counts_of(session: Session, user_id: uuid.UUID) -> dict[EarningState, int]:
    """How many earnings a person has, by where the money is."""
    rows = session.execute(
        select(Earning.state, func.count()).where(Earning.user_id == user_id).group_by(Earning.state)
    ).all()
    found = {row[0]: int(row[1]) for row in rows}
    return {state: found.get(state, 0) for state in EarningState}


def earned_by_day(session: Session, user_id: uuid.UUID, since: datetime) -> dict[date, int]:
    """What was approved for a person on each day (UTC) since then, in minor units; without reversals."""
    day = func.date(Earning.created_at)
    rows = session.execute(
        select(day, func.sum(Earning.amount_minor))
        .where(
            Earning.user_id == user_id,
            Earning.created_at >= since,
            Earning.state != EarningState.REVERSED,
        )
        .group_by(day)
    ).all()
    return {date.fromisoformat(str(row[0])): int(row[1]) for row in rows}  # SQLite answers a text


def next_available_at(session: Session, user_id: uuid.UUID) -> datetime | None:
    """When the first pending earning of a person becomes available; what waits for a decision has no date."""
    return session.scalar(
        select(func.min(Earning.available_at)).where(
            Earning.user_id == user_id, Earning.state == EarningState.PENDING, Earning.case_id.is_(None)
        )
    )


def payouts_of(session: Session, user_id: uuid.UUID, mark: str | None, size: int = SIZE) -> Page[Payout]:
    """A person's payouts, newest first."""
    statement = select(Payout).where(Payout.user_id == user_id)
    return page(session, statement, [Payout.id], mark=mark, key_of=lambda row: [row.id], size=size)


def paid_since(session: Session, user_id: uuid.UUID, since: datetime) -> tuple[int, int]:
    """How many payouts have reached a person since then, and their sum in minor units."""
    row = session.execute(
        select(func.count(), func.coalesce(func.sum(Payout.amount_minor), 0)).where(
            Payout.user_id == user_id,
            Payout.state == PayoutState.PAID,
            Payout.returned_at.is_(None),
            Payout.ended_at >= since,
        )
    ).one()
    return int(row[0]), int(row[1])


def last_sent_at(session: Session, user_id: uuid.UUID) -> datetime | None:
    """When the latest payout that has not arrived was sent."""
    return session.scalar(
        select(func.max(Payout.sent_at)).where(Payout.user_id == user_id, Payout.state == PayoutState.SENT)
    )


def runs(session: Session, mark: str | None) -> Page[PayoutRun]:
    """Every run, newest first."""
    statement = select(PayoutRun).options(joinedload(PayoutRun.prepared_by))
    return page(session, statement, [PayoutRun.id], mark=mark, key_of=lambda row: [row.id])


def run(session: Session, run_id: uuid.UUID) -> PayoutRun | None:
    """One run, with who prepared and who approved it."""
    return session.scalar(
        select(PayoutRun)
        .where(PayoutRun.id == run_id)
        .options(joinedload(PayoutRun.prepared_by), joinedload(PayoutRun.approved_by))
    )


def payout_in(session: Session, run_id: uuid.UUID, payout_id: uuid.UUID) -> Payout | None:
    """One payout of a run, with who is paid."""
    return session.scalar(
        select(Payout)
        .where(Payout.id == payout_id, Payout.run_id == run_id)
        .options(joinedload(Payout.user), joinedload(Payout.run))
    )


def earnings_in(session: Session, payout_id: uuid.UUID, mark: str | None) -> Page[Earning]:
    """What a payout is made of, the oldest last, with the project each came from."""
    statement = select(Earning).where(Earning.payout_id == payout_id).options(joinedload(Earning.project))
    return page(session, statement, [Earning.id], mark=mark, key_of=lambda row: [row.id])


def matured_by(session: Session, user_id: uuid.UUID, key: str, mark: str | None) -> Page[Earning]:
    """Earnings of this person whose hold the LedgerTransaction with this key ended, newest first."""
    statement = (
        select(Earning)
        .where(Earning.user_id == user_id, Earning.matured_key == key)
        .options(joinedload(Earning.project))
    )
    return page(session, statement, [Earning.id], mark=mark, key_of=lambda row: [row.id])


def run_page(session: Session, run_id: uuid.UUID, mark: str | None) -> Page[tuple[Payout, PayoutAccount]]:
    """(Payout, PayoutAccount) of a run with who is paid: what needs a look first, then the largest."""
    first = case((Payout.alarm.is_not(None), 1), else_=0)
    statement = (
        select(Payout, PayoutAccount)
        .outerjoin(PayoutAccount, PayoutAccount.user_id == Payout.user_id)
        .where(Payout.run_id == run_id)
        .options(joinedload(Payout.user))
    )
    return page(
        session,
        statement,
        [first, Payout.amount_minor, Payout.id],
        mark=mark,
        key_of=lambda row: [int(row[0].alarm is not None), row[0].amount_minor, row[0].id],
    )


def run_counts(session: Session, run_id: uuid.UUID) -> dict[PayoutState, tuple[int, int]]:
    """How many payouts of a run are in each state and what they add up to, in minor units."""
    rows = session.execute(
        select(Payout.state, func.count(), func.sum(Payout.amount_minor))
        .where(Payout.run_id == run_id)
        .group_by(Payout.state)
    ).all()
    found = {row[0]: (int(row[1]), int(row[2])) for row in rows}
    return {state: found.get(state, (0, 0)) for state in PayoutState}


def ready_count(session: Session, run_id: uuid.UUID) -> int:
    """For how many payouts of a run the account can still receive, the one the payout was made for."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Payout)
            .join(PayoutAccount, PayoutAccount.user_id == Payout.user_id)
            .where(
                Payout.run_id == run_id,
                PayoutAccount.state == PayoutAccountState.READY,
                PayoutAccount.external_id == Payout.destination,
            )
        )
        or 0
    )


def twice_count(session: Session, run_id: uuid.UUID) -> int:
    """How many people of a run also have a payout under way outside it."""
    other = aliased(Payout)
    live = (PayoutState.SCHEDULED, PayoutState.ON_HOLD, PayoutState.APPROVED, PayoutState.SENT)
    return (
        session.scalar(
            select(func.count(func.distinct(Payout.user_id)))
            .join(other, other.user_id == Payout.user_id)
            .where(Payout.run_id == run_id, other.run_id != run_id, other.state.in_(live))
        )
        or 0
    )


def alarms(session: Session) -> Sequence[Payout]:
    """Payouts that wait for a person to look, with who is paid, oldest first."""
    return session.scalars(
        select(Payout)
        .where(Payout.alarm.is_not(None))
        .options(joinedload(Payout.user))
        .order_by(Payout.id)
        .limit(50)
    ).all()


def held(session: Session, mark: str | None) -> Page[Any]:
    """(User, pending sum, first end of a hold) of everybody with a hold that can end, by User id."""
    pending = (
        select(
            Earning.user_id,
            cast(func.sum(Earning.amount_minor), BigInteger).label("amount"),
            func.min(Earning.available_at).label("first"),
        )
        .where(Earning.state == EarningState.PENDING, Earning.case_id.is_(None))
        .group_by(Earning.user_id)
        .subquery()
    )
    statement = select(User, pending.c.amount, pending.c.first).join(pending, pending.c.user_id == User.id)
    return page(session, statement, [User.id], mark=mark, key_of=lambda row: [row[0].id])
