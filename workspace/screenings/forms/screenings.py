"""What people fill in about screenings: terms, items, grades, refusals, appeals."""

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

import wtforms
from flask import request
from flask_wtf.file import FileField
from pydantic import BaseModel, ConfigDict, Field, model_validator

from config.policy import WORK
from marketplace.applications.models import ScreeningItem
from marketplace.applications.policy import LIMIT_MAXIMUM, MONTHS_MAXIMUM, PAY_MAXIMUM, PAY_MINIMUM
from marketplace.applications.service import ItemText, Settings
from marketplace.kit.forms import BaseForm, MoneyField, at_most, maybe, needed, options, within
from marketplace.kit.money import BASIS
from marketplace.kit.web import read_body
from workspace.queue import service as queue
from workspace.queue.errors import FileRefused
from workspace.screenings import policy
from workspace.screenings.policy import Unfit, Verdict
from workspace.task_types.base import TaskType

SHOWN_PROBLEMS = 20
PERCENT = BASIS // 100
NOTE_CHARACTERS = 5_000
BIGGEST_REV = 2**31 - 2
REV_DIGITS = 9
FRAME = frozenset({"csrf_token", "rev", "note", "confidence", "confirmed", "stop", "anyway"})


class SaveBody(BaseModel):
    """What the script of the workspace sends: the answer, or the form it is made of, and its version."""

    model_config = ConfigDict(extra="ignore")

    answer: dict[str, Any] | None = None
    form: dict[str, list[str]] | None = None
    note: str = Field(default="", max_length=NOTE_CHARACTERS)
    rev: int = Field(ge=0, le=BIGGEST_REV)

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.answer is None and self.form is None:
            raise ValueError("Send an answer.")
        return self

    def said(self, kind: TaskType[Any, Any]) -> dict[str, Any]:
        """The raw answer."""
        return dict(kind.from_form(self.form or {})) if self.answer is None else self.answer


class PreviewBody(BaseModel):
    """Text to be shown as it will be read."""

    text: str = Field(max_length=200_000)


@dataclass(frozen=True, slots=True)
class Sent:
    """An answer as it arrived, whichever way it came; `rev` is None when the page did not say."""

    answer: dict[str, Any]
    note: str = ""
    rev: int | None = None


def sent(kind: TaskType[Any, Any]) -> Sent:
    """The answer in the request, as a script or a plain form sends it."""
    if request.is_json:
        body = read_body(SaveBody)
        return Sent(body.said(kind), body.note, body.rev)
    rev = request.form.get("rev", "")
    values = {name: texts for name, texts in request.form.lists() if name not in FRAME}
    known = rev.isascii() and rev.isdigit() and len(rev) <= REV_DIGITS
    return Sent(dict(kind.from_form(values)), rev=int(rev) if known else None)


class TermsForm(BaseForm):
    """What a screening asks and pays."""

    pay = MoneyField(
        "Pay for each candidate",
        [needed("Enter an amount, such as 12.00.")],
        minimum=PAY_MINIMUM,
        maximum=PAY_MAXIMUM,
        description="Paid whether they pass or not. The platform fee, and a review fee if a person grades, "
        "come on top.",
    )
    limit_minutes = wtforms.IntegerField(
        "Time limit in minutes", [needed("Enter the minutes, such as 45."), within(5, LIMIT_MAXIMUM)]
    )
    pass_mark = wtforms.IntegerField(
        "Pass mark in percent of the items", [needed("Enter a percentage, such as 70."), within(1, 100)]
    )
    valid_months = wtforms.IntegerField(
        "A pass holds for so many months",
        [needed("Enter the months, such as 12."), within(1, MONTHS_MAXIMUM)],
    )

    @property
    def settings(self) -> Settings:
        """The same as numbers of the house."""
        return Settings(
            pay_minor=self.pay.data,
            limit_minutes=int(self.limit_minutes.data or 0),
            pass_mark_bps=int(self.pass_mark.data or 0) * PERCENT,
            valid_months=int(self.valid_months.data or 0),
        )


class ItemsForm(BaseForm):
    """A file of items; `found` holds what could be read of it."""

    file = FileField(
        "File with items",
        [needed("Choose a file.")],
        description=f"JSON or JSON lines in UTF-8, at most {WORK.screening_items_maximum} items.",
        render_kw={"accept": ".jsonl,.ndjson,.json"},
    )
    task_type: str = ""
    type_options: Mapping[str, Any]
    found: list[ItemText]

    def validate_file(self, field: Any) -> None:
        """Read every item; what is wrong with one is said by its line."""
        try:
            rows = queue.read_rows(_lines(field.data.read()), "jsonl")
        except FileRefused as refusal:
            raise wtforms.ValidationError(refusal.message) from refusal
        self.found, wrong = [], []
        for row in rows[: WORK.screening_items_maximum + 1]:
            read = (
                Unfit({"": row.problem})
                if row.raw is None
                else policy.read_item(row.raw, task_type=self.task_type, options=self.type_options)
            )
            if isinstance(read, Unfit):
                wrong += [f"Line {row.line}, {place}: {said}" for place, said in read.errors.items()]
            else:
                self.found.append(read)
        if wrong:
            raise wtforms.ValidationError(" ".join(wrong[:SHOWN_PROBLEMS]).replace(", : ", ": "))
        if len(rows) > WORK.screening_items_maximum:
            raise wtforms.ValidationError(f"A screening has at most {WORK.screening_items_maximum} items.")


