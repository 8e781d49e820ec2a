"""Rating as a task type."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from workspace.task_types.base.cautions import SENTENCES
from workspace.task_types.base.contract import Form, TaskType
from workspace.task_types.base.parts import group_of, hidden
from workspace.task_types.base.results import Checked, Invalid, Json, Kind, Line
from workspace.task_types.base.words import first_line
from workspace.task_types.rating import answer as reading
from workspace.task_types.rating import form as forms
from workspace.task_types.rating import gold as known
from workspace.task_types.rating import lines, opinions
from workspace.task_types.rating import payload as payloads
from workspace.task_types.rating.answer import Answer
from workspace.task_types.rating.payload import Payload
from workspace.task_types.rating.sample import ANSWER, PAYLOAD
from workspace.task_types.rating.screen import Screen, screen


class Rating(TaskType[Payload, Answer]):
    """Rate one response on a rubric."""

    slug = "rating"
    title = "Rating"
    base_minutes = 3.0
    about = "Rate one response on a rubric with words at every point, then give an overall value."
    threshold = 0.70
    presets = ("criteria", "allow_not_applicable", "flag_list", "content_classes")
    warnings: ClassVar[Mapping[str, str]] = {
        **SENTENCES,
        "all_same": "For the third time in a row you gave one value everywhere. "
        "If that is your answer, submit it.",
    }
    payload_fields = payloads.FIELDS

    def kind(self, payload: Payload) -> Kind:
        return "judging"

    def read_payload(self, raw: Json) -> Payload | Invalid:
        return payloads.read_payload(raw)

    def read_answer(self, payload: Payload, raw: Json) -> Checked[Answer] | Invalid:
        return reading.read_answer(payload, raw)

    def from_form(self, form: Form) -> Json:
        return forms.from_form(form)

    def agreement(self, payload: Payload, one: Answer, other: Answer) -> float:
        return opinions.agreement(payload, one, other)

    def blind(self, payload: Payload, display_seed: int) -> Payload:
        return replace(payload, response=hidden(payload.response))

    def export(self, payload: Payload, answer: Answer) -> Iterable[Line]:
        return lines.export(payload, answer)

    def aggregate(
        self, payload: Payload, answers: Sequence[Answer], weights: Sequence[float] | None = None
    ) -> Iterable[Line]:
        return lines.aggregate(payload, answers, weights)

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
        yield payload.response.text

    def group_id(self, payload: Payload) -> str:
        return group_of(payload.prompt)

    def screen(self, payload: Payload, raw: Json) -> Screen:
        return screen(payload, raw)
