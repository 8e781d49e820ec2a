"""Hallucination flagging as a task type."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from workspace.task_types.base.cautions import SENTENCES
from workspace.task_types.base.contract import Form, TaskType
from workspace.task_types.base.parts import group_of, hidden
from workspace.task_types.base.results import Checked, Invalid, Json, Kind, Line
from workspace.task_types.base.words import first_line
from workspace.task_types.hallucination_flagging import answer as reading
from workspace.task_types.hallucination_flagging import cover, lines
from workspace.task_types.hallucination_flagging import form as forms
from workspace.task_types.hallucination_flagging import gold as known
from workspace.task_types.hallucination_flagging import payload as payloads
from workspace.task_types.hallucination_flagging.answer import Answer
from workspace.task_types.hallucination_flagging.payload import Payload
from workspace.task_types.hallucination_flagging.sample import ANSWER, PAYLOAD
from workspace.task_types.hallucination_flagging.screen import Screen, screen


class HallucinationFlagging(TaskType[Payload, Answer]):
    """Mark what is not so in one response."""

    slug = "hallucination_flagging"
    title = "Hallucination flagging"
    base_minutes = 5.0
    about = "Read a response against its sources, mark the words that are not so, and say what is right."
    threshold = 0.50
    presets = ("types", "references", "content_classes")
    warnings: ClassVar[Mapping[str, str]] = {
        **SENTENCES,
        "span_too_long": "One flag covers more than half of the response. Flag only the words that are "
        "wrong, or submit it if all of it is.",
        "reliable_with_major": "You call the response reliable, yet you flagged a major problem. "
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
        return cover.agreement(payload, one, other)

    def blind(self, payload: Payload, display_seed: int) -> Payload:
        """One response: nothing to shuffle."""
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
        """The response tells tasks apart; the prompt is often the same for all of them."""
        return first_line(payload.text) or first_line(payload.prompt[-1].content)

    def texts(self, payload: Payload) -> Iterable[str]:
        yield from (message.content for message in payload.prompt)
        yield payload.text
        yield from (source.text for source in payload.context)

    def group_id(self, payload: Payload) -> str:
        return group_of(payload.prompt)

    def screen(self, payload: Payload, raw: Json) -> Screen:
        return screen(payload, raw)
