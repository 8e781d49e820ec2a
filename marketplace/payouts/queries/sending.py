"""What a run and the sending of a payout read, locked where they move."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, joinedload

from config.policy import MONEY
from marketplace.payouts.models import (
    Earning,
    EarningState,
    Payout,
    PayoutAccount,
    PayoutAttempt,
    PayoutRun,
    PayoutSearch,
    PayoutState,
    Rail,
    RunState,
)


def lock_run(session: Session, run_id: uuid.UUID) -> PayoutRun | None:
    """A run, locked."""
    return session.scalar(
        select(PayoutRun)
        .where(PayoutRun.id == run_id)
        .options(joinedload(PayoutRun.prepared_by))
        .with_for_update(of=PayoutRun)
        .execution_options(populate_existing=True)
    )


def lock_run_of(session: Session, payout_id: uuid.UUID) -> PayoutRun | None:
    """The run a payout is in, locked: whoever moves both takes the run first."""
    run_id = session.scalar(select(Payout.run_id).where(Payout.id == payout_id))
    return lock_run(session, run_id) if run_id is not None else None


def payouts_of_run(session: Session, run_id: uuid.UUID, *states: PayoutState) -> Sequence[Payout]:
    """The payouts of a run in these states (all when none is named), locked."""
    statement = select(Payout).where(Payout.run_id == run_id)
    if states:
        statement = statement.where(Payout.state.in_(states))
    return session.scalars(
        statement.order_by(Payout.id).with_for_update().execution_options(populate_existing=True)
    ).all()


def sum_in_run(session: Session, run_id: uuid.UUID) -> int:
    """What the earnings inside the payouts of a run add up to, in minor units."""
    return int(
        session.scalar(
            select(func.coalesce(func.sum(Earning.amount_minor), 0))
            .join(Payout, Earning.payout_id == Payout.id)
            .where(Payout.run_id == run_id, Earning.state == EarningState.IN_TRANSIT)
        )
        or 0
    )


def has_alarm(session: Session, run_id: uuid.UUID) -> bool:
    """Whether a payout of this run waits for a person to look."""
    return bool(session.scalar(select(exists().where(Payout.run_id == run_id, Payout.alarm.is_not(None)))))


def lock_payout(session: Session, payout_id: uuid.UUID) -> Payout | None:
    """A payout with its run, locked."""
    return session.scalar(
        select(Payout)
        .where(Payout.id == payout_id)
        .options(joinedload(Payout.run))
        .with_for_update(of=Payout)
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


def unsettled(session: Session) -> Sequence[uuid.UUID]:
    """Payouts that were approved or sent and have no end yet; an alarm waits for a person instead."""
    return session.scalars(
        select(Payout.id)
        .where(
            Payout.state.in_([PayoutState.APPROVED, PayoutState.SENT]),
            Payout.rail == Rail.STRIPE,
            Payout.alarm.is_(None),
        )
        .order_by(Payout.id)
    ).all()


def settled_runs(session: Session) -> Sequence[PayoutRun]:
    """Approved runs in which every payout has ended, locked."""
    ended = (PayoutState.PAID, PayoutState.FAILED, PayoutState.CANCELLED)
    open_payout = exists().where(Payout.run_id == PayoutRun.id, Payout.state.not_in(ended))
    return session.scalars(
        select(PayoutRun)
        .where(PayoutRun.state == RunState.APPROVED, ~open_payout)
        .order_by(PayoutRun.id)
        .with_for_update()
    ).all()


def lapsed_runs(session: Session, before: datetime) -> Sequence[PayoutRun]:
    """Runs prepared before this moment that nobody has approved, locked; another sweep's are left out."""
    return session.scalars(
        select(PayoutRun)
        .where(PayoutRun.state == RunState.PREPARED, PayoutRun.cut_off_at <= before)
        .order_by(PayoutRun.id)
        .with_for_update(skip_locked=True)
    ).all()


def reason_of(session: Session, payout_id: uuid.UUID) -> str:
    """Why a payout is held or ended without being paid: half a sentence, or the provider's code."""
    return session.scalar(select(Payout.hold_reason).where(Payout.id == payout_id)) or ""


