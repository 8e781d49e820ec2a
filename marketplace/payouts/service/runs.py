"""Payout runs: prepared by one person, approved by another, then sent by the worker."""

import uuid
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from config.policy import MONEY
from marketplace.audit import service as audit
from marketplace.identity import queries as identity
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.events import publish
from marketplace.ledger import service as ledger
from marketplace.outbox import service as outbox
from marketplace.payouts import policy, queries
from marketplace.payouts.errors import NothingToPay, NotYourOwn, RunMoved, SecondPerson, TotalsDiffer
from marketplace.payouts.events import RunLapsed
from marketplace.payouts.models import (
    Earning,
    EarningState,
    Payout,
    PayoutAccount,
    PayoutRun,
    PayoutState,
    Rail,
    RunState,
)
from marketplace.payouts.queries import Limits
from marketplace.payouts.service.holding import end_holds
from marketplace.payouts.service.remitting import drop_late_remittances
from marketplace.payouts.service.returning import cancel, give_back, tell_cancelled
from marketplace.payouts.service.reversing import lapse_reversals
from marketplace.payouts.service.starting import start
from marketplace.payouts.service.withholding import lapse_withholdings

UNSENT = (PayoutState.SCHEDULED, PayoutState.ON_HOLD)


def limits(now: datetime, *, preparer_id: uuid.UUID) -> Limits:
    """Whose money a run prepared at `now` by this person may hold."""
    return Limits(
        minimum_minor=MONEY.payout_minimum_minor,
        bank_settled_before=policy.bank_settled_before(now),
        not_for=preparer_id,
    )


def prepare_run(session: Session, *, by: User) -> PayoutRun:
    """Take everything available of everybody who can be paid into one run; NothingToPay (409) for nobody.

    The preparer's own money is left for a run that somebody else prepares.  PayoutsStopped (409) while the
    books are not right.
    """
    ledger.require_right_books(session)
    now = clock.database_now(session)
    bounds = limits(now, preparer_id=by.id)
    run = _new_run(by, now)
    run.figures = {name: asdict(share) for name, share in queries.shares(session, bounds).items()}
    _fill(session, run, [account for account, _ in queries.payable(session, bounds)])
    _record(session, "staff:payout_run:prepared", run, by.id)
    return run


def prepare_one(session: Session, account: PayoutAccount, *, by: User) -> PayoutRun:
    """A run of what one person has available, asked for by themselves; NothingToPay (409) for too little."""
    ledger.require_right_books(session)
    run = _new_run(by, clock.database_now(session))
    run.on_request = True
    account.user = by
    _fill(session, run, [account])
    _record(session, "expert:payout_run:asked", run, by.id)
    return run


def approve_run(session: Session, run: PayoutRun, *, by: User) -> None:
    """Let a prepared run go out.

    SecondPerson (403) for its preparer and NotYourOwn (403) for whoever it pays, under whatever User,
    RunMoved (409) when somebody was faster, TotalsDiffer (409) when payouts and total disagree,
    PayoutsStopped (409) while the books are not right: nothing is sent then.
    """
    ledger.require_right_books(session)
    locked = _locked(session, run)
    if identity.is_one_of(session, by.id, [locked.prepared_by_id]):
        raise SecondPerson
    payouts = queries.payouts_of_run(session, locked.id)
    if identity.is_one_of(session, by.id, [payout.user_id for payout in payouts]):
        raise NotYourOwn
    if not _adds_up(session, locked, payouts):
        raise TotalsDiffer
    locked.state, locked.approved_by = RunState.APPROVED, by
    locked.approved_at = clock.database_now(session)
    for payout in payouts:
        if payout.state is PayoutState.SCHEDULED:
            _let_go(session, payout)
    _record(session, "staff:payout_run:approved", locked, by.id)


def _adds_up(session: Session, run: PayoutRun, payouts: Sequence[Payout]) -> bool:
    """The run's payouts are its total, and those that still go hold exactly their earnings."""
    going = sum(payout.gross_minor for payout in payouts if payout.state in UNSENT)
    total = sum(payout.amount_minor for payout in payouts)
    return total == run.total_minor and going == queries.sum_in_run(session, run.id)


def _let_go(session: Session, payout: Payout) -> None:
    """Approved: the worker sends it, or it waits for the bank file."""
    payout.move(PayoutState.APPROVED)
    if payout.rail is Rail.STRIPE:
        outbox.send(session, "payouts.send", key=f"payouts.send:{payout.id}", payout_id=str(payout.id))


