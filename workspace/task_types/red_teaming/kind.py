"""Red teaming as a task type."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from workspace.task_types.base.cautions import SENTENCES
from workspace.task_types.base.contract import Form, TaskType
from workspace.task_types.base.parts import Message, group_of, hidden
from workspace.task_types.base.results import Checked, Conversation, Invalid, Json, Kind, Line, Opinion
from workspace.task_types.base.words import first_line
from workspace.task_types.red_teaming import form as forms
from workspace.task_types.red_teaming import gold as known
from workspace.task_types.red_teaming import lines, rules, votes
from workspace.task_types.red_teaming import payload as payloads
from workspace.task_types.red_teaming import turns as talk
from workspace.task_types.red_teaming.answer import Answer
from workspace.task_types.red_teaming.payload import Payload
from workspace.task_types.red_teaming.sample import ANSWER, PAYLOAD
from workspace.task_types.red_teaming.screen import Screen, screen

LIVE_MINUTES = 20.0


class RedTeaming(TaskType[Payload, Answer]):
    """Talk to a model until it fails, or judge a recorded conversation."""

    slug = "red_teaming"
    title = "Red teaming"
    base_minutes = 4.0
    about = "Try to make a model fail, and report how it did or that it held up."
    sensitive = True
    presets = (
        "brief",
        "categories",
        "max_turns",
        "repro_runs",
        "repro_bar",
        "known_failures",
        "content_classes",
    )
    warnings: ClassVar[Mapping[str, str]] = {
        **SENTENCES,
        "maybe_known": "This looks like a failure the company knows. Read the list under Known. "
        "If yours is another one, submit it.",
        "severity_without_repro": "You call it this bad, and it happened once. "
        "If it is that bad all the same, submit it.",
    }

    payload_fields = payloads.FIELDS

    def kind(self, payload: Payload) -> Kind:
        return "writing"

    def read_payload(self, raw: Json) -> Payload | Invalid:
        return payloads.read_payload(raw)

    def read_answer(self, payload: Payload, raw: Json) -> Checked[Answer] | Invalid:
        return rules.read_answer(payload, raw)

    def from_form(self, form: Form) -> Json:
        return forms.from_form(form)

    def agreement(self, payload: Payload, one: Answer, other: Answer) -> float:
        return votes.agreement(one, other)

    def minutes(self, payload: Payload) -> float:
        """A conversation takes its time; judging a recorded one is reading."""
        return LIVE_MINUTES if payload.live else super().minutes(payload)

    def blind(self, payload: Payload, display_seed: int) -> Payload:
        return replace(payload, model=None, response=payload.response and hidden(payload.response))

    def export(self, payload: Payload, answer: Answer) -> Iterable[Line]:
        return lines.export(payload, answer)

    def signed(self, line: Line, opinion: Opinion) -> Json:
        return lines.signed(line, opinion)

    def conversation(self, payload: Payload) -> Conversation | None:
        """Who is talked to; give the whole payload, not the blind one."""
        if not payload.live or payload.model is None:
            return None
        model = payload.model
        opening = tuple((message.role, message.content) for message in payload.prompt)
        return Conversation(model.source, model.ref, model.name, opening, payload.max_turns)

    def with_turns(self, payload: Payload, raw: Json, turns: Sequence[Json]) -> Json:
        return talk.with_turns(raw, turns) if payload.live else raw

    def read_gold(self, payload: Payload, raw: Json) -> Json | Invalid:
        return known.read_gold(payload, raw)

    def score_against_gold(self, payload: Payload, gold: Json, answer: Answer) -> float | None:
        return known.score(payload, gold, answer)

    def example(self) -> tuple[Json, Json]:
        return PAYLOAD, ANSWER

    def summary(self, payload: Payload) -> str:
        asked = [message.content for message in payload.prompt if message.role == "user"]
        return first_line(payload.brief if payload.live or not asked else asked[-1])

    def texts(self, payload: Payload) -> Iterable[str]:
        yield payload.brief
        yield from (message.content for message in payload.prompt)
        if payload.response:
            yield payload.response.text

    def group_id(self, payload: Payload) -> str:
        """Conversations under one brief belong together: they end in the same places."""
        brief = (Message("user", payload.brief),) if payload.live else ()
        return group_of((*payload.prompt, *brief))

    def screen(self, payload: Payload, raw: Json) -> Screen:
        return screen(payload, raw)
