"""Rankings to test with: r1, r2, ... with texts of falling length."""

from typing import Any

from hypothesis import strategies as st

from workspace.task_types.base import Checked, Invalid
from workspace.task_types.response_ranking import TYPE
from workspace.task_types.response_ranking.answer import Answer
from workspace.task_types.response_ranking.payload import Payload

WHY = "The first names the cause and gives steps in an order that works while the others leave it."


def payload(count: int = 3, **more: Any) -> Payload:
    """Responses r1, r2, ... with texts of falling length."""
    texts = [f"Answer number {n} " + "x" * (60 - n) for n in range(1, count + 1)]
    raw = {
        "prompt": "What now?",
        "responses": [{"text": t, "model": f"m{n}"} for n, t in enumerate(texts)],
        "why_min_words": 10,
    }
    read = TYPE.read_payload({**raw, **more})
    assert isinstance(read, Payload)
    return read


def raw(groups: list[list[str]], strengths: list[int] | None = None, **more: Any) -> dict[str, Any]:
    """A complete raw answer."""
    given_strengths = [1] * (len(groups) - 1) if strengths is None else strengths
    return {
        "groups": groups,
        "strengths": given_strengths,
        "why": WHY,
        "seen": [f"r{n}" for n in range(1, 9)][: sum(map(len, groups))],
        **more,
    }


def checked(
    task: Payload, groups: list[list[str]], strengths: list[int] | None = None, **more: Any
) -> Checked[Answer]:
    """A good answer."""
    result = TYPE.read_answer(task, raw(groups, strengths, **more))
    assert isinstance(result, Checked), result
    return result


def answer(task: Payload, groups: list[list[str]], strengths: list[int] | None = None, **more: Any) -> Answer:
    return checked(task, groups, strengths, **more).answer


def none_good(task: Payload) -> Answer:
    result = TYPE.read_answer(task, {"none_good": True, "none_good_reason": "All three are wrong."})
    assert isinstance(result, Checked)
    return result.answer


def errors(task: Payload, answered: Any) -> dict[str, str]:
    """What is wrong with an answer."""
    result = TYPE.read_answer(task, answered)
    assert isinstance(result, Invalid), result
    return dict(result.errors)


def of(lines: Any, name: str) -> list[dict[str, Any]]:
    """The bodies of one format."""
    return [dict(line.body) for line in lines if line.format == name]


def pairs(lines: Any) -> list[tuple[str, str, float]]:
    """(chosen, rejected, margin) by the number in the text."""
    return [
        ("r" + body["chosen"][0]["content"][14], "r" + body["rejected"][0]["content"][14], body["margin"])
        for body in of(lines, "preference")
    ]


@st.composite
def orders(draw: st.DrawFn, count: int) -> list[list[str]]:
    """Any weak order of r1 to r<count>."""
    names = draw(st.permutations([f"r{n}" for n in range(1, count + 1)]))
    groups = [[names[0]]]
    for name in names[1:]:
        if draw(st.booleans()):
            groups[-1].append(name)
        else:
            groups.append([name])
    return groups
