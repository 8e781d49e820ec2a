"""The only source of ids and randomness."""

import re
import secrets
import time
import uuid

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U to misread
_LETTERS = 6  # of a code, five bits each
_CODE = re.compile(rf"(?:.*\s)?([A-Z]-[{_ALPHABET}]{{6}})(?:-\S*)?")


def new_id() -> uuid.UUID:
    """A version 7 UUID (RFC 9562, 5.7): ordered by time, so that indexes stay warm and ids page well."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & (2**48 - 1)) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return uuid.UUID(int=value)


def derived(source: uuid.UUID, name: str) -> uuid.UUID:
    """The one id that `name` has under `source`: two who make it meet (version 5, RFC 9562, 5.5)."""
    return uuid.uuid5(source, name)


def token() -> str:
    """256 bits nobody can guess, safe in an address or a cookie."""
    return secrets.token_urlsafe(32)


def seed() -> int:
    """A seed for an order of display: 31 bits, so that it fits every integer column."""
    return secrets.randbits(31)


def code(letter: str, thing: uuid.UUID) -> str:
    """The short public code people read aloud, such as `S-7QK4M2`; the address keeps the whole id."""
    tail = thing.int & (2**30 - 1)
    return f"{letter}-" + "".join(_ALPHABET[tail >> shift & 31] for shift in range(25, -1, -5))


def read_code(text: str) -> str | None:
    """The code in what somebody typed: `Expert e-7qk4m2`, `S-7QK4M2-2026-11`; None: there is none."""
    found = _CODE.fullmatch(text.strip().upper())
    return found[1] if found else None


def code_tail(code: str) -> str | None:
    """The last seven hexadecimal signs of every id with this code, to look for; None: this is no code."""
    letters = code.rpartition("-")[2].upper()
    if "-" not in code or len(letters) != _LETTERS or any(sign not in _ALPHABET for sign in letters):
        return None
    value = 0
    for sign in letters:
        value = value << 5 | _ALPHABET.index(sign)
    return f"{value & (2**28 - 1):07x}"
