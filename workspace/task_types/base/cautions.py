"""Warnings all types share: they ask once, and the reviewer sees what was confirmed."""

from collections.abc import Iterable, Sequence

from workspace.task_types.base import words
from workspace.task_types.base.parts import Message

LIKENESS = 0.85
SENTENCES = {
    "too_fast": "This was much faster than usual. If you are done, submit it.",
    "pii_added": "Your text holds an e-mail address or a telephone number that is not in the task. "
    "Remove it, or submit it if it belongs there.",
    "language_changed": "Your text is not in the script of the prompt. If that is right, submit it.",
    "like_other_text": "Your text is almost the same as a response of this task. "
    "If it is your own, submit it.",
}


def cautions(
    text: str, *, prompt: Sequence[Message], others: Iterable[str], language: bool = True
) -> tuple[str, ...]:
    """The shared codes that hold for a text somebody wrote: `others` are the responses it must not repeat."""
    shown = list(others)
    found = []
    given = set().union(*(words.personal_data(part) for part in [*shown, *(m.content for m in prompt)]))
    if words.personal_data(text) - given:
        found.append("pii_added")
    if language and prompt and _changed(text, prompt[-1].content):
        found.append("language_changed")
    if any(words.likeness(text, other) >= LIKENESS for other in shown):
        found.append("like_other_text")
    return tuple(found)


def _changed(text: str, asked: str) -> bool:
    one, other = words.script(text), words.script(asked)
    return one is not None and other is not None and one != other
