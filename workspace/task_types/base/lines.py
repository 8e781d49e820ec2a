"""Lines that trainers read: conversational, without empty, equal or missing sides."""

from collections.abc import Iterable, Iterator, Sequence

from workspace.task_types.base.parts import Message, Prompt
from workspace.task_types.base.results import Line
from workspace.task_types.base.words import fold


def messages(prompt: Sequence[Message]) -> list[dict[str, str]]:
    """The conversation as every trainer reads it."""
    return [{"role": message.role, "content": message.content} for message in prompt]


def spoken(text: str) -> list[dict[str, str]]:
    """One answer of the assistant."""
    return [{"role": "assistant", "content": text}]


def demonstration(prompt: Prompt, text: str) -> Iterator[Line]:
    """The prompt and the answer to learn; nothing when the answer is blank."""
    if text.strip():
        yield Line("demonstration", {"messages": [*messages(prompt), *spoken(text)]})


def preference(prompt: Prompt, chosen: str, rejected: str, margin: float | None = None) -> Iterator[Line]:
    """One text over another; nothing when a side is blank or both are the same after folding."""
    if not chosen.strip() or not rejected.strip() or fold(chosen) == fold(rejected):
        return
    body = {"prompt": messages(prompt), "chosen": spoken(chosen), "rejected": spoken(rejected)}
    yield Line("preference", body if margin is None else {**body, "margin": float(margin)})


def distinct(lines: Iterable[Line]) -> Iterator[Line]:
    """Each body of a format once."""
    seen: list[tuple[str, object]] = []
    for line in lines:
        if (line.format, line.body) not in seen:
            seen.append((line.format, line.body))
            yield line
