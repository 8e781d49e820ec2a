"""Formulas stay as they were typed and are marked; money and escaped brackets stay text."""

from xml.etree.ElementTree import Element

import html5lib  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kit.formulas import MOST_CHARACTERS, MOST_SIGNS
from marketplace.kit.markdown import MOST_BYTES, render_asked, render_markdown
from tests.properties import calm

_HTML = "{http://www.w3.org/1999/xhtml}"


def formulas(html: str) -> list[str]:
    """The text of every marked formula."""
    found: list[Element] = [
        node for node in html5lib.parse(html).iter() if "math" in node.get("class", "").split()
    ]
    return ["".join(node.itertext()) for node in found]


def seen(html: str) -> str:
    """What a person reads without scripts."""
    return "".join(html5lib.parse(html).find(f"{_HTML}body").itertext())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Euler: $e^{i\\pi}=-1$.", ["$e^{i\\pi}=-1$"]),
        ("the $n$th of $2x+1$", ["$n$", "$2x+1$"]),
        ("so $$a_1$$ and \\(b\\) and \\[c+1\\]", ["$$a_1$$", "\\(b\\)", "\\[c+1\\]"]),
        ("$$\nx = 1\n- y\n$$", ["$$\nx = 1\n- y\n$$"]),
        ("\\[\nx\n= 1\n\\]", ["\\[\nx\n= 1\n\\]"]),
        ("- $a*b*c$\n- | $x_1$", ["$a*b*c$", "$x_1$"]),
        ("$a_b$ *and* $c_d$", ["$a_b$", "$c_d$"]),
    ],
)
def test_formulas_are_marked_and_kept(text: str, expected: list[str]) -> None:
    assert formulas(render_markdown(text)) == expected
    assert "<em>b" not in render_markdown(text)


@pytest.mark.parametrize(
    "text",
    [
        "It costs $5 and $10.",
        "Pay $5, or 10$ at the door.",
        "From $1,000 to $2,000, or US$5 and A$7",
        "$5-$10 or $5/$6",
        "$HOME and $PATH",
        "\\$x\\$ is escaped",
        "`$x$` and\n\n```\n$y$ \\(z\\)\n```",
        "\\[note\\] and \\(see below\\)",
        "$ $ $$ $$$$ \\(\\) \\[\\]",
        "one $ sign",
        "$a\n\nb$",
    ],
)
def test_money_and_code_are_no_formulas(text: str) -> None:
    assert formulas(render_markdown(text)) == []


def test_a_prompt_keeps_every_character_beside_its_formulas() -> None:
    text = "  Solve $x^2=4$:\n\n\t1. **not bold** &amp; \\(y\\) <b>"
    html = render_asked(text)
    assert formulas(html) == ["$x^2=4$", "\\(y\\)"]
    assert seen(html) == text


@calm
@given(
    st.lists(
        st.sampled_from(["$", "$$", "\\(", "\\)", "\\[", "\\]", "a", "1", " ", "\n", "\\", "<", "&lt;", "*"])
    )
)
def test_no_character_of_a_prompt_vanishes(parts: list[str]) -> None:
    text = "".join(parts)
    assert seen(render_asked(text)) == text


@calm
@given(
    st.lists(
        st.sampled_from(
            ["$", "$$", "\\(", "\\)", "\\[", "\\]", "x", "y", " ", "\n", "> ", "- ", "**", "_", "|"]
        )
    )
)
def test_no_letter_vanishes_between_signs(parts: list[str]) -> None:
    text = "".join(parts)
    assert [sign for sign in seen(render_markdown(text)) if sign in "xy"] == [
        sign for sign in text if sign in "xy"
    ]


@pytest.mark.parametrize("sign", ["$", "$a ", "$$a\n", "$$\n", "\\(", "\\[a\n", "> \\[\n", "$\\", "[$a]("])
def test_hostile_formulas_are_answered(sign: str) -> None:
    text = sign * (MOST_BYTES // len(sign))
    assert "<script" not in render_markdown(text)
    assert seen(render_asked(text)) == text


def test_too_many_and_too_long_formulas_are_text() -> None:
    assert formulas(render_markdown("$x$ " * (MOST_SIGNS // 2 + 1))) == []
    assert formulas(render_markdown(f"${'x' * MOST_CHARACTERS}$")) == []
    assert "x" * MOST_CHARACTERS in seen(render_markdown(f"${'x' * MOST_CHARACTERS}$"))


def test_formulas_carry_no_markup() -> None:
    for text in ("$<script>alert(1)</script>$", '\\[" onload="x\\]', "$$</div><b>$$"):
        html = render_markdown(text)
        assert "<script" not in html
        assert "<b>" not in html
        assert " onload" not in html.replace('" onload="x', "")
