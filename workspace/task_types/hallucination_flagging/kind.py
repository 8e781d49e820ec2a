"""Hallucination flagging as a task type."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from workspace.task_types.base.cautions import SENTENCES
from workspace.task_types.base.contract import Form, TaskType
from workspace.task_types.base.parts import group_of, hidden
from workspace.task_types.base.results import Checked, Invalid, Json, Kind, Line
from workspace.task_types.base.words import count_words, first_line
from workspace.task_types.hallucination_flagging import answer as reading
from workspace.task_types.hallucination_flagging import cover, lines
from workspace.task_types.hallucination_flagging import form as forms
from workspace.task_types.hallucination_flagging import gold as known
from workspace.task_types.hallucination_flagging import payload as payloads
from workspace.task_types.hallucination_flagging.answer import Answer
from workspace.task_types.hallucination_flagging.payload import Payload
from workspace.task_types.hallucination_flagging.sample import ANSWER, PAYLOAD
from workspace.task_types.hallucination_flagging.screen import Screen, screen

BASE_MINUTES = 5.0
WORDS_A_MINUTE = 200


class HallucinationFlagging(TaskType[Payload, Answer]):
    """Mark what is not so in one response."""

    slug = "hallucination_flagging"
    title = "Hallucination flagging"
    about = "Read a response against its sources, mark the words that are not so, and say what is right."
    threshold = 0.50
    presets = ("types", "references", "content_classes")
    warnings = {  # noqa: RUF012 - a constant of the class, typed as a Mapping by the base
        **SENTENCES,
        "span_too_long": "One flag covers more than half of the response. Flag only the words that are "
        "wrong, or submit it if all of it is.",
        "reliable_with_major": "You call the response reliable, yet you flagged a major problem. "
        "If that is your answer, submit it.",
    }

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

    def minutes(self, payload: Payload) -> float:
        return BASE_MINUTES + self.word_count(payload) / WORDS_A_MINUTE

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

    def word_count(self, payload: Payload) -> int:
        texts = [message.content for message in payload.prompt] + [payload.text]
        texts += [source.text for source in payload.context]
        return sum(count_words(text) for text in texts)

    def group_id(self, payload: Payload) -> str:
        return group_of(payload.prompt)

    def screen(self, payload: Payload, raw: Json) -> Screen:
        return screen(payload, raw)
