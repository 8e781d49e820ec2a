"""The books, for finance: the trial balance, accounts, LedgerTransactions with their cause.  Reading only."""

import uuid
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from marketplace.kit import ids
from marketplace.kit.access import open_to, role
from marketplace.kit.web import db, found, wired
from marketplace.ledger import policy, queries
from marketplace.ledger.models import PLATFORM, Kind, LedgerAccount
from marketplace.ledger.policy import Named, Tracing

bp = Blueprint("ledger", __name__, url_prefix="/staff/ledger")
_LETTERS = {"company": "C", "project": "P", "expert": "U", "tax": "T"}


@bp.context_processor
def _names() -> dict[str, Any]:
    return {"owner": _owner, "PLATFORM": PLATFORM, "IN_WORDS": policy.IN_WORDS, "ADVICE": policy.ADVICE}


@bp.get("")
@open_to(role("finance", "admin"))
def index() -> ResponseReturnValue:
    """The trial balance, and whether every rule of the books holds at this moment."""
    totals = queries.trial_balance(db())
    return render_template(
        "marketplace/ledger/index.html",
        currencies=sorted({total.currency for total in totals}),
        totals=totals,
        faults=queries.broken(db()),
    )


@bp.get("/find")
@open_to(role("finance", "admin"))
def find() -> ResponseReturnValue:
    """LedgerTransactions by key, number, id outside or id of their cause; and what a printed code names."""
    wanted = request.args.get("q", "").strip()
    code = ids.read_code(wanted)
    named = wired(Tracing).named(db(), code) if code else []
    page = queries.matching(
        db(),
        wanted,
        causes={cause for one in named for cause in one.causes},
        keys={key for one in named for key in one.keys},
        mark=request.args.get("after"),
    )
    return render_template(
        "marketplace/ledger/find.html", page=page, wanted=wanted, code=code, named=_with_accounts(named)
    )


@bp.get("/accounts/<kind>")
@open_to(role("finance", "admin"))
def accounts(kind: str) -> ResponseReturnValue:
    """The accounts of one kind with their balances, the newest first."""
    chosen = found(_kind(kind))
    page = queries.of_kind(db(), chosen, mark=request.args.get("after"))
    places = [(chosen, row.owner_id) for row in page.rows]
    balances = {each: queries.balances(db(), places, each) for each in {row.currency for row in page.rows}}
    return render_template("marketplace/ledger/accounts.html", kind=chosen, page=page, balances=balances)


@bp.get("/accounts/<kind>/<uuid:owner_id>")
@open_to(role("finance", "admin"))
def account(kind: str, owner_id: uuid.UUID) -> ResponseReturnValue:
    """Everything that moved one account, the newest first, with the balance after each."""
    currency = request.args.get("currency", "usd")
    shown = found(queries.account(db(), found(_kind(kind)), owner_id, currency))
    page = queries.entries(db(), shown, mark=request.args.get("after"))
    return render_template(
        "marketplace/ledger/account.html",
        account=shown,
        balance=queries.balance(db(), shown.kind, owner_id, currency),
        page=page,
        rows=queries.with_balances(db(), shown, page.rows),
    )


@bp.get("/<int:transaction_id>")
@open_to(role("finance", "admin"))
def transaction(transaction_id: int) -> ResponseReturnValue:
    """One LedgerTransaction: its postings, its cause, what it ends, who stood behind it."""
    entry = found(queries.transaction(db(), transaction_id))
    same = queries.with_cause(db(), entry.ref_type, entry.ref_id) if entry.ref_type and entry.ref_id else []
    return render_template(
        "marketplace/ledger/transaction.html",
        entry=entry,
        postings=queries.postings_of(db(), entry.id),
        same_cause=[other for other in same if other.id != entry.id],
        reversal=queries.reversal_of(db(), entry.id),
        lines=queries.lines_naming(db(), entry.external_id) if entry.external_id else [],
        differences=queries.differences_about(db(), entry.id),
    )


def _with_accounts(named: Sequence[Named]) -> list[tuple[Named, Sequence[LedgerAccount]]]:
    return [(one, queries.accounts_of(db(), one.owner_id) if one.owner_id else ()) for one in named]


def _kind(text: str) -> Kind | None:
    return next((kind for kind in Kind if kind.value == text), None)


def _owner(kind: Kind, owner_id: uuid.UUID) -> str:
    """Whose account it is, as people read it; the ledger itself does not know names."""
    if owner_id == PLATFORM:
        return "Platform"
    return ids.code(_LETTERS[kind.value.partition("_")[0]], owner_id)
