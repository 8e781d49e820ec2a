"""Numbers on credentials: what their own rules say about them, without asking anybody.  Pure."""

import re
import unicodedata

SCHEMES = {
    "": "Number of its issuer",
    "npi": "NPI (health care, United States)",
    "orcid": "ORCID iD",
    "isbn": "ISBN",
    "doi": "DOI",
}
TAIL = 3
NUMBER_MAXIMUM = 64
NPI_PREFIX = "80840"  # ISO 7812: health care, United States
_DOI = re.compile(r"10\.\d{4,9}/[\x21-\x7e]+", re.ASCII)
_ORCID = re.compile(r"\d{15}[\dX]", re.ASCII)
_PLAIN = re.compile(r"[A-Z0-9]{2,}", re.ASCII)


def normal(scheme: str, number: str) -> str:
    """One spelling for one number: no spaces, dashes or addresses around it, capital letters."""
    text = unicodedata.normalize("NFKC", number).strip()
    if scheme == "doi":
        return re.sub(r"^(https?://(dx\.)?doi\.org/|doi:\s*)", "", text, flags=re.IGNORECASE).lower()
    if scheme == "orcid":
        text = re.sub(r"^https?://orcid\.org/", "", text, flags=re.IGNORECASE)
    return re.sub(r"[\s\-‐-―./]", "", text).upper()


def number_problem(scheme: str, number: str) -> str | None:
    """What is wrong with a number, as a sentence for its field; None when its own rules are kept."""
    plain = normal(scheme, number)
    check = {"npi": _npi, "orcid": _orcid, "isbn": _isbn, "doi": _doi}.get(scheme, _any)
    return check(plain)


def tail(scheme: str, number: str) -> str:
    """The last three signs, so that its owner knows which number is kept; a short number shows less."""
    plain = normal(scheme, number)
    return plain[-TAIL:] if len(plain) > 2 * TAIL else plain[-1:]


def _npi(plain: str) -> str | None:
    if not re.fullmatch(r"[12]\d{9}", plain, re.ASCII):
        return "An NPI has ten digits and begins with 1 or 2. Copy it from the register."
    if not _luhn(NPI_PREFIX + plain):
        return "This NPI has a wrong digit: its check digit does not fit. Copy it from the register."
    return None


def _orcid(plain: str) -> str | None:
    if not _ORCID.fullmatch(plain):
        return "An ORCID iD has 16 signs, such as 0000-0002-1825-0097. Copy it from orcid.org."
    if _mod_11_2(plain[:-1]) != plain[-1]:
        return "This ORCID iD has a wrong digit: its check digit does not fit. Copy it from orcid.org."
    return None


def _isbn(plain: str) -> str | None:
    if re.fullmatch(r"97[89]\d{10}", plain, re.ASCII):
        good = sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(plain)) % 10 == 0
    elif re.fullmatch(r"\d{9}[\dX]", plain, re.ASCII):
        good = sum((10 - at) * (10 if sign == "X" else int(sign)) for at, sign in enumerate(plain)) % 11 == 0
    else:
        return "An ISBN has 10 or 13 digits. Copy it from the book."
    return (
        None if good else "This ISBN has a wrong digit: its check digit does not fit. Copy it from the book."
    )


def _doi(plain: str) -> str | None:
    return None if _DOI.fullmatch(plain) else "A DOI looks like 10.1000/182. Copy it from the publication."


def _any(plain: str) -> str | None:
    if len(plain) > NUMBER_MAXIMUM:
        return f"Use {NUMBER_MAXIMUM} letters and digits or fewer."
    return (
        None if _PLAIN.fullmatch(plain) else "Enter the number as it stands on the paper: letters and digits."
    )


def _luhn(digits: str) -> bool:
    total = 0
    for at, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if at % 2 else 1)
        total += value - 9 if value > 9 else value  # noqa: PLR2004 - the sum of two digits
    return total % 10 == 0


def _mod_11_2(digits: str) -> str:
    """ISO 7064, MOD 11-2: the check sign of these digits."""
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2
    value = (12 - total % 11) % 11
    return "X" if value == 10 else str(value)  # noqa: PLR2004 - the sign for ten
