"""The word difference: nothing is left out, nothing invented."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kit.differences import GONE, NEW, SAME, Piece, pieces

WORDS = st.lists(st.sampled_from(["the", "dose", "is", "5", "mg", ".", "\n", "é"]), max_size=30).map(" ".join)
TEXTS = st.one_of(st.text(max_size=200), WORDS)


def read(found: tuple[Piece, ...], *kinds: str) -> str:
    return "".join(piece.text for piece in found if piece.kind in kinds)


@given(before=TEXTS, after=TEXTS)
def test_both_texts_can_be_read_out_of_it(before: str, after: str) -> None:
    found = pieces(before, after)
    assert read(found, SAME, GONE) == before
    assert read(found, SAME, NEW) == after
    assert all(piece.text for piece in found)
    assert all(one.kind != other.kind for one, other in pairwise(found))


@given(text=TEXTS)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert {piece.kind for piece in pieces(text, text)} <= {SAME}


def test_only_the_words_that_differ_are_marked() -> None:
    found = pieces("Take 5 mg a day.", "Take 10 mg a day.")
    assert found == (
        Piece(SAME, "Take"),
        Piece(GONE, " 5"),
        Piece(NEW, " 10"),
        Piece(SAME, " mg a day."),
    )


def test_very_long_texts_are_compared_by_lines() -> None:
    before = "".join(f"Line {i} of many words that nobody reads.\n" for i in range(400))
    after = before.replace("Line 7 of", "Line seven of")
    found = pieces(before, after)
    assert read(found, GONE) == "Line 7 of many words that nobody reads.\n"
    assert read(found, SAME, NEW) == after


@pytest.mark.parametrize("between", [" ", "\n"])
def test_few_words_again_and_again_are_one_change(between: str) -> None:
    """Two words in 1,000 places can be paired in half a million ways: nobody waits for that search."""
    before = between.join("ab"[number * number % 7 % 2] for number in range(1_000))
    after = between.join("ab"[number * number % 11 % 2] for number in range(1_000))
    assert pieces(before, after) == (Piece(GONE, before), Piece(NEW, after))


def test_long_texts_without_lines_are_one_change() -> None:
    before, after = "a " * 5_000, "b " * 5_000
    assert pieces(before, after) == (Piece(GONE, before), Piece(NEW, after))
