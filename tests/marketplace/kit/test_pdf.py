"""The writer of PDF: a reader of others finds every word again, on as many pages as it takes."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from marketplace.kit.pdf import FOOT, LOST, MARGIN, WIDTH, Column, Sheet, _drawable, _measured, _wrapped

COLUMNS = (Column("Date", 1), Column("Reason", 4), Column("Amount", 1, right=True))


def read(sheet: Sheet) -> PdfReader:
    """The file, read strictly by somebody else's code."""
    return PdfReader(io.BytesIO(sheet.written()), strict=True)


def text(sheet: Sheet) -> str:
    return "\n".join(page.extract_text() for page in read(sheet).pages)


def test_every_word_is_found_again() -> None:
    sheet = Sheet(title="Statement S-1 (May)", foot="Assay")
    sheet.line("A line with \\ and ( and ) and €5 “quoted” – naïve, Größe")
    sheet.heading("Sums")
    sheet.pairs([("Earned", "$1,234.56"), ("Paid out", "$1,234.56")])
    sheet.table(COLUMNS, [("1 May 2026", "Approved", "$19.25")])
    found = text(sheet)
    for word in (
        "Statement S-1 (May)",
        "\\ and ( and ) and €5 “quoted” – naïve, Größe",
        "$1,234.56",
        "$19.25",
    ):
        assert word in found
    assert "Assay, page 1 of 1" in found
    assert LOST not in found


def test_the_file_says_what_it_is() -> None:
    file = read(Sheet(title="Statement Ö", foot="x"))
    assert file.metadata is not None
    assert file.metadata.title == "Statement Ö"
    assert file.trailer["/Root"]["/Lang"] == "en"  # type: ignore[index]
    assert {str(font["/BaseFont"]) for font in _fonts(file)} == {"/Helvetica", "/Helvetica-Bold"}


def _fonts(file: PdfReader) -> list[dict[str, object]]:
    return [font.get_object() for font in file.pages[0]["/Resources"]["/Font"].values()]  # type: ignore[index]


def test_a_long_table_goes_over_pages_with_its_heads_on_each() -> None:
    sheet = Sheet(title="Long", foot="S-1")
    sheet.table(COLUMNS, [(f"day {number}", f"reason {number}", f"${number}.00") for number in range(200)])
    pages = [page.extract_text() for page in read(sheet).pages]
    assert len(pages) > 3
    assert all("Reason" in page for page in pages)
    assert all(f"page {number} of {len(pages)}" in page for number, page in enumerate(pages, 1))
    assert [number for number in range(200) if f"reason {number}" not in "\n".join(pages)] == []


def test_letters_the_font_lacks_are_said_to_be_lost() -> None:
    sheet = Sheet(title="Statement", foot="x")
    sheet.line("For: 王小明, Łukasz Źdźbło")
    found = text(sheet)
    assert "For: ???, ?ukasz Zdzb?o" in found
    assert LOST in " ".join(found.split())
    kept = Sheet(title="Statement", foot="x")
    kept.line("Really? Zażó")  # a question mark of one's own, an accent that only goes
    assert LOST not in " ".join(text(kept).split())


def test_nothing_unseen_reaches_the_file() -> None:
    assert [_drawable(sign) for sign in "\n\t\0\u202e\ufeff\x7f"] == [" "] * 6


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(codec="cp1252", categories=["L", "N", "P", "S", "Zs"]), max_size=300))
def test_what_is_wrapped_fits_and_loses_nothing(words: str) -> None:
    words = "".join(map(_drawable, words))
    for bold in (False, True):
        lines = _wrapped(words, 80, 9, bold=bold)
        assert "".join(lines).replace(" ", "") == words.replace(" ", "")
        assert all(_measured(line, 9, bold=bold) <= 80 for line in lines)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=60), st.text(max_size=400), st.text(max_size=20)), max_size=40))
def test_any_text_makes_a_file_that_can_be_read(rows: list[tuple[str, str, str]]) -> None:
    sheet = Sheet(title="Any", foot="x")
    sheet.table(COLUMNS, rows)
    assert len(read(sheet).pages) >= 1


def test_numbers_stand_at_the_right_edge() -> None:
    sheet = Sheet(title="x", foot="x")
    sheet.pairs([("a", "$1.00"), ("b", "$1,000,000.00")])
    drawn = [line for page in sheet._pages for line in page if "$1" in line]
    ends = [
        float(line.split()[4]) + _measured(line[line.index("(") + 1 : -7], 9, bold="/B" in line)
        for line in drawn
    ]
    assert all(end == pytest.approx(WIDTH - MARGIN, abs=0.2) for end in ends)
    assert FOOT > MARGIN
