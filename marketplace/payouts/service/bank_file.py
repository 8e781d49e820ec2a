"""The two files of the manual rail: the one our bank is given, and its statement that comes back.  Pure."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from marketplace.kit import money

COLUMNS = ("reference", "name", "account_number", "bank_code", "bank", "country", "amount", "currency")
WANTED = ("line", "date", "reference", "amount")
MOST_LINES = 5_000
LONGEST = 200  # characters of one cell that we look at
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class BankDetails:
    """Where a bank sends money: whose account, its number, the code of the bank, its name."""

    holder: str
    number: str
    code: str
    bank: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One line of the file for the bank; `amount_minor` in minor units of `currency`."""

    reference: str
    details: BankDetails
    country: str
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """A line of our bank's statement; `amount_minor` is below zero when money left, `row` its place."""

    row: int
    line: str
    on: date
    reference: str
    amount_minor: int


def written(orders: Iterable[Order]) -> str:
    """The file for the bank, CSV: one line and one reference for each payout."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for order in orders:
        said = order.details
        amount = plain_amount(order.amount_minor, order.currency)
        cells = (order.reference, said.holder, said.number, said.code, said.bank, order.country)
        writer.writerow([*map(harmless, cells), amount, order.currency.upper()])
    return out.getvalue()


def harmless(cell: str) -> str:
    """The text so that a spreadsheet takes it for a text: nobody's name is a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def plain_amount(minor: int, currency: str) -> str:
    """`43.34`: no sign, no thousands."""
    exponent = money.EXPONENTS.get(currency, 2)
    whole, rest = divmod(minor, 10**exponent)
    return f"{whole}.{rest:0{exponent}d}" if exponent else str(whole)


def read(data: bytes) -> tuple[Sequence[Booked], Sequence[str]]:
    """The lines of a statement in the order of the file, and a sentence for each line that cannot be read.

    Wanted are the columns `line` (the bank's own number of it), `date`, `reference`, `amount`.
    """
    try:
        text = data.decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True))
    except UnicodeDecodeError:
        return [], ["The file is not a text in UTF-8. Save it as CSV in UTF-8 and send it again."]
    except csv.Error as error:
        return [], [f"The file is no CSV: {error}. Save it as CSV and send it again."]
    if not rows:
        return [], ["The file is empty."]
    header = [cell.strip().lower() for cell in rows[0]]
    missing = [name for name in WANTED if name not in header]
    if missing:
        return [], [f"The first line has to name the columns {', '.join(WANTED)}; {missing[0]} is missing."]
    if len(rows) > MOST_LINES + 1:
        return [], [f"The file has more than {MOST_LINES:,} lines. Send it in parts."]
    return _lines([dict(zip(header, row, strict=False)) for row in rows[1:]])


def _delimiter(text: str) -> str:
    return ";" if text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",") else ","


def _lines(rows: Sequence[Mapping[str, str]]) -> tuple[Sequence[Booked], Sequence[str]]:
    booked: list[Booked] = []
    wrong: list[str] = []
    seen: set[str] = set()
    for number, cells in enumerate(rows, start=2):
        if not any(cell.strip() for cell in cells.values()):
            continue
        try:
            line = _line(number, cells)
        except ValueError as error:
            wrong.append(f"Line {number}: {error}")
            continue
        if line.line in seen:
            wrong.append(f"Line {number}: the number {line.line} stands in the file twice.")
            continue
        seen.add(line.line)
        booked.append(line)
    return booked, wrong


def _line(row: int, cells: Mapping[str, str]) -> Booked:
    """One line, or ValueError with what to mend."""
    said = {name: cells.get(name, "").strip().lstrip("'") for name in WANTED}
    if not said["line"] or len(said["line"]) > LONGEST:
        raise ValueError("the bank's number of the line is missing.")
    if not said["line"].isprintable():
        raise ValueError("the bank's number of the line has a sign in it that cannot be seen.")
    try:
        on = date.fromisoformat(said["date"])
    except ValueError:
        raise ValueError(f"“{said['date'][:20]}” is no date such as 2026-03-31.") from None
    return Booked(
        row=row,
        line=said["line"],
        on=on,
        reference="".join(filter(str.isalnum, said["reference"].upper()))[:LONGEST],
        amount_minor=_amount(said["amount"]),
    )


def _amount(text: str) -> int:
    """Minor units with their sign; money.parse takes no sign."""
    bare = text.replace("\u2212", "-").strip()
    try:
        minor = money.parse(bare.lstrip("+-").strip())
    except ValueError:
        raise ValueError(f"“{text[:20]}” is no amount such as -43.34.") from None
    return -minor if bare.startswith("-") else minor


def bare(text: str) -> str:
    """A number of a bank without the spaces and hyphens people write into it, in capitals."""
    return re.sub(r"[\s-]", "", text).upper()


def number_problem(text: str) -> str | None:
    """What is wrong with an IBAN or an account number, as a sentence; None: nothing that shows."""
    number = bare(text)
    if not re.fullmatch(r"[A-Z0-9]{4,34}", number):
        return "Enter 4 to 34 letters and digits, as they stand on your bank's papers."
    if re.match(r"[A-Z]{2}\d\d", number) and not _is_iban(number):
        return "This IBAN does not add up. Compare it with your bank's papers."
    return None


def _is_iban(number: str) -> bool:
    """ISO 7064: moved round and read as a number it leaves 1 when divided by 97."""
    digits = "".join(str(int(sign, 36)) for sign in number[4:] + number[:4])
    return int(digits) % 97 == 1


def code_problem(text: str) -> str | None:
    """What is wrong with the code of a bank, as a sentence; None: nothing that shows."""
    code = bare(text)
    if re.fullmatch(r"\d{9}", code):
        weighted = sum(int(sign) * weight for sign, weight in zip(code, (3, 7, 1) * 3, strict=True))
        return None if weighted % 10 == 0 else "This routing number does not add up. Compare it once more."
    if re.fullmatch(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?|[A-Z0-9]{6,11}", code):
        return None
    return "Enter a BIC of 8 or 11 signs, a routing number of 9 digits or a sort code."
