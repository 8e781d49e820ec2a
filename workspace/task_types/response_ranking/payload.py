"""What is ranked."""

from dataclasses import dataclass

from workspace.task_types.base.fields import Fields
from workspace.task_types.base.members import PROMPT, SHARED, PayloadField
from workspace.task_types.base.parts import (
    CONTENT_CLASSES,
    Prompt,
    Reference,
    Response,
    letter,
    read_prompt,
    read_references,
    read_responses,
)
from workspace.task_types.base.results import Invalid, Json

FEWEST, MOST = 2, 8
DIMENSIONS, DIMENSION_CHARACTERS = 5, 40
WHY_LEAST, WHY_MOST, WHY_DEFAULT = 10, 150, 40
REWRITES = ("none", "optional", "required")
FIELDS = (
    PROMPT,
    PayloadField(
        "responses",
        "All responses, as a list",
        ("list",),
        required=True,
        also=("responses", "answers", "outputs"),
    ),
    PayloadField(
        "responses[].text",
        "Response",
        also=("response#", "output#", "answer#", "completion#"),
        rows=MOST,
    ),
    PayloadField("responses[].model", "Model of response", also=("model#", "system#"), rows=MOST),
    PayloadField("responses[].id", "Id of a response", advanced=True),
    PayloadField("dimensions", "Dimensions", ("list",), also=("dimensions",)),
    PayloadField("why_min_words", "Fewest words of the reason", ("number",), also=("why_min_words",)),
    PayloadField("rewrite", "Rewrite: none, optional or required", also=("rewrite",)),
    *SHARED,
)


@dataclass(frozen=True, slots=True)
class Payload:
    """A prompt, its responses, and what is asked about them."""

    prompt: Prompt
    responses: tuple[Response, ...]
    dimensions: tuple[str, ...] = ()
    why_min_words: int = WHY_DEFAULT
    rewrite: str = "none"
    references: tuple[Reference, ...] = ()
    content_classes: tuple[str, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids in the order they are shown."""
        return tuple(response.id for response in self.responses)

    def letter(self, response_id: str) -> str:
        """What the expert calls this response."""
        return letter(self.ids.index(response_id))


def read_payload(raw: Json) -> Payload | Invalid:
    """The payload, or field errors."""
    fields = Fields(raw, "payload")
    fields.limit()
    payload = Payload(
        prompt=read_prompt(fields),
        responses=read_responses(fields, least=FEWEST, most=MOST),
        dimensions=fields.texts("dimensions", most=DIMENSIONS, longest=DIMENSION_CHARACTERS),
        why_min_words=fields.whole("why_min_words", WHY_LEAST, WHY_MOST, default=WHY_DEFAULT),
        rewrite=fields.one_of("rewrite", REWRITES, default="none"),
        references=read_references(fields),
        content_classes=fields.picks("content_classes", CONTENT_CLASSES),
    )
    return fields.finish(payload)
