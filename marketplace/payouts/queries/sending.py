"""What a run and the sending of a payout read, locked where they move."""

import uuid
from collections.abc import Sequence

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, joinedload

from marketplace.payouts.models import (
    Earning,
    EarningState,
    Payout,
    PayoutAccount,
    PayoutAccountState,
    PayoutAttempt,
    PayoutRun,
    PayoutSearch,
    PayoutState,
    RunState,
)


def payable(session: Session, minimum_minor: int, limit: int = 1000) -> Sequence[tuple[PayoutAccount, int]]:
    """Payout accounts that can receive, with what their owner has available, smallest id first."""
    available = (
        select(Earning.user_id, func.sum(Earning.amount_minor).label("amount"))
        .where(Earning.state == EarningState.AVAILABLE)
        .group_by(Earning.user_id)
        .having(func.sum(Earning.amount_minor) >= minimum_minor)
        .subquery()
    )
    rows = session.execute(
        select(PayoutAccount, available.c.amount)
        .join(available, available.c.user_id == PayoutAccount.user_id)
        .where(PayoutAccount.state == PayoutAccountState.READY)
        .options(joinedload(PayoutAccount.user))
        .order_by(PayoutAccount.user_id)
        .limit(limit)
    ).all()
    return [(row[0], int(row[1])) for row in rows]


def waiting_without_account(session: Session, minimum_minor: int) -> int:
    """How many people have enough available and no account that can receive it."""
    available = (
        select(Earning.user_id)
        .outerjoin(
            PayoutAccount,
            (PayoutAccount.user_id == Earning.user_id) & (PayoutAccount.state == PayoutAccountState.READY),
        )
        .where(Earning.state == EarningState.AVAILABLE, PayoutAccount.id.is_(None))
        .group_by(Earning.user_id)
        .having(func.sum(Earning.amount_minor) >= minimum_minor)
        .subquery()
    )
    return session.scalar(select(func.count()).select_from(available)) or 0


def lock_run(session: Session, run_id: uuid.UUID) -> PayoutRun | None:
    """A run, locked."""
    return session.scalar(
        select(PayoutRun)
        .where(PayoutRun.id == run_id)
        .options(joinedload(PayoutRun.prepared_by))
        .with_for_update(of=PayoutRun)
        .execution_options(populate_existing=True)
    )


def payouts_of_run(session: Session, run_id: uuid.UUID, *states: PayoutState) -> Sequence[Payout]:
    """The payouts of a run in these states (all when none is named), locked."""
    statement = select(Payout).where(Payout.run_id == run_id)
    if states:
        statement = statement.where(Payout.state.in_(states))
    return session.scalars(statement.order_by(Payout.id).with_for_update()).all()


def lock_payout(session: Session, payout_id: uuid.UUID) -> Payout | None:
    """A payout, locked."""
    return session.scalar(
        select(Payout)
        .where(Payout.id == payout_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def attempts_of(session: Session, payout_id: uuid.UUID) -> Sequence[PayoutAttempt]:
    """The calls made for a payout, first one first."""
    return session.scalars(
        select(PayoutAttempt).where(PayoutAttempt.payout_id == payout_id).order_by(PayoutAttempt.number)
    ).all()


def searches_of(session: Session, payout_id: uuid.UUID) -> Sequence[PayoutSearch]:
    """The looks at the provider's list for a payout, first one first."""
    return session.scalars(
        select(PayoutSearch).where(PayoutSearch.payout_id == payout_id).order_by(PayoutSearch.at)
    ).all()


def unsettled(session: Session, limit: int = 500) -> Sequence[uuid.UUID]:
    """Payouts that were approved or sent and have no end yet; an alarm waits for a person instead."""
    return session.scalars(
        select(Payout.id)
        .where(Payout.state.in_([PayoutState.APPROVED, PayoutState.SENT]), Payout.alarm.is_(None))
        .order_by(Payout.id)
        .limit(limit)
    ).all()


def settled_runs(session: Session) -> Sequence[PayoutRun]:
    """Approved runs in which every payout has ended, locked."""
    ended = (PayoutState.PAID, PayoutState.FAILED, PayoutState.CANCELLED)
    open_payout = exists().where(Payout.run_id == PayoutRun.id, Payout.state.not_in(ended))
    return session.scalars(
        select(PayoutRun).where(PayoutRun.state == RunState.APPROVED, ~open_payout).with_for_update()
    ).all()


def in_payout(session: Session, payout_id: uuid.UUID) -> Sequence[Earning]:
    """The earnings inside a payout, locked."""
    return session.scalars(
        select(Earning).where(Earning.payout_id == payout_id).order_by(Earning.id).with_for_update()
    ).all()


def account_of(session: Session, user_id: uuid.UUID) -> PayoutAccount | None:
    """Where a person is paid."""
    return session.scalar(select(PayoutAccount).where(PayoutAccount.user_id == user_id))


def lock_account_of(session: Session, user_id: uuid.UUID) -> PayoutAccount | None:
    """Where a person is paid, locked."""
    return session.scalar(select(PayoutAccount).where(PayoutAccount.user_id == user_id).with_for_update())


def account_by_external_id(session: Session, external_id: str) -> PayoutAccount | None:
    """The payout account with the provider's id, locked."""
    return session.scalar(
        select(PayoutAccount).where(PayoutAccount.external_id == external_id).with_for_update()
    )
