"""Rules of form fields: what is refused, and the sentence that says what to do instead."""

import unicodedata
from collections.abc import Mapping
from typing import Any

from wtforms import validators
from wtforms.validators import StopValidation

UNSEEN = frozenset({"Cf", "Zs", "Zl", "Zp"})  # spaces, joiners, marks of direction
BLANKS = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")  # letters by name, drawn as nothing
OVERRIDES = frozenset("\u202d\u202e")  # turn round what stands behind them, other people's words too
WORDS = {  # what WTForms says, and what we say
    "This field is required.": "Fill this in.",
    "Not a valid choice.": "Choose one of the options.",
    "Invalid Choice: could not coerce.": "Choose one of the options.",
    "Invalid choice(s): one or more data inputs could not be coerced.": "Choose from the list.",
    "Not a valid integer value.": "Enter a whole number.",
    "Not a valid decimal value.": "Enter a number.",
    "Not a valid date value.": "Enter a date, such as 2026-03-31.",
}


def strip(value: Any) -> Any:
    """Text without spaces around it, with one kind of line end; anything else unchanged.

    A text in which nothing can be seen is an empty one.
    """
    if not isinstance(value, str):
        return value
    text = value.replace("\r\n", "\n").strip()
    return text if any(map(_is_seen, text)) else ""


def _is_seen(letter: str) -> bool:
    return letter not in BLANKS and unicodedata.category(letter) not in UNSEEN


class Clean:
    """Refuses what nobody can see: NUL, other controls, lone surrogates, signs that turn a text round.

    `lines` lets line ends pass.
    """

    def __init__(self, *, lines: bool) -> None:
        self.allowed = "\n\t" if lines else ""

    def __call__(self, form: Any, field: Any) -> None:
        """StopValidation, so that no other rule looks at such a text."""
        text = field.data if isinstance(field.data, str) else ""
        for letter in text:
            if letter in "\r\n\t" and not self.allowed:
                raise StopValidation("Write this on one line.")
            hidden = letter in OVERRIDES or unicodedata.category(letter) in {"Cc", "Cs"}
            if hidden and letter not in self.allowed:
                raise StopValidation("Remove the characters that cannot be seen, then send again.")


class Needed:
    """There must be an answer; 0 and False are answers.  What could not be read keeps its own message."""

    field_flags: Mapping[str, Any] = {"required": True}

    def __init__(self, message: str) -> None:
        self.message = message

    def __call__(self, form: Any, field: Any) -> None:
        """StopValidation with the message."""
        sent = [value for value in field.raw_data or [] if str(value).strip()]
        if field.process_errors and sent:
            raise StopValidation
        if field.data is None or field.data in ("", [], ()):
            field.errors = []  # an empty number is missing, not misspelt
            raise StopValidation(self.message)


def needed(message: str) -> Needed:
    """The rule that a field is filled in; `message` says what to do ("Enter a headline")."""
    return Needed(message)


def agreed(message: str) -> validators.DataRequired:
    """The rule that a box is ticked."""
    return validators.DataRequired(message)


def maybe() -> validators.Optional:
    """The field may stay empty, and its label says so."""
    return validators.Optional()


def at_most(limit: int) -> validators.Length:
    """No more than `limit` characters; what is over stays in the box."""
    return validators.Length(max=limit, message=f"Use {limit:,} characters or fewer.")


def between(least: int, most: int) -> validators.Length:
    """From `least` to `most` characters."""
    return validators.Length(min=least, max=most, message=f"Use {least:,} to {most:,} characters.")


class Within(validators.NumberRange):
    """WTForms' rule, which asks for a float of the number: one of 400 digits has none."""

    def __call__(self, form: Any, field: Any) -> None:
        """StopValidation with the message for a number no float can hold."""
        try:
            super().__call__(form, field)
        except OverflowError as error:
            raise StopValidation(str(self.message)) from error


def within(least: int, most: int) -> Within:
    """A number from `least` to `most`, both included."""
    return Within(min=least, max=most, message=f"Enter a number from {least:,} to {most:,}.")
