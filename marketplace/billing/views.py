"""A company's money: what it has, and the way to add more."""

import uuid

from flask import Blueprint, flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.settings import Settings
from marketplace.billing import queries, service
from marketplace.billing.forms import DepositForm
from marketplace.billing.models import Deposit, DepositState
from marketplace.companies import queries as companies
from marketplace.companies.models import Member, MemberRole
from marketplace.gateways import Gateways
from marketplace.kit.access import open_to, role
from marketplace.kit.web import AfterCommit, db, found, see_other, sessions, wired
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import Kind

bp = Blueprint("billing", __name__, url_prefix="/company/billing")
MEMBER = role("member")


@bp.get("")
@open_to(MEMBER)
def index() -> ResponseReturnValue:
    """The wallet and every deposit."""
    return _index(_member(), DepositForm())


@bp.post("/deposits")
@open_to(MEMBER)
def add() -> ResponseReturnValue | AfterCommit:
    """Begin a deposit; the provider's page is opened after the commit."""
    member, form = _member(), DepositForm()
    if not form.validate_on_submit():
        return _index(member, form), 422
    deposit = service.start(
        db(), by=member, amount_minor=int(form.amount.data or 0), form_key=uuid.UUID(str(form.form_key.data))
    )
    return AfterCommit(lambda: _open(deposit.id))


@bp.get("/deposits/<uuid:deposit_id>")
@open_to(MEMBER)
def show(deposit_id: uuid.UUID) -> ResponseReturnValue | AfterCommit:
    """How a deposit stands; coming back from the provider looks there first."""
    deposit = found(queries.for_member(db(), g.visitor.user.id, deposit_id))
    unsettled = deposit.state in queries.UNSETTLED
    if request.args.get("returned") and unsettled and deposit.session_id:
        session_id = deposit.session_id
        return AfterCommit(lambda: _look(deposit_id, session_id))
    return render_template("marketplace/billing/deposit.html", deposit=deposit, unsettled=unsettled)


@bp.post("/deposits/<uuid:deposit_id>/look")
@open_to(MEMBER)
def look(deposit_id: uuid.UUID) -> ResponseReturnValue | AfterCommit:
    """Ask the provider now."""
    deposit = found(queries.for_member(db(), g.visitor.user.id, deposit_id))
    if deposit.session_id is None:
        return see_other("billing.show", deposit_id=deposit_id)
    session_id = deposit.session_id
    return AfterCommit(lambda: _look(deposit_id, session_id))


@bp.post("/deposits/<uuid:deposit_id>/open")
@open_to(MEMBER)
def reopen(deposit_id: uuid.UUID) -> ResponseReturnValue | AfterCommit:
    """Open a new page for a deposit whose page ran out or never came."""
    deposit = found(queries.for_member(db(), g.visitor.user.id, deposit_id))
    if deposit.state not in {DepositState.CREATED, DepositState.EXPIRED}:
        return see_other("billing.show", deposit_id=deposit_id)
    return AfterCommit(lambda: _open(deposit_id))


def _open(deposit_id: uuid.UUID) -> ResponseReturnValue:
    back = wired(Settings).public_url + url_for("billing.show", deposit_id=deposit_id)
    service.open_page(sessions(), wired(Gateways).stripe, deposit_id, back=back)
    return see_other("billing.show", deposit_id=deposit_id)


def _look(deposit_id: uuid.UUID, session_id: str) -> ResponseReturnValue:
    service.refresh(sessions(), wired(Gateways).stripe, session_id)
    flash("We asked the payment service. This is how it stands.")
    return see_other("billing.show", deposit_id=deposit_id)


def _member() -> Member:
    return found(companies.membership(db(), g.visitor.user.id))


def _index(member: Member, form: DepositForm) -> str:
    deposits = queries.of_company(db(), member.company_id, request.args.get("after"))
    return render_template(
        "marketplace/billing/index.html",
        company=member.company,
        form=form,
        may_pay=member.role is MemberRole.OWNER,
        wallet=ledger.balance(db(), Kind.COMPANY_WALLET, member.company_id),
        coming=ledger.balance(db(), Kind.COMPANY_PENDING, member.company_id),
        deposits=deposits,
        any_open=any(_is_open(deposit) for deposit in deposits.rows),
    )


def _is_open(deposit: Deposit) -> bool:
    return deposit.state in queries.UNSETTLED
