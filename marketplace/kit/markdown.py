"""Text nobody trusts as safe HTML: the same for the expert, the reviewer and the company."""

import re
from collections.abc import Sequence
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape

from marketplace.kit import formulas, highlight

MOST_BYTES = 20_000
MOST_NESTED = 20
MOST_CELLS = 3_000  # of tables: short rows are filled up, so that few bytes make many cells
KEPT = 256
_LOWEST = 6
_DIRECTED = {"p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "blockquote", "th", "td", "pre"}
_TAGS = _DIRECTED | {
    "br",
    "hr",
    "li",
    "code",
    "strong",
    "em",
    "s",
    "a",
    "div",
    "span",
    "table",
    "thead",
    "tbody",
    "tr",
}
_ATTRIBUTES: dict[str, set[str]] = {
    "*": set(),
    **{tag: {"dir"} for tag in _DIRECTED},
    "a": {"href", "target"},
    "ol": {"dir", "start"},
    "pre": {"dir", "tabindex"},
    "div": {"class", "dir", "role", "tabindex", "aria-label"},
    "span": {"class", "dir", "tabindex"},
}
_CLASSES = {"scroll", "lang"} | formulas.CLASSES | highlight.CLASSES
# What the eye does not see but a model reads: controls, overrides of direction, no width, tags.
# Joiners (U+200C, U+200D) stay: Persian, Indic scripts and emoji need them.
_UNSEEN = re.compile(
    "[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"
)
_FENCE = re.compile(r"^ {0,3}(?:```|~~~)", re.MULTILINE)
_DELIMITERS = re.compile(r"[ \t>|:-]*-[ \t>|:-]*")
_LINK = re.compile(r"(?:https?://|mailto:)[^\s/]", re.IGNORECASE)
_PICTURES = {**{code: chr(0x2400 + code) for code in range(0x20)}, 0x7F: "\u2421"}


class _TooDeep(Exception):
    """Nested deeper than a person can read."""


def _parser() -> MarkdownIt:
    rules = MarkdownIt("commonmark", {"html": False, "breaks": True, "maxNesting": 2 * MOST_NESTED})
    rules.enable(["table", "strikethrough"]).disable(
        ["image", "reference"]
    )  # nothing is loaded, nothing vanishes
    rules.add_render_rule("table_open", _open_table)
    rules.add_render_rule("table_close", lambda *_: "</table></div>\n")
    rules.add_render_rule("fence", _code)
    rules.add_render_rule("code_block", _code)
    return rules


def _text_parser() -> MarkdownIt:
    """Knows formulas and nothing else, so that every other character stays where it is."""
    rules = formulas.install(MarkdownIt("zero"), blocks=False)
    rules.add_render_rule("text", lambda _, tokens, index, *__: escape(tokens[index].content))
    return rules


def _open_table(*_: object) -> str:
    return '<div class="scroll" role="group" tabindex="0" aria-label="Table"><table>'


def _code(_: object, tokens: Sequence[Token], index: int, *__: object) -> str:
    """The language stands above the code: what a model wrote there must not vanish."""
    token = tokens[index]
    info = token.info.strip()
    code = highlight.coloured(token.content, info.split(maxsplit=1)[0] if info else "")
    above = Markup('<span class="lang">{}</span>').format(info) if info else ""
    return f'<pre dir="auto" tabindex="0">{above}<code>{code}</code></pre>\n'


_PARSER = formulas.install(_parser())
_WITHOUT_FORMULAS = _parser()
_TEXT_PARSER = _text_parser()


@lru_cache(maxsize=KEPT)
def render_markdown(text: str, under: int = 3) -> Markup:
    """Safe HTML of a Markdown text; its headings start one level below `under` and skip none.

    Raw HTML is shown as text, pictures as links. Over 20 kB, nested deeper than 20, or with more than 3,000
    cells in tables, it is all plain text.
    Links open another tab.  Characters nobody can see are made visible.  Formulas stay as typed, in elements
    of the class `math`; code of a known language gets spans with the classes of `highlight`.
    """
    seen = _UNSEEN.sub(_shown, text)
    if len(text.encode("utf-8", "replace")) > MOST_BYTES or _cells(seen) > MOST_CELLS:
        return plain_text(seen)
    parser = _WITHOUT_FORMULAS if formulas.too_many_signs(seen) else _PARSER
    try:
        html = parser.renderer.render(_prepared(parser.parse(seen), under), parser.options, {})
    except _TooDeep:
        return plain_text(seen)
    return Markup(_clean(html))  # noqa: S704 - nh3 has cleaned it


def render_asked(text: str, under: int = 3) -> Markup:
    """A prompt: as it was typed, indents and all, formulas marked, unless it marks code as Markdown does."""
    if _FENCE.search(text):
        return render_markdown(text, under)
    if len(text.encode("utf-8", "replace")) > MOST_BYTES or formulas.too_many_signs(text):
        return plain_text(text)
    html = _TEXT_PARSER.renderInline(_UNSEEN.sub(_shown, text))
    return Markup('<div class="plain" dir="auto">{}</div>').format(Markup(_clean(html)))  # noqa: S704 - cleaned


def plain_text(text: str) -> Markup:
    """The text as it stands, escaped, with its lines."""
    return Markup('<div class="plain" dir="auto">{}</div>').format(_UNSEEN.sub(_shown, text))


def _cells(text: str) -> int:
    """At least as many cells as the tables of the text have: a row counts as wide as the widest above it."""
    total = width = 0
    for line in text.splitlines():
        if not line.strip():
            width = 0
        elif "|" in line and _DELIMITERS.fullmatch(line):
            width = max(width, line.count("|") + 1)
        total += width
    return total


def _shown(match: re.Match[str]) -> str:
    code = ord(match[0])
    return _PICTURES.get(code) or f"⟨U+{code:04X}⟩"


def _prepared(tokens: list[Token], under: int) -> list[Token]:
    """Directions per block, headings that fit below `under`; _TooDeep when too deep."""
    levels = sorted({token.tag for token in tokens if token.type == "heading_open"})
    above = min(under, _LOWEST - 1)
    last = above
    for token in tokens:
        if token.level > MOST_NESTED:
            raise _TooDeep
        if token.type == "heading_open":
            last = min(above + 1 + levels.index(token.tag), last + 1, _LOWEST)
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{last}"
        if token.nesting == 1 and (token.level == 0 or token.tag in {"th", "td"}):
            token.attrSet("dir", "auto")
        if token.tag in {"th", "td"}:
            token.attrs.pop("style", None)
        if token.children:
            token.children = [shown for child in token.children for shown in _titled(child)]
    return tokens


def _titled(token: Token) -> list[Token]:
    """The title of a link is text that a model reads: it stands before the words of the link."""
    title = token.attrs.pop("title", "") if token.type == "link_open" else ""
    return [token, Token("text", "", 0, content=f"({title}) ")] if title else [token]


def _clean(html: str) -> str:
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        attribute_filter=_attribute,
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Links lead out of the product, never to an address of ours; classes are ours."""
    if name == "class":
        return value if value in _CLASSES else None
    return value if name != "href" or _LINK.match(value) else None