def unsent_of(session: Session, user_id: uuid.UUID) -> Sequence[Payout]:
    """A person's payouts that have not been sent, locked."""
    unsent = (PayoutState.SCHEDULED, PayoutState.ON_HOLD, PayoutState.APPROVED)
    return session.scalars(
        select(Payout)
        .where(Payout.user_id == user_id, Payout.state.in_(unsent))
        .order_by(Payout.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def overdue_holds(session: Session, now: datetime) -> Sequence[Payout]:
    """Payouts whose hold has run out, locked; another sweep's are left out."""
    return session.scalars(
        select(Payout)
        .where(Payout.state == PayoutState.ON_HOLD, Payout.held_until <= now)
        .order_by(Payout.id)
        .with_for_update(skip_locked=True)
    ).all()


def last_asked_at(session: Session, user_id: uuid.UUID) -> datetime | None:
    """When a person last asked for a payout that was not cancelled, or `payout_asks_a_day` requests ago.

    Asking and taking back again and again would only ring at finance.
    """
    asked = select(PayoutRun.created_at).where(PayoutRun.prepared_by_id == user_id, PayoutRun.on_request)
    newest_first = asked.order_by(PayoutRun.created_at.desc()).limit(1)
    stands = session.scalar(newest_first.where(PayoutRun.state != RunState.CANCELLED))
    earlier = session.scalar(newest_first.offset(MONEY.payout_asks_a_day - 1))
    return max((moment for moment in (stands, earlier) if moment is not None), default=None)


def asked_run(session: Session, user_id: uuid.UUID) -> PayoutRun | None:
    """The payout a person has asked for and nobody has approved yet."""
    return session.scalar(
        select(PayoutRun)
        .where(
            PayoutRun.prepared_by_id == user_id,
            PayoutRun.on_request,
            PayoutRun.state == RunState.PREPARED,
        )
        .order_by(PayoutRun.id.desc())
        .limit(1)
    )


def in_payouts(session: Session, payout_ids: Sequence[uuid.UUID]) -> Sequence[Earning]:
    """The earnings inside these payouts, locked."""
    return session.scalars(
        select(Earning).where(Earning.payout_id.in_(payout_ids)).order_by(Earning.id).with_for_update()
    ).all()


def account_of(session: Session, user_id: uuid.UUID) -> PayoutAccount | None:
    """Where a person is paid."""
    return session.scalar(select(PayoutAccount).where(PayoutAccount.user_id == user_id))


def lock_account_of(session: Session, user_id: uuid.UUID) -> PayoutAccount | None:
    """Where a person is paid, locked."""
    return session.scalar(
        select(PayoutAccount)
        .where(PayoutAccount.user_id == user_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def accounts_to_follow(session: Session) -> Sequence[str]:
    """The provider's ids of the accounts to which money will go: their owners have earned and wait."""
    waits = exists().where(
        Earning.user_id == PayoutAccount.user_id,
        Earning.state.in_((EarningState.PENDING, EarningState.AVAILABLE)),
    )
    rows = session.scalars(
        select(PayoutAccount.external_id)
        .where(PayoutAccount.rail == Rail.STRIPE, waits)
        .order_by(PayoutAccount.id)
    )
    return [external_id for external_id in rows if external_id is not None]


def accounts_paid_since(session: Session, moment: datetime) -> Sequence[str]:
    """The provider's ids of the accounts to which money went at or after `moment`."""
    got = exists().where(
        Payout.user_id == PayoutAccount.user_id, Payout.state == PayoutState.PAID, Payout.ended_at >= moment
    )
    rows = session.scalars(
        select(PayoutAccount.external_id)
        .where(PayoutAccount.rail == Rail.STRIPE, got)
        .order_by(PayoutAccount.id)
    )
    return [external_id for external_id in rows if external_id is not None]


def is_ours(session: Session, external_id: str) -> bool:
    """Whether the provider's account is one of ours."""
    return bool(session.scalar(select(exists().where(PayoutAccount.external_id == external_id))))


def account_by_external_id(session: Session, external_id: str) -> PayoutAccount | None:
    """The payout account with the provider's id, locked."""
    return session.scalar(
        select(PayoutAccount)
        .where(PayoutAccount.external_id == external_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
