"""Colours for code: the class of each piece, by the language its fence names.  No style, no guessing."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from markupsafe import Markup, escape
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import Token as Kind
from pygments.util import ClassNotFound

# A lexer is a list of regular expressions, some of them quadratic: what is larger or wider stays plain.
MOST_CHARACTERS = 4_000
MOST_IN_LINE = 300
_MANY_BLANKS = "\n" * 12
LANGUAGES = frozenset(
    [
        "bash",
        "c",
        "c#",
        "c++",
        "console",
        "cpp",
        "csharp",
        "css",
        "docker",
        "dockerfile",
        "fortran",
        "go",
        "haskell",
        "html",
        "ini",
        "java",
        "javascript",
        "js",
        "json",
        "julia",
        "kotlin",
        "latex",
        "lua",
        "matlab",
        "objective-c",
        "perl",
        "php",
        "powershell",
        "py",
        "python",
        "r",
        "rb",
        "rs",
        "ruby",
        "rust",
        "scala",
        "sh",
        "shell",
        "sql",
        "swift",
        "tex",
        "toml",
        "ts",
        "typescript",
        "xml",
        "yaml",
        "yml",
    ]
)
# The first that a piece belongs to names its class; what belongs to none stays plain.
_CLASSES: tuple[tuple[Any, str], ...] = (
    (Kind.Comment, "hl-note"),
    (Kind.Keyword, "hl-key"),
    (Kind.Operator.Word, "hl-key"),
    (Kind.Name.Tag, "hl-key"),
    (Kind.Literal.String, "hl-text"),
    (Kind.Literal.Number, "hl-number"),
    (Kind.Name.Function, "hl-name"),
    (Kind.Name.Class, "hl-name"),
    (Kind.Name.Decorator, "hl-name"),
    (Kind.Name.Attribute, "hl-name"),
    (Kind.Name.Builtin, "hl-built"),
    (Kind.Name.Exception, "hl-built"),
)
CLASSES = frozenset(name for _, name in _CLASSES)


def coloured(code: str, language: str) -> Markup:
    """The code, escaped, every character of it, with its pieces in spans of our classes.

    Plain when the language is unknown, and when the block is over 4,000 characters or has a line over 300.
    """
    lexer = None if _is_too_much(code) else _lexer(language.lower())
    pieces = list(_pieces(lexer, code)) if lexer else []
    if "".join(text for _, text in pieces) != code:  # a lexer that tidies up would change what is judged
        return escape(code)
    return Markup("").join(
        Markup('<span class="{}">{}</span>').format(name, text) if name else escape(text)
        for name, text in pieces
    )


def _is_too_much(code: str) -> bool:
    return (
        len(code) > MOST_CHARACTERS
        or _MANY_BLANKS in code
        or any(len(line) > MOST_IN_LINE for line in code.split("\n"))
    )


@cache
def _lexer(language: str) -> Lexer | None:
    if language not in LANGUAGES:
        return None
    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


def _class(kind: Any) -> str:
    return next((name for group, name in _CLASSES if kind in group), "")


def _pieces(lexer: Lexer, code: str) -> Iterator[tuple[str, str]]:
    """(class or "", text), neighbours of one class together."""
    last, text = "", ""
    for kind, value in lexer.get_tokens(code):
        name = _class(kind)
        if name != last:
            if text:
                yield last, text
            last, text = name, ""
        text += value
    if text:
        yield last, text
