"""A statement as a file: for spreadsheets and programs (CSV), for paper and offices (PDF)."""

from marketplace.kit import csv_files
from marketplace.kit.csv_files import Amount
from marketplace.kit.money import plain, shown
from marketplace.kit.pdf import Column, Sheet
from marketplace.statements.policy import Line, Statement

HEADS = (
    "statement", "date_utc", "what", "project", "reason", "reference",
    "amount_minor", "amount", "currency",
)  # fmt: skip
COLUMNS = (
    Column("Date (UTC)", 1.1), Column("What", 1.6), Column("Project", 2.2), Column("Why", 2.8),
    Column("Reference", 1.2), Column("Amount", 1.2, right=True),
)  # fmt: skip


def csv_of(statement: Statement) -> bytes:
    """Every line, then nothing: the sum of `amount_minor` is what the statement says moved.

    The amount stands twice, as a whole number of the smallest unit and with its decimal point.
    """
    lines = sorted((*statement.lines, *statement.details), key=lambda line: line.at)
    return csv_files.written(HEADS, (_cells(statement, line) for line in lines))


def _cells(statement: Statement, line: Line) -> tuple[str | int, ...]:
    return (
        statement.number,
        line.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        line.what,
        line.about,
        line.why,
        line.code,
        line.minor,
        Amount(plain(line.minor, statement.currency)),
        statement.currency.upper(),
    )


def pdf_of(statement: Statement, issuer: str) -> bytes:
    """The statement for printing and keeping; `issuer` is who runs this house."""
    sheet = Sheet(title=statement.title, foot=f"{issuer}, statement {statement.number}")
    for term, value in statement.facts:
        sheet.line(f"{term}: {value}")
    sheet.heading("Sums")
    rows = [*statement.parts, statement.total]
    sheet.pairs([(row.title, shown(row.minor, statement.currency)) for row in rows])
    for title, table in statement.tables:
        sheet.heading(title)
        sheet.pairs([(row.title, shown(row.minor, statement.currency)) for row in table])
    sheet.heading("Lines")
    if not statement.lines:
        sheet.line("Nothing moved.")
    else:
        sheet.table(COLUMNS, (_row(statement, line) for line in statement.lines))
    sheet.space()
    for note in (*statement.notes, *(part.note for part in statement.parts if part.note)):
        sheet.line(note)
    return sheet.written()


def _row(statement: Statement, line: Line) -> tuple[str, ...]:
    return (
        f"{line.at.day} {line.at:%b %Y}",
        line.what,
        line.about,
        line.why,
        line.code,
        shown(line.minor, statement.currency),
    )
