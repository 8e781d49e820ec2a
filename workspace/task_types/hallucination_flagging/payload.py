"""What is checked: one response, the sources it should agree with, and the kinds of problems there are."""

import re
from dataclasses import dataclass

from workspace.task_types.base.fields import Fields
from workspace.task_types.base.members import PROMPT, SHARED, PayloadField, response_fields
from workspace.task_types.base.parts import (
    CONTENT_CLASSES,
    TITLE_CHARACTERS,
    Prompt,
    Reference,
    Response,
    read_one_response,
    read_prompt,
    read_references,
)
from workspace.task_types.base.results import Invalid, Json
from workspace.task_types.hallucination_flagging import sentences as splitting
from workspace.task_types.hallucination_flagging.sentences import Range, sentences_of

DEFAULT = "default"
USUAL = {
    "contradicts_source": "Contradicts the source",
    "not_in_source": "Not in the source",
    "wrong_fact": "Wrong fact",
    "wrong_number": "Wrong number or unit",
    "invented_reference": "Made-up reference",
    "unverifiable": "Unverifiable",
}
READY = {
    "wrong_attribution": "Said by somebody else",
    "outdated": "Out of date",
    "logical_jump": "Does not follow",
}
MORE_TYPES, SOURCES = 12, 20
_TYPE = re.compile(r"[a-z][a-z0-9_]{0,39}")
FIELDS = (
    PROMPT,
    *response_fields("Response to check"),
    PayloadField(
        "context",
        "Source it should agree with",
        ("text", "list"),
        also=("context", "document", "source", "article", "passage"),
    ),
    PayloadField("context[].title", "Title of a source", advanced=True),
    PayloadField("context[].text", "Text of a source", advanced=True),
    PayloadField("types", "Types of problems", ("text", "list"), also=("types",)),
    PayloadField("sentences", "Sentences as ranges", ("list",), advanced=True),
    *SHARED,
)


@dataclass(frozen=True, slots=True)
class Source:
    """A text the response should agree with."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Payload:
    """`types` is "default", or the names a project adds; `sentences` are half-open ranges of the response."""

    prompt: Prompt
    response: Response
    context: tuple[Source, ...] = ()
    types: str | tuple[str, ...] = DEFAULT
    sentences: tuple[Range, ...] = ()
    references: tuple[Reference, ...] = ()
    content_classes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What is judged, as it is kept."""
        return self.response.text

    @property
    def labels(self) -> dict[str, str]:
        """Every type of problem an expert can choose, with its words."""
        known = {**USUAL, **READY}
        added = () if isinstance(self.types, str) else self.types
        return {**USUAL, **{name: known.get(name, _words(name)) for name in added}}


def _words(name: str) -> str:
    return name.replace("_", " ").strip().capitalize()


def read_payload(raw: Json) -> Payload | Invalid:
    """The payload, or field errors."""
    fields = Fields(raw, "payload")
    fields.limit()
    response = read_one_response(fields, "Give the response to check; its text may be empty.")
    payload = Payload(
        prompt=read_prompt(fields),
        response=response,
        context=_context(fields),
        types=_types(fields),
        sentences=_sentences(fields, response.text),
        references=read_references(fields),
        content_classes=fields.picks("content_classes", CONTENT_CLASSES),
    )
    return fields.finish(payload)


def _context(fields: Fields) -> tuple[Source, ...]:
    """Texts with a title; plain text is enough, alone or in a list."""
    raw = fields.get("context")
    if isinstance(raw, str):
        text = fields.clean("context", raw)
        return (Source("Source", text),) if text.strip() else ()
    rows = fields.rows("context", most=SOURCES)
    return tuple(_source(fields, index, row) for index, row in enumerate(rows))


def _source(fields: Fields, index: int, row: object) -> Source:
    inner = fields.inner(f"context[{index}]", {"text": row} if isinstance(row, str) else row)
    title = inner.text("title", longest=TITLE_CHARACTERS).strip() or f"Source {index + 1}"
    return Source(title, inner.text("text", needed="Give the text of this source."))


def _types(fields: Fields) -> str | tuple[str, ...]:
    """The usual six are always there; a list adds to them."""
    if not fields.has("types") or fields.get("types") == DEFAULT:
        return DEFAULT
    added: list[str] = []
    for index, name in enumerate(fields.rows("types", most=MORE_TYPES + len(USUAL) + 1)):
        if not isinstance(name, str) or not _TYPE.fullmatch(name):
            fields.wrong(f"types[{index}]", "Use 1 to 40 small letters, digits or _, a letter first.")
        elif name != DEFAULT and name not in USUAL and name not in added:
            added.append(name)
    if len(added) > MORE_TYPES:
        fields.wrong("types", f"Add at most {MORE_TYPES} types of your own. There are {len(added)}.")
    return tuple(added) or DEFAULT


def _sentences(fields: Fields, text: str) -> tuple[Range, ...]:
    """Computed once, at import; what a stored payload says stays."""
    if not fields.has("sentences"):
        computed = sentences_of(text)
        if len(computed) > splitting.MOST:
            fields.wrong(
                "response.text",
                f"Split this: it has {len(computed):,} sentences to check by hand, at most {splitting.MOST}.",
            )
        return computed
    found: list[Range] = []
    end = 0
    for index, row in enumerate(fields.rows("sentences", most=splitting.MOST)):
        place = _range(row)
        if place is None or not end <= place[0] < place[1] <= len(text):
            fields.wrong(f"sentences[{index}]", "Give [start, end] inside the response, one after the other.")
            continue
        found.append(place)
        end = place[1]
    return tuple(found)


def _range(row: object) -> Range | None:
    if not isinstance(row, list | tuple) or len(row) != 2 or any(type(part) is not int for part in row):  # noqa: PLR2004 - two ends
        return None
    return row[0], row[1]
