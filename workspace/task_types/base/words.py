"""Words, likeness and script of texts, the same for every type and every screen."""

import re
import unicodedata
from collections import Counter

from rapidfuzz.distance import Levenshtein

SUMMARY_CHARACTERS = 120
SHINGLE = 5
LIKENESS_WORDS = 25
_SAMPLE = 2_000
_SCRIPT_LETTERS = 20
_SCRIPT_SHARE = 0.6
_ADDRESS = 254
_PHONE_DIGITS = range(9, 16)
# scripts that put no spaces between words: every letter counts (Thai to Lao, Myanmar, Khmer, kana, Han)
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
)
_SIGNS = re.compile(r"[*`#>|~]+|(?<!\w)_+|_+(?!\w)|^\s*[-=]+(?!\w)")
_FENCE = re.compile(
    r"^[ \t]*(?:```+|~~~+)[ \t]*[\w+#.-]*[ \t]*$", re.MULTILINE
)  # names a language, says nothing
_WORD = re.compile(f"[{UNSPACED}]|[^\\s{UNSPACED}]+")
_EMAIL = re.compile(r"[^@<>()\[\],;:]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"\+?\d[\d ().-]{7,20}\d")


def words(text: str) -> list[str]:
    """The words of a text: runs without white space that hold a letter or a digit."""
    return [word for word in _WORD.findall(text) if any(map(str.isalnum, word))]


def count_words(text: str) -> int:
    """How many words; one a letter in scripts without spaces."""
    return len(words(text))


def fold(text: str) -> str:
    """The text without the difference of case and white space."""
    return " ".join(text.split()).casefold()


def first_line(text: str, longest: int = SUMMARY_CHARACTERS) -> str:
    """The first line that says something, without the signs of Markdown, cut at a word."""
    lines = [" ".join(line.split()) for line in _FENCE.sub("", text).split("\n")]
    bare = [" ".join(_SIGNS.sub("", line).split()) for line in lines]
    telling = [line for line in bare if words(line)]
    line = next((line for line in (*telling, *bare, *lines) if line), "")
    if len(line) <= longest:
        return line
    cut = line[: longest - 1]
    return (cut.rpartition(" ")[0] or cut).rstrip(" ,.;:") + "…"


def similarity(one: str, other: str) -> float:
    """1 less the edit distance divided by the longer length, in code points; 1 for two equal texts."""
    return float(Levenshtein.normalized_similarity(one, other))


def likeness(one: str, other: str) -> float:
    """Share of common runs of five words (Jaccard), 0 when either text has under 25 words."""
    left, right = words(fold(one)), words(fold(other))
    if min(len(left), len(right)) < LIKENESS_WORDS:
        return 0.0
    a, b = _shingles(left), _shingles(right)
    return len(a & b) / len(a | b)


def _shingles(tokens: list[str]) -> set[tuple[str, ...]]:
    return {tuple(tokens[at : at + SHINGLE]) for at in range(len(tokens) - SHINGLE + 1)}


def script(text: str) -> str | None:
    """The script most letters at the beginning are of, None when there are few letters or no clear winner."""
    names = Counter(_script_of(letter) for letter in text[:_SAMPLE] if letter.isalpha())
    if names.total() < _SCRIPT_LETTERS:
        return None
    name, count = names.most_common(1)[0]
    return name if count >= _SCRIPT_SHARE * names.total() else None


def _script_of(letter: str) -> str:
    name = unicodedata.name(letter, "UNKNOWN").split(" ")[0]
    return "CJK" if name in {"HIRAGANA", "KATAKANA"} else name


def personal_data(text: str) -> set[str]:
    """E-mail addresses and telephone numbers in a text, folded."""
    short = (token.strip(".,;:!?\"'<>()[]") for token in text.split() if "@" in token)
    found = {token.casefold() for token in short if len(token) <= _ADDRESS and _EMAIL.fullmatch(token)}
    for match in _PHONE.findall(text):
        digits = re.sub(r"\D", "", match)
        spaced = match.startswith("+") or len(re.findall(r"\D+", match)) > 1
        if spaced and len(digits) in _PHONE_DIGITS:
            found.add(digits)
    return found
