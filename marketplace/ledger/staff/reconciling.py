"""Comparisons with the payment service: every one there was, what is open, a new one on request."""

import uuid
from collections.abc import Iterable
from typing import Any

from flask import Blueprint, flash, g, render_template, request
from flask.typing import ResponseReturnValue

from marketplace.kit import csv_files
from marketplace.kit.access import open_to, role
from marketplace.kit.filters import iso
from marketplace.kit.web import attachment, db, found, see_other
from marketplace.ledger import policy, queries, service
from marketplace.ledger.models import Difference, DifferenceKind

reconciliation = Blueprint("reconciliation", __name__, url_prefix="/staff/reconciliation")
FINANCE = role("finance", "admin")
MOST_IN_FILE = 10_000
COLUMNS = (
    "difference",
    "thing",
    "currency",
    "payment_service_minor",
    "payment_service_lines_minor",
    "books_minor",
    "ledger_entry",
    "found_at",
    "resolved_at",
)


@reconciliation.context_processor
def _words() -> dict[str, Any]:
    return {"IN_WORDS": policy.IN_WORDS, "ADVICE": policy.ADVICE}


@reconciliation.get("")
@open_to(FINANCE)
def index() -> ResponseReturnValue:
    """What is open, what is under way, and every comparison there was."""
    return render_template(
        "marketplace/ledger/reconciliations.html",
        differences=queries.open_differences(db(), request.args.get("differences")),
        open_count=queries.open_count(db()),
        runs=queries.reconciliations(db(), request.args.get("after")),
        under_way=service.under_way(db()),
        last=queries.last_done(db()),
        check=queries.last_check(db()),
        standing=queries.standing(db()),
    )


@reconciliation.post("")
@open_to(FINANCE)
def ask() -> ResponseReturnValue:
    """Have the worker compare now."""
    service.ask(db(), by=g.visitor.user)
    flash("We compare now. Load the page again in a minute.", "ok")
    return see_other("reconciliation.index")


@reconciliation.get("/differences.csv")
@open_to(FINANCE)
def differences() -> ResponseReturnValue:
    """Every difference there ever was as a file, the open ones first."""
    stream = csv_files.stream(_csv(queries.every_difference(db(), MOST_IN_FILE)))
    return attachment(stream, content_type=csv_files.CONTENT_TYPE, name="differences.csv")


@reconciliation.get("/<uuid:reconciliation_id>")
@open_to(FINANCE)
def show(reconciliation_id: uuid.UUID) -> ResponseReturnValue:
    """One comparison: its sums, its counts, what it was the first to find."""
    run = found(queries.reconciliation(db(), reconciliation_id))
    return render_template(
        "marketplace/ledger/reconciliation.html",
        run=run,
        page=queries.differences_of(db(), run.id, request.args.get("after")),
    )


def _sums(row: Difference) -> tuple[int | None, int | None, int | None]:
    """What the service says, what its lines add up to, what the books say."""
    if row.kind is DifferenceKind.BALANCE_DIFFERS:
        return row.there_minor, row.ours_minor, None
    return row.there_minor, None, row.ours_minor


def _csv(rows: Iterable[Difference]) -> bytes:
    return csv_files.written(
        COLUMNS,
        (
            (
                policy.IN_WORDS[row.kind],
                row.object_id,
                row.currency,
                *_sums(row),
                row.entry_id,
                iso(row.created_at),
                iso(row.resolved_at),
            )
            for row in rows
        ),
    )
