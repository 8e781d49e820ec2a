"""CSV files: a spreadsheet reads names right, adds amounts up, and runs nothing."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kit.csv_files import BOM, Amount, guarded, written
from marketplace.kit.money import plain, shown


def read(raw: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


def test_a_mark_stands_first_and_lines_end_as_the_format_says() -> None:
    raw = written(["name", "minor"], [['Zoë, "quoted"\nand a second line', 5]])
    assert raw.startswith(BOM.encode())
    assert raw.endswith(b"5\r\n")
    assert read(raw) == [["name", "minor"], ['Zoë, "quoted"\nand a second line', "5"]]


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "\u00a0=cmd|' /C calc'!A0",
        "%0A=1",
        "|x",
    ],
)
def test_a_text_that_would_be_a_formula_is_a_text(text: str) -> None:
    assert guarded(text) == f"'{text}"
    assert read(written(["a"], [[text]]))[1] == [f"'{text}"]


@pytest.mark.parametrize("text", ["", "plain", "a=b", "it's", "2 + 2", "王"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert guarded(text) == text


def test_amounts_stay_numbers() -> None:
    assert read(written(["a", "b", "c"], [[-5, Amount("-0.05"), None]]))[1] == ["-5", "-0.05", ""]


@given(st.text())
def test_nothing_begins_like_a_formula(text: str) -> None:
    assert not guarded(text).lstrip(" \u00a0\ufeff").startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (4334, "usd", "43.34"),
        (-5, "usd", "-0.05"),
        (0, "usd", "0.00"),
        (1_000_000, "usd", "10000.00"),
        (7, "jpy", "7"),
        (1, "kwd", "0.001"),
    ],
)
def test_plain_amounts_are_for_programs(minor: int, currency: str, text: str) -> None:
    assert plain(minor, currency) == text
    assert shown(minor, "usd").startswith("-") == (minor < 0)
