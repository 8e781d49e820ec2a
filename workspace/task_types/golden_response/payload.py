"""What is to be answered, and the rules of the answer."""

from dataclasses import dataclass

from workspace.task_types.base.fields import Fields
from workspace.task_types.base.members import PROMPT, SHARED, PayloadField, response_fields
from workspace.task_types.base.parts import (
    CONTENT_CLASSES,
    Prompt,
    Reference,
    Response,
    read_prompt,
    read_references,
    read_response,
)
from workspace.task_types.base.results import Invalid, Json

CONSTRAINTS, CONSTRAINT_CHARACTERS = 12, 300
HEADINGS, HEADING_CHARACTERS = 12, 120
MOST_WORDS = 20_000
FIELDS = (
    PROMPT,
    *response_fields(
        "A model's attempt", required=False, also=("response", "attempt")
    ),  # an answer is the goal
    PayloadField("constraints", "Constraints", ("list",), also=("constraints", "rules")),
    PayloadField("min_words", "Fewest words", ("number",), also=("min_words",)),
    PayloadField("max_words", "Most words", ("number",), also=("max_words",)),
    PayloadField("sources_required", "Sources are required", ("flag",), also=("sources_required",)),
    PayloadField("headings", "Headings", ("list",), also=("headings",)),
    *SHARED,
)


@dataclass(frozen=True, slots=True)
class Constraint:
    """A rule of the company's that the answer keeps, or the expert explains why not."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Payload:
    """A prompt, perhaps a model's attempt, and the rules; `max_words` is None for no upper end."""

    prompt: Prompt
    response: Response | None = None
    constraints: tuple[Constraint, ...] = ()
    min_words: int = 1
    max_words: int | None = None
    sources_required: bool = False
    headings: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    content_classes: tuple[str, ...] = ()


def read_payload(raw: Json) -> Payload | Invalid:
    """The payload, or field errors."""
    fields = Fields(raw, "payload")
    fields.limit()
    attempt = fields.get("response")
    low = fields.whole("min_words", 1, MOST_WORDS, default=1)
    high = fields.whole_or_none("max_words", 1, MOST_WORDS)
    if high is not None and high < low:
        fields.wrong("max_words", f"Give at least {low:,}, the fewest words you ask for.")
    payload = Payload(
        prompt=read_prompt(fields),
        response=None if attempt is None else read_response(fields, "response", attempt, "r1"),
        constraints=_constraints(fields),
        min_words=low,
        max_words=high,
        sources_required=fields.flag("sources_required"),
        headings=fields.texts("headings", most=HEADINGS, longest=HEADING_CHARACTERS),
        references=read_references(fields),
        content_classes=fields.picks("content_classes", CONTENT_CLASSES),
    )
    return fields.finish(payload)


def _constraints(fields: Fields) -> tuple[Constraint, ...]:
    rows = fields.rows("constraints", most=CONSTRAINTS)
    found = tuple(_constraint(fields, index, row) for index, row in enumerate(rows))
    ids = [constraint.id for constraint in found]
    for index, name in enumerate(ids):
        if name in ids[:index]:
            fields.wrong(f"constraints[{index}].id", f"Two constraints are called {name}.")
    return found


def _constraint(fields: Fields, index: int, row: object) -> Constraint:
    """A rule; plain text is enough."""
    inner = fields.inner(f"constraints[{index}]", {"text": row} if isinstance(row, str) else row)
    text = inner.text("text", needed="Write the rule.", longest=CONSTRAINT_CHARACTERS)
    return Constraint(inner.text("id", longest=16) or f"c{index + 1}", text)
