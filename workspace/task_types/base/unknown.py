"""A stand-in for a type this release does not know: old rows can still be read and exported raw."""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from workspace.task_types.base.contract import Form, TaskType
from workspace.task_types.base.results import Checked, Invalid, Json, Kind, Line
from workspace.task_types.base.words import first_line, fold


class UnknownTaskType(TaskType[Json, Json]):
    """Payload and answer are kept as they are; new work cannot be made with it."""

    title = "Unknown type"
    base_minutes = 1.0
    about = "A type of an older or newer release."
    payload_fields = ()

    def __init__(self, slug: str) -> None:
        self.slug = slug  # type: ignore[misc]  # every other type has its slug from the class

    @property
    def folder(self) -> str:
        return "unknown"

    def kind(self, payload: Json) -> Kind:
        return "writing"

    def read_payload(self, raw: Json) -> Json | Invalid:
        return raw if isinstance(raw, Mapping) else Invalid({"payload": "Give an object with named fields."})

    def read_answer(self, payload: Json, raw: Json) -> Checked[Json] | Invalid:
        return Checked(raw) if isinstance(raw, Mapping) else Invalid({"answer": "Give an object."})

    def from_form(self, form: Form) -> Json:
        return {name: list(values) for name, values in form.items()}

    def agreement(self, payload: Json, one: Json, other: Json) -> float:
        return float(one == other)

    def blind(self, payload: Json, display_seed: int) -> Json:
        return {name: _without_models(value) for name, value in payload.items() if name != "model"}

    def export(self, payload: Json, answer: Json) -> Iterable[Line]:
        yield Line("raw", {"prompt": payload.get("prompt"), "payload": payload, "answer": answer})

    def example(self) -> tuple[Json, Json]:
        return {"prompt": "Any question"}, {"text": "Any answer"}

    def summary(self, payload: Json) -> str:
        return next((first_line(text) for text in _texts(payload) if text.strip()), self.slug)

    def texts(self, payload: Json) -> Iterable[str]:
        return _texts(payload)

    def group_id(self, payload: Json) -> str:
        text = "\n".join(fold(part) for part in _texts(payload.get("prompt")))
        return "g_" + sha256(text.encode("utf-8", "replace")).hexdigest()[:16]

    def screen(self, payload: Json, raw: Json) -> Any:
        return {"payload": payload, "answer": raw}


def _without_models(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _without_models(inner) for name, inner in value.items() if name != "model"}
    return [_without_models(inner) for inner in value] if isinstance(value, list | tuple) else value


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)
