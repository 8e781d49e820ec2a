"""An expert's or reviewer's own statements: by payout, by month, by year."""

import uuid

from flask import g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.identity.models import User
from marketplace.kit.access import open_to
from marketplace.kit.web import db, found
from marketplace.statements import policy, queries, service
from marketplace.statements.policy import Statement
from marketplace.statements.views.door import PAID, as_csv, as_page, as_pdf, bp, moment, period_of

CRUMBS = (("Earnings", "payouts.earnings"), ("Statements", "statements.index"))


@bp.get("/statements")
@open_to(PAID)
def index() -> ResponseReturnValue:
    """One year: its months and its payouts, each with its files."""
    me, now = _me(), moment()
    all_years = policy.years(queries.first_earned_at(db(), me.id), now)
    year = period_of(request.args.get("year") or str(all_years[0]))
    return render_template(
        "marketplace/statements/index.html",
        year=year,
        years=all_years,
        months=service.months(db(), me, year, now),
        payouts=queries.payouts_of_year(db(), me.id, year.start, year.end, request.args.get("after")),
    )


@bp.get("/statements/files/everything.csv")
@open_to(PAID)
def everything() -> ResponseReturnValue:
    """Every line that ever was, as CSV."""
    return as_csv(service.everything(db(), _me()))


@bp.get("/statements/payouts/<uuid:payout_id>")
@open_to(PAID)
def payout(payout_id: uuid.UUID) -> ResponseReturnValue:
    """What one payout paid for."""
    return as_page(
        _of_payout(payout_id),
        crumbs=_crumbs(),
        csv_path=url_for("statements.payout_csv", payout_id=payout_id),
        pdf_path=url_for("statements.payout_pdf", payout_id=payout_id),
    )


@bp.get("/statements/payouts/<uuid:payout_id>/files/statement.csv")
@open_to(PAID)
def payout_csv(payout_id: uuid.UUID) -> ResponseReturnValue:
    """The same as CSV."""
    return as_csv(_of_payout(payout_id))


@bp.get("/statements/payouts/<uuid:payout_id>/files/statement.pdf")
@open_to(PAID)
def payout_pdf(payout_id: uuid.UUID) -> ResponseReturnValue:
    """The same as PDF."""
    return as_pdf(_of_payout(payout_id))


@bp.get("/statements/<slug>")
@open_to(PAID)
def period(slug: str) -> ResponseReturnValue:
    """Everything that moved in a month or a year, between two balances."""
    return as_page(
        _of_period(slug),
        crumbs=_crumbs(),
        csv_path=url_for("statements.period_csv", slug=slug),
        pdf_path=url_for("statements.period_pdf", slug=slug),
    )


@bp.get("/statements/<slug>/files/statement.csv")
@open_to(PAID)
def period_csv(slug: str) -> ResponseReturnValue:
    """The same as CSV."""
    return as_csv(_of_period(slug))


@bp.get("/statements/<slug>/files/statement.pdf")
@open_to(PAID)
def period_pdf(slug: str) -> ResponseReturnValue:
    """The same as PDF."""
    return as_pdf(_of_period(slug))


def _of_payout(payout_id: uuid.UUID) -> Statement:
    return found(service.payout_statement(db(), _me(), payout_id))


def _of_period(slug: str) -> Statement:
    return service.period_statement(db(), _me(), period_of(slug))


def _me() -> User:
    me: User = g.visitor.user
    return me


def _crumbs() -> list[tuple[str, str]]:
    return [(text, url_for(endpoint)) for text, endpoint in CRUMBS]
