"""What comes from the workspace: by script as JSON, without scripts as a form."""

from dataclasses import dataclass
from typing import Any, Self

import wtforms
from flask import request
from pydantic import BaseModel, ConfigDict, Field, model_validator

from config.policy import WORK
from marketplace.applications.policy import sentence_lacks
from marketplace.kit.errors import Invalid
from marketplace.kit.forms import BaseForm, FormKeyMixin, at_most, needed, options
from marketplace.kit.web import read_body
from workspace.queue import policy
from workspace.submissions.policy import too_long
from workspace.task_types.base import TaskType

NOTE_CHARACTERS = 5_000
CODES, CODE_CHARACTERS = 20, 60
MINOR_DIGITS = 13
LEVELS = frozenset("12345")
TURNS = 10**6
TALK = frozenset({"parent", "send", "again", "branch"})  # the message itself is kept until it is sent
FRAME = frozenset({"csrf_token", "rev", "note", "confidence", "confirmed", "stop"}) | TALK


class AnswerBody(BaseModel):
    """An answer, or the form it is to be made of, and what stands around it."""

    model_config = ConfigDict(extra="ignore")

    answer: dict[str, Any] | None = None
    form: dict[str, list[str]] | None = None
    note: str = Field(default="", max_length=NOTE_CHARACTERS)
    confidence: int | None = Field(default=None, ge=1, le=5)

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.answer is None and self.form is None:
            raise ValueError("Send an answer.")
        return self

    def said(self, kind: TaskType[Any, Any]) -> dict[str, Any]:
        """The raw answer."""
        return dict(kind.from_form(self.form or {})) if self.answer is None else self.answer


class SaveBody(AnswerBody):
    """Autosave: the draft, the version it was written on, and whether this is to be the last task for now."""

    rev: int = Field(ge=0, le=2**31 - 2)
    stop: bool = False


class SubmitBody(AnswerBody):
    """The same, handed in: with the warnings the expert has confirmed."""

    rev: int | None = Field(default=None, ge=0, le=2**31 - 2)
    confirmed: list[str] = Field(default_factory=list, max_length=CODES)
    stop: bool = False


class TalkBody(BaseModel):
    """A message to a model that goes on after a reply, or one more reply to an earlier message."""

    model_config = ConfigDict(extra="ignore")

    text: str = Field(default="", max_length=500_000)
    after: int | None = Field(default=None, ge=1, le=TURNS)
    again: int | None = Field(default=None, ge=1, le=TURNS)


class PreviewBody(BaseModel):
    """Text to be shown as it will be read."""

    text: str = Field(max_length=200_000)


class StopForm(BaseForm):
    """Why one stops half way, and the sum that was shown (minor units)."""

    reason = wtforms.RadioField(
        "Why do you stop?",
        [needed("Choose a reason.")],
        choices=options(list(policy.SKIP_REASONS.items())),
    )
    note = wtforms.TextAreaField("In your own words", [at_most(policy.NOTE_CHARACTERS)])
    agreed_minor = wtforms.HiddenField()

    def validate_note(self, field: Any) -> None:
        """The reason `other` says nothing by itself."""
        if self.reason.data == "other" and not (field.data or "").strip():
            raise wtforms.ValidationError("Write one sentence on why you stop.")

    @property
    def agreed(self) -> int:
        """The sum shown; 0 when the page did not say it, so that what is due is paid."""
        return _minor(self.agreed_minor.data)


class WithdrawForm(FormKeyMixin, BaseForm):
    """Why a company withdraws work, and the most it can cost that was shown (minor units)."""

    reason = wtforms.TextAreaField(
        "Reason",
        [needed("Write the reason.")],
        description="Everybody at work on it reads this.",
    )
    agreed_minor = wtforms.HiddenField()

    def validate_reason(self, field: Any) -> None:
        """A few words that say something, and no way to talk elsewhere."""
        if lacking := sentence_lacks(field.data or "", at_most=WORK.withdrawal_characters):
            raise wtforms.ValidationError(lacking)

    @property
    def agreed(self) -> int:
        """The most that was shown; 0 when the page did not say it: then nobody may be at work."""
        return _minor(self.agreed_minor.data)


def _minor(value: Any) -> int:
    typed = str(value or "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < MINOR_DIGITS else 0


class TimeForm(BaseForm):
    """What the active time was, in whole minutes; `most` are the minutes since the claim."""

    minutes = wtforms.IntegerField(
        "Minutes you worked on it", [needed("Enter the minutes you worked on it, such as 12.")]
    )
    note = wtforms.TextAreaField(
        "What was counted wrong?",
        [needed("Say in a sentence what was counted wrong."), at_most(policy.NOTE_CHARACTERS)],
        description="Such as: I read the source on paper.",
    )
    most = 0

    def validate_minutes(self, field: Any) -> None:
        """Not less than nothing, not more than the time since the claim."""
        if not isinstance(field.data, int) or not 0 <= field.data <= self.most:
            raise wtforms.ValidationError(too_long(self.most))


@dataclass(frozen=True, slots=True)
class Sent:
    """An answer as it arrived, whichever way it came; `rev` is None when the page did not say."""

    answer: dict[str, Any]
    note: str
    confidence: int | None
    confirmed: tuple[str, ...] = ()
    rev: int | None = None
    stop: bool = False


@dataclass(frozen=True, slots=True)
class Talk:
    """What is wanted of a conversation; `again` is a message, `branch` only moves where the next one goes."""

    text: str
    after: int | None
    again: int | None = None
    branch: bool = False


def talk() -> Talk:
    """A message, a retry or another place to go on from, as a script or a plain form sends it."""
    if request.is_json:
        body = read_body(TalkBody)
        return Talk(body.text, body.after, body.again)
    form = request.form
    after = _place(form.get("branch", "") if "branch" in form else form.get("parent", ""))
    text = form.get("message", "").replace("\r\n", "\n")
    return Talk(text, after, _place(form.get("again", "")), "branch" in form)


def _place(value: str) -> int | None:
    return int(value) if value.isascii() and value.isdigit() and len(value) <= len(str(TURNS)) else None


def sent(kind: TaskType[Any, Any]) -> Sent:
    """The answer in the request; BadInput (400) or Invalid (422) when what stands around it is wrong."""
    if request.is_json:
        body = read_body(SubmitBody)
        return Sent(body.said(kind), body.note, body.confidence, tuple(body.confirmed), body.rev, body.stop)
    form = request.form
    note, rev, level = form.get("note", "").replace("\r\n", "\n"), form.get("rev", ""), form.get("confidence")
    if len(note) > NOTE_CHARACTERS:
        raise Invalid(f"Shorten the note to the reviewer to {NOTE_CHARACTERS:,} characters.")
    return Sent(
        answer=dict(kind.from_form({name: texts for name, texts in form.lists() if name not in FRAME})),
        note=note,
        confidence=int(level) if level in LEVELS else None,
        confirmed=tuple(code[:CODE_CHARACTERS] for code in form.getlist("confirmed")[:CODES]),
        rev=int(rev) if rev.isascii() and rev.isdigit() and len(rev) < 10 else None,  # noqa: PLR2004 - as in the body
        stop=bool(form.get("stop")),
    )
