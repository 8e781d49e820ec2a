"""Response editing as a task type."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import ClassVar

from workspace.task_types.base.cautions import SENTENCES
from workspace.task_types.base.contract import Form, TaskType
from workspace.task_types.base.parts import group_of, hidden
from workspace.task_types.base.results import Checked, Invalid, Json, Kind, Line
from workspace.task_types.base.words import first_line, similarity
from workspace.task_types.response_editing import answer as reading
from workspace.task_types.response_editing import form as forms
from workspace.task_types.response_editing import gold as known
from workspace.task_types.response_editing import lines
from workspace.task_types.response_editing import payload as payloads
from workspace.task_types.response_editing.answer import Answer
from workspace.task_types.response_editing.payload import Payload
from workspace.task_types.response_editing.sample import ANSWER, PAYLOAD
from workspace.task_types.response_editing.screen import Screen, screen


class ResponseEditing(TaskType[Payload, Answer]):
    """Correct a model's response, or say that nothing has to change."""

    slug = "response_editing"
    title = "Response editing"
    base_minutes = 8.0
    about = "Correct a model's response, say what was wrong, or find that nothing has to change."
    presets = ("format", "content_classes")
    warnings: ClassVar[Mapping[str, str]] = {
        **SENTENCES,
        "almost_original": "Fewer than 3 words differ. If the response was right already, choose "
        "“No change needed”; if this is all it needed, submit it.",
        "is_rewrite": "Over 90 % is new. Submit it only if nothing of the response could be saved.",
    }
    payload_fields = payloads.FIELDS

    def kind(self, payload: Payload) -> Kind:
        return "writing"

    def read_payload(self, raw: Json) -> Payload | Invalid:
        return payloads.read_payload(raw)

    def read_answer(self, payload: Payload, raw: Json) -> Checked[Answer] | Invalid:
        return reading.read_answer(payload, raw)

    def from_form(self, form: Form) -> Json:
        return forms.from_form(form)

    def agreement(self, payload: Payload, one: Answer, other: Answer) -> float:
        """Likeness of the two results: shown, it never asks for another opinion."""
        return similarity(one.text(payload), other.text(payload))

    def blind(self, payload: Payload, display_seed: int) -> Payload:
        return replace(payload, response=hidden(payload.response))

    def export(self, payload: Payload, answer: Answer) -> Iterable[Line]:
        return lines.export(payload, answer)

    def read_gold(self, payload: Payload, raw: Json) -> Json | Invalid:
        return known.read_gold(payload, raw)

    def score_against_gold(self, payload: Payload, gold: Json, answer: Answer) -> float | None:
        return known.score(payload, gold, answer)

    def example(self) -> tuple[Json, Json]:
        return PAYLOAD, ANSWER

    def summary(self, payload: Payload) -> str:
        return first_line(payload.prompt[-1].content)

    def texts(self, payload: Payload) -> Iterable[str]:
        yield from (message.content for message in payload.prompt)
        yield payload.original

    def group_id(self, payload: Payload) -> str:
        return group_of(payload.prompt)

    def screen(self, payload: Payload, raw: Json) -> Screen:
        return screen(payload, raw)
