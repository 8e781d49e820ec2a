"""What is known to be right: seeded errors that must be gone, or a clean text that must be left alone."""

from typing import Any

from workspace.task_types.base.fields import Fields
from workspace.task_types.base.results import Invalid, Json
from workspace.task_types.base.words import fold
from workspace.task_types.response_editing.answer import Answer, read
from workspace.task_types.response_editing.hunks import FACT_ERROR
from workspace.task_types.response_editing.payload import Payload
from workspace.task_types.response_editing.tokens import split

ERRORS, READINGS, TEXT_CHARACTERS = 50, 20, 500


def read_gold(payload: Payload, raw: Json) -> Json | Invalid:
    """`{"errors": [{"gone", "there"}]}`, `{"no_edit": true}`, or a whole answer whose facts are taken."""
    fields = Fields(raw, "gold")
    if fields.flag("no_edit"):
        return fields.finish({"no_edit": True})
    if fields.has("edited"):
        errors = _from_answer(payload, raw)
    else:
        rows = fields.rows("errors", most=ERRORS)
        errors = [_seeded(fields.inner(f"errors[{index}]", row), payload) for index, row in enumerate(rows)]
    if not errors and not fields.errors:
        fields.wrong("errors", "Give at least one error, or no_edit for a response that is right.")
    return fields.finish({"errors": errors})


def score(payload: Payload, gold: Json, answer: Answer) -> float | None:
    """Share of the errors that are fixed; a clean response wants no change. None without anything known."""
    known = read_gold(payload, gold)
    if isinstance(known, Invalid):
        return None
    if "no_edit" in known:
        return float(answer.no_edit)
    text = _parts(answer.text(payload))
    return sum(_fixed(error, text) for error in known["errors"]) / len(known["errors"])


def _seeded(fields: Fields, payload: Payload) -> dict[str, Any]:
    gone = fields.text("gone", needed="Give the wrong words.", longest=TEXT_CHARACTERS)
    there = fields.texts("there", most=READINGS, longest=TEXT_CHARACTERS)
    if gone.strip() and not _within(_parts(gone), _parts(payload.original)):
        fields.wrong("gone", "These words are not in the response.")
    return {"gone": gone, "there": list(there)}


def _from_answer(payload: Payload, raw: Json) -> list[dict[str, Any]]:
    """The facts a good answer corrected, where the wrong words are nowhere left."""
    answer = read(Fields(raw, "gold"), payload)
    pairs = [
        (payload.original[slice(*hunk.a)], answer.edited[slice(*hunk.b)])
        for hunk in answer.hunks
        if FACT_ERROR in hunk.tags
    ]
    text = _parts(answer.edited)
    errors = [
        {"gone": gone, "there": [there.strip()] if there.strip() else []}
        for gone, there in pairs
        if gone.strip() and max(len(gone), len(there)) <= TEXT_CHARACTERS
    ]
    return [error for error in errors if _fixed(error, text)][:ERRORS]


def _fixed(error: Json, text: list[str]) -> bool:
    wanted = [_parts(reading) for reading in error["there"]]
    gone = not _within(_parts(error["gone"]), text)
    return gone and (not wanted or any(_within(reading, text) for reading in wanted))


def _parts(text: str) -> list[str]:
    """Words and signs without the difference of case and white space: 5 mg is not a part of 15 mg."""
    return [token.key.strip() for token in split(fold(text))]


def _within(part: list[str], whole: list[str]) -> bool:
    """Whether the parts stand together somewhere."""
    size = len(part)
    return any(whole[at : at + size] == part for at in range(len(whole) - size + 1))
