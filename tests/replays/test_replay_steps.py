"""People found the first wrong step of a solution: the lines for trainers end there."""

from typing import Any

from tests.replays.recorded import answer, expected, needs_data, payloads, rows
from workspace.exports.policy import Sheet
from workspace.task_types import registry
from workspace.task_types.base import Opinion

NAME, TYPE = "cot_bigbench_mistake", "chain_of_thought"
COLUMNS = {
    "mode": ":verify",
    "prompt": "prompt",
    "steps": "steps",
    "reference_answer": "target",
    "answer": "answer",
}


def said(payload: Any, mistake: int | None) -> dict[str, Any]:
    """The raw answer behind a mark: steps count from 0 in the file, from 1 here."""
    steps = [
        {
            "id": number + 1,
            "rating": None if mistake is not None and number > mistake else -1 if number == mistake else 1,
            "unsure": False,
            "critique": "This does not follow from what stands before it." if number == mistake else None,
            "correction": "What follows is something else." if number == mistake else None,
        }
        for number in range(len(payload.steps))
    ]
    return {
        "mode": "verify",
        "steps": steps,
        "first_error": None if mistake is None else mistake + 1,
        "final_answer": payload.reference_answer or "unknown",
        "finish": "solution" if mistake is None else "found_error",
        "progress": 2,
    }


@needs_data
def test_steps_end_at_the_recorded_mistake() -> None:
    known, kind = expected("cot"), registry.get(TYPE)
    sheets = {name: Sheet(name) for name in ("stepwise", "process_steps")}
    labels: list[bool] = []
    for row, payload in zip(rows(NAME), payloads(NAME, TYPE, COLUMNS), strict=True):
        judged = answer(TYPE, payload, said(payload, row["mistake_index"]))
        for line in kind.export(payload, judged):
            opinion = Opinion(by="x_1", at="2026-06-06T13:27:02Z", active_ms=1000)
            ids = {"record_id": "R-1", "group_id": kind.group_id(payload)}
            assert sheets[line.format].line({**kind.signed(line, opinion), **ids}) == []
            labels += line.body.get("labels", [])
    assert sheets["stepwise"].count == known["traces"]
    assert len(labels) == known["prm_records_steps"]
    assert labels.count(False) == known["prm_negative_steps"] == known["with_mistake"]
