"""Which fields the payload of a type has: what people choose columns for, and what a column may hold."""

import re
from dataclasses import dataclass
from typing import Literal

Holds = Literal["text", "list", "object", "number", "flag"]
TEXT: tuple[Holds, ...] = ("text",)
_INDEX = re.compile(r"\[(\d{1,3})\]")


@dataclass(frozen=True, slots=True)
class PayloadField:
    """One field of a payload by its place, such as `response.text` or `responses[].model`.

    `holds` is what may stand there.  `also` are names that columns for it have in the wild, the likeliest
    first, with `#` for the number or letter of one of several.  `rows`: how many of several a page asks for.
    `advanced` ones are asked for in words, not by a control of their own; `held` ones an expert does not see.
    """

    name: str
    label: str
    holds: tuple[Holds, ...] = TEXT
    required: bool = False
    also: tuple[str, ...] = ()
    rows: int = 0
    advanced: bool = False
    held: bool = False

    @property
    def top(self) -> str:
        """The name of the whole that this is a part of."""
        return re.split(r"[.\[]", self.name, maxsplit=1)[0]

    def stands_for(self, place: str) -> bool:
        """Whether this describes the place: `responses[2].text` is one of `responses[].text`."""
        return _INDEX.sub("[]", place) == self.name


PROMPT = PayloadField(
    "prompt",
    "Prompt",
    ("text", "list"),
    required=True,
    also=("prompt", "question", "instruction", "query", "problem", "input"),
)
TURNS = (
    PayloadField("prompt[].role", "Who speaks", advanced=True),
    PayloadField("prompt[].content", "What is said", advanced=True),
)
REFERENCES = (
    PayloadField("references", "References", ("list",), also=("references",)),
    PayloadField("references[].title", "Title of a reference", advanced=True),
    PayloadField("references[].text", "Text of a reference", advanced=True),
    PayloadField("references[].url", "Address of a reference", advanced=True),
)
CLASSES = PayloadField("content_classes", "Content classes", ("list",), also=("content_classes",))
SHARED = (*TURNS, *REFERENCES, CLASSES)


ANSWERED = ("response", "answer", "completion", "output", "summary", "draft", "text")


def response_fields(
    label: str, *, required: bool = True, also: tuple[str, ...] = ANSWERED
) -> tuple[PayloadField, ...]:
    """One response: its text, and the model that gave it."""
    return (
        PayloadField(
            "response.text",
            label,
            required=required,
            also=also,
        ),
        PayloadField(
            "response.model", "Model of the response", also=("model", "system", "generator"), held=True
        ),
        PayloadField("response.id", "Id of the response", advanced=True, held=True),
        PayloadField("response", "The response as a whole", ("text", "object"), advanced=True),
    )
