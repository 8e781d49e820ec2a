"""Golden response as a task type."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from workspace.task_types.base.contract import Form, TaskType
from workspace.task_types.base.lines import demonstration, preference
from workspace.task_types.base.parts import group_of, hidden
from workspace.task_types.base.results import Checked, Invalid, Json, Kind, Line
from workspace.task_types.base.words import first_line, similarity
from workspace.task_types.golden_response import answer as reading
from workspace.task_types.golden_response import form as forms
from workspace.task_types.golden_response import payload as payloads
from workspace.task_types.golden_response.answer import Answer
from workspace.task_types.golden_response.payload import Payload
from workspace.task_types.golden_response.sample import ANSWER, PAYLOAD
from workspace.task_types.golden_response.screen import Screen, screen


class GoldenResponse(TaskType[Payload, Answer]):
    """Write the answer a model should have given."""

    slug = "golden_response"
    title = "Golden response"
    base_minutes = 25.0
    about = "Write the best answer to a prompt, inside the limits the company sets."
    presets = (
        "constraints",
        "min_words",
        "max_words",
        "sources_required",
        "headings",
        "content_classes",
    )
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
        """Likeness of the two texts: shown, it never asks for another opinion."""
        return similarity(one.text, other.text)

    def minutes(self, payload: Payload) -> float:
        """Writing takes its time whatever the length of the prompt."""
        return self.base_minutes

    def blind(self, payload: Payload, display_seed: int) -> Payload:
        return replace(payload, response=payload.response and hidden(payload.response))

    def export(self, payload: Payload, answer: Answer) -> Iterable[Line]:
        return _export(payload, answer)

    def example(self) -> tuple[Json, Json]:
        return PAYLOAD, ANSWER

    def summary(self, payload: Payload) -> str:
        return first_line(payload.prompt[-1].content)

    def texts(self, payload: Payload) -> Iterable[str]:
        yield from (message.content for message in payload.prompt)
        if payload.response:
            yield payload.response.text

    def group_id(self, payload: Payload) -> str:
        return group_of(payload.prompt)

    def screen(self, payload: Payload, raw: Json) -> Screen:
        return screen(payload, raw)


def _export(payload: Payload, answer: Answer) -> Iterator[Line]:
    yield from demonstration(payload.prompt, answer.text)
    if payload.response:
        yield from preference(payload.prompt, answer.text, payload.response.text)