class PickForm(BaseForm):
    """One of the project's own tasks, with what marks it."""

    chosen = wtforms.SelectField("Task", [needed("Choose a task.")])
    gold = wtforms.TextAreaField(
        "Known answer as JSON",
        [maybe()],
        description="Leave it empty when a reviewer is to mark.",
        render_kw={"rows": 3, "spellcheck": "false", "autocomplete": "off"},
    )
    explanation = wtforms.TextAreaField(
        "Why it is right",
        [maybe(), at_most(2_000)],
        description="Shown to the candidate once the screening is decided.",
        render_kw={"rows": 2},
    )
    rubric = wtforms.TextAreaField(
        "Or: the sentence a reviewer marks by",
        [maybe(), at_most(2_000)],
        description="Such as: names the interaction and says what to do about it.",
        render_kw={"rows": 2},
    )

    def offer(self, tasks: Iterable[tuple[str, str]]) -> "PickForm":
        """The tasks to choose from: (id, line)."""
        self.chosen.choices = options(list(tasks))
        return self

    def read(self, task: Any) -> ItemText | None:
        """The item; None when something is missing, which is then said at its field."""
        raw: dict[str, Any] = {
            "payload": task.payload,
            "rubric": self.rubric.data or "",
            "explanation": self.explanation.data or "",
        }
        if (self.gold.data or "").strip():
            try:
                raw["gold"] = json.loads(self.gold.data or "")
            except (ValueError, RecursionError):
                self.gold.errors = ["This is not JSON. Write it as in the example."]
                return None
        read = policy.read_item(raw, task_type=task.task_type, task_id=task.id)
        if isinstance(read, ItemText):
            return read
        for place, said in read.errors.items():
            name = place.partition(".")[0].partition("[")[0]
            field = {"explanation": self.explanation, "rubric": self.rubric}.get(name, self.gold)
            field.errors = [*field.errors, said if name in {"explanation", "rubric"} else f"{place}: {said}"]
        return None


class AskForm(BaseForm):
    """Which screening a project asks for."""

    plan = wtforms.RadioField("Who may get an offer?", choices=[])


class NoEffortForm(BaseForm):
    """Why a screening is not work at all."""

    note = wtforms.TextAreaField(
        "What shows that there was no effort?",
        [needed("Say what shows it."), at_most(2_000)],
        description="A second reviewer has to agree. The candidate reads it and can appeal.",
        render_kw={"rows": 3},
    )

    def validate_note(self, field: Any) -> None:
        """Enough words."""
        if problem := policy.no_effort_problem(field.data or ""):
            raise wtforms.ValidationError(problem)


class StepAsideForm(BaseForm):
    """Why a grading is given back."""

    reason = wtforms.RadioField(
        "Why?", [needed("Choose why you step aside.")], choices=options(list(policy.STEP_ASIDE.items()))
    )


class AppealForm(BaseForm):
    """Why a refusal is wrong."""

    statement = wtforms.TextAreaField(
        "What did you do, and why is it work?",
        [needed("Say what you did and why it is work."), at_most(5_000)],
        description=f"At most {WORK.appeal_words} words. Somebody else reads it beside your answers.",
    )

    def validate_statement(self, field: Any) -> None:
        """Not too long."""
        if problem := policy.statement_problem(field.data or ""):
            raise wtforms.ValidationError(problem)


class DecideForm(BaseForm):
    """An appeal is decided."""

    won = wtforms.RadioField(
        "Decision",
        [needed("Choose one.")],
        choices=options([("yes", "It is work: pay it"), ("no", "The refusal stands")]),
    )
    reasons = wtforms.TextAreaField("Reasons", [needed("Say why."), at_most(2_000)], render_kw={"rows": 3})

    def validate_reasons(self, field: Any) -> None:
        """Enough words."""
        if problem := policy.no_effort_problem(field.data or ""):
            raise wtforms.ValidationError(problem.replace("what shows no effort", "why you decide so"))


def grades(items: Iterable[ScreeningItem]) -> dict[uuid.UUID, Verdict]:
    """The marks in the request, item by item; what was not chosen is left out."""
    found = {}
    for item in items:
        chosen = request.form.get(f"met-{item.id}", "")
        if chosen in {"yes", "no"}:
            sentence = request.form.get(f"why-{item.id}", "").replace("\r\n", "\n").strip()
            found[item.id] = Verdict(chosen == "yes", sentence)
    return found


def _lines(data: bytes) -> bytes:
    """A list of objects as one object on each line; anything else as it came."""
    if not data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"["):
        return data
    try:
        listed = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return data  # read line by line, where the sentence says what is wrong
    return "\n".join(json.dumps(one) for one in listed).encode() if isinstance(listed, list) else data
