"""Payout runs: prepared by one person, approved by another, then sent by the worker."""

from sqlalchemy.orm import Session

from config.policy import MONEY
from marketplace.audit import service as audit
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.errors import Conflict
from marketplace.kit.money import Money
from marketplace.ledger import service as ledger
from marketplace.ledger.models import Kind
from marketplace.ledger.service import Entry
from marketplace.outbox import service as outbox
from marketplace.payouts import queries
from marketplace.payouts.errors import NothingToPay, NotYourOwn, SecondPerson
from marketplace.payouts.models import (
    EarningState,
    Payout,
    PayoutAccount,
    PayoutRun,
    PayoutState,
    RunState,
)


def prepare_run(session: Session, *, by: User) -> PayoutRun:
    """Take everything available of everybody who can be paid into one run; NothingToPay (409) for nobody."""
    accounts = [account for account, _ in queries.payable(session, MONEY.payout_minimum_minor)]
    run = PayoutRun(prepared_by=by, cut_off_at=clock.database_now(session), payout_count=0, total_minor=0)
    entries = [entry for account in accounts if (entry := _schedule(session, run, account))]
    if not entries:
        raise NothingToPay
    session.add(run)
    run.payout_count = len(entries)
    run.total_minor = sum(leg[2].minor for entry in entries for leg in entry.legs)
    ledger.post_all(session, entries)
    _record(session, "staff:payout_run:prepared", run, by)
    return run


def approve_run(session: Session, run: PayoutRun, *, by: User) -> None:
    """Let a prepared run go out; SecondPerson or NotYourOwn (403) for its preparer and whoever it pays."""
    locked = _locked(session, run, RunState.PREPARED)
    if locked.prepared_by_id == by.id:
        raise SecondPerson
    payouts = queries.payouts_of_run(session, locked.id, PayoutState.SCHEDULED)
    if any(payout.user_id in {by.id, locked.prepared_by_id} for payout in payouts):
        raise NotYourOwn
    locked.state, locked.approved_by_id = RunState.APPROVED, by.id
    locked.approved_at = clock.database_now(session)
    for payout in payouts:
        payout.move(PayoutState.APPROVED)
        outbox.send(session, "payouts.send", key=f"payouts.send:{payout.id}", payout_id=str(payout.id))
    _record(session, "staff:payout_run:approved", locked, by)


def cancel_run(session: Session, run: PayoutRun, *, by: User) -> None:
    """Drop a prepared run: every payout ends and the money is available again."""
    locked = _locked(session, run, RunState.PREPARED)
    locked.state = RunState.CANCELLED
    payouts = queries.payouts_of_run(session, locked.id, PayoutState.SCHEDULED, PayoutState.ON_HOLD)
    for payout in payouts:
        payout.move(PayoutState.CANCELLED)
        payout.ended_at = clock.database_now(session)
        return_earnings(session, payout)
    ledger.post_all(session, [money_back(payout) for payout in payouts])
    _record(session, "staff:payout_run:cancelled", locked, by)


def finish_runs(session: Session) -> None:
    """Mark approved runs as finished once every payout in them has ended."""
    for run in queries.settled_runs(session):
        run.state = RunState.FINISHED


def money_back(payout: Payout) -> Entry:
    """The one posting that returns a payout's money to its owner (money.md 4.3)."""
    return Entry(
        kind="payout_failed",
        key=f"payout:{payout.id}:failed",
        closes=f"payout:{payout.id}",
        legs=[
            (
                (Kind.EXPERT_IN_TRANSIT, payout.user_id),
                (Kind.EXPERT_AVAILABLE, payout.user_id),
                Money(payout.amount_minor, payout.currency),
            )
        ],
        ref_type="payout",
        ref_id=payout.id,
    )


def return_earnings(session: Session, payout: Payout) -> None:
    """The payout's earnings are available again; the next run makes a new payout of them."""
    for earning in queries.in_payout(session, payout.id):
        earning.move(EarningState.AVAILABLE)
        earning.payout = None


def _schedule(session: Session, run: PayoutRun, account: PayoutAccount) -> Entry | None:
    earnings = queries.available_of(session, account.user_id)
    amount = sum(earning.amount_minor for earning in earnings)
    if amount < MONEY.payout_minimum_minor or account.external_id is None:
        return None  # another run took them between the look and the lock
    payout = Payout(
        run=run,
        user=account.user,
        rail=account.rail,
        destination=account.external_id,
        amount_minor=amount,
    )
    session.add(payout)
    for earning in earnings:
        earning.move(EarningState.IN_TRANSIT)
        earning.payout = payout
    return Entry(
        kind="payout_start",
        key=f"payout:{payout.id}:start",
        legs=[
            (
                (Kind.EXPERT_AVAILABLE, account.user_id),
                (Kind.EXPERT_IN_TRANSIT, account.user_id),
                Money(amount),
            )
        ],
        ref_type="payout",
        ref_id=payout.id,
    )


def _locked(session: Session, run: PayoutRun, expected: RunState) -> PayoutRun:
    locked = queries.lock_run(session, run.id)
    if locked is None or locked.state is not expected:
        raise Conflict("This run has moved on. Load the page again.")
    return locked


def _record(session: Session, tag: str, run: PayoutRun, by: User) -> None:
    audit.record(
        session,
        tag,
        actor_id=by.id,
        subject_type="payout_run",
        subject_id=run.id,
        payout_count=run.payout_count,
        total_minor=run.total_minor,
    )
