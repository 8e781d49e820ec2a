"""Exported lines: step labels for trainers, the same in the shape of a well-known data set, solutions."""

from collections.abc import Iterator, Sequence
from typing import Any

from workspace.task_types.base.lines import demonstration
from workspace.task_types.base.results import Json, Line, Opinion
from workspace.task_types.chain_of_thought import votes
from workspace.task_types.chain_of_thought.answer import SOLUTION, WRONG, Answer, Label, Verified, Written
from workspace.task_types.chain_of_thought.payload import Payload


def export(payload: Payload, answer: Answer) -> Iterator[Line]:
    """One opinion: its labels in both shapes, or its solution."""
    if isinstance(answer, Written):
        yield from _solution(payload, answer)
        return
    yield from _stepwise(payload, votes.usable(answer))
    yield from _process(payload, answer)


def aggregate(payload: Payload, answers: Sequence[Answer], weights: Sequence[float] | None) -> Iterator[Line]:
    """Several opinions: the labels most agree on once, and every opinion in the other shape."""
    verified = [answer for answer in answers if isinstance(answer, Verified)]
    if payload.verifies:
        yield from _stepwise(payload, votes.together(verified, weights))
    for source, answer in enumerate(answers):
        own = _solution(payload, answer) if isinstance(answer, Written) else _process(payload, answer)
        for line in own:
            yield Line(line.format, line.body, source)


def problem(payload: Payload) -> str:
    """The prompt as one text; who speaks is said where more than one does."""
    if len(payload.prompt) == 1:
        return payload.prompt[0].content
    return "\n\n".join(f"{message.role.capitalize()}: {message.content}" for message in payload.prompt)


def _stepwise(payload: Payload, labels: Iterator[bool]) -> Iterator[Line]:
    """Steps as far as there are labels; nothing without a single one."""
    found = list(labels)
    if found:
        steps = list(payload.steps[: len(found)])
        yield Line("stepwise", {"prompt": problem(payload), "completions": steps, "labels": found})


def _process(payload: Payload, answer: Verified) -> Iterator[Line]:
    """Every step with a rating; one left alone is left out, never neutral."""
    steps = [_rated(payload, label) for label in answer.steps if label.rating is not None]
    if steps:
        body = {
            "generation": None,
            "is_quality_control_question": False,
            "is_initial_screening_question": False,
            "question": _question(payload),
            "label": {"steps": steps, "finish_reason": answer.finish},
        }
        yield Line("process_steps", body)


def _question(payload: Payload) -> dict[str, Any]:
    return {
        "problem": problem(payload),
        "ground_truth_solution": None,
        "ground_truth_answer": payload.reference_answer,
        "pre_generated_steps": list(payload.steps),
        "pre_generated_answer": payload.answer,
        "pre_generated_verifier_score": None,
    }


def _rated(payload: Payload, label: Label) -> dict[str, Any]:
    """The expert's text stands instead of a wrong step."""
    wrong = label.rating == WRONG
    text = payload.steps[label.id - 1]
    return {
        "completions": [{"text": text, "rating": label.rating, "flagged": label.unsure}],
        "human_completion": label.correction if wrong else None,
        "chosen_completion": None if wrong else 0,
    }


def _solution(payload: Payload, answer: Written) -> Iterator[Line]:
    """The steps, then the final answer; only of what was solved."""
    if answer.finish == SOLUTION:
        steps = ["\n".join(filter(None, (step.text, step.formula))) for step in answer.steps]
        yield from demonstration(payload.prompt, "\n\n".join([*steps, answer.final_answer]))


def signed(line: Line, opinion: Opinion) -> Json:
    """Who labelled it, when and in how many milliseconds, where the format has a place for that."""
    if line.format != "process_steps":
        return line.body
    label = {**line.body["label"], "total_time": opinion.active_ms}
    return {"labeler": opinion.by, "timestamp": opinion.at, **line.body, "label": label}
