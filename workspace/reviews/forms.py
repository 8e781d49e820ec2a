"""What a reviewer fills in."""

from collections.abc import Sequence

import wtforms

from marketplace.kit.forms import BaseForm, ChecklistField, maybe, needed, options
from marketplace.projects.models import GuidelineClause
from workspace.reviews import policy
from workspace.reviews.models import Verdict

VERDICTS = {
    Verdict.APPROVE: "Approve",
    Verdict.ASK_FOR_CHANGES: "Ask for changes",
    Verdict.REJECT: "Reject",
}


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

    def offer(self, clauses: Sequence[GuidelineClause]) -> "VerdictForm":
        """Offer the house's reasons and the clauses the expert worked with."""
        self.reason_code.choices = options(
            [("", "Choose a reason"), *((code, f"{code} {text}") for code, text in policy.REASONS.items())]
        )
        self.clauses.choices = options(
            (str(clause.number), f"{clause.number}. {clause.title}") for clause in clauses
        )
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
