"""What a complete answer needs, and what is asked about once."""

from workspace.task_types.base.cautions import cautions
from workspace.task_types.base.fields import Fields
from workspace.task_types.base.results import Checked, Invalid, Json
from workspace.task_types.chain_of_thought import finals
from workspace.task_types.chain_of_thought.answer import (
    FOUND_ERROR,
    SOLUTION,
    WRONG,
    Answer,
    Label,
    Verified,
    Written,
    read,
    without_leftovers,
)
from workspace.task_types.chain_of_thought.payload import CONTINUE, NUMBER, Payload

LEAST_STEPS, CRITIQUE_LEAST = 2, 20


def read_answer(payload: Payload, raw: Json) -> Checked[Answer] | Invalid:
    """The complete answer with its warnings, or field errors."""
    fields = Fields(raw, "answer")
    answer = read(fields, payload)
    if isinstance(answer, Verified):
        answer = without_leftovers(answer)
        _need_labels(fields, payload, answer)
    else:
        _need_steps(fields, answer)
    _need_final(fields, payload, answer)
    if answer.finish is None:
        fields.wrong("finish", "Say how it ended.")
    if fields.errors:
        return Invalid(dict(fields.errors))
    return Checked(answer, _warnings(payload, answer))


def missing(payload: Payload, answer: Verified) -> list[int]:
    """The steps that still need a label: up to the first error, or all of them."""
    last = None if payload.after_first_error == CONTINUE else answer.first_error
    return [label.id for label in answer.steps[:last] if not label.marked]


def _need_labels(fields: Fields, payload: Payload, answer: Verified) -> None:
    if left := missing(payload, answer):
        fields.wrong(f"steps[{left[0] - 1}].rating", f"Label {_named(left)}.")
    for label in answer.steps:
        if label.rating == WRONG:
            _need_remarks(fields, label)
    if answer.finish == FOUND_ERROR and answer.first_error is None:
        fields.wrong("finish", "Mark the step with the error as wrong, or say that it ended otherwise.")


def _need_remarks(fields: Fields, label: Label) -> None:
    place, length = f"steps[{label.id - 1}]", len((label.critique or "").strip())
    if length < CRITIQUE_LEAST:
        fields.wrong(
            f"{place}.critique",
            f"Say what is wrong in step {label.id} ({CRITIQUE_LEAST} characters or more). You have {length}.",
        )
    if not (label.correction or "").strip():
        fields.wrong(f"{place}.correction", f"Write step {label.id} as it should be.")


def _need_steps(fields: Fields, answer: Written) -> None:
    if len(answer.steps) < LEAST_STEPS:
        fields.wrong("steps", f"Write {LEAST_STEPS} steps or more. You have {len(answer.steps)}.")
    for index, step in enumerate(answer.steps):
        if not step.text.strip():
            fields.wrong(f"steps[{index}].text", f"Write step {step.id}, or remove it.")


def _need_final(fields: Fields, payload: Payload, answer: Answer) -> None:
    """A written solution has a final answer; who did not solve the problem has none to give."""
    given = (answer.final_answer or "").strip()
    if isinstance(answer, Written) and not given and answer.finish in {SOLUTION, None}:
        fields.wrong("final_answer", "Write the final answer.")
    elif given and payload.answer_kind == NUMBER and not finals.is_number(given):
        fields.wrong("final_answer", "Give the final answer as one number, with its unit if it has one.")


def _warnings(payload: Payload, answer: Answer) -> tuple[str, ...]:
    if isinstance(answer, Verified):
        said = [text for label in answer.steps for text in (label.critique, label.correction) if text]
        found = [_reference_warning(payload, answer)]
    else:
        said = [text for step in answer.steps for text in (step.text, step.formula) if text]
        found = ["differs_from_reference"] if _differs(payload, answer.final_answer) else []
    shared = cautions(
        "\n".join(said), prompt=payload.prompt, others=payload.steps, language=not payload.verifies
    )
    found += [
        code for code in shared if code != "like_other_text"
    ]  # a correction is like the step it corrects
    return tuple(dict.fromkeys(code for code in found if code))


def _reference_warning(payload: Payload, answer: Verified) -> str:
    """No error marked though the reference differs, or another answer than the reference."""
    if answer.finish == SOLUTION and answer.first_error is None and _arrives_elsewhere(payload, answer):
        return "all_correct_wrong_answer"
    return "differs_from_reference" if _differs(payload, answer.final_answer) else ""


def _arrives_elsewhere(payload: Payload, answer: Verified) -> bool:
    """Whether the given steps end with another answer than the reference, as far as anybody said."""
    if payload.reference_answer is None:
        return False
    claimed = payload.answer or answer.final_answer
    if claimed is not None:
        return not finals.same(claimed, payload.reference_answer)
    return not finals.mentions(payload.steps[-1], payload.reference_answer)


def _differs(payload: Payload, final: str | None) -> bool:
    given, reference = (final or "").strip(), payload.reference_answer
    return bool(given) and reference is not None and not finals.same(given, reference)


def _named(numbers: list[int]) -> str:
    if len(numbers) == 1:
        return f"step {numbers[0]}"
    return f"steps {', '.join(map(str, numbers[:-1]))} and {numbers[-1]}"
