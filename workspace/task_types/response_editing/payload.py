"""What is edited."""

from dataclasses import dataclass

from workspace.task_types.base.fields import Fields
from workspace.task_types.base.members import PROMPT, SHARED, PayloadField, response_fields
from workspace.task_types.base.parts import (
    CONTENT_CLASSES,
    Prompt,
    Reference,
    Response,
    read_one_response,
    read_prompt,
    read_references,
)
from workspace.task_types.base.results import Invalid, Json

FORMATS = ("prose", "code", "latex")
FIELDS = (
    PROMPT,
    *response_fields("Response to edit"),
    PayloadField("format", "Format: prose, code or latex", also=("format",)),
    *SHARED,
)


@dataclass(frozen=True, slots=True)
class Payload:
    """A prompt and the response that may need correction; `format` says how its text is shown."""

    prompt: Prompt
    response: Response
    format: str = "prose"
    references: tuple[Reference, ...] = ()
    content_classes: tuple[str, ...] = ()

    @property
    def original(self) -> str:
        """The text before anybody touched it, exactly as it is kept."""
        return self.response.text


def read_payload(raw: Json) -> Payload | Invalid:
    """The payload, or field errors."""
    fields = Fields(raw, "payload")
    fields.limit()
    payload = Payload(
        prompt=read_prompt(fields),
        response=read_one_response(fields, "Give the response to edit."),
        format=fields.one_of("format", FORMATS, default="prose"),
        references=read_references(fields),
        content_classes=fields.picks("content_classes", CONTENT_CLASSES),
    )
    return fields.finish(payload)
