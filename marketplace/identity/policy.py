"""What is allowed about passwords, counters and roles; pure."""

import hashlib
import ipaddress
import re
from collections.abc import Collection

from config.policy import COMMON_PASSWORDS, PEOPLE
from marketplace.identity.models import Role, User

HOUSE_WORDS = frozenset({"assay"})
_LEET = str.maketrans(
    {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i"}
)
_RUNS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890123456789",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
)
_SHORTEST_PART = 4


def password_problem(password: str, *, email: str, name: str) -> str | None:
    """What is wrong with a new password, as a sentence that says what to do; None: nothing.

    Length, and not what others would try first.  No rule about kinds of characters.
    """
    if len(password) < PEOPLE.password_minimum:
        return f"Use at least {PEOPLE.password_minimum} characters. A few unrelated words work well."
    if len(password) > PEOPLE.password_maximum:
        return f"Use at most {PEOPLE.password_maximum} characters."
    if _is_personal(password, email, name):
        return "Use something other than your name or e-mail address."
    if _is_common(password):
        return "This password is easy to guess. Use a few unrelated words."
    return None


def _is_personal(password: str, email: str, name: str) -> bool:
    plain = password.lower()
    parts = {email.lower(), email.lower().partition("@")[0], name.lower(), name.lower().replace(" ", "")}
    long_enough = {part for part in parts if len(part) >= _SHORTEST_PART}
    return plain in long_enough or _stem(plain) in long_enough


def _is_common(password: str) -> bool:
    plain = password.lower()
    stems = {plain, _stem(plain), _stem(plain.translate(_LEET)), _stem(plain).translate(_LEET)}
    return (
        _is_repeated(plain)
        or _is_run(plain)
        or any(stem in COMMON_PASSWORDS or stem in HOUSE_WORDS or _is_repeated(stem) for stem in stems)
    )


def _stem(plain: str) -> str:
    """The word without the digits and signs people put around it."""
    return re.sub(r"^[\W\d_]+|[\W\d_]+$", "", plain)


def _is_repeated(plain: str) -> bool:
    """One short piece over and over, such as `abcabcabcabc`."""
    return len(plain) > _SHORTEST_PART and bool(re.fullmatch(r"(.{1,8}?)\1+.{0,3}", plain))


def _is_run(plain: str) -> bool:
    """Neighbours of the alphabet, the digits or the keyboard in their order."""
    return any(plain in run * 2 or plain in run[::-1] * 2 for run in _RUNS)


def email_counter(email: str) -> str:
    """What failed tries for an address of a User are counted by; hashed, because it may be a mistyped one."""
    return hashlib.sha256(f"user:{email}".encode()).hexdigest()


def address_counter(address: str) -> str:
    """What failed tries from a network address are counted by; a household's IPv6 addresses are one."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        network = address
    else:
        network = str(ipaddress.ip_network(f"{parsed}/64", strict=False) if parsed.version == 6 else parsed)  # noqa: PLR2004 - IP version 6
    return hashlib.sha256(f"address:{network}".encode()).hexdigest()


def acting(roles: Collection[str], chosen: Role | None) -> str | None:
    """What a browser acts as: its choice while the User has that role, else the first role held."""
    if chosen is not None and chosen.value in roles:
        return chosen.value
    return next((role.value for role in Role if role.value in roles), None)


def may_revoke(by: User | None, user: User, role: Role) -> bool:
    """An admin cannot lock everybody out by taking their own admin role."""
    return by is None or by.id != user.id or role is not Role.ADMIN


def device(user_agent: str) -> str:
    """What a person recognises a browser by, such as `Firefox on Linux`; nothing else of it is kept."""
    browser, system = _first(_BROWSERS, user_agent), _first(_SYSTEMS, user_agent)
    return f"{browser or 'A browser'} on {system or 'an unknown system'}"


def _first(names: tuple[tuple[str, str], ...], text: str) -> str | None:
    return next((name for mark, name in names if mark in text), None)


_BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("X11; Cr", "ChromeOS"),
    ("Linux", "Linux"),
)
