"""What is solved: a problem with steps to judge, or one to solve in steps."""

from dataclasses import dataclass

from workspace.task_types.base.fields import Fields
from workspace.task_types.base.members import PROMPT, SHARED, PayloadField
from workspace.task_types.base.parts import (
    CONTENT_CLASSES,
    TITLE_CHARACTERS,
    Prompt,
    Reference,
    read_prompt,
    read_references,
)
from workspace.task_types.base.results import Invalid, Json

VERIFY, WRITE = "verify", "write"
MODES = (VERIFY, WRITE)
STEPS, STEP_CHARACTERS = 100, 20_000
ANSWER_CHARACTERS = 5_000
AFTER, NEVER = "after", "never"
STOP, CONTINUE = "stop", "continue"
TEXT, NUMBER = "text", "number"
FIELDS = (
    PROMPT,
    PayloadField("mode", "Mode: verify or write", also=("mode",)),
    PayloadField("steps", "Steps to judge", ("list",), also=("steps", "solution_steps", "rationale")),
    PayloadField("answer", "Answer the steps arrive at", also=("answer", "final_answer", "prediction")),
    PayloadField("model", "Model of the steps", also=("model", "system"), held=True),
    PayloadField(
        "reference_answer",
        "Reference answer",
        also=("reference_answer", "target", "ground_truth_answer", "gold", "label"),
        held=True,
    ),
    PayloadField("show_reference", "Show the reference: after or never", also=("show_reference",)),
    PayloadField("after_first_error", "After the first error: stop or continue", also=("after_first_error",)),
    PayloadField("answer_kind", "Kind of answer: text or number", also=("answer_kind",)),
    *SHARED,
)


@dataclass(frozen=True, slots=True)
class Payload:
    """A problem; `steps` to judge are empty where steps are to be written.

    `answer` is what the given steps arrive at and `model` who made them, both where the company says so.
    """

    mode: str
    prompt: Prompt
    steps: tuple[str, ...] = ()
    answer: str | None = None
    model: str | None = None
    reference_answer: str | None = None
    show_reference: str = AFTER
    after_first_error: str = STOP
    answer_kind: str = TEXT
    references: tuple[Reference, ...] = ()
    content_classes: tuple[str, ...] = ()

    @property
    def verifies(self) -> bool:
        """Whether given steps are judged."""
        return self.mode == VERIFY


def read_payload(raw: Json) -> Payload | Invalid:
    """The payload, or field errors; without a mode, given steps are to be judged."""
    fields = Fields(raw, "payload")
    fields.limit()
    mode = fields.one_of("mode", MODES, default=VERIFY if fields.has("steps") else WRITE)
    payload = Payload(
        mode=mode,
        prompt=read_prompt(fields),
        steps=_steps(fields, mode),
        answer=_short(fields, "answer"),
        model=fields.text("model", longest=TITLE_CHARACTERS) or None,
        reference_answer=_short(fields, "reference_answer"),
        show_reference=fields.one_of("show_reference", (AFTER, NEVER), default=AFTER),
        after_first_error=fields.one_of("after_first_error", (STOP, CONTINUE), default=STOP),
        answer_kind=fields.one_of("answer_kind", (TEXT, NUMBER), default=TEXT),
        references=read_references(fields),
        content_classes=fields.picks("content_classes", CONTENT_CLASSES),
    )
    return fields.finish(payload)


def _steps(fields: Fields, mode: str) -> tuple[str, ...]:
    if mode == WRITE:
        if fields.rows("steps", most=STEPS):
            fields.wrong(
                "steps", "Leave the steps out: the expert writes them. To have them judged, say verify."
            )
        return ()
    rows = fields.rows("steps", least=1, most=STEPS)
    if not rows:
        fields.wrong("steps", "Give the steps to judge.")
    return tuple(_step(fields, index, row) for index, row in enumerate(rows))


def _step(fields: Fields, index: int, row: object) -> str:
    """The text exactly as it was given; steps are told apart by their number alone."""
    text = fields.clean(f"steps[{index}]", row, STEP_CHARACTERS)
    if not text.strip():
        fields.wrong(f"steps[{index}]", "Give the text of this step.")
    return text


def _short(fields: Fields, name: str) -> str | None:
    text = fields.text(name, longest=ANSWER_CHARACTERS)
    return text if text.strip() else None
