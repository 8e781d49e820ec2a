"""A company's money: what it has, the way to add more, and the way to take it back."""

import uuid
from collections.abc import Sequence

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.settings import Settings
from marketplace.billing import policy, queries, service
from marketplace.billing.errors import InvoiceNeeded, TooMuchBack
from marketplace.billing.forms import DepositForm, RefundForm
from marketplace.billing.models import OPENABLE, Refund, RefundState
from marketplace.billing.views.door import MEMBER, bp, membership, own_deposit
from marketplace.companies import queries as companies
from marketplace.companies.models import Member
from marketplace.gateways import Gateways
from marketplace.gateways.stripe.errors import PaymentsDown, PaymentsRefused
from marketplace.kit import clock
from marketplace.kit.access import open_to
from marketplace.kit.money import shown
from marketplace.kit.web import after_commit, db, see_other, sessions, wired
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import Kind


@bp.get("")
@open_to(MEMBER)
def index() -> ResponseReturnValue:
    """The wallet and every deposit."""
    return _index(membership(), DepositForm())


@bp.post("/deposits")
@open_to(MEMBER)
def add() -> ResponseReturnValue:
    """Begin a deposit; the provider's page is opened after the commit."""
    member, form = membership(), DepositForm()
    if not form.validate_on_submit():
        return _index(member, form), 422
    key, amount = uuid.UUID(str(form.form_key.data)), int(form.amount.data or 0)
    try:
        deposit = service.start(db(), by=member, amount_minor=amount, form_key=key)
    except InvoiceNeeded:
        return see_other("billing.new_invoice", amount=amount)
    return after_commit(lambda: _open(deposit.id))


@bp.get("/refunds")
@open_to(MEMBER)
def refunds() -> ResponseReturnValue:
    """What went back and what is on its way, and the form to take back more."""
    return _refunds(membership(), RefundForm())


@bp.post("/refunds")
@open_to(MEMBER)
def take_back() -> ResponseReturnValue:
    """Ask for unused money back; small sums leave at once, large ones after a second person."""
    member, form = membership(), RefundForm()
    if not form.validate_on_submit():
        return _refunds(member, form), 422
    key, amount = uuid.UUID(str(form.form_key.data)), int(form.amount.data or 0)
    try:
        asked = service.ask(db(), by=member, amount_minor=amount, form_key=key)
    except TooMuchBack as refusal:
        form.amount.errors = [refusal.message]
        return _refunds(member, form), 422
    flash(_said(asked), "ok")
    return see_other("billing.refunds")


@bp.post("/refunds/<uuid:refund_id>/cancel")
@open_to(MEMBER)
def leave(refund_id: uuid.UUID) -> ResponseReturnValue:
    """Leave a refund that nobody has looked at yet: the money is in the wallet again."""
    refund = service.cancel(db(), refund_id, by=membership())
    flash(f"{shown(refund.amount_minor)} is in the wallet again.", "ok")
    return see_other("billing.refunds")


@bp.get("/disputes")
@open_to(MEMBER)
def disputes() -> ResponseReturnValue:
    """What the company's bank takes back, and what that means for its money."""
    company = membership().company
    page = queries.disputes_of(db(), company.id, request.args.get("after"))
    held = ledger.balance(db(), Kind.COMPANY_DISPUTE_HOLD, company.id)
    return render_template("marketplace/billing/disputes.html", company=company, page=page, held=held)


@bp.get("/deposits/<uuid:deposit_id>")
@open_to(MEMBER)
def show(deposit_id: uuid.UUID) -> ResponseReturnValue:
    """How a deposit stands; coming back from the provider looks there first."""
    deposit = own_deposit(deposit_id)
    invoice = queries.invoice_of(db(), deposit_id)
    if request.args.get("returned") and deposit.state in queries.UNSETTLED and deposit.session_id:
        return after_commit(lambda: _look(deposit_id))
    return render_template(
        "marketplace/billing/deposit.html",
        deposit=deposit,
        invoice=invoice,
        may_pay=policy.may_pay(membership()),
        now=clock.database_now(db()),
    )


@bp.post("/deposits/<uuid:deposit_id>/look")
@open_to(MEMBER)
def look(deposit_id: uuid.UUID) -> ResponseReturnValue:
    """Ask the provider now, and say so: the page may look as it did before."""
    own_deposit(deposit_id)
    return after_commit(
        lambda: _look(deposit_id, "The payment service was asked just now. This is how it stands.")
    )


@bp.post("/deposits/<uuid:deposit_id>/open")
@open_to(MEMBER)
def reopen(deposit_id: uuid.UUID) -> ResponseReturnValue:
    """Open a new page for a deposit whose page ran out or never came."""
    deposit = own_deposit(deposit_id)
    service.reopen(db(), deposit, by=membership())
    if deposit.state not in OPENABLE:  # a second click: the page is open
        return see_other("billing.show", deposit_id=deposit_id)
    return after_commit(lambda: _open(deposit_id))


def _open(deposit_id: uuid.UUID) -> ResponseReturnValue:
    back = wired(Settings).public_url.rstrip("/") + url_for("billing.show", deposit_id=deposit_id)
    try:
        service.open_page(sessions(), wired(Gateways).stripe, deposit_id, back=back)
    except (PaymentsDown, PaymentsRefused) as refusal:
        flash(refusal.message, "bad")
    return see_other("billing.show", deposit_id=deposit_id)


def _look(deposit_id: uuid.UUID, said: str = "") -> ResponseReturnValue:
    try:
        service.look(sessions(), wired(Gateways).stripe, deposit_id)
        if said:
            flash(said, "info")
    except (PaymentsDown, PaymentsRefused):
        flash("The payment service does not answer right now. We ask again by ourselves.", "bad")
    return see_other("billing.show", deposit_id=deposit_id)


def _said(asked: Sequence[Refund]) -> str:
    amount = shown(sum(refund.amount_minor for refund in asked))
    if asked[0].state is RefundState.ASKED:
        return f"{amount} is set aside to go back. A person looks at it first."
    return f"{amount} goes back the way it came."


def _index(member: Member, form: DepositForm) -> str:
    company_id = member.company_id
    deposits = queries.of_company(db(), company_id, request.args.get("after"))
    return render_template(
        "marketplace/billing/index.html",
        company=member.company,
        form=form,
        may_pay=policy.may_pay(member),
        money=companies.spending(db(), company_id),
        coming=ledger.balance(db(), Kind.COMPANY_PENDING, company_id),
        held=ledger.balance(db(), Kind.COMPANY_DISPUTE_HOLD, company_id),
        limit=service.page_limit(db(), company_id),
        budgets=queries.budgets(db(), company_id),
        deposits=deposits,
        invoices=queries.invoices_of(db(), [one.id for one in deposits.rows]),
    )


def _refunds(member: Member, form: RefundForm) -> str:
    return render_template(
        "marketplace/billing/refunds.html",
        uncovered=member.company.uncovered_minor,
        form=form,
        may_pay=policy.may_pay(member),
        most=service.refundable(db(), member.company_id),
        wallet=ledger.balance(db(), Kind.COMPANY_WALLET, member.company_id),
        refunds=queries.refunds_of(db(), member.company_id, request.args.get("after")),
    )
