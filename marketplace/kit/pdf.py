"""A small writer of PDF: headings, lines and tables of text on A4, without fonts or pictures of its own.

Helvetica is one of the fonts every reader has, with the signs of Windows-1252.  A letter outside them loses
its accents, or is shown as `?`; the last page says so.  Nothing here knows what is written.
"""

import unicodedata
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from marketplace.kit.pdf_widths import BOLD, PLAIN_WIDTH, REGULAR

WIDTH, HEIGHT = 595, 842  # A4 in points
MARGIN, FOOT = 48, 64
SIZE, LEADING = 9, 1.35
TITLE = 17
HEADING = 11
GAP = 8  # between columns
UNKNOWN = "?"
LOST = (
    "Some letters cannot be drawn in this file and are shown as “?”. The page and the CSV file have them all."
)
_WIDTHS = {
    bold: {letter: width for width, letters in table.items() for letter in letters}
    for bold, table in ((False, REGULAR), (True, BOLD))
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading, its share of the width, and whether its cells stand at the right."""

    title: str
    share: float
    right: bool = False


@dataclass(slots=True)
class Sheet:
    """What is being written, from the top of the first page on; `title` is shown and kept in the file."""

    title: str
    foot: str
    lost: bool = False
    _pages: list[list[str]] = field(default_factory=list)
    _y: float = 0

    def __post_init__(self) -> None:
        self._turn()
        self.line(self.title, size=TITLE, bold=True)
        self.space()

    def space(self, points: float = 8) -> None:
        """Leave some room."""
        self._y -= points

    def heading(self, text: str) -> None:
        """A title over what follows, which it is never parted from."""
        self.space()
        self._need(4 * HEADING * LEADING)
        self.line(text, size=HEADING, bold=True)
        self.space(3)

    def line(self, text: str, *, size: int = SIZE, bold: bool = False) -> None:
        """A paragraph over the whole width."""
        for part in _wrapped(self._drawn(text), WIDTH - 2 * MARGIN, size, bold=bold):
            self._need(size * LEADING)
            self._y -= size * LEADING
            self._put(MARGIN, part, size, bold=bold)

    def pairs(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Terms at the left, values at the right edge; the last pair is the result and stands out."""
        rows = list(pairs)
        for number, (term, value) in enumerate(rows, 1):
            last = number == len(rows)
            self._row([Column("", 2), Column("", 1, right=True)], [term, value], bold=last, ruled=last)

    def table(self, columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> None:
        """A table whose heads come again on every page."""
        heads = [column.title for column in columns]
        self._row(columns, heads, bold=True)
        for row in rows:
            if self._y - self._height(columns, row, bold=False) < FOOT:
                self._turn()
                self._row(columns, heads, bold=True)
            self._row(columns, row, ruled=True)

    def written(self) -> bytes:
        """The whole file."""
        if self.lost:
            self.space()
            self.line(LOST)
        for number, page in enumerate(self._pages, 1):
            text = self._drawn(f"{self.foot}, page {number} of {len(self._pages)}")
            page.append(_text(MARGIN, FOOT - 2 * SIZE, text, SIZE - 1, bold=False))
        return _file(self._pages, self._drawn(self.title))

    def _row(
        self, columns: Sequence[Column], cells: Sequence[str], *, bold: bool = False, ruled: bool = False
    ) -> None:
        height = self._height(columns, cells, bold=bold)
        self._need(height)
        if ruled:
            self._pages[-1].append(
                f"0.85 G 0.5 w {MARGIN} {self._y:.1f} m {WIDTH - MARGIN} {self._y:.1f} l S"
            )
        for (x, width), column, cell in zip(_places(columns), columns, cells, strict=True):
            for number, part in enumerate(_wrapped(self._drawn(cell), width, SIZE, bold=bold), 1):
                shift = width - _measured(part, SIZE, bold=bold) if column.right else 0
                y = self._y - number * SIZE * LEADING
                self._pages[-1].append(_text(x + shift, y, part, SIZE, bold=bold))
        self._y -= height

    def _height(self, columns: Sequence[Column], cells: Sequence[str], *, bold: bool) -> float:
        lines = (
            len(_wrapped(self._drawn(cell), width, SIZE, bold=bold))
            for (_, width), cell in zip(_places(columns), cells, strict=True)
        )
        return max(lines, default=1) * SIZE * LEADING + 4

    def _put(self, x: float, text: str, size: int, *, bold: bool) -> None:
        self._pages[-1].append(_text(x, self._y, text, size, bold=bold))

    def _need(self, height: float) -> None:
        if self._y - height < FOOT:
            self._turn()

    def _turn(self) -> None:
        self._pages.append([])
        self._y = HEIGHT - MARGIN

    def _drawn(self, text: str) -> str:
        """The text in letters the font has."""
        shown = "".join(map(_drawable, text))
        self.lost = self.lost or (UNKNOWN in shown and shown.count(UNKNOWN) > text.count(UNKNOWN))
        return shown


def _drawable(letter: str) -> str:
    if not letter.isprintable():
        return " "
    for form in (letter, _bare(letter)):
        if form and form in _KNOWN:
            return form
    return UNKNOWN


_KNOWN = frozenset(bytes(set(range(32, 256)) - {127}).decode("cp1252", "ignore"))


def _bare(letter: str) -> str:
    """The letter without its accents."""
    return "".join(part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part))


def _places(columns: Sequence[Column]) -> list[tuple[float, float]]:
    """(left edge, width) of each column."""
    room = WIDTH - 2 * MARGIN - GAP * (len(columns) - 1)
    unit, x, places = room / sum(column.share for column in columns), float(MARGIN), []
    for column in columns:
        places.append((x, unit * column.share))
        x += unit * column.share + GAP
    return places


def _measured(text: str, size: int, *, bold: bool) -> float:
    widths = _WIDTHS[bold]
    return sum(widths.get(letter, PLAIN_WIDTH) for letter in text) * size / 1000


def _wrapped(text: str, width: float, size: int, *, bold: bool) -> list[str]:
    """The text in lines that fit; a word that is too long alone is cut."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".lstrip()
        if _measured(longer, size, bold=bold) <= width:
            lines[-1] = longer
            continue
        if lines[-1]:
            lines.append("")
        for letter in word:
            if _measured(lines[-1] + letter, size, bold=bold) > width and lines[-1]:
                lines.append("")
            lines[-1] += letter
    return lines


def _text(x: float, y: float, text: str, size: int, *, bold: bool) -> str:
    return f"BT /{'B' if bold else 'R'} {size} Tf {x:.1f} {y:.1f} Td {_string(text)} Tj ET"


def _string(text: str) -> str:
    for sign in "\\()":
        text = text.replace(sign, "\\" + sign)
    return f"({text})"


def _file(pages: Sequence[Sequence[str]], title: str) -> bytes:
    """Catalogue, page tree, two fonts, facts, each page with what stands on it; where each part begins."""
    kids = " ".join(f"{6 + 2 * number} 0 R" for number in range(len(pages)))
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica{} /Encoding /WinAnsiEncoding >>"
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R /Lang (en) /ViewerPreferences << /DisplayDocTitle true >> >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        font.format("").encode(),
        font.format("-Bold").encode(),
        b"<< /Title " + _string(title).encode("cp1252") + b" /Producer (Assay) >>",
    ]
    for number, page in enumerate(pages):
        parts.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Contents {7 + 2 * number} 0 R "
            "/Resources << /Font << /R 3 0 R /B 4 0 R >> >> >>".encode()
        )
        stream = zlib.compress("\n".join(page).encode("cp1252"))
        head = f"<< /Length {len(stream)} /Filter /FlateDecode >>\nstream\n".encode()
        parts.append(head + stream + b"\nendstream")
    return _assembled(parts)


def _assembled(parts: Sequence[bytes]) -> bytes:
    written, begins = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", []
    for number, part in enumerate(parts, 1):
        begins.append(len(written))
        written += f"{number} 0 obj\n".encode() + part + b"\nendobj\n"
    entries = "".join(f"{begin:010d} 00000 n \n" for begin in begins)
    table = f"xref\n0 {len(parts) + 1}\n0000000000 65535 f \n{entries}"
    end = f"trailer\n<< /Size {len(parts) + 1} /Root 1 0 R /Info 5 0 R >>\nstartxref\n{len(written)}\n%%EOF\n"
    return written + table.encode() + end.encode()
