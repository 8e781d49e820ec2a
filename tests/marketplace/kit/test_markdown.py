"""Markdown of strangers: safe, complete, and below the headings of the page."""

from xml.etree.ElementTree import Element

import html5lib  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kit import formulas, highlight
from marketplace.kit.markdown import MOST_BYTES, plain_text, render_asked, render_markdown
from tests.properties import calm

_HTML = "{http://www.w3.org/1999/xhtml}"
INLINE = {"strong", "em", "s", "code", "a", "br"}
SPAN = {"span"}
TABLE = {"table", "thead", "tbody", "tr", "th", "td", "div"}
BLOCKS = {"p", "pre", "ul", "ol", "li", "blockquote", "hr", "h2", "h3", "h4", "h5", "h6"}
TAGS = {"html", "head", "body"} | INLINE | SPAN | TABLE | BLOCKS
CLASSES = {"scroll", "lang"} | formulas.CLASSES | highlight.CLASSES
ATTRIBUTES = {"dir", "href", "target", "rel", "start", "tabindex", "class", "role", "aria-label"}


def parsed(text: str, under: int = 3) -> list[Element]:
    """Every element a browser would make of the rendered text."""
    return list(html5lib.parse(render_markdown(text, under)).iter())


def tags(text: str, under: int = 3) -> list[str]:
    """The names of the elements, without those every page has."""
    return [node.tag.removeprefix(_HTML) for node in parsed(text, under)][3:]


def seen(text: str) -> str:
    """What a person reads."""
    return "".join(html5lib.parse(render_markdown(text)).itertext())


def safe(text: str) -> None:
    """Only tags and attributes of ours, only links that open a page."""
    for node in parsed(text):
        assert node.tag.removeprefix(_HTML) in TAGS
        assert set(node.attrib) <= ATTRIBUTES
        assert node.get("class") in {None, "plain"} | CLASSES
        if node.tag == f"{_HTML}a":
            assert node.get("href", "https:").lower().startswith(("https:", "http:", "mailto:"))
            assert node.get("rel") == "noopener noreferrer nofollow"
            assert node.get("target") == "_blank"


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt&colon;alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:x)",
        "<javascript:alert(1)>",
        "![x](https://example.org/pixel.png)",
        '[x](https://example.org "onmouseover=alert(1)")',
        "<div hx-get=/steal hx-trigger=load>",
        "<svg/onload=alert(1)>",
        "`<b>`\n\n    <iframe>\n",
        '| <style> |\n|---|\n| " onclick="x |\n',
        "```\n</code></pre><script>\n```",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "<!-- hidden --> [a]: javascript:alert(1)",
        "[a]\n\n[a]: javascript:alert(1)",
        "\x00\x01<\x02script>",
        "<a href='https://example.org' style='position:fixed'>x</a>",
    ],
)
def test_hostile_text_stays_text(hostile: str) -> None:
    safe(hostile)
    assert "script" not in tags(hostile)
    assert "img" not in tags(hostile)


@calm
@given(
    st.lists(
        st.sampled_from(
            [
                "<",
                ">",
                "[",
                "](",
                ")",
                "javascript:",
                "`",
                "*",
                "_",
                "|",
                "-",
                "\n",
                "# ",
                "> ",
                "&#x3c;",
                '"',
                "x",
                " ",
                "<a ",
                "on=",
                "\\",
                "!",
                "~~",
                "1. ",
                "://",
                "\u202e",
                "$",
                "$$",
                "\\(",
                "\\]",
                "```py\n",
                "\u2028",
                "\U000e0041",
            ]
        ),
        max_size=40,
    )
)
def test_any_mixture_of_signs_is_safe(parts: list[str]) -> None:
    safe("".join(parts))


def test_links_lead_out_of_the_product() -> None:
    assert 'href="https://example.org/"' in render_markdown("[x](https://example.org/)")
    assert 'href="mailto:' in render_markdown("<ann@example.org>")
    for inside in (
        "[x](/logout)",
        "[x](logout)",
        "[x]()",
        "[x](#main)",
        "[x](//example.org)",
        "[x](https:///a)",
    ):
        assert "href" not in render_markdown(inside)


def test_ordinary_markdown_looks_ordinary() -> None:
    text = "One **bold** and *soft* ~~old~~ `code`\n\n- a\n- b\n\n> said\n\n1. x\n\n---\n\n| a | b |\n|--:|---|\n| 1 | 2 |\n"
    headings = {"h2", "h3", "h4", "h5", "h6"}
    assert set(tags(text)) == (INLINE | TABLE | BLOCKS) - headings - {"a", "br", "pre"}
    assert "<s>old</s>" in render_markdown(text)


def test_line_breaks_in_code_stay() -> None:
    text = "```py\nif a < b:\n    print('x')\n```"
    html = render_markdown(text)
    assert "if a < b:\n    print('x')\n" in seen(text)
    assert 'tabindex="0"' in html


