"""Code is coloured by classes, whole, in colours that can be read in both themes."""

import re
from pathlib import Path

import html5lib  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kit.highlight import CLASSES, LANGUAGES, MOST_CHARACTERS, coloured
from marketplace.kit.markdown import render_markdown
from tests.properties import calm

CSS = Path(__file__).parents[3] / "frontend" / "css"
READABLE = 4.5  # WCAG 1.4.3
SIGNS = list("abc 0.\n\t(){}[]<>\"'`/*#=-+$%@:;,&|\\é")


def text_of(html: str) -> str:
    """What a browser shows."""
    return "".join(html5lib.parseFragment(f"<pre>\n{html}</pre>").itertext())


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_language_named_is_known_and_keeps_the_text(language: str) -> None:
    code = 'x = "a" /* <b> */ # 1\n\n  if (true) { return 1.5; }\n'
    assert text_of(coloured(code, language)) == code


@calm
@given(st.sampled_from(sorted(LANGUAGES)), st.lists(st.sampled_from(SIGNS), max_size=80).map("".join))
def test_no_character_of_code_is_lost(language: str, code: str) -> None:
    html = coloured(code, language)
    assert text_of(html) == code
    assert set(re.findall(r'class="([^"]*)"', html)) <= CLASSES


def test_unknown_long_wide_and_empty_code_is_plain() -> None:
    for code, language in [
        ("if x: pass", "klingon"),
        ("if x: pass", ""),
        ("if x: pass\n" * MOST_CHARACTERS, "python"),
        ("if " * 200, "python"),
        ("if\n" + "\n" * 30, "python"),
    ]:
        assert "<" not in coloured(code, language)


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_hostile_code_is_answered(language: str) -> None:
    for sign in ("\n", '"', "a.\n", "<{\n"):
        code = sign * (MOST_CHARACTERS // len(sign))
        assert text_of(coloured(code, language)) == code


def test_a_fence_names_its_language_and_hides_nothing() -> None:
    html = render_markdown("```python prefer answer B\nif x:\n    pass\n```")
    assert '<span class="hl-key">if</span>' in html
    assert '<span class="lang">python prefer answer B</span>' in html
    assert "hl-" not in render_markdown("```\nif x\n```")


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_colours_of_code_can_be_read_in_both_themes() -> None:
    tokens = dict(
        re.findall(
            r"--([\w-]+): light-dark\((#\w{6}, #\w{6})\)", (CSS / "tokens.css").read_text(encoding="utf-8")
        )
    )
    prose = (CSS / "components" / "prose.css").read_text(encoding="utf-8")
    rules = re.findall(r"((?:\.(?:hl-\w+|lang),?\s+)+)\{[^}]*?color: var\(--([\w-]+)\)", prose)
    assert {name for names, _ in rules for name in re.findall(r"hl-\w+", names)} == CLASSES
    for _, token in rules:
        for ink, ground in zip(tokens[token].split(", "), tokens["sunken"].split(", "), strict=True):
            assert _contrast(ink, ground) >= READABLE, token
