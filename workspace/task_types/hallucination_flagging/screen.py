"""What the templates draw: the text in pieces, the flags on it, which sentences were looked at."""

import json
from dataclasses import dataclass

from workspace.task_types.base.fields import Fields
from workspace.task_types.base.results import Json
from workspace.task_types.base.words import count_words, first_line
from workspace.task_types.hallucination_flagging.answer import (
    SEVERITIES,
    VERDICTS,
    Answer,
    Span,
    open_sentences,
    read,
)
from workspace.task_types.hallucination_flagging.payload import Payload
from workspace.task_types.hallucination_flagging.pieces import Block, blocks

GIST = 60


@dataclass(frozen=True, slots=True)
class Flag:
    """One flag with its words; `number` counts from 1."""

    number: int
    span: Span
    label: str
    severity: str

    @property
    def anchor(self) -> str:
        """Where it stands, as the plain form keeps it: JSON, so that no line end is changed on the way."""
        return json.dumps([self.span.start, self.span.end, self.span.text]) if self.span.placed else ""

    @property
    def evidence(self) -> str:
        """One piece of evidence a line."""
        return "\n".join(self.span.evidence)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence to look at; `number` counts from 0."""

    number: int
    gist: str
    checked: bool
    flagged: bool


@dataclass(frozen=True, slots=True)
class Screen:
    """A payload together with an answer or a draft of it."""

    payload: Payload
    answer: Answer
    flags: tuple[Flag, ...]
    sentences: tuple[Sentence, ...]
    blocks: tuple[Block, ...]
    plain: tuple[Block, ...]
    open: int
    words: int

    @property
    def blank(self) -> Flag:
        """The row for one more flag."""
        return Flag(len(self.flags) + 1, Span(), "", "")

    @property
    def types(self) -> list[tuple[str, str]]:
        """(name, words) of every type of problem."""
        return list(self.payload.labels.items())

    @property
    def verdicts(self) -> list[tuple[str, str]]:
        """(name, words) of every verdict."""
        return list(VERDICTS.items())

    @property
    def verdict(self) -> str:
        """The chosen verdict in words, "" while there is none."""
        return VERDICTS.get(self.answer.verdict, "")

    @property
    def said_anything(self) -> bool:
        """Whether there is an answer to show."""
        return bool(self.flags or self.answer.none_found or self.answer.verdict)


def screen(payload: Payload, raw: Json) -> Screen:
    """Everything the templates need; unusable parts of a draft are left out."""
    answer = read(Fields(raw, "answer"), payload)
    labels = payload.labels
    flags = tuple(
        Flag(number, span, labels.get(span.type, ""), SEVERITIES.get(span.severity, ""))
        for number, span in enumerate(answer.spans, 1)
    )
    return Screen(
        payload=payload,
        answer=answer,
        flags=flags,
        sentences=tuple(_sentence(payload, answer, number) for number in range(len(payload.sentences))),
        blocks=blocks(payload.text, payload.sentences, answer.spans),
        plain=blocks(payload.text, payload.sentences, ()),
        open=len(open_sentences(payload, answer)),
        words=count_words(payload.text),
    )


def _sentence(payload: Payload, answer: Answer, number: int) -> Sentence:
    start, end = payload.sentences[number]
    return Sentence(
        number=number,
        gist=first_line(payload.text[start:end], GIST),
        checked=number in answer.sentences_checked,
        flagged=any(span.placed and span.start < end and start < span.end for span in answer.spans),
    )
