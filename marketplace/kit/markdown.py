"""Text nobody trusts as safe HTML: the same for the expert, the reviewer and the company."""

import re
from collections.abc import Sequence
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape

MOST_BYTES = 20_000
MOST_NESTED = 20
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
    "div": {"class", "role", "tabindex", "aria-label"},
}
# What the eye does not see but a model reads: controls, overrides of direction, no width, tags.
# Joiners (U+200C, U+200D) stay: Persian, Indic scripts and emoji need them.
_UNSEEN = re.compile(
    "[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"
)
_FENCE = re.compile(r"^ {0,3}(?:```|~~~)", re.MULTILINE)
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


def _open_table(*_: object) -> str:
    return '<div class="scroll" role="group" tabindex="0" aria-label="Table"><table>'


def _code(_: object, tokens: Sequence[Token], index: int, *__: object) -> str:
    return f'<pre dir="auto" tabindex="0"><code>{escape(tokens[index].content)}</code></pre>\n'


_PARSER = _parser()


@lru_cache(maxsize=KEPT)
def render_markdown(text: str, under: int = 3) -> Markup:
    """Safe HTML of a Markdown text; its headings start one level below `under` and skip none.

    Raw HTML is shown as text, pictures as links. Over 20 kB, or nested deeper than 20, it is all plain text.
    Links open another tab.  Characters nobody can see are made visible.
    """
    seen = _UNSEEN.sub(_shown, text)
    if len(text.encode("utf-8", "replace")) > MOST_BYTES:
        return plain_text(seen)
    try:
        html = _PARSER.renderer.render(_prepared(_PARSER.parse(seen), under), _PARSER.options, {})
    except _TooDeep:
        return plain_text(seen)
    return Markup(_clean(html))  # noqa: S704 - nh3 has cleaned it


def render_asked(text: str, under: int = 3) -> Markup:
    """A prompt: as it was typed, indents and all, unless it marks code as Markdown does."""
    return render_markdown(text, under) if _FENCE.search(text) else plain_text(text)


def plain_text(text: str) -> Markup:
    """The text as it stands, escaped, with its lines."""
    return Markup('<div class="plain" dir="auto">{}</div>').format(_UNSEEN.sub(_shown, text))


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
    return tokens


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
    """Links lead out of the product, never to an address of ours."""
    return value if name != "href" or _LINK.match(value) else None
