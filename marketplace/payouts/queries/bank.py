"""Payouts that go by bank file, and the lines of our bank's statements that end them."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, joinedload

from marketplace.payouts.models import BankLine, Payout, PayoutAccount, PayoutRun, PayoutState, Rail

MOST_SHOWN = 200


def for_bank(session: Session, run_id: uuid.UUID) -> Sequence[tuple[Payout, PayoutAccount]]:
    """(Payout, PayoutAccount) of a run for one bank file, locked, by Payout id.

    What was in no file yet; when there is none, what the newest file holds and no statement has ended.
    What an earlier file holds is in no other: the bank would pay it once more.
    """
    rows = session.execute(
        select(Payout, PayoutAccount)
        .join(PayoutAccount, PayoutAccount.user_id == Payout.user_id)
        .where(
            Payout.run_id == run_id,
            Payout.rail == Rail.MANUAL,
            Payout.state.in_([PayoutState.APPROVED, PayoutState.SENT]),
        )
        .options(joinedload(Payout.user))
        .order_by(Payout.id)
        .with_for_update(of=Payout)
        .execution_options(populate_existing=True)
    ).all()
    new = [(row[0], row[1]) for row in rows if row[0].state is PayoutState.APPROVED]
    newest = None if new else newest_batch(session, run_id)
    return new or [(row[0], row[1]) for row in rows if row[0].sent_at == newest]


def newest_batch(session: Session, run_id: uuid.UUID) -> datetime | None:
    """When the newest bank file of a run was made: all payouts in one file were sent at one moment."""
    return session.scalar(
        select(func.max(Payout.sent_at)).where(Payout.run_id == run_id, Payout.rail == Rail.MANUAL)
    )


def bank_counts(session: Session, run_id: uuid.UUID) -> tuple[int, int, int]:
    """How many payouts of a run wait for a bank file, are in one and not confirmed, are so in the newest."""
    rows = session.execute(
        select(Payout.state, Payout.sent_at, func.count())
        .where(Payout.run_id == run_id, Payout.rail == Rail.MANUAL)
        .group_by(Payout.state, Payout.sent_at)
    ).all()
    waiting = sum(row[2] for row in rows if row[0] is PayoutState.APPROVED)
    at_bank = {row[1]: int(row[2]) for row in rows if row[0] is PayoutState.SENT}
    newest = max((row[1] for row in rows if row[1] is not None), default=None)
    return waiting, sum(at_bank.values()), at_bank.get(newest, 0)


def at_the_bank(session: Session) -> Sequence[Payout]:
    """Payouts that are in a bank file and that no statement has confirmed, with who is paid, oldest first."""
    return session.scalars(
        select(Payout)
        .where(Payout.rail == Rail.MANUAL, Payout.state == PayoutState.SENT)
        .options(joinedload(Payout.user))
        .order_by(Payout.id)
        .limit(MOST_SHOWN)
    ).all()


def by_reference(session: Session, references: Collection[str]) -> dict[str, Payout]:
    """The payouts of the manual rail with these references, locked."""
    rows = session.scalars(
        select(Payout)
        .where(Payout.rail == Rail.MANUAL, Payout.provider_key.in_(list(references)))
        .options(joinedload(Payout.run))
        .order_by(Payout.id)
        .with_for_update(of=Payout)
        .execution_options(populate_existing=True)
    )
    return {str(payout.provider_key): payout for payout in rows}


def lines_known(session: Session, lines: Collection[str]) -> dict[str, BankLine]:
    """The lines of statements that were taken before, by the bank's number."""
    rows = session.scalars(select(BankLine).where(BankLine.line.in_(list(lines))))
    return {row.line: row for row in rows}


def directions_known(session: Session, payout_ids: Collection[uuid.UUID]) -> set[tuple[uuid.UUID, bool]]:
    """(Payout id, whether it came back) of every line that was taken for these."""
    rows = session.execute(
        select(BankLine.payout_id, BankLine.came_back).where(BankLine.payout_id.in_(list(payout_ids)))
    )
    return {(row[0], row[1]) for row in rows}


def sealed_accounts(session: Session) -> Sequence[PayoutAccount]:
    """Payout accounts with sealed bank details, locked."""
    return session.scalars(
        select(PayoutAccount)
        .where(PayoutAccount.sealed.is_not(None))
        .order_by(PayoutAccount.id)
        .with_for_update()
    ).all()


def unsent_for_bank(session: Session, before: datetime) -> Sequence[Payout]:
    """Payouts approved before this moment for the bank file and in none yet, locked."""
    approved = exists().where(PayoutRun.id == Payout.run_id, PayoutRun.approved_at <= before)
    return session.scalars(
        select(Payout)
        .where(Payout.rail == Rail.MANUAL, Payout.state == PayoutState.APPROVED, approved)
        .order_by(Payout.id)
        .with_for_update(skip_locked=True)
    ).all()
