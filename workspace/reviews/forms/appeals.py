"""Forms of an appeal: the expert's statement and answer, the question and the decision."""

from collections.abc import Sequence
from typing import Any

import wtforms

from config.policy import WORK
from marketplace.kit.forms import BaseForm, ChecklistField, at_most, maybe, needed, options
from marketplace.projects.models import GuidelineClause
from marketplace.projects.policy import question_problem
from workspace.reviews import policy
from workspace.reviews.models import Cause, Outcome
from workspace.reviews.service import Ruling


class AppealForm(BaseForm):
    """Why a rejection is wrong."""

    statement = wtforms.TextAreaField(
        "Why is it wrong?",
        [needed("Say where your answer meets the clause that was named.")],
        description="Name the clause and where you meet it.",
        render_kw={"rows": 8, "dir": "auto", "data-words": "statement-count"},
    )

    def validate_statement(self, field: Any) -> None:
        """Not too long."""
        if problem := policy.statement_problem(field.data or ""):
            raise wtforms.ValidationError(problem)


class AnswerForm(BaseForm):
    """What the expert says to the question."""

    text = wtforms.TextAreaField(
        "Your answer",
        [needed("Write an answer.")],
        description=f"At most {WORK.appeal_words} words.",
        render_kw={"rows": 4, "dir": "auto"},
    )

    def validate_text(self, field: Any) -> None:
        """Not too long."""
        if problem := policy.statement_problem(field.data or ""):
            raise wtforms.ValidationError(problem)


class AskForm(AnswerForm):
    """What whoever decides wants to know."""

    text = wtforms.TextAreaField(
        "Question to the expert",
        [needed("Write your question.")],
        description=f"Once. They have {WORK.appeal_answer_days} days; the days of the appeal go on.",
        render_kw={"rows": 2, "dir": "auto"},
    )


class RulingForm(BaseForm):
    """How an appeal is decided, with the finding, clauses and reasons."""

    outcome = wtforms.RadioField(
        "Decision",
        [needed("Choose a decision.")],
        choices=options(
            [
                (Outcome.UPHELD.value, "Uphold: the rejection stands, nothing is paid", "", "r"),
                (Outcome.WON.value, "Overturn: it is paid in full and used", "", "a"),
                (Outcome.IN_PART.value, "In part: a share is paid, it is not used", "", "v"),
            ]
        ),
    )
    share = wtforms.SelectField(
        "Share, when in part",
        [maybe()],
        choices=options([("", "None"), *((str(one), f"{one} % of the price") for one in policy.SHARES)]),
    )
    cause = wtforms.SelectField(
        "Finding",
        [needed("Choose what you found.")],
        choices=options([("", "Choose"), *((one.value, said) for one, said in policy.CAUSES.items())]),
    )
    clauses = ChecklistField("Clauses of the guideline", [needed("Choose at least one clause.")], coerce=int)
    reasons = wtforms.TextAreaField(
        "Reasons",
        [needed("Say why.")],
        description="The expert and the reviewer read them.",
        render_kw={"rows": 4, "dir": "auto", "data-words": "reasons-count"},
    )
    gap = wtforms.TextAreaField(
        "Question to the company, when its guideline says nothing",
        [maybe(), at_most(WORK.question_characters)],
        description="Asked of the company in these words. It does not see the work: quote nothing of it.",
        render_kw={"rows": 2, "dir": "auto"},
    )

    def offer(self, clauses: Sequence[GuidelineClause]) -> "RulingForm":
        """Offer the clauses the expert worked with."""
        self.clauses.choices = options(
            (str(clause.number), f"{clause.number}. {clause.title}") for clause in clauses
        )
        return self

    def validate_reasons(self, field: Any) -> None:
        """Enough words."""
        if problem := policy.reasons_problem(field.data or ""):
            raise wtforms.ValidationError(problem)

    def complete(self) -> bool:
        """Whether it can be sent; what one field asks of another is said at the other."""
        sent = self.validate_on_submit()
        if (self.outcome.data == Outcome.IN_PART.value) is not bool(self.share.data):
            self.share.errors = [*self.share.errors, "Choose a share when it is won in part, and only then."]
        asked = question_problem(self.gap.data or "") if self.cause.data == Cause.GAP.value else None
        if asked:
            self.gap.errors = [*self.gap.errors, asked]
        return sent and not self.share.errors and not self.gap.errors

    @property
    def ruling(self) -> Ruling:
        """What was chosen."""
        return Ruling(
            outcome=Outcome(self.outcome.data),
            share=int(self.share.data) if self.share.data else None,
            cause=Cause(self.cause.data),
            reasons=self.reasons.data or "",
            clauses=list(self.clauses.data or []),
            gap=self.gap.data or "",
        )
