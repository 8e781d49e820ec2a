"""A kind of work that Assay does not have: tests put it into a copy of the house."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from workspace.task_types.base import Checked, Invalid, Json, Kind, Line, TaskType
from workspace.task_types.base.contract import Form
from workspace.task_types.base.fields import Fields
from workspace.task_types.base.lines import demonstration
from workspace.task_types.base.members import PROMPT, REFERENCES, TURNS, PayloadField
from workspace.task_types.base.parts import Prompt, Reference, group_of, read_prompt, read_references
from workspace.task_types.base.posted import one
from workspace.task_types.base.words import count_words, first_line, similarity

TONES = ("plain", "playful")


@dataclass(frozen=True, slots=True)
class Payload:
    """A text, and perhaps the model that wrote it."""

    prompt: Prompt
    references: tuple[Reference, ...] = ()
    model: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The headline and its tone."""

    text: str = ""
    tone: str | None = None


@dataclass(frozen=True, slots=True)
class Screen:
    """Both, for the templates."""

    payload: Payload
    answer: Answer
    tones: tuple[str, ...] = TONES


def _read(fields: Fields) -> Answer:
    return Answer(fields.text("text"), fields.one_of("tone", TONES, default="") or None)


class Headline(TaskType[Payload, Answer]):
    slug = "headline"
    title = "Headline"
    about = "Write a headline for a text."
    base_minutes = 2.0
    payload_fields = (PROMPT, PayloadField("model", "Model of the text"), *TURNS, *REFERENCES)

    def kind(self, payload: Payload) -> Kind:
        return "writing"

    def read_payload(self, raw: Json) -> Payload | Invalid:
        fields = Fields(raw, "payload")
        model = fields.text("model") or None
        return fields.finish(Payload(read_prompt(fields), read_references(fields), model))

    def read_answer(self, payload: Payload, raw: Json) -> Checked[Answer] | Invalid:
        fields = Fields(raw, "answer")
        answer = _read(fields)
        if not 2 <= count_words(answer.text) <= 12:
            fields.wrong("text", "Write 2 to 12 words.")
        if answer.tone is None:
            fields.wrong("tone", "Choose a tone.")
        done = fields.finish(answer)
        return done if isinstance(done, Invalid) else Checked(done)

    def from_form(self, form: Form) -> Json:
        return {"text": one(form, "text"), "tone": one(form, "tone") or None}

    def agreement(self, payload: Payload, one: Answer, other: Answer) -> float:
        return similarity(one.text, other.text)

    def texts(self, payload: Payload) -> Iterable[str]:
        return (message.content for message in payload.prompt)

    def blind(self, payload: Payload, display_seed: int) -> Payload:
        return replace(payload, model=None)

    def export(self, payload: Payload, answer: Answer) -> Iterable[Line]:
        return demonstration(payload.prompt, answer.text)

    def example(self) -> tuple[Json, Json]:
        prompt = "The old harbour bridge opens again on Sunday, two years after the flood."
        return {"prompt": prompt, "model": "m1"}, {"text": "Harbour bridge opens again", "tone": "plain"}

    def summary(self, payload: Payload) -> str:
        return first_line(payload.prompt[-1].content)

    def group_id(self, payload: Payload) -> str:
        return group_of(payload.prompt)

    def screen(self, payload: Payload, raw: Json) -> Any:
        return Screen(payload, _read(Fields(raw, "answer")))


TYPE = Headline()
