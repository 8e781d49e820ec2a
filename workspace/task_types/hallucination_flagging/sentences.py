"""Where the sentences of a text are, in code points; the text itself is never changed."""

import re
from collections.abc import Iterator

Range = tuple[int, int]

MOST = 500
_LINE = re.compile(r"[^\n\r\u2028\u2029]+")
# a mark that ends a sentence with what closes behind it; scripts without spaces need no space after it
_END = re.compile(
    r"[.!?\u2026\u061f\u06d4\u0964]+[\"'\u2019\u201d\u00bb)\]]*(?=\s)|[\u3002\uff01\uff1f]+[\u300d\u300f\uff09\"']*"
)
_SHORT = frozenset(
    re.findall(
        r"\S+",
        "mr mrs ms dr prof st sr jr vs no nr fig vol inc ltd co corp approx cf al e.g i.e u.s u.k a.m p.m",
    )
)
_LOOK = 12  # so many characters around a full stop say what it is
_NUMBER = 4  # a number of a list is no longer than that


def sentences_of(text: str) -> tuple[Range, ...]:
    """(start, end) of every sentence, half-open; lines end sentences, lines without a word are none."""
    return tuple(
        part
        for line in _LINE.finditer(text)
        for part in _split(text, line.start(), line.end())
        if any(map(str.isalnum, text[slice(*part)]))
    )


def _split(text: str, start: int, end: int) -> Iterator[Range]:
    begin = start
    for mark in _END.finditer(text, start, end):
        if not _goes_on(text, begin, mark, end):
            yield _trimmed(text, begin, mark.end())
            begin = mark.end()
    if begin < end:
        yield _trimmed(text, begin, end)


def _goes_on(text: str, begin: int, mark: re.Match[str], end: int) -> bool:
    """Whether this full stop ends nothing: an initial, a short form, a list's number, a small letter next."""
    if mark[0] != ".":
        return False
    if text[mark.end() : min(end, mark.end() + _LOOK)].lstrip()[:1].islower():
        return True
    before = text[max(begin, mark.start() - _LOOK) : mark.start()]
    word = before.split()[-1].lstrip("([\"'\u201c").casefold() if before.strip() else ""
    listed = mark.start() - begin <= _NUMBER and before.strip().isdigit()
    return word in _SHORT or listed or (len(word) == 1 and word.isalpha())


def _trimmed(text: str, start: int, end: int) -> Range:
    part = text[start:end]
    return start + len(part) - len(part.lstrip()), end - (len(part) - len(part.rstrip()))
