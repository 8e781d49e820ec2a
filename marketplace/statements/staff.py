"""Finance's page of a tax year: who was paid how much, who is over the threshold, who has signed."""

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from config.settings import Settings
from config.tax import FORMS, threshold
from marketplace.kit import clock, csv_files
from marketplace.kit.access import open_to, role
from marketplace.kit.web import attachment, db, found, wired
from marketplace.statements import policy, service
from marketplace.statements.policy import Period

bp = Blueprint("tax_totals", __name__, url_prefix="/staff/tax")
FINANCE = role("finance", "admin")
YEARS = 5


@bp.get("")
@open_to(FINANCE)
def index() -> ResponseReturnValue:
    """Everybody who was paid in a year."""
    now, tax_role = clock.database_now(db()), wired(Settings).tax_role
    year = _year(request.args.get("year") or str(now.year))
    return render_template(
        "marketplace/statements/tax_totals.html",
        year=year.year,
        years=range(now.year, now.year - YEARS, -1),
        page=service.totals_page(db(), year.year, tax_role, request.args.get("after")),
        rule=threshold(tax_role, year.year),
        us_form=FORMS[tax_role],
        today=now.date(),
    )


@bp.post("/<slug>/files/totals.csv")
@open_to(FINANCE)
def totals(slug: str) -> ResponseReturnValue:
    """The same of everybody as CSV; who takes it is written down."""
    year = _year(slug)
    raw = service.totals_csv(db(), year.year, wired(Settings).tax_role, by=g.visitor.user)
    return attachment(
        csv_files.stream(raw), content_type=csv_files.CONTENT_TYPE, name=f"tax-totals-{year.slug}.csv"
    )


def _year(slug: str) -> Period:
    """The year of an address; 404 for any other."""
    year = policy.read_period(slug)
    begun = year is not None and not year.month and year.has_begun(clock.database_now(db()))
    return found(year if begun else None)
