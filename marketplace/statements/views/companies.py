"""A company's statements, by month and year, for its members."""

from flask import Blueprint, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.companies import queries as companies_queries
from marketplace.companies.errors import NoCompany
from marketplace.companies.models import Company
from marketplace.kit.access import open_to, role
from marketplace.kit.web import db, found
from marketplace.statements import policy, queries, service
from marketplace.statements.policy import Statement
from marketplace.statements.views.door import as_csv, as_page, as_pdf, moment, period_of

companies = Blueprint("company_statements", __name__, url_prefix="/company/billing/statements")
MEMBER = role("member")
CRUMBS = (("Billing", "billing.index"), ("Statements", "company_statements.index"))


@companies.get("")
@open_to(MEMBER)
def index() -> ResponseReturnValue:
    """One year, month by month, each with its files."""
    mine, now = _mine(), moment()
    all_years = policy.years(queries.first_paid_at(db(), mine.id), now)
    year = period_of(request.args.get("year") or str(all_years[0]))
    return render_template(
        "marketplace/statements/company.html",
        year=year,
        years=all_years,
        months=service.company_months(db(), mine, year, now),
    )


@companies.get("/<slug>")
@open_to(MEMBER)
def period(slug: str) -> ResponseReturnValue:
    """What came in, went back and was spent in a month or a year."""
    return as_page(
        _of_period(slug),
        crumbs=[(text, url_for(endpoint)) for text, endpoint in CRUMBS],
        csv_path=url_for("company_statements.period_csv", slug=slug),
        pdf_path=url_for("company_statements.period_pdf", slug=slug),
    )


@companies.get("/<slug>/files/statement.csv")
@open_to(MEMBER)
def period_csv(slug: str) -> ResponseReturnValue:
    """The same as CSV, with every single payment for work."""
    return as_csv(_of_period(slug))


@companies.get("/<slug>/files/statement.pdf")
@open_to(MEMBER)
def period_pdf(slug: str) -> ResponseReturnValue:
    """The same as PDF."""
    return as_pdf(_of_period(slug))


def _of_period(slug: str) -> Statement:
    return service.company_statement(db(), _mine(), period_of(slug))


def _mine() -> Company:
    member = found(companies_queries.membership(db(), g.visitor.user.id), NoCompany())
    return member.company
