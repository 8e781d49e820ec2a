"""Reading JSON nobody has checked: complaints are kept by place, and a default stands in."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from workspace.task_types.base.results import Invalid

T = TypeVar("T")
PAYLOAD_BYTES = 1024 * 1024
TEXT_CHARACTERS = 200_000
_UNCLEAN = re.compile("[\0\ud800-\udfff]")


class Fields:
    """One JSON object, read field by field; fields nobody asks for are ignored."""

    def __init__(
        self, raw: object, whole: str, errors: dict[str, str] | None = None, prefix: str = ""
    ) -> None:
        self.errors: dict[str, str] = {} if errors is None else errors
        self._prefix = prefix
        self._raw: Mapping[Any, Any] = raw if isinstance(raw, Mapping) else {}
        if not isinstance(raw, Mapping):
            self.errors.setdefault(whole, "Give an object with named fields.")

    def get(self, name: str) -> object:
        """The raw value; None when the field is not there."""
        return self._raw.get(name)

    def has(self, name: str) -> bool:
        """Whether the field is there and not null."""
        return self._raw.get(name) is not None

    def place(self, name: str) -> str:
        """The name as an error shows it, from the top of the document."""
        return self._prefix + name

    def wrong(self, name: str, sentence: str) -> None:
        """Keep a complaint; the first one at a place stays."""
        self.errors.setdefault(self.place(name), sentence)

    def inner(self, name: str, raw: object) -> "Fields":
        """The object that stands at `name`, with its complaints kept here."""
        return Fields(raw, self.place(name), self.errors, self.place(name) + ".")

    def text(self, name: str, *, needed: str | None = None, longest: int = TEXT_CHARACTERS) -> str:
        """Unchanged text, "" when missing; `needed` is the sentence when it is missing or blank."""
        text = self.clean(name, self.get(name) if self.has(name) else "", longest)
        if needed and not text.strip():
            self.wrong(name, needed)
        return text

    def clean(self, name: str, value: object, longest: int = TEXT_CHARACTERS) -> str:
        """The value as text that fits a database, or "" and a complaint."""
        if not isinstance(value, str):
            self.wrong(name, "Give text here.")
        elif len(value) > longest:
            self.wrong(name, f"Shorten this to {longest:,} characters. It has {len(value):,}.")
        elif _UNCLEAN.search(value):
            self.wrong(name, "Remove the character that cannot be stored.")
        else:
            return value
        return ""

    def flag(self, name: str) -> bool:
        """True or false; false when missing."""
        value = self.get(name)
        if not isinstance(value, bool | None):
            self.wrong(name, "Give true or false here.")
        return value is True

    def whole(self, name: str, low: int, high: int, *, default: int) -> int:
        """A whole number from `low` to `high`."""
        value = self.whole_or_none(name, low, high)
        return default if value is None else value

    def whole_or_none(self, name: str, low: int, high: int) -> int | None:
        """A whole number from `low` to `high`, None when missing."""
        value = self.get(name)
        if value is None:
            return None
        if type(value) is not int or not low <= value <= high:
            self.wrong(name, f"Give a whole number from {low} to {high}.")
            return None
        return value

    def one_of(self, name: str, options: Sequence[str], *, default: str) -> str:
        """One of the options."""
        value = self.get(name)
        if value is None:
            return default
        if not isinstance(value, str) or value not in options:
            self.wrong(name, f"Choose one of: {', '.join(options)}.")
            return default
        return value

    def rows(self, name: str, *, least: int = 0, most: int) -> list[Any]:
        """A list of `least` to `most` things, [] when missing."""
        value = self.get(name) if self.has(name) else []
        if not isinstance(value, list | tuple):
            self.wrong(name, "Give a list here.")
            return []
        if not least <= len(value) <= most:
            self.wrong(name, f"Give {least} to {most} here. There are {len(value):,}.")
            return []
        return list(value)

    def texts(self, name: str, *, most: int, longest: int) -> tuple[str, ...]:
        """A list of different texts, none of them blank."""
        found: list[str] = []
        for index, value in enumerate(self.rows(name, most=most)):
            text = self.clean(f"{name}[{index}]", value, longest).strip()
            if not text or text in found:
                self.wrong(f"{name}[{index}]", "Give text that is not in the list yet.")
            found.append(text)
        return tuple(found)

    def picks(self, name: str, options: Iterable[str]) -> tuple[str, ...]:
        """Some of the options, each once, in their own order."""
        allowed = list(options)
        given = self.rows(name, most=len(allowed))
        if any(not isinstance(value, str) or value not in allowed for value in given):
            self.wrong(name, f"Choose from: {', '.join(allowed)}.")
            return ()
        return tuple(option for option in allowed if option in given)

    def limit(self, most_bytes: int = PAYLOAD_BYTES) -> None:
        """Complain when all texts together are larger than `most_bytes` in UTF-8."""
        size = _size(self._raw)
        if size > most_bytes:
            self.wrong("size", f"Make this smaller: {size:,} bytes, at most {most_bytes:,}.")

    def finish(self, thing: T) -> T | Invalid:
        """The thing, or the complaints."""
        return Invalid(dict(self.errors)) if self.errors else thing


def _size(raw: object) -> int:
    """Bytes of text anywhere inside; a loop, so that deep nesting cannot overflow the stack."""
    total, todo = 0, [raw]
    while todo:
        value = todo.pop()
        if isinstance(value, str):
            total += len(value.encode("utf-8", "surrogatepass"))
        elif isinstance(value, Mapping):
            todo.extend(value.keys())
            todo.extend(value.values())
        elif isinstance(value, list | tuple):
            todo.extend(value)
    return total
