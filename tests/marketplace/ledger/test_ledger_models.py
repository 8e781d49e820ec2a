"""The tables' words, and the table of kinds against docs/money.md."""

from pathlib import Path

from marketplace.ledger.models import (
    LARGEST_POSTING,
    RULES,
    TWO_PEOPLE,
    Kind,
    LedgerTransaction,
    Side,
)
from marketplace.ledger.service.entries import LENGTHS

DOCS = Path(__file__).parents[3] / "docs" / "money.md"


def test_every_kind_has_its_rule() -> None:
    assert set(RULES) == set(Kind)
    assert {kind for kind in Kind if kind.side is Side.DEBIT} == {
        Kind.STRIPE_BALANCE,
        Kind.STRIPE_PENDING,
        Kind.PLATFORM_BANK,
        Kind.PROCESSOR_FEES,
        Kind.BAD_DEBT,
        Kind.DISPUTES_RECEIVABLE,
    }
    assert {kind for kind in Kind if kind.hot} - {kind for kind in Kind if kind.side is Side.DEBIT} == {
        Kind.PLATFORM_REVENUE,
        Kind.ADJUSTMENTS,
    }
    assert all(kind.bounded is not kind.hot for kind in Kind)
    assert all(kind.side is Side.CREDIT for kind in Kind if kind.bounded)  # `_shortage` counts on it


def test_the_documentation_names_every_kind() -> None:
    text = DOCS.read_text()
    for kind in Kind:
        line = next(line for line in text.splitlines() if line.startswith("|") and f"`{kind.value}`" in line)
        assert f"| {kind.side.value} |" in line, kind
        assert ("| never |" in line) is kind.bounded, kind
    for word in TWO_PEOPLE:
        assert f"`{word}`" in text
    assert f"{LARGEST_POSTING // 100:,}" in text


def test_lengths_of_an_entry_are_those_of_the_columns() -> None:
    columns = LedgerTransaction.metadata.tables["ledger_transactions"].c
    for name, length in LENGTHS.items():
        column = columns["idempotency_key" if name == "key" else name]
        assert column.type.length == length, name
