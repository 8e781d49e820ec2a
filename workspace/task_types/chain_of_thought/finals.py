"""Final answers: when two of them say the same, whatever their spaces, units and thousands."""

import re
from fractions import Fraction

from workspace.task_types.base.words import fold

LONGEST_NUMBER = 80
_AROUND = " .,;:!?()[]{}*`\"'“”‘’=≈"
_NUMBER = re.compile(
    r"(?P<before>[^0-9]*?)(?P<sign>[-+−]?)(?P<whole>[0-9]{1,3}(?:[,\s][0-9]{3})+(?![0-9])|[0-9]+)?"
    r"(?P<part>\.[0-9]+)?(?:\s*/\s*(?P<under>[0-9]+))?(?P<after>[^0-9]*)"
)
_NUMBERS = re.compile(r"[-+−]?(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+)(?:\.[0-9]+)?(?:/[0-9]+)?")
_UNITS = {
    "$": "dollar",
    "usd": "dollar",
    "€": "euro",
    "eur": "euro",
    "£": "pound",
    "gbp": "pound",
    "%": "percent",
}


def same(one: str, other: str) -> bool:
    """Whether two final answers agree; a unit that only one of them has makes no difference."""
    left, right = _measure(one), _measure(other)
    if left is None or right is None:
        return _bare(one) == _bare(other)
    (number, unit), (other_number, other_unit) = left, right
    return number == other_number and (not unit or not other_unit or unit == other_unit)


def is_number(text: str) -> bool:
    """Whether the text is one number, perhaps with a unit."""
    return _measure(text) is not None


def mentions(text: str, wanted: str) -> bool:
    """Whether a text has this answer in it."""
    measure = _measure(wanted)
    if measure is not None:
        found = (_measure(number) for number in _NUMBERS.findall(fold(text)))
        return any(number is not None and number[0] == measure[0] for number in found)
    return re.search(rf"(?<!\w){re.escape(fold(wanted))}(?!\w)", fold(text)) is not None


def _bare(text: str) -> str:
    """Folded, without the signs around it; the signs themselves when there is nothing else."""
    folded = fold(text)
    return folded.strip(_AROUND) or folded


def _measure(text: str) -> tuple[Fraction, str] | None:
    """The number a text is, with its unit; None when it is no number, or more than one."""
    found = _NUMBER.fullmatch(fold(text)) if len(text) <= LONGEST_NUMBER else None
    if found is None or not (found["whole"] or found["part"]):
        return None
    whole = re.sub(r"[,\s]", "", found["whole"] or "0")
    under = int(found["under"] or "1")
    if not under:
        return None
    number = Fraction(whole + (found["part"] or "")) / under
    unit = _unit(found["after"]) or _UNITS.get(found["before"].rpartition(" ")[2], "")
    return (-number if found["sign"] in {"-", "−"} else number), unit


def _unit(text: str) -> str:
    """The letters and signs of a unit, without the plural."""
    letters = "".join(sign for sign in text if sign.isalpha() or sign in "$€£%°/").rstrip("s")
    return _UNITS.get(letters, letters)
