"""Flagged responses to test with: the text of the example unless another one is given."""

from typing import Any

from hypothesis import strategies as st

from workspace.task_types.base import Checked, Invalid
from workspace.task_types.hallucination_flagging import TYPE
from workspace.task_types.hallucination_flagging.answer import Answer
from workspace.task_types.hallucination_flagging.payload import Payload

TEXT = "The clinic opened in 1998. It has 40 beds."
# an emoji of one code point and two units, a joined one, an accent of its own, right to left, a line end of two
ODD = "🙂 👩\u200d👩\u200d👧 Zoe\u0301 في عام 1998.\r\nIt has 40 beds.\u2028Ok\u202e now."
alphabet = st.sampled_from(
    ["a", "b", " ", ".", "\n", "\r", "🙂", "\u0301", "ع", "\u200d", "1", "。", "\u2028"]
)
texts = st.text(alphabet, min_size=1, max_size=40)


def payload(text: str = TEXT, **more: Any) -> Payload:
    read = TYPE.read_payload(
        {"prompt": "Summarise the note.", "response": {"text": text, "model": "m4"}, **more}
    )
    assert isinstance(read, Payload), read
    return read


def span(start: int, end: int, text: str = TEXT, **more: Any) -> dict[str, Any]:
    """A complete raw flag on these characters."""
    said = {"type": "wrong_fact", "severity": "minor", "correction": "Something else"}
    return {"start": start, "end": end, "text": text[start:end], **said, **more}


def raw(task: Payload, *spans: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A complete raw answer: every sentence ticked, none found when nothing is flagged."""
    return {
        "none_found": not spans,
        "spans": list(spans),
        "sentences_checked": list(range(len(task.sentences))),
        "verdict": "minor_issues" if spans else "reliable",
        **more,
    }


def checked(task: Payload, *spans: dict[str, Any], **more: Any) -> Checked[Answer]:
    result = TYPE.read_answer(task, raw(task, *spans, **more))
    assert isinstance(result, Checked), result
    return result


def answer(task: Payload, *places: tuple[int, int], **more: Any) -> Answer:
    """A good answer that flags these places."""
    return checked(task, *(span(start, end, task.text, **more) for start, end in places)).answer


def errors(task: Payload, answered: Any) -> dict[str, str]:
    result = TYPE.read_answer(task, answered)
    assert isinstance(result, Invalid), result
    return dict(result.errors)


def of(lines: Any, name: str) -> list[dict[str, Any]]:
    """The bodies of one format."""
    return [dict(line.body) for line in lines if line.format == name]


@st.composite
def flagged(draw: st.DrawFn, text: str, most: int = 4) -> list[tuple[int, int]]:
    """Different places of the text that hold more than white space."""
    ends = st.integers(0, len(text))
    places = draw(st.lists(st.tuples(ends, ends).map(lambda pair: (min(pair), max(pair))), max_size=most))
    return list(dict.fromkeys(place for place in places if text[slice(*place)].strip()))
