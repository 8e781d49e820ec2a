"""Money: integer minor units of one currency, and how a person reads them."""

import re
from dataclasses import dataclass

EXPONENTS = {"usd": 2, "eur": 2, "gbp": 2, "jpy": 0, "krw": 0, "kwd": 3, "bhd": 3}
SIGNS = {"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥"}
BASIS = 10_000
_GROUPED = re.compile(r"[0-9]{1,3}(,[0-9]{3})+")


@dataclass(frozen=True, slots=True)
class Money:
    """`minor` units (cents) of `currency`, never a float and never a boolean."""

    minor: int
    currency: str = "usd"

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError(f"money is an int of minor units, not {self.minor!r}")

    def __str__(self) -> str:
        return shown(self.minor, self.currency)


def shown(minor: int, currency: str = "usd") -> str:
    """`4334` as `$43.34`, `-5` as `-$0.05`; currencies without a sign carry their code."""
    exponent = EXPONENTS.get(currency, 2)
    whole, rest = divmod(abs(minor), 10**exponent)
    sign = SIGNS.get(currency, currency.upper() + " ")
    cents = f".{rest:0{exponent}d}" if exponent else ""
    return f"{'-' if minor < 0 else ''}{sign}{whole:,}{cents}"


def plain(minor: int, currency: str = "usd") -> str:
    """`4334` as `43.34`, without a sign of the currency or commas: for files that programs read."""
    exponent = EXPONENTS.get(currency, 2)
    whole, rest = divmod(abs(minor), 10**exponent)
    return f"{'-' if minor < 0 else ''}{whole}" + (f".{rest:0{exponent}d}" if exponent else "")


def share(minor: int, basis_points: int) -> int:
    """A fee: `basis_points` ten-thousandths of `minor`, rounded down (domain.md 1.3)."""
    return minor * basis_points // BASIS


def ceil_div(numerator: int, denominator: int) -> int:
    """Integer division rounded up: amounts for experts round up (domain.md 1.3)."""
    return -(-numerator // denominator)


def parse(text: str, currency: str = "usd") -> int:
    """Read what a person types, such as `1,000`, `$12.5` or `12.50`, as minor units; ValueError otherwise.

    A comma parts thousands and nothing else: `12,50` is refused, never taken for 1,250 dollars.
    """
    exponent = EXPONENTS.get(currency, 2)
    bare = text.strip().removeprefix(SIGNS.get(currency, "")).strip()
    whole, _, rest = bare.partition(".")
    if _GROUPED.fullmatch(whole):
        whole = whole.replace(",", "")
    digits = whole + rest
    if not digits.isascii() or not digits.isdigit() or len(rest) > exponent or len(digits) > 12:  # noqa: PLR2004 - the widest amount a column takes
        raise ValueError(f"not an amount of money: {text!r}")
    scale: int = 10**exponent
    return int(whole or "0") * scale + int(rest.ljust(exponent, "0") or "0")
