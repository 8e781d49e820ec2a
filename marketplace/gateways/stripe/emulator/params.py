"""What each operation takes.  Anything else is refused, so that a slip is found here and not at Stripe."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from marketplace.gateways.stripe.emulator.wire import ApiError

LONGEST = 5000
_INTEGER = re.compile(r"-?\d{1,15}")


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter: text, integer, boolean, labels (free names), many (a list) or group (named ones)."""

    kind: str
    required: bool = False
    choices: tuple[str, ...] = ()
    fields: Mapping[str, "Param"] = field(default_factory=dict)


Params = Mapping[str, Param]
TEXT, INTEGER, BOOLEAN, LABELS = Param("text"), Param("integer"), Param("boolean"), Param("labels")
TEXTS = Param("many", fields={"": TEXT})


def choice(*choices: str, required: bool = False) -> Param:
    """One of these words."""
    return Param("text", required=required, choices=choices)


def needed(param: Param) -> Param:
    """The same, required."""
    return Param(param.kind, required=True, choices=param.choices, fields=param.fields)


def group(**fields: Param) -> Param:
    """Named parameters in brackets."""
    return Param("group", fields=fields)


def many(item: Param) -> Param:
    """A list of one kind."""
    return Param("many", fields={"": item})


PAGING: Params = {
    "limit": INTEGER,
    "starting_after": TEXT,
    "created": group(gt=INTEGER, gte=INTEGER, lt=INTEGER, lte=INTEGER),
    "expand": TEXTS,
}


def read(params: Params, given: Mapping[str, Any], path: str = "") -> dict[str, Any]:
    """The values with their types; ApiError names the first parameter that is unknown, missing or wrong."""
    for name in given:
        if name not in params:
            said = f"{path}[{name}]" if path else name
            raise ApiError(
                f"Received unknown parameter: {said}", code="parameter_unknown", param=said, saved=False
            )
    values = {}
    for name, param in params.items():
        said = f"{path}[{name}]" if path else name
        if name in given:
            values[name] = _value(param, given[name], said)
        elif param.required:
            raise ApiError(
                f"Missing required param: {said}.", code="parameter_missing", param=said, saved=False
            )
    return values


def _value(param: Param, given: Any, said: str) -> Any:
    if param.kind == "group":
        return read(param.fields, _tree(given, said), said)
    if param.kind == "many":
        items = given if isinstance(given, list) else [given]
        return [_value(param.fields[""], item, f"{said}[{index}]") for index, item in enumerate(items)]
    if param.kind == "labels":
        return {name: _text(TEXT, value, f"{said}[{name}]") for name, value in _tree(given, said).items()}
    return _scalar(param, given, said)


def _tree(given: Any, said: str) -> Mapping[str, Any]:
    if not isinstance(given, dict):
        raise ApiError(f"Invalid object: {said}", code="parameter_invalid", param=said, saved=False)
    return given


def _scalar(param: Param, given: Any, said: str) -> Any:
    text = _text(param, given, said)
    if param.kind == "integer":
        if not _INTEGER.fullmatch(text):
            raise ApiError(
                f"Invalid integer: {text}", code="parameter_invalid_integer", param=said, saved=False
            )
        return int(text)
    if param.kind == "boolean":
        if text not in {"true", "false"}:
            raise ApiError(f"Invalid boolean: {text}", code="parameter_invalid", param=said, saved=False)
        return text == "true"
    return text


def _text(param: Param, given: Any, said: str) -> str:
    if not isinstance(given, str):
        raise ApiError(f"Invalid string: {said}", code="parameter_invalid_string", param=said, saved=False)
    if not given:
        raise ApiError(
            f"You passed an empty string for '{said}'.",
            code="parameter_invalid_empty",
            param=said,
            saved=False,
        )
    if len(given) > LONGEST or (param.choices and given not in param.choices):
        raise ApiError(f"Invalid {said}: {given[:80]}", code="parameter_invalid", param=said, saved=False)
    return given