def cancel_run(session: Session, run: PayoutRun, *, by: User) -> None:
    """Drop a prepared run: every payout ends and the money is available again; RunMoved (409) if it went.

    Who asked for their payout is told when somebody else drops it.
    """
    locked = _locked(session, run)
    ended = _drop(session, locked, by.id, "the run was cancelled")
    if locked.on_request and locked.prepared_by_id != by.id:
        for payout in ended:
            tell_cancelled(session, payout)


def sweep_runs(session: Session) -> None:
    """Drop runs that nobody approved in time, and finish those in which every payout has ended."""
    for run in queries.lapsed_runs(session, clock.database_now(session) - timedelta(days=MONEY.run_days)):
        _drop(session, run, None, "nobody approved it in time")
        publish(
            session,
            RunLapsed(
                run_id=run.id,
                user_id=run.prepared_by_id,
                amount_minor=run.total_minor,
                on_request=run.on_request,
            ),
        )
    end_holds(session)
    lapse_reversals(session)
    lapse_withholdings(session)
    drop_late_remittances(session)
    _end_unsent(session)
    finish_runs(session)


def _end_unsent(session: Session) -> None:
    """Approved for the bank file, and handed to no bank in time."""
    before = clock.database_now(session) - timedelta(days=MONEY.unsent_days)
    cancel(session, queries.unsent_for_bank(session, before), "it was not handed to the bank in time")


def finish_runs(session: Session) -> None:
    """Mark approved runs as finished once every payout in them has ended."""
    for run in queries.settled_runs(session):
        run.state = RunState.FINISHED


def _drop(session: Session, run: PayoutRun, actor_id: uuid.UUID | None, why: str) -> Sequence[Payout]:
    run.state = RunState.CANCELLED
    ended = queries.payouts_of_run(session, run.id, *UNSENT)
    give_back(session, ended, PayoutState.CANCELLED, why)
    _record(session, "staff:payout_run:cancelled", run, actor_id, why=why)
    return ended


def _new_run(by: User, now: datetime) -> PayoutRun:
    return PayoutRun(prepared_by=by, cut_off_at=now, payout_count=0, total_minor=0)


def _fill(session: Session, run: PayoutRun, accounts: Sequence[PayoutAccount]) -> None:
    payouts = _schedule(session, run, accounts)
    if not payouts:
        raise NothingToPay
    session.add(run)
    run.payout_count = len(payouts)
    run.total_minor = sum(payout.amount_minor for payout in payouts)
    ledger.post_all(session, [entry for payout in payouts for entry in start(payout)])


def _schedule(session: Session, run: PayoutRun, accounts: Sequence[PayoutAccount]) -> list[Payout]:
    """A payout of what each person has available, locked; another run may have taken some meanwhile."""
    owned: dict[uuid.UUID, list[Earning]] = {account.user_id: [] for account in accounts}
    queries.wait_for_withholdings(session, list(owned))
    for earning in queries.available_of(session, list(owned)):
        owned[earning.user_id].append(earning)
    taxed = queries.on_withholding(session, list(owned))
    payouts = []
    for account in accounts:
        gross = sum(earning.amount_minor for earning in owned[account.user_id])
        if gross < MONEY.payout_minimum_minor or account.external_id is None:
            continue
        withheld = policy.withheld(gross, run.cut_off_at) if account.user_id in taxed else 0
        payout = Payout(
            run=run,
            user=account.user,
            rail=account.rail,
            destination=account.external_id,
            amount_minor=gross - withheld,
            withheld_minor=withheld,
        )
        session.add(payout)
        payouts.append(payout)
        for earning in owned[account.user_id]:
            earning.move(EarningState.IN_TRANSIT)
            earning.payout = payout
    return payouts


def _locked(session: Session, run: PayoutRun) -> PayoutRun:
    locked = queries.lock_run(session, run.id)
    if locked is None or locked.state is not RunState.PREPARED:
        raise RunMoved
    return locked


def _record(session: Session, tag: str, run: PayoutRun, actor_id: uuid.UUID | None, **detail: Any) -> None:
    audit.record(
        session,
        tag,
        actor_id=actor_id,
        subject_type="payout_run",
        subject_id=run.id,
        payout_count=run.payout_count,
        total_minor=run.total_minor,
        **detail,
    )
