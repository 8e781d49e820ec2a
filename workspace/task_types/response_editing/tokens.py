"""The parts a text is compared by, each with its place in code points.

A word is a run of letters, digits and signs that join them ("don't", "2.5"); a letter of a script without
spaces and a sign of punctuation stand alone; a line break is a part of its own.
`frontend/workspace/tokens.ts` says the same; both are tested with the same cases.
"""

import re
from dataclasses import dataclass

from workspace.task_types.base.words import UNSPACED

SPACE = r"\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_SIGNS = (
    r"!-/:-@\[-^`{-~\xa1-\xa9\xab-\xb1\xb4\xb6-\xb8\xbb\xbf\xd7\xf7\u2010-\u2027\u2030-\u205e"
    r"\u3001-\u3003\u3008-\u3020\u3030\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
)
_LETTERS = f"[^{SPACE}{_SIGNS}{UNSPACED}]+"
_BREAK = f"[\\r\\n][{SPACE}]*"
WORDS = re.compile(f"({_BREAK})|([{_SIGNS}])|[{UNSPACED}]|{_LETTERS}(?:['’.,-]{_LETTERS})*")
LINES = re.compile(f"({_BREAK})|()[^\\r\\n]+")
_NEWLINE = re.compile(r"\r\n?")


@dataclass(frozen=True, slots=True)
class Token:
    """One part: what it is compared by, where it stands, and whether it is only punctuation."""

    key: str
    start: int
    end: int
    is_sign: bool


def split(text: str, pattern: re.Pattern[str] = WORDS) -> list[Token]:
    """The parts of a text; white space inside a line only says whether two parts are apart."""
    found: list[Token] = []
    apart_from = -1  # where the last part ended; a part right there is joined to it
    for match in pattern.finditer(text):
        start, end = match.span()
        if match.group(1):
            found.append(Token(_NEWLINE.sub("\n", match.group()), start, end, is_sign=False))
            apart_from = -1
            continue
        joined = "" if start == apart_from else " "
        found.append(Token(joined + match.group(), start, end, is_sign=bool(match.group(2))))
        apart_from = end
    return found
