"""Finance's doors to money moved by hand: propose, look, decide."""

import uuid
from typing import Any

from flask import Blueprint, flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.cases import policy, queries, service
from marketplace.cases.forms import ClawbackForm, CorrectionForm, GoodwillForm, RefuseForm
from marketplace.cases.models import Proposal
from marketplace.identity import service as identity
from marketplace.kit import clock
from marketplace.kit.access import open_to, role
from marketplace.kit.web import db, found, see_other
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import PLATFORM, Kind

bp = Blueprint("corrections", __name__, url_prefix="/staff/corrections")
FINANCE = role("finance", "admin")
KINDS = {kind.value: kind for kind in policy.OWNERS}
DONE = "Proposed. Somebody else of finance decides."


@bp.get("")
@open_to(FINANCE)
def index() -> ResponseReturnValue:
    """Every proposal, the newest first."""
    page = queries.proposals(db(), request.args.get("after"))
    return render_template("marketplace/cases/index.html", page=page, me=g.visitor.user.id)


@bp.get("/new")
@open_to(FINANCE)
def new() -> ResponseReturnValue:
    """Which account, and whose: found by a search."""
    kind, wanted = KINDS.get(request.args.get("kind", "")), request.args.get("q", "").strip()
    whose = policy.OWNERS[kind] if kind else ""
    owners = queries.owners_named(db(), whose, wanted[:200]) if whose and wanted else []
    return render_template(
        "marketplace/cases/new.html",
        kind=kind,
        whose=whose,
        wanted=wanted,
        owners=owners,
        labels=policy.LABELS,
        platform=PLATFORM,
    )


@bp.get("/new/<kind>/<uuid:owner_id>")
@open_to(FINANCE)
def start(kind: str, owner_id: uuid.UUID) -> ResponseReturnValue:
    """How much more or less."""
    _require_proof("start", kind=kind, owner_id=owner_id)
    return _correct(found(KINDS.get(kind)), owner_id, CorrectionForm(formdata=None))


@bp.post("/new/<kind>/<uuid:owner_id>")
@open_to(FINANCE)
def propose(kind: str, owner_id: uuid.UUID) -> ResponseReturnValue:
    """Show what it would do; sent again unchanged, propose it."""
    _require_proof("start", kind=kind, owner_id=owner_id)
    chosen, form = found(KINDS.get(kind)), CorrectionForm()
    if not form.validate_on_submit():
        return _correct(chosen, owner_id, form), 422
    adds = form.way.data == "add"
    if policy.correction(chosen, owner_id, adds=adds) is None:
        form.way.errors = ["Nothing is taken from a person by a correction."]
        return _correct(chosen, owner_id, form), 422
    if form.seen.data != f"{form.way.data}:{form.amount.data}":
        return _correct(chosen, owner_id, form, preview=True)
    made = service.propose_correction(db(), _wish(form), kind=chosen, owner_id=owner_id, adds=adds)
    flash(DONE, "ok")
    return see_other("corrections.show", proposal_id=made.id)


@bp.get("/goodwill/<uuid:user_id>")
@open_to(FINANCE)
def give(user_id: uuid.UUID) -> ResponseReturnValue:
    """How much a person is given."""
    _require_proof("give", user_id=user_id)
    return _goodwill(user_id, GoodwillForm(formdata=None))


@bp.post("/goodwill/<uuid:user_id>")
@open_to(FINANCE)
def propose_goodwill(user_id: uuid.UUID) -> ResponseReturnValue:
    """Show what it would do; sent again unchanged, propose it."""
    _require_proof("give", user_id=user_id)
    form = GoodwillForm()
    if not form.validate_on_submit():
        return _goodwill(user_id, form), 422
    if form.seen.data != f"add:{form.amount.data}":
        return _goodwill(user_id, form, preview=True)
    made = service.propose_goodwill(db(), _wish(form), user_id=user_id)
    flash(DONE, "ok")
    return see_other("corrections.show", proposal_id=made.id)


@bp.get("/clawback/<uuid:earning_id>")
@open_to(FINANCE)
def accuse(earning_id: uuid.UUID) -> ResponseReturnValue:
    """Why pay is taken back, and the proof."""
    _require_proof("accuse", earning_id=earning_id)
    return _clawback(earning_id, ClawbackForm(formdata=None))


@bp.post("/clawback/<uuid:earning_id>")
@open_to(FINANCE)
def propose_clawback(earning_id: uuid.UUID) -> ResponseReturnValue:
    """Ask its person first; somebody else decides then."""
    _require_proof("accuse", earning_id=earning_id)
    form = ClawbackForm()
    if not form.validate_on_submit():
        return _clawback(earning_id, form), 422
    made = service.propose_clawback(
        db(),
        earning_id,
        by=g.visitor.user,
        form_key=uuid.UUID(str(form.form_key.data)),
        reason=form.reason.data or "",
        evidence=form.evidence.data or "",
    )
    flash("Proposed. The person is asked first, then somebody else of finance decides.", "ok")
    return see_other("corrections.show", proposal_id=made.id)


