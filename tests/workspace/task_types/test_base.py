"""Words, likeness and the reader that all types share."""

import pytest

from workspace.task_types.base import cautions, lines, words
from workspace.task_types.base.fields import Fields
from workspace.task_types.base.parts import Message, group_of, is_link, letter
from workspace.task_types.base.results import Invalid, Line


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        (" - — ... ", 0),
        ("A plan we can act on.", 6),
        ("don't stop", 2),
        ("10 % of 5", 3),
        ("水を止める", 5),
        ("Turn 水 off", 3),
        ("สวัสดี", 4),
        ("물을 잠그세요", 2),
    ],
)
def test_words_hold_a_letter_or_a_digit(text: str, count: int) -> None:
    assert words.count_words(text) == count


def test_folding_forgets_case_and_space() -> None:
    assert words.fold("  A\n b\u00a0C ") == words.fold("a B c")


def test_the_first_line_is_cut_at_a_word() -> None:
    assert words.first_line("\n\n  One   line \nmore") == "One line"
    assert words.first_line("one two three", 9) == "one two…"
    assert words.first_line("x" * 20, 9) == "xxxxxxxx…"
    assert words.first_line("   ") == ""
    assert words.first_line("```\n# **Bold** _move_ of snake_case\n") == "Bold move of snake_case"
    assert words.first_line("```python\nunique = list(items)\n```") == "unique = list(items)"
    assert words.first_line("---\n- one - two") == "one - two"
    assert words.first_line("-5 degrees") == "-5 degrees"
    assert words.first_line("\n ***\n") == "***"
    assert words.first_line("{\n  one: 1\n}") == "one: 1"
    assert words.first_line("{ }") == "{ }"


def test_likeness_needs_25_words() -> None:
    text = " ".join(f"word{n}" for n in range(25))
    assert words.likeness(text, text.upper()) == 1
    assert words.likeness(text, "word1 " + text) == pytest.approx(21 / 22)
    assert words.likeness(text, " ".join(f"other{n}" for n in range(25))) == 0
    assert words.likeness("the same", "the same") == 0


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Turn the water off before you begin.", "LATIN"),
        ("Перед работой перекройте воду.", "CYRILLIC"),
        ("作業の前に水を止めてくださいね。それから蓋を外します。", "CJK"),
        ("Too short", None),
        ("Half of this is Latin и половина кириллицы здесь", None),
    ],
)
def test_the_script_of_a_text(text: str, name: str | None) -> None:
    assert words.script(text) == name


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Write to (Ann@Example.org), please", {"ann@example.org"}),
        ("Call +44 20 7946 0958.", {"442079460958"}),
        ("Call 030 1234 5678", {"03012345678"}),
        ("In 2026-06-06 we sold 1000000000 units", set()),
        ("a@b", set()),
        ("x" * 300 + "@example.org", set()),
    ],
)
def test_personal_data(text: str, found: set[str]) -> None:
    assert words.personal_data(text) == found


def test_hostile_texts_take_no_time() -> None:
    for text in ("a" * 200_000 + "@", "1 " * 100_000, "1" + " " * 200_000, "@" * 200_000, "(" * 200_000):
        words.personal_data(text)
        words.count_words(text)
        words.script(text)


def test_personal_data_of_the_task_itself_is_no_reason_to_ask() -> None:
    prompt = [Message("user", "Is ann@example.org a good address?")]
    assert cautions.cautions("Yes, ann@example.org is.", prompt=prompt, others=[]) == ()
    assert cautions.cautions("No, bob@example.org is.", prompt=prompt, others=[]) == ("pii_added",)
    assert cautions.cautions("bob@example.org", prompt=prompt, others=["bob@example.org"]) == ()


def test_links_are_web_addresses() -> None:
    assert is_link("https://example.org/a?b=c#d")
    assert is_link("HTTP://example.org")
    for bad in (
        "javascript:alert(1)",
        "https://",
        "ftp://example.org",
        "https://exa mple.org",
        "//example.org",
        "",
    ):
        assert not is_link(bad)


def test_a_group_is_the_folded_prompt() -> None:
    one = (Message("user", "Why  is it?"),)
    assert group_of(one) == group_of((Message("user", "why is IT?"),))
    assert group_of(one) != group_of((Message("system", "Be brief."), *one))
    assert letter(0) + letter(7) == "AH"


def test_the_first_complaint_at_a_place_stays() -> None:
    fields = Fields({"inner": {"text": 4}}, "payload")
    inner = fields.inner("inner", fields.get("inner"))
    assert inner.text("text", needed="Write it.") == ""
    inner.wrong("text", "Second.")
    result = fields.finish("thing")
    assert isinstance(result, Invalid)
    assert result.errors == {"inner.text": "Give text here."}
    assert Fields({}, "payload").finish("thing") == "thing"


def test_texts_have_a_longest_length() -> None:
    fields = Fields({"text": "abcd", "pick": 3}, "payload")
    assert fields.text("text", longest=3) == ""
    assert fields.errors["text"] == "Shorten this to 3 characters. It has 4."
    assert fields.one_of("pick", ("a", "b"), default="a") == "a"
    assert fields.errors["pick"] == "Choose one of: a, b."
    assert fields.picks("text", ["a"]) == ()


def test_sizes_count_bytes_of_keys_and_texts() -> None:
    fields = Fields({"é": ["é", {"a": 1}]}, "payload")
    fields.limit(4)
    assert fields.errors == {"size": "Make this smaller: 5 bytes, at most 4."}
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    Fields({"deep": deep}, "payload").limit()


def test_lines_are_distinct_by_format_and_body() -> None:
    one, other = Line("a", {"x": 1}), Line("b", {"x": 1})
    assert list(lines.distinct([one, other, one])) == [one, other]


def test_a_margin_is_a_number_or_absent() -> None:
    prompt = (Message("user", "Why?"),)
    (with_margin,) = lines.preference(prompt, "yes", "no", 2)
    (without,) = lines.preference(prompt, "yes", "no")
    assert with_margin.body["margin"] == 2.0
    assert "margin" not in without.body
    assert list(lines.preference(prompt, "yes", " YES")) == []
    assert list(lines.demonstration(prompt, " ")) == []
