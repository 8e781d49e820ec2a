"""Steps to judge and to write: a train, its lead, and the moment the next one is there."""

from typing import Any

from hypothesis import strategies as st

from workspace.task_types.base import Checked, Invalid
from workspace.task_types.chain_of_thought import TYPE
from workspace.task_types.chain_of_thought.answer import Answer
from workspace.task_types.chain_of_thought.payload import Payload

CRITIQUE = "That is not what the line before says."
CORRECTION = "It follows that there are 12 of them."
MARKS: dict[str, dict[str, Any]] = {
    "y": {"rating": 1},
    "o": {"rating": 0},
    "n": {"rating": -1, "critique": CRITIQUE, "correction": CORRECTION},
    "?": {"rating": None, "unsure": True},
    "-": {"rating": None},
}


def given(count: int = 3, **more: Any) -> Payload:
    """Steps to judge."""
    raw = {"prompt": "How many are there?", "steps": [f"Line {n} of it." for n in range(1, count + 1)]}
    read = TYPE.read_payload({**raw, **more})
    assert isinstance(read, Payload), read
    return read


def asked(**more: Any) -> Payload:
    """A problem to solve in steps."""
    read = TYPE.read_payload({"mode": "write", "prompt": "How many are there?", **more})
    assert isinstance(read, Payload), read
    return read


def labels(marks: str, **more: Any) -> dict[str, Any]:
    """A raw answer: y right, o neutral, n wrong, ? cannot tell, - nothing."""
    steps = [{"id": number, **MARKS[mark]} for number, mark in enumerate(marks, 1)]
    return {"steps": steps, "finish": "found_error" if "n" in marks else "solution", **more}


def written(*texts: str, final: str = "12", **more: Any) -> dict[str, Any]:
    """A raw answer in steps of one's own."""
    steps = [{"id": number, "text": text} for number, text in enumerate(texts, 1)]
    return {"mode": "write", "steps": steps, "final_answer": final, "finish": "solution", **more}


def checked(task: Payload, raw: dict[str, Any]) -> Checked[Answer]:
    """A good answer."""
    result = TYPE.read_answer(task, raw)
    assert isinstance(result, Checked), result
    return result


def answer(task: Payload, raw: dict[str, Any]) -> Answer:
    return checked(task, raw).answer


def said(marks: str) -> Answer:
    """A good answer to as many steps as there are marks."""
    return answer(given(len(marks)), labels(marks))


def errors(task: Payload, raw: Any) -> dict[str, str]:
    """What is wrong with an answer."""
    result = TYPE.read_answer(task, raw)
    assert isinstance(result, Invalid), result
    return dict(result.errors)


def of(lines: Any, name: str) -> list[dict[str, Any]]:
    """The bodies of one format."""
    return [dict(line.body) for line in lines if line.format == name]


@st.composite
def marks(draw: st.DrawFn, count: int) -> str:
    """Labels that are complete: everything up to the first error, after it whatever somebody liked to add."""
    found = draw(st.text(alphabet="yon?", min_size=count, max_size=count))
    head, error, tail = found.partition("n")
    return head + error + "".join(draw(st.sampled_from([mark, "-"])) for mark in tail)
