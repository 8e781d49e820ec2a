"""What is known to be right: planted false words with their places, or a clean text."""

from typing import Any

from workspace.task_types.base.fields import TEXT_CHARACTERS, Fields
from workspace.task_types.base.results import Invalid, Json
from workspace.task_types.hallucination_flagging import anchors, cover
from workspace.task_types.hallucination_flagging.answer import SPANS, Answer
from workspace.task_types.hallucination_flagging.payload import Payload

Range = tuple[int, int]


def read_gold(payload: Payload, raw: Json) -> Json | Invalid:
    """`{"none_found": true}` for a clean text, else `{"spans": [...]}`: words alone, or words with offsets.

    Offsets of other tools are understood: from 0, from 1, with their end, or in UTF-16.
    """
    fields = Fields(raw, "gold")
    clean = fields.flag("none_found")
    rows = fields.rows("spans", most=SPANS)
    places = [_place(fields, index, row, payload.text) for index, row in enumerate(rows)]
    if clean and rows:
        fields.wrong("none_found", "A clean text has no spans. Leave one of the two out.")
    if not clean and not rows and not fields.errors:
        fields.wrong("spans", "Give the words that are wrong, or none_found for a clean text.")
    spans = [
        {"start": start, "end": end, "text": payload.text[start:end]}
        for start, end in dict.fromkeys(place for place in places if place)
    ]
    return fields.finish({"none_found": clean, "spans": spans})


def score(payload: Payload, gold: Json, answer: Answer) -> float | None:
    """F1 of the planted places, one flag for each; a clean text wants nothing flagged."""
    known = read_gold(payload, gold)
    if isinstance(known, Invalid):
        return None
    planted = [(span["start"], span["end"]) for span in known["spans"]]
    given = cover.ranges(answer)
    if not planted:
        return float(answer.none_found and not given)
    return 2 * cover.matches(planted, given) / (len(planted) + len(given))


def _place(fields: Fields, index: int, row: Any, text: str) -> Range | None:
    inner = fields.inner(f"spans[{index}]", {"text": row} if isinstance(row, str) else row)
    quote = inner.text("text", needed="Give the words that are wrong.")
    if not quote.strip():
        return None
    if inner.has("start"):
        start = inner.whole("start", 0, TEXT_CHARACTERS, default=0)
        end = inner.whole("end", 0, TEXT_CHARACTERS, default=0)
        place = anchors.moved(text, quote, start, end)
    else:
        before, after = inner.text("prefix"), inner.text("suffix")
        places = anchors.found(text, quote, before=before, after=after)
        if len(places) > 1:
            inner.wrong("text", f"These words stand in the response {len(places)} times. Give start and end.")
        place = places[0] if places else None
    if place is None:
        inner.wrong("text", "These words are not in the response.")
    return place
