"""What a trainer reads of an edit."""

from collections.abc import Iterator

from workspace.task_types.base.lines import demonstration, messages, preference, spoken
from workspace.task_types.base.results import Line
from workspace.task_types.response_editing.answer import Answer
from workspace.task_types.response_editing.payload import Payload


def export(payload: Payload, answer: Answer) -> Iterator[Line]:
    """The edited text over the original, and as an example; a text left alone is marked as good."""
    if answer.no_edit:
        yield from _good(payload)
        return
    yield from preference(payload.prompt, answer.edited, payload.original)
    yield from demonstration(payload.prompt, answer.edited)


def _good(payload: Payload) -> Iterator[Line]:
    if payload.original.strip():
        body = {"prompt": messages(payload.prompt), "completion": spoken(payload.original), "label": True}
        yield Line("unpaired", body)
