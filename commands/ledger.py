"""`ledger verify`: prove the books.  `ledger reconcile`: compare them with the payment service."""

from collections.abc import Sequence

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from commands.setting import one_transaction, sessions, wired
from marketplace.kit.database import transaction
from marketplace.kit.errors import Refusal
from marketplace.kit.money import shown
from marketplace.ledger import queries
from marketplace.ledger import service as books
from marketplace.ledger.models import Difference, Reconciliation, ReconciliationState
from marketplace.ledger.policy import IN_WORDS
from marketplace.outbox.service import Handlers

ledger = AppGroup("ledger", help="The books: verify, reconcile.")


@ledger.command("verify")
def verify() -> None:
    """Check every invariant of docs/money.md; one line per broken rule, and status 1 if there is one."""
    with transaction(sessions(), write=False) as session:
        broken = verified(session)
    for line in broken:
        click.echo(f"BROKEN {line}")
    if broken:
        raise SystemExit(1)
    for name in wired(books.Checks).looks:
        click.echo(f"ok     {name}")


def verified(session: Session) -> list[str]:
    """Every broken invariant as one line; empty is good."""
    checks: books.Checks = wired(books.Checks)
    return checks.broken(session)


@ledger.command("reconcile")
def reconcile() -> None:
    """Compare the books with the payment service now; a line for each difference, and status 1 if any."""
    with one_transaction() as session:
        wanted = books.ask(session, by=None).id
    handlers: Handlers = wired(Handlers)
    try:
        handlers.remote["ledger.reconcile"](sessions(), {"reconciliation_id": str(wanted)})
    except Refusal as refusal:
        raise click.ClickException(refusal.message) from None
    with transaction(sessions(), write=False) as session:
        run, page = queries.reconciliation(session, wanted), queries.open_differences(session)
        _say(run, page.rows)
    if page.rows:
        raise SystemExit(1)


def _say(run: Reconciliation | None, differences: Sequence[Difference]) -> None:
    if run is None or run.state is not ReconciliationState.DONE:
        raise click.ClickException("A worker has taken it over. Look at /staff/reconciliation for its end.")
    for one in differences:
        there, ours = (
            "missing" if minor is None else shown(minor, one.currency)
            for minor in (one.there_minor, one.ours_minor)
        )
        click.echo(f"DIFFERS {IN_WORDS[one.kind]}: {one.object_id}, {there} there, {ours} in our books")
    click.echo(
        f"{run.line_count} new lines, {run.booked_count} booked, {run.matched_count} matched,"
        f" {run.waiting_count} waiting, {run.difference_count} differ"
    )
