"""What a reviewer fills in."""

import uuid
from collections.abc import Sequence

import wtforms
from flask import request

from config.policy import MONEY
from marketplace.bonuses.policy import Gift
from marketplace.cases.models import REASON_LENGTH
from marketplace.kit.forms import (
    BaseForm,
    ChecklistField,
    FormKeyMixin,
    MoneyField,
    at_most,
    between,
    maybe,
    needed,
    options,
)
from marketplace.projects.models import GuidelineClause
from marketplace.projects.policy import REPORTABLE
from workspace.queue.policy import NOTE_CHARACTERS
from workspace.reviews import policy
from workspace.reviews.models import Review, Verdict

VERDICTS = {
    Verdict.APPROVE: "Approve",
    Verdict.ASK_FOR_CHANGES: "Ask for changes",
    Verdict.REJECT: "Reject",
}
PICKS = 50


class VerdictForm(BaseForm):
    """One of the three verdicts; a reason, clauses and words where the verdict needs them."""

    verdict = wtforms.RadioField(
        "Verdict",
        choices=options((verdict.value, label) for verdict, label in VERDICTS.items()),
        validators=[needed("Choose a verdict.")],
    )
    reason_code = wtforms.SelectField("Reason", validators=[maybe()])
    clauses = ChecklistField("Clauses of the guideline", coerce=int, validators=[maybe()])
    note = wtforms.TextAreaField("What the expert will read", validators=[maybe()])

    def offer(self, clauses: Sequence[GuidelineClause], task_type: str) -> "VerdictForm":
        """Offer the house's reasons for this kind of work and the clauses the expert worked with."""
        reasons = policy.reasons_for(task_type)
        self.reason_code.choices = options(
            [("", "Choose a reason"), *((code, f"{code} {text}") for code, text in reasons.items())]
        )
        self.clauses.choices = options(
            (str(clause.number), f"{clause.number}. {clause.title}") for clause in clauses
        )
        return self

    def called(self, name: str) -> "VerdictForm":
        """Give every control an id of its own: one page holds a form for each verdict."""
        for field in self:
            field.id = f"{name}-{field.name}"
            field.label.field_id = field.id
        return self

    def complete(self) -> bool:
        """Whether the form can be sent; messages stand at the fields otherwise."""
        if not self.validate_on_submit():
            return False
        lacking = policy.problems(
            self.chosen,
            reason_code=self.reason_code.data,
            clauses=self.numbers,
            note=self.note.data or "",
            known_clauses=[int(value) for value, *_ in self.clauses.iter_choices()],
        )
        for name, sentence in lacking.items():
            field = self[name]
            field.errors = [*field.errors, sentence]
        return not lacking

    @property
    def chosen(self) -> Verdict:
        """The verdict."""
        return Verdict(self.verdict.data)

    @property
    def numbers(self) -> list[int]:
        """The numbers of the clauses that were ticked."""
        return list(self.clauses.data or [])


class StepAsideForm(BaseForm):
    """Why a reviewer gives a submission back."""

    reason = wtforms.RadioField(
        "Why?",
        choices=options(policy.STEP_ASIDE.items()),
        validators=[needed("Choose why you step aside.")],
    )


class ReportForm(BaseForm):
    """What a reviewer saw that the project does not declare."""

    content_class = wtforms.SelectField(
        "What is it?", [needed("Choose what it is.")], choices=options(list(REPORTABLE.items()))
    )
    note = wtforms.TextAreaField(
        "In your own words", [needed("Say in a sentence what you saw."), at_most(NOTE_CHARACTERS)]
    )


class OverturnForm(FormKeyMixin, BaseForm):
    """Which final rejections were wrong, and why."""

    submissions = ChecklistField(
        "Rejections",
        [needed("Choose at least one rejection.")],
        coerce=uuid.UUID,
        choices=[],
        validate_choice=False,
    )
    code = wtforms.SelectField(
        "What was wrong",
        [needed("Choose what was wrong.")],
        choices=options([("", "Choose"), *policy.OVERTURN_REASONS.items()]),
    )
    reason = wtforms.TextAreaField(
        "Why",
        [needed("Say why."), between(REASON_LENGTH, policy.OVERTURN_REASON_LENGTH)],
        description=f"At least {REASON_LENGTH} characters. Experts, reviewers and the company read it.",
        render_kw={"rows": 3},
    )


class RefuseOverturnForm(BaseForm):
    """Why the rejections stand."""

    why = wtforms.StringField(
        "Why not",
        [needed("Say why not."), between(REASON_LENGTH, policy.OVERTURN_REASON_LENGTH)],
        description=f"At least {REASON_LENGTH} characters. Whoever proposed it reads this.",
    )


class GiveBonusForm(FormKeyMixin, BaseForm):
    """A bonus for one person; `agreed` repeats the amount whose cost was shown."""

    amount = MoneyField(
        "Bonus",
        [needed("Enter an amount.")],
        minimum=MONEY.bonus_given_minimum_minor,
        maximum=MONEY.bonus_given_maximum_minor,
        description="Reaches the person whole.",
    )
    reason = wtforms.TextAreaField(
        "What is it for?",
        [needed("Say what it is for."), at_most(MONEY.bonus_reason_length)],
        description=f"At least {MONEY.bonus_reason_words} words. The person reads them.",
        render_kw={"rows": 3},
    )
    agreed = wtforms.HiddenField(validators=[at_most(20)])

    def gift(self, user_id: uuid.UUID) -> Gift:
        """What was typed, once it is valid."""
        return Gift(user_id=user_id, amount_minor=int(self.amount.data), reason=self.reason.data or "")

    def refuse(self, field: str, sentence: str) -> None:
        """Say at a field what has to change."""
        self[field].errors = [sentence]


def blank(review: Review) -> VerdictForm:
    """A form for this review: empty, or with what was written before the verdict was taken back."""
    kept = {
        "verdict": review.verdict.value if review.verdict else None,
        "reason_code": review.reason_code or "",
        "clauses": review.clauses.get("numbers", []),
        "note": review.note,
    }
    return VerdictForm(formdata=None, data=kept)


def picks() -> list[uuid.UUID]:
    """The projects this person wants to be served from, as the page carries them along."""
    found = []
    for text in request.values.getlist("project")[:PICKS]:
        try:
            found.append(uuid.UUID(text))
        except ValueError:
            continue
    return found
