"""Where words stand in a text: code points of the text as it is kept, never of a copy somebody tidied up.

Offsets of other tools count from 1, include the end, or count UTF-16 units; words alone are looked for.
"""

import re

Range = tuple[int, int]

AROUND = 32


def around(text: str, start: int, end: int) -> tuple[str, str]:
    """Up to 32 characters before and after, to find the place again."""
    return text[max(0, start - AROUND) : start], text[end : end + AROUND]


def stands(text: str, quote: str, start: int, end: int) -> bool:
    """Whether exactly these words are at exactly this place."""
    return bool(quote) and 0 <= start < end <= len(text) and text[start:end] == quote


def found(text: str, quote: str, *, before: str = "", after: str = "") -> list[Range]:
    """Every place of these words, any white space alike; `before` and `after` must stand around them."""
    if not quote.strip():
        return []
    parts = [f"(?P<quote>{_loose(quote)})"]
    if before.strip():
        parts.insert(0, rf"{_loose(before)}\s*")
    if after.strip():
        parts.append(rf"\s*{_loose(after)}")
    pattern = re.compile(f"(?={''.join(parts)})")
    return list(dict.fromkeys(match.span("quote") for match in pattern.finditer(text)))


def _loose(words: str) -> str:
    return r"\s+".join(re.escape(part) for part in words.split())


def moved(text: str, quote: str, start: int, end: int) -> Range | None:
    """The place of an imported span: from 0, from 1 half-open, from 1 with its end, in UTF-16, else searched.

    Of several places that a search finds, the nearest to `start`.
    """
    guesses = ((start, end), (start - 1, end - 1), (start - 1, end), _from_units(text, start, end))
    for one, other in guesses:
        if stands(text, quote, one, other):
            return one, other
    return min(found(text, quote), key=lambda place: abs(place[0] - start), default=None)


def _from_units(text: str, start: int, end: int) -> Range:
    """The place that two UTF-16 offsets mean; (0, 0) when they cut a character in half or lie outside."""
    raw = text.encode("utf-16-le", "surrogatepass")
    if not 0 <= start <= end <= len(raw) // 2:
        return 0, 0
    try:
        return len(raw[: 2 * start].decode("utf-16-le")), len(raw[: 2 * end].decode("utf-16-le"))
    except UnicodeDecodeError:
        return 0, 0
