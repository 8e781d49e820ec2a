"""Files of comma separated values that a spreadsheet opens without running anything."""

import csv
import io
from collections.abc import Iterable, Sequence

BOM = "\ufeff"  # without it a spreadsheet reads the file in the code page of its machine, and names break
CONTENT_TYPE = "text/csv; charset=utf-8"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


def written(heads: Sequence[str], rows: Iterable[Sequence[str | int | None]]) -> bytes:
    """The file: UTF-8 with a byte order mark, lines that end in CRLF (RFC 4180), texts guarded.

    Whole numbers stay numbers, negative ones too; amounts with a point are given as `Amount`.
    """
    out = io.StringIO(newline="")
    out.write(BOM)
    writer = csv.writer(out)
    writer.writerow(heads)
    writer.writerows([_cell(cell) for cell in row] for row in rows)
    return out.getvalue().encode()


def stream(raw: bytes) -> io.BytesIO:
    """The file to hand out."""
    return io.BytesIO(raw)


class Amount(str):
    """A text that is a number of ours (`-12.50`), so that it needs no guard."""

    __slots__ = ()


def guarded(text: str) -> str:
    """The text so that a spreadsheet takes it for a text: one that would be a formula gets a `'` in front."""
    return (
        f"'{text}" if text.lstrip(" \u00a0\ufeff").startswith(_FORMULA) or text.startswith(_FORMULA) else text
    )


def _cell(cell: str | int | None) -> str | int:
    if cell is None:
        return ""
    return cell if isinstance(cell, int | Amount) else guarded(cell)
