"""What is rated, and on which rubric."""

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
from workspace.task_types.rating.rubric import Criterion, read_criteria, read_flags

FIELDS = (
    PROMPT,
    *response_fields("Response to rate"),
    PayloadField("criteria", "Criteria", ("list",), also=("criteria", "rubric")),
    PayloadField(
        "allow_not_applicable", "Not applicable may be said", ("flag",), also=("allow_not_applicable",)
    ),
    PayloadField("flag_list", "Marks", ("list",), also=("flag_list",)),
    *SHARED,
)


@dataclass(frozen=True, slots=True)
class Payload:
    """A prompt, one response, and what is asked about it; `flag_list` are codes of marks."""

    prompt: Prompt
    response: Response
    criteria: tuple[Criterion, ...]
    allow_not_applicable: bool = False
    flag_list: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    content_classes: tuple[str, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the criteria in the order they are asked."""
        return tuple(criterion.id for criterion in self.criteria)


def read_payload(raw: Json) -> Payload | Invalid:
    """The payload, or field errors."""
    fields = Fields(raw, "payload")
    fields.limit()
    payload = Payload(
        prompt=read_prompt(fields),
        response=read_one_response(fields, "Give the response that is rated."),
        criteria=read_criteria(fields),
        allow_not_applicable=fields.flag("allow_not_applicable"),
        flag_list=read_flags(fields),
        references=read_references(fields),
        content_classes=fields.picks("content_classes", CONTENT_CLASSES),
    )
    return fields.finish(payload)
