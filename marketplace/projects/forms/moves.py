"""Forms for what happens to a project: money, a reason, an answer, what ops declare."""

from wtforms import StringField, TextAreaField

from config.content import CLASSES
from config.policy import WORK
from marketplace.kit.forms import (
    BaseForm,
    ChecklistField,
    FormKeyMixin,
    MoneyField,
    at_most,
    between,
    needed,
    options,
)


class AnswerForm(BaseForm):
    """The company's answer to a question, for all experts of the project."""

    answer = TextAreaField(
        "Your answer",
        [needed("Write your answer."), at_most(WORK.answer_characters)],
        description="It stands with the question on the job's page. It cannot be changed later.",
    )


class FundForm(FormKeyMixin, BaseForm):
    """Money from the wallet into the budget."""

    amount = MoneyField("Amount", [needed("Enter an amount.")], minimum=1, maximum=10**9)


class PauseForm(BaseForm):
    """Why no new tasks are given out; experts read it."""

    reason = StringField(
        "Reason",
        [needed("Enter a reason."), between(10, 200)],
        description="Experts read this on the job's page.",
    )


class RetagForm(BaseForm):
    """What ops declare in place of the company, and why."""

    content_classes = ChecklistField(
        "Sensitive content in the tasks",
        [],
        choices=options((one.slug, one.title) for one in CLASSES.values()),
    )
    content_reason = TextAreaField(
        "Reason", [needed("Write the reason."), between(20, 1000)], description="The company reads it."
    )


class SendBackForm(BaseForm):
    """What a company has to change before its project can open."""

    reason = TextAreaField(
        "What has to change",
        [needed("Write what has to change."), between(20, 2000)],
        description="The company reads this sentence above its draft.",
    )
