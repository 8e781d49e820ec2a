"""The word difference of record: places in the texts as they are, the same ones the browser previews."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.properties import calm
from workspace.task_types.response_editing.difference import Change, changes
from workspace.task_types.response_editing.matching import MOST_STEPS, common
from workspace.task_types.response_editing.tokens import split

CASES = json.loads((Path(__file__).parent / "word_changes.json").read_text(encoding="utf-8"))
parts = st.sampled_from(
    [
        "tap",
        "Tap",
        "valve",
        " ",
        "  ",
        "\n",
        "\r\n",
        "\n\n",
        ".",
        ",",
        "(",
        ")",
        "2.5",
        "’s",
        "😀",
        "e\u0301",
        "水",
        "火",
    ]
)
texts = st.lists(parts, max_size=24).map("".join)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_changes_both_sides_agree_on(case: dict[str, Any]) -> None:
    found = [[one.op, list(one.a), list(one.b)] for one in changes(case["original"], case["edited"])]
    assert found == case["changes"]


def words(original: str, edited: str) -> list[tuple[str, str]]:
    """What became what."""
    return [(original[slice(*one.a)], edited[slice(*one.b)]) for one in changes(original, edited)]


def test_what_became_what() -> None:
    assert words("It fell in 1991.", "It fell on 9 November 1989.") == [("in 1991", "on 9 November 1989")]
    assert words("Turn it off.", "Turn it off. Wait.") == [("", " Wait.")]
    assert words("Always turn it.", "turn it.") == [("Always ", "")]
    assert words("Well 😀 in 1991.", "Well 😀 in 1989.") == [("1991", "1989")]
    assert words("He came, saw and won.", "He went, looked and won.") == [("came, saw", "went, looked")]


def spaced(text: str) -> str:
    """The text without the difference of white space."""
    return " ".join(text.split())


@calm
@given(original=texts | st.text(max_size=30), edited=texts | st.text(max_size=30))
def test_the_changes_lead_from_one_text_to_the_other(original: str, edited: str) -> None:
    found = changes(original, edited)
    at_a = at_b = 0
    for one in found:
        assert one.op in {"replace", "insert", "delete"}
        assert at_a <= one.a[0] <= one.a[1] <= len(original)
        assert at_b <= one.b[0] <= one.b[1] <= len(edited)
        assert (one.a[0] == one.a[1], one.b[0] == one.b[1]) == (one.op == "insert", one.op == "delete")
        assert spaced(original[at_a : one.a[0]]) == spaced(edited[at_b : one.b[0]])
        at_a, at_b = one.a[1], one.b[1]
    assert spaced(original[at_a:]) == spaced(edited[at_b:])


@calm
@given(text=texts | st.text())
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert changes(text, text) == ()


@calm
@given(original=texts, edited=texts)
def test_texts_without_changes_differ_in_white_space_alone(original: str, edited: str) -> None:
    if not changes(original, edited):
        assert spaced(original) == spaced(edited)


@calm
@given(text=texts | st.text())
def test_parts_leave_nothing_but_white_space_between_them(text: str) -> None:
    at = 0
    for token in split(text):
        assert not text[at : token.start].strip()
        assert token.start < token.end
        at = token.end
    assert not text[at:].strip()


@calm
@given(old=st.lists(st.sampled_from("abc"), max_size=14), new=st.lists(st.sampled_from("abc"), max_size=14))
def test_as_much_as_can_be_is_common(old: list[str], new: list[str]) -> None:
    runs = common(old, new)
    assert runs is not None
    for one, other, length in runs:
        assert old[one : one + length] == new[other : other + length]
    longest = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for a, left in enumerate(old, 1):
        for b, right in enumerate(new, 1):
            longest[a][b] = (
                longest[a - 1][b - 1] + 1 if left == right else max(longest[a - 1][b], longest[a][b - 1])
            )
    head = sum(length for _, _, length in runs)
    assert head == longest[-1][-1]


def test_too_much_for_words_is_compared_by_lines_and_then_as_a_whole() -> None:
    one, other = (" ".join(f"{word}{number}" for number in range(MOST_STEPS)) for word in "ab")
    assert changes(f"Same.\n{one}\nEnd.", f"Same.\n{other}\nEnd.") == (
        Change("replace", (6, 6 + len(one)), (6, 6 + len(other))),
    )
    one, other = one.replace(" ", "\n"), other.replace(" ", "\n")
    assert changes(one, other) == (Change("replace", (0, len(one)), (0, len(other))),)
    assert common(["a"] * 15_000, ["b"] * 15_000) is None
