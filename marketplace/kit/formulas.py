"""Formulas in Markdown: dollars and bracketed formulas stay as they were typed, marked for typesetting."""

import re
from collections.abc import Callable, Sequence

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markupsafe import Markup, escape
from mdit_py_plugins.dollarmath.index import math_block_dollar, math_inline_dollar

MOST_SIGNS = 1_000  # the search for a partner is quadratic in signs that have none: with more, they are text
MOST_CHARACTERS = 2_000  # of one formula; a longer one stays text
MOST_LINES = 60
CLASSES = frozenset({"math", "math display"})
_TEX = re.compile(r"[\\^_{}=]")
_ANY_SIGN = re.compile(r"[\\^_{}=+<>*/|&0-9-]")
_WORD = re.compile(r"[^\W\d_]{2}")
_LONG_WORD = re.compile(r"[^\W\d_]{3}")
_PARTNERS = {"\\(": "\\)", "\\[": "\\]"}

Inline = Callable[[StateInline, bool], bool]


def install(rules: MarkdownIt, *, blocks: bool = True) -> MarkdownIt:
    """Let the parser know formulas; inside code they are code, and `$5 and $10` is money."""
    rules.inline.ruler.before("escape", "math_dollars", _narrowed(_dollars()))
    rules.inline.ruler.before("escape", "math_brackets", _brackets)
    names = ["math_inline", "math_inline_double", "math_brackets"]
    if blocks:
        rules.block.ruler.before("fence", "math_block", math_block_dollar(allow_labels=False))
        rules.block.ruler.before("fence", "math_brackets_block", _brackets_block, {"alt": ["paragraph"]})
        names += ["math_block", "math_brackets_block"]
    for name in names:
        rules.add_render_rule(name, _shown)
    return rules


def too_many_signs(text: str) -> bool:
    """More signs that open a formula than anybody writes by hand."""
    return text.count("$") + text.count("\\(") + text.count("\\[") > MOST_SIGNS


def _dollars() -> Inline:
    return math_inline_dollar(allow_space=False, allow_digits=False, allow_double=True)


def _narrowed(rule: Inline) -> Inline:
    """The rule of the plugin, without amounts of money and without blank lines."""

    def found(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - the parser's signature
        start = state.pos
        if not rule(state, True):  # noqa: FBT003 - as the parser calls it
            return False
        end, state.pos = state.pos, start
        content = state.src[start:end].strip("$")
        if not content.strip() or _is_money(content) or "\n\n" in content:
            return False
        if silent:
            state.pos = end
            return True
        return rule(state, False)  # noqa: FBT003 - as the parser calls it

    return found


def _is_money(content: str) -> bool:
    """An amount, then words: `5 or 10`.  A formula that begins with a number has TeX beside its words."""
    return content[:1].isdigit() and not _TEX.search(content) and _WORD.search(content) is not None


def _brackets(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - the parser's signature
    r"""`\(...\)` and `\[...\]` within a paragraph."""
    opening = state.src[state.pos : state.pos + 2]
    if opening not in _PARTNERS:
        return False
    end = state.src.find(_PARTNERS[opening], state.pos + 2, state.pos + MOST_CHARACTERS)
    content = state.src[state.pos + 2 : end]
    if end < 0 or _is_escaped_text(content) or "\n\n" in content:
        return False
    if not silent:
        token = state.push("math_brackets", "span", 0)
        token.content, token.markup = content, opening
    state.pos = end + 2
    return True


def _is_escaped_text(content: str) -> bool:
    """Brackets that were escaped for Markdown: words without any sign of a formula."""
    return not content.strip() or (not _ANY_SIGN.search(content) and _LONG_WORD.search(content) is not None)


def _brackets_block(state: StateBlock, start: int, last: int, silent: bool) -> bool:  # noqa: FBT001 - the parser's signature
    r"""`\[` at the start of a line to `\]` at the end of one; blank lines end the search."""
    if state.is_code_block(start) or not _line(state, start).startswith("\\["):
        return False
    for number in range(start, min(last, start + MOST_LINES)):
        line = _line(state, number).rstrip()
        if not line:
            return False
        if line.endswith("\\]"):
            return silent or _push(state, start, number)
    return False


def _push(state: StateBlock, start: int, end: int) -> bool:
    text = "\n".join(_line(state, number) for number in range(start, end + 1)).rstrip()
    token = state.push("math_brackets_block", "div", 0)
    token.block, token.map = True, [start, end + 1]
    token.content, token.markup = text[2:-2], "\\["
    state.line = end + 1
    return True


def _line(state: StateBlock, number: int) -> str:
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]]


def _shown(_: object, tokens: Sequence[Token], index: int, *__: object) -> str:
    """The source with its signs, in an element that names what it is."""
    token = tokens[index]
    source = f"{token.markup}{token.content}{_PARTNERS.get(token.markup, token.markup)}"
    tag, end = ("div", "\n") if token.block else ("span", "")
    if len(source) > MOST_CHARACTERS:
        return f"<p>{escape(source)}</p>\n" if token.block else escape(source)
    if token.markup in {"$$", "\\["}:
        shown = Markup('<{} class="math display" dir="ltr" tabindex="0">{}</{}>{}')
    else:
        shown = Markup('<{} class="math" dir="ltr">{}</{}>{}')
    return shown.format(tag, source, tag, end)
