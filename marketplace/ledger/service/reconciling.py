"""Comparing the books with what the payment service says of the same money: tolerance 0.

Read (no transaction open), book what only the service can tell, compare, write down.  Each step may be
repeated: a crash between two of them loses nothing.
"""

import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from marketplace.audit import service as audit
from marketplace.gateways.stripe.protocol import Payments
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.database import Sessions, transaction
from marketplace.kit.errors import Refusal
from marketplace.kit.events import publish
from marketplace.ledger import queries
from marketplace.ledger.errors import UnderWay
from marketplace.ledger.events import DifferencesFound
from marketplace.ledger.models import Difference, DifferenceKind, Reconciliation, ReconciliationState
from marketplace.ledger.queries import Finding
from marketplace.ledger.service.booking import book
from marketplace.ledger.service.comparing import Finder, Result, compare
from marketplace.ledger.service.reading import Reading, read
from marketplace.outbox import service as outbox

BEGINNING = datetime.fromtimestamp(0, UTC)
OVERLAP = timedelta(days=7)  # a line may appear some days after the moment it carries
ABANDONED = timedelta(minutes=30)
OLD = timedelta(hours=36)
HOUR = 3  # UTC, of the daily one
OUR_FAULT = "Something went wrong here, not at the payment service. It is tried again by itself."
log = structlog.get_logger()


def ask(session: Session, *, by: User | None) -> Reconciliation:
    """Promise a comparison, for a person or for the clock; UnderWay (409) when one has not ended yet."""
    now = clock.database_now(session)
    if under_way(session):
        raise UnderWay
    for one in queries.under_way(session):
        one.move(ReconciliationState.FAILED)
        one.finished_at, one.failure = now, "It stopped half way."
    run = Reconciliation(by=by)
    session.add(run)
    session.flush()
    outbox.send(session, "ledger.reconcile", key=f"ledger.reconcile:{run.id}", reconciliation_id=str(run.id))
    if by is not None:
        audit.record(
            session,
            "staff:reconciliation:asked",
            actor_id=by.id,
            subject_type="reconciliation",
            subject_id=run.id,
        )
    return run


def under_way(session: Session) -> Sequence[Reconciliation]:
    """Comparisons that have no end and may still come to one; those that stand for half an hour do not."""
    since = clock.database_now(session) - ABANDONED
    return [one for one in queries.under_way(session) if (one.started_at or one.created_at) > since]


def ask_if_none(session: Session) -> None:
    """Promise a comparison for the clock, unless one is under way."""
    if not under_way(session):
        ask(session, by=None)


def old_since(session: Session) -> datetime | None:
    """The end of the last comparison when that is too long ago; None before the first one ended."""
    last = queries.last_done(session)
    ended = last.finished_at if last else None
    return ended if ended and ended < clock.database_now(session) - OLD else None


def ask_daily(session: Session) -> None:
    """The clock's comparison, once for each day, and again when it failed; safe at any moment, and twice."""
    now = clock.database_now(session)
    due = now.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    due = due if due <= now else due - timedelta(days=1)
    if not queries.done_by_the_clock_since(session, due):
        ask_if_none(session)


def reconcile(
    sessions: Sessions, payments: Payments, reconciliation_id: uuid.UUID, finders: Iterable[Finder] = ()
) -> None:
    """Compare, and write down what differs; `finders` are what other rooms see in the kept lines.

    Raises PaymentsDown (503) or PaymentsRefused (502), after writing down that it failed.
    """
    with transaction(sessions) as session:
        since = _begin(session, reconciliation_id)
        began = clock.database_now(session)
    if since is None:
        return
    try:
        reading = read(sessions, payments, since=since, began=began)
        booked = book(sessions)
        with transaction(sessions, write=False) as session:
            result = compare(session, reading, booked_count=booked, finders=finders)
    except Exception as error:
        with transaction(sessions) as session:
            _fail(session, reconciliation_id, error)
        raise
    with transaction(sessions) as session:
        _finish(session, reconciliation_id, reading, result)


def _begin(session: Session, reconciliation_id: uuid.UUID) -> datetime | None:
    """Mark it as running; the moment to read from, or None when it has ended already."""
    run = queries.lock_reconciliation(session, reconciliation_id)
    if run is None or run.state is ReconciliationState.DONE:
        return None
    run.move(ReconciliationState.RUNNING)
    run.started_at, run.finished_at, run.failure = clock.database_now(session), None, ""
    until = queries.read_until(session)
    return until - OVERLAP if until else BEGINNING


def _finish(session: Session, reconciliation_id: uuid.UUID, reading: Reading, result: Result) -> None:
    run = queries.lock_reconciliation(session, reconciliation_id)
    if run is None or run.state is not ReconciliationState.RUNNING:
        return  # another worker was faster with the same one
    run.move(ReconciliationState.DONE)
    run.finished_at, run.read_until = clock.database_now(session), reading.began
    run.line_count, run.booked_count = reading.new_count, result.booked_count
    run.matched_count, run.waiting_count = result.matched_count, result.waiting_count
    run.difference_count, run.balances = len(result.findings), result.balances
    new = _write_down(session, run, result)
    if new:
        log.error("reconciliation_differs", reconciliation_id=str(run.id), found=new)
        publish(session, DifferencesFound(reconciliation_id=run.id, found_count=new))


def _write_down(session: Session, run: Reconciliation, result: Result) -> int:
    """Keep what differs, resolve what no longer does; returns how many nobody knew of."""
    known = {(one.kind, one.object_id, one.currency): one for one in queries.lock_open(session)}
    new = 0
    for finding in result.findings:
        row = known.pop((finding.kind, finding.object_id, finding.currency), None)
        if row is None:
            row, new = _difference(session, run, finding), new + 1
        row.there_minor, row.ours_minor, row.entry_id = (
            finding.there_minor,
            finding.ours_minor,
            finding.entry_id,
        )
    for gone in known.values() if result.whole else ():
        if gone.kind is DifferenceKind.BALANCE_DIFFERS and not result.stood_still:
            continue  # nobody could look at it
        gone.resolved_at, gone.resolved_in_id = run.finished_at, run.id
    return new


def _difference(session: Session, run: Reconciliation, finding: Finding) -> Difference:
    row = Difference(
        kind=finding.kind, object_id=finding.object_id, currency=finding.currency, found_in_id=run.id
    )
    session.add(row)
    return row


def _fail(session: Session, reconciliation_id: uuid.UUID, error: Exception) -> None:
    run = queries.lock_reconciliation(session, reconciliation_id)
    if run is not None and run.state is ReconciliationState.RUNNING:
        run.move(ReconciliationState.FAILED)
        run.finished_at = clock.database_now(session)
        run.failure = error.message if isinstance(error, Refusal) else OUR_FAULT
