"""What the doors of this room share: who may pass, and how a statement is answered."""

import io
from datetime import datetime

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from marketplace.kit import clock, csv_files
from marketplace.kit.access import role
from marketplace.kit.web import PDF, attachment, db, found
from marketplace.statements import service
from marketplace.statements.policy import Period, Statement, read_period

bp = Blueprint("statements", __name__, url_prefix="/earnings")
PAID = role("expert", "reviewer")
ISSUER = "Assay"
SHOWN = 500  # lines on a page; the files hold all of them


def moment() -> datetime:
    """Now, by the database's clock."""
    return clock.database_now(db())


def period_of(slug: str) -> Period:
    """The period of an address that has begun; 404 for any other."""
    period = read_period(slug)
    return found(period if period is not None and period.has_begun(moment()) else None)


def as_page(statement: Statement, *, crumbs: list[tuple[str, str]], csv_path: str, pdf_path: str) -> str:
    """The statement as a page that prints well."""
    return render_template(
        "marketplace/statements/statement.html",
        statement=statement,
        crumbs=crumbs,
        csv_path=csv_path,
        pdf_path=pdf_path,
        most=SHOWN,
    )


def as_csv(statement: Statement) -> ResponseReturnValue:
    """The statement for spreadsheets and programs."""
    stream = io.BytesIO(service.csv_of(statement))
    name = f"statement-{statement.number}.csv"
    return attachment(stream, content_type=csv_files.CONTENT_TYPE, name=name)


def as_pdf(statement: Statement) -> ResponseReturnValue:
    """The statement for paper."""
    stream = io.BytesIO(service.pdf_of(statement, ISSUER))
    return attachment(stream, content_type=PDF, name=f"statement-{statement.number}.pdf")
