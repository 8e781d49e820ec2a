"""Chain of thought as a task type."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from workspace.task_types.base.cautions import SENTENCES
from workspace.task_types.base.contract import Form, TaskType
from workspace.task_types.base.parts import group_of
from workspace.task_types.base.results import Checked, Invalid, Json, Kind, Line, Opinion
from workspace.task_types.base.words import first_line
from workspace.task_types.chain_of_thought import form as forms
from workspace.task_types.chain_of_thought import gold as known
from workspace.task_types.chain_of_thought import lines, rules, votes
from workspace.task_types.chain_of_thought import payload as payloads
from workspace.task_types.chain_of_thought.answer import Answer
from workspace.task_types.chain_of_thought.payload import Payload
from workspace.task_types.chain_of_thought.sample import ANSWER, PAYLOAD
from workspace.task_types.chain_of_thought.screen import Screen, screen

WRITE_MINUTES = 15.0


class ChainOfThought(TaskType[Payload, Answer]):
    """Judge given steps, or write steps."""

    slug = "chain_of_thought"
    title = "Chain of thought"
    base_minutes = 4.0
    about = "Check the steps of a solution one by one, or solve a problem in steps of your own."
    threshold = 0.60
    presets = ("mode", "show_reference", "after_first_error", "answer_kind", "content_classes")
    warnings: ClassVar[Mapping[str, str]] = {
        **SENTENCES,
        "all_correct_wrong_answer": "You marked no step as wrong, yet the solution arrives at another answer "
        "than the reference. If that is your answer, submit it.",
        "differs_from_reference": "Your final answer is not the reference answer. "
        "If you are sure of yours, submit it.",
    }
    payload_fields = payloads.FIELDS

    def kind(self, payload: Payload) -> Kind:
        return "judging" if payload.verifies else "writing"

    def read_payload(self, raw: Json) -> Payload | Invalid:
        return payloads.read_payload(raw)

    def read_answer(self, payload: Payload, raw: Json) -> Checked[Answer] | Invalid:
        return rules.read_answer(payload, raw)

    def from_form(self, form: Form) -> Json:
        return forms.from_form(form)

    def agreement(self, payload: Payload, one: Answer, other: Answer) -> float:
        return votes.agreement(payload, one, other)

    def minutes(self, payload: Payload) -> float:
        """Judging is reading; writing takes its time whatever the length of the prompt."""
        if payload.verifies:
            return super().minutes(payload)
        return WRITE_MINUTES

    def blind(self, payload: Payload, display_seed: int) -> Payload:
        """Steps keep their order; the reference answer is held back by the screen."""
        return replace(payload, model=None)

    def export(self, payload: Payload, answer: Answer) -> Iterable[Line]:
        return lines.export(payload, answer)

    def aggregate(
        self, payload: Payload, answers: Sequence[Answer], weights: Sequence[float] | None = None
    ) -> Iterable[Line]:
        return lines.aggregate(payload, answers, weights)

    def signed(self, line: Line, opinion: Opinion) -> Json:
        return lines.signed(line, opinion)

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
        yield from payload.steps

    def group_id(self, payload: Payload) -> str:
        return group_of(payload.prompt)

    def screen(self, payload: Payload, raw: Json) -> Screen:
        return screen(payload, raw)
