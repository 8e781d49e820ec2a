"""The written answer and what its author says about it."""

from dataclasses import dataclass
from typing import Any

from workspace.task_types.base.cautions import cautions
from workspace.task_types.base.fields import Fields
from workspace.task_types.base.parts import URL_CHARACTERS, is_link
from workspace.task_types.base.results import Checked, Invalid, Json
from workspace.task_types.base.words import count_words, fold
from workspace.task_types.golden_response.payload import CONSTRAINTS, Constraint, Payload

FORMATS = ("markdown", "plain")
SOURCES, QUOTE_CHARACTERS, WHY_CHARACTERS = 20, 5_000, 2_000
BEST_SCORE = 5


@dataclass(frozen=True, slots=True)
class Kept:
    """Whether a constraint is met; None while nobody has said, `why` when it is not."""

    id: str
    met: bool | None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Where a claim comes from."""

    url: str
    quote: str


@dataclass(frozen=True, slots=True)
class Answer:
    """`self_score` 1 to 5 or None; `ai_statement` is the signed line "my own work, no generated text"."""

    text: str = ""
    format: str = "markdown"
    constraints: tuple[Kept, ...] = ()
    sources: tuple[Source, ...] = ()
    refusal: bool = False
    self_score: int | None = None
    ai_statement: bool = False
    response_opened: bool = False


def read(fields: Fields, payload: Payload) -> Answer:
    """Whatever is usable, with the complaints about the rest left in `fields`."""
    return Answer(
        text=fields.text("text"),
        format=fields.one_of("format", FORMATS, default="markdown"),
        constraints=_constraints(fields, payload),
        sources=_sources(fields),
        refusal=fields.flag("refusal"),
        self_score=fields.whole_or_none("self_score", 1, BEST_SCORE),
        ai_statement=fields.flag("ai_statement"),
        response_opened=fields.flag("response_opened"),
    )


def read_answer(payload: Payload, raw: Json) -> Checked[Answer] | Invalid:
    """The complete answer with its warnings, or field errors."""
    fields = Fields(raw, "answer")
    answer = read(fields, payload)
    _need_text(fields, payload, answer)
    for index, (rule, kept) in enumerate(zip(payload.constraints, answer.constraints, strict=True)):
        _need_constraint(fields, index, rule, kept)
    if payload.sources_required and not answer.sources:
        fields.wrong("sources", "Give at least one source.")
    if not answer.ai_statement:
        fields.wrong("ai_statement", "Confirm that this is your own work.")
    if fields.errors:
        return Invalid(dict(fields.errors))
    attempt = [payload.response.text] if payload.response else []
    return Checked(answer, cautions(answer.text, prompt=payload.prompt, others=attempt))


def _need_text(fields: Fields, payload: Payload, answer: Answer) -> None:
    count = count_words(answer.text)
    if count < payload.min_words:
        more = "Write your answer" if payload.min_words == 1 else f"Write {payload.min_words:,} words or more"
        fields.wrong("text", f"{more}. You have {count:,}.")
    elif payload.max_words is not None and count > payload.max_words:
        fields.wrong("text", f"Shorten your answer to {payload.max_words:,} words. You have {count:,}.")
    elif payload.response and fold(answer.text) == fold(payload.response.text):
        fields.wrong("text", "This is the model's attempt. Write your own answer.")


def _need_constraint(fields: Fields, index: int, rule: Constraint, kept: Kept) -> None:
    if kept.met is None:
        fields.wrong(f"constraints[{index}].met", f"Say whether your answer keeps “{rule.text}”.")
    elif not kept.met and not (kept.why or "").strip():
        fields.wrong(f"constraints[{index}].why", f"Explain why your answer does not keep “{rule.text}”.")


def _constraints(fields: Fields, payload: Payload) -> tuple[Kept, ...]:
    """One for every rule of the payload, in its order."""
    given: dict[str, Fields] = {}
    for index, row in enumerate(fields.rows("constraints", most=CONSTRAINTS)):
        inner = fields.inner(f"constraints[{index}]", row)
        name = inner.text("id", longest=16)
        if name not in {rule.id for rule in payload.constraints} or name in given:
            inner.wrong("id", "Name each constraint of this task once.")
        given[name] = inner
    return tuple(_kept(rule.id, given.get(rule.id)) for rule in payload.constraints)


def _kept(name: str, inner: Fields | None) -> Kept:
    if inner is None:
        return Kept(name, None)
    met: Any = inner.flag("met") if inner.has("met") else None
    why = inner.text("why", longest=WHY_CHARACTERS) or None
    return Kept(name, met, why)


def _sources(fields: Fields) -> tuple[Source, ...]:
    found = []
    for index, row in enumerate(fields.rows("sources", most=SOURCES)):
        inner = fields.inner(f"sources[{index}]", row)
        url = inner.text("url", longest=URL_CHARACTERS, needed="Give the address of the source.").strip()
        if url and not is_link(url):
            inner.wrong("url", "Give an address that starts with https:// or http://.")
        quote = inner.text("quote", longest=QUOTE_CHARACTERS, needed="Quote what the source says.")
        found.append(Source(url, quote))
    return tuple(found)
