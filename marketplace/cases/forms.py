"""What finance fills in to move money by hand, and what an expert answers to evidence."""

import wtforms

from marketplace.cases.models import EVIDENCE_LENGTH, REASON_LENGTH
from marketplace.kit.forms import BaseForm, FormKeyMixin, MoneyField, at_most, between, maybe, needed, options

LONGEST = 400  # characters of a reason, as the ledger keeps it
LONG = 4000
WHY = f"At least {REASON_LENGTH} characters. The person or company reads it."


class CorrectionForm(FormKeyMixin, BaseForm):
    """More or less on one account."""

    way = wtforms.RadioField("What", choices=options([("add", "More"), ("take", "Less")]), default="add")
    amount = MoneyField("Amount", [needed("Enter an amount.")], minimum=1)
    reason = wtforms.TextAreaField(
        "Why",
        [needed("Say why."), between(REASON_LENGTH, LONGEST)],
        description=WHY,
        render_kw={"rows": 3},
    )
    outside = wtforms.StringField(
        "Id at the payment service or bank",
        [maybe(), at_most(80)],
        description="Only when it puts a difference with the payment service right.",
    )
    seen = wtforms.HiddenField()  # the preview that was on the page: amount and way


class GoodwillForm(FormKeyMixin, BaseForm):
    """Money that no work paid."""

    amount = MoneyField("Amount", [needed("Enter an amount.")], minimum=1)
    reason = wtforms.TextAreaField(
        "Why",
        [needed("Say why."), between(REASON_LENGTH, LONGEST)],
        description=WHY,
        render_kw={"rows": 3},
    )
    seen = wtforms.HiddenField()


class ClawbackForm(FormKeyMixin, BaseForm):
    """Why pay is taken back, and the proof of fraud."""

    reason = wtforms.TextAreaField(
        "Why",
        [needed("Say why."), between(REASON_LENGTH, LONGEST)],
        description=WHY,
        render_kw={"rows": 3},
    )
    evidence = wtforms.TextAreaField(
        "Evidence of fraud",
        [needed("Describe the evidence."), between(EVIDENCE_LENGTH, LONG)],
        description=(
            f"At least {EVIDENCE_LENGTH} characters: what was seen, when, and where it can be looked at. "
            "Flags and suspicions are no proof. The person reads it and answers."
        ),
        render_kw={"rows": 6},
    )


class RefuseForm(BaseForm):
    """Why a proposal is refused."""

    why = wtforms.StringField(
        "Why not",
        [needed("Say why not."), between(REASON_LENGTH, LONGEST)],
        description=f"At least {REASON_LENGTH} characters. Whoever proposed it reads this.",
    )


class AnswerForm(BaseForm):
    """What a person says to the evidence."""

    said = wtforms.TextAreaField(
        "Your answer",
        [needed("Write your answer."), between(1, LONG)],
        description="Say what happened, and what we should look at. You can answer once.",
        render_kw={"rows": 6},
    )