@bp.get("/<uuid:proposal_id>")
@open_to(FINANCE)
def show(proposal_id: uuid.UUID) -> ResponseReturnValue:
    """One proposal: what it does, why, who decides."""
    return _page(found(queries.proposal(db(), proposal_id)), RefuseForm(formdata=None))


@bp.post("/<uuid:proposal_id>/approve")
@open_to(FINANCE)
def approve(proposal_id: uuid.UUID) -> ResponseReturnValue:
    """The money moves."""
    _require_proof("show", proposal_id=proposal_id)
    service.approve(db(), proposal_id, by=g.visitor.user)
    flash("Approved. The money has moved, and who it is about was told.", "ok")
    return see_other("corrections.show", proposal_id=proposal_id)


@bp.post("/<uuid:proposal_id>/refuse")
@open_to(FINANCE)
def refuse(proposal_id: uuid.UUID) -> ResponseReturnValue:
    """Nothing moves."""
    proposal, form = found(queries.proposal(db(), proposal_id)), RefuseForm()
    if not form.validate_on_submit():
        return _page(proposal, form), 422
    service.refuse(db(), proposal_id, by=g.visitor.user, reason=form.why.data or "")
    flash("Refused. Nothing has moved.", "ok")
    return see_other("corrections.show", proposal_id=proposal_id)


@bp.post("/<uuid:proposal_id>/withdraw")
@open_to(FINANCE)
def withdraw(proposal_id: uuid.UUID) -> ResponseReturnValue:
    """Its own person takes it back."""
    service.withdraw(db(), proposal_id, by=g.visitor.user)
    flash("Withdrawn.", "ok")
    return see_other("corrections.show", proposal_id=proposal_id)


def _require_proof(page: str, **values: Any) -> None:
    """The password was given lately, or the page that asks for it: before a form, so no text is lost."""
    back = url_for(f"corrections.{page}", **values)
    identity.require_proof(db(), g.visitor.sign_in, back=back)


def _correct(kind: Kind, owner_id: uuid.UUID, form: CorrectionForm, *, preview: bool = False) -> str:
    platform = owner_id == PLATFORM and policy.OWNERS[kind] == ""
    name = policy.LABELS[kind] if platform else found(queries.owner_name(db(), kind, owner_id))
    form.seen.data = f"{form.way.data}:{form.amount.data}" if preview else ""
    held = queries.on_hold_of(db(), owner_id) if kind is Kind.EXPERT_PENDING else []
    return _form(form, kind, owner_id, name=name, title="Correction", held=held, preview=preview)


def _wish(form: CorrectionForm | GoodwillForm) -> service.Wish:
    return service.Wish(
        by=g.visitor.user,
        form_key=uuid.UUID(str(form.form_key.data)),
        amount_minor=int(form.amount.data or 0),
        reason=form.reason.data or "",
        external_id=(form.outside.data or None) if isinstance(form, CorrectionForm) else None,
    )


def _goodwill(user_id: uuid.UUID, form: GoodwillForm, *, preview: bool = False) -> str:
    name = found(queries.owner_name(db(), Kind.EXPERT_PENDING, user_id))
    form.seen.data = f"add:{form.amount.data}" if preview else ""
    return _form(form, Kind.EXPERT_PENDING, user_id, name=name, title="Goodwill", held=[], preview=preview)


def _form(form: object, kind: Kind, owner_id: uuid.UUID, **shown: object) -> str:
    return render_template(
        "marketplace/cases/propose.html",
        form=form,
        kind=kind,
        owner_id=owner_id,
        label=policy.LABELS[kind],
        balance=ledger.balance(db(), kind, owner_id),
        adjustments=ledger.balance(db(), *policy.ADJUSTMENTS),
        **shown,
    )


def _clawback(earning_id: uuid.UUID, form: ClawbackForm) -> str:
    earning = found(queries.earning(db(), earning_id))
    return render_template("marketplace/cases/clawback.html", form=form, earning=earning)


def _page(proposal: Proposal, form: RefuseForm) -> str:
    move = policy.sides(proposal)
    sides = [
        (policy.LABELS.get(kind, "Adjustments"), queries.owner_name(db(), kind, owner_id), kind, owner_id)
        for kind, owner_id in (move.debit, move.credit)
    ]
    claim = policy.assignment_of(proposal.earning.ledger_key) if proposal.earning else None
    return render_template(
        "marketplace/cases/show.html",
        proposal=proposal,
        form=form,
        sides=sides,
        own=proposal.by_id == g.visitor.user.id,
        waits=policy.may_still_answer(proposal, clock.database_now(db())),
        entry=ledger.with_keys(db(), [policy.ledger_key(proposal, claim)]),
    )