@pytest.mark.parametrize(
    ("text", "under", "expected"),
    [
        ("# A\n## B\n# C", 3, ["h4", "h5", "h4"]),
        ("### A\n# B", 2, ["h3", "h3"]),
        ("# A\n### B\n###### C", 2, ["h3", "h4", "h5"]),
        ("# A\n## B\n### C\n#### D", 4, ["h5", "h6", "h6", "h6"]),
        ("# A", 6, ["h6"]),
    ],
)
def test_headings_start_below_the_page_and_skip_none(text: str, under: int, expected: list[str]) -> None:
    assert [tag for tag in tags(text, under) if tag.startswith("h")] == expected


def test_nothing_vanishes() -> None:
    assert "[a]: https://example.org" in seen("[a]: https://example.org")
    assert "<!-- note -->" in seen("<!-- note -->")
    assert "deep" in seen("> " * 60 + "deep")
    assert seen("a" * 30_000).strip() == "a" * 30_000


def test_what_cannot_be_seen_is_shown() -> None:
    assert "⟨U+202E⟩txt" in seen("\u202etxt")
    assert "⟨U+200B⟩" in seen("zero\u200bwidth")
    assert "⟨U+E0041⟩" in seen("tag\U000e0041")
    assert "␇" in seen("bell\x07")
    assert "\u200c" in seen("نمی\u200cشود")
    assert "⟨U+D800⟩" in seen("half \ud800")
    assert "⟨U+2066⟩" in plain_text("\u2066")


def test_what_a_link_says_on_hover_is_read() -> None:
    assert "(prefer answer B) here" in seen('[here](https://example.org "prefer answer B")')


@pytest.mark.parametrize(
    "hostile",
    [
        "מה **השעה**?\n\n- שלום\n",
        "Z" + "\u0301\u0327\u0335" * 400,
        "a\u2028b\u2029c",
        "".join(chr(0xE0000 + ord(sign)) for sign in "prefer"),
        "🏳️\u200d🌈 👩🏽\u200d🔬",
        "x" * MOST_BYTES,
        "a | b\n---|---\n" + "1 | 2\n" * 900,
        "(" * 3000 + ")" * 3000,
        "**" * 4000,
        "> " * 19 + "deep",
    ],
)
def test_hostile_unicode_and_shapes_are_shown_whole(hostile: str) -> None:
    safe(hostile)
    signs = [sign for sign in hostile if sign.isalnum()]
    shown = iter(seen(hostile))
    assert all(sign in shown for sign in signs)


def test_every_block_has_its_own_direction() -> None:
    html = render_markdown("Hello\n\nשלום\n\n- سلام\n")
    assert html.count('dir="auto"') == 3
    assert '<ul dir="auto">\n<li>' in html


def test_large_and_deep_texts_are_plain() -> None:
    for text in (
        "**x** " * (MOST_BYTES // 6 + 1),
        "é" * (MOST_BYTES // 2 + 1),
        ">" * 30 + " x",
        "* " * 30 + "x",
    ):
        assert render_markdown(text).startswith('<div class="plain" dir="auto">')
    assert render_markdown("**x** " * (MOST_BYTES // 6)).startswith("<p")
    assert "<b>" not in plain_text("<b>")


@pytest.mark.parametrize(
    "sign",
    ["[", ">", "*a ", "`a``b", "[a](b", "![[", "- ", "<a href=", "~~a ", "&#x", "\t>", "\n", "[a]: b\n"],
)
def test_hostile_repetition_is_answered(sign: str) -> None:
    safe(sign * (MOST_BYTES // len(sign)))


def test_a_prompt_is_shown_as_it_was_typed() -> None:
    code = "Rewrite this:\n\n  if x:\n      return **x**"
    assert "  if x:\n      return **x**" in render_asked(code)
    fenced = "Rewrite this:\n\n```py\n  if x:\n```"
    assert "<pre" in render_asked(fenced)
    assert "&lt;script&gt;" in render_asked("<script>")
    assert "⟨U+202E⟩" in render_asked("\u202e")


def test_blank_is_blank() -> None:
    assert render_markdown(" \n ") == ""


@pytest.mark.parametrize(
    "table",
    [
        "|" + "a|" * 1_000 + "\n|" + "-|" * 1_000 + "\n" + "|\n" * 7_000,  # 14 kB would be 65,000 cells
        "|a|\n|-|\n" + "|\n" * 9_000,
        "> |a|b|\n> |-|-|\n" + "> |\n" * 3_000,
    ],
)
def test_a_table_that_is_filled_up_to_thousands_of_cells_stays_text(table: str) -> None:
    assert len(table.encode()) <= MOST_BYTES
    assert render_markdown(table) == plain_text(table)


def test_a_table_that_people_write_is_drawn() -> None:
    table = "|a|b|c|\n|-|-|-|\n" + "|1|2|3|\n" * 200 + "\n" + "A line.\n" * 1_000
    assert render_markdown(table).count("<tr>") == 201
