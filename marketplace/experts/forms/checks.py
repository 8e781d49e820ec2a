"""Forms of the desk that checks credentials."""

from typing import Any

from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import StopValidation

from config.policy import PEOPLE
from marketplace.experts import policy
from marketplace.kit.forms import BaseForm, at_most, between, needed, options


class VerifyForm(BaseForm):
    """How the claim was checked."""

    method = StringField(
        "How did you check it?",
        [needed("Say how you checked it."), between(4, 200)],
        description="The register and its entry, or whom you asked. The expert reads it.",
    )


class RefuseForm(BaseForm):
    """Why a claim was not accepted, and what would make it pass."""

    reason = TextAreaField(
        "Why is it not accepted?",
        [needed("Give a reason."), between(PEOPLE.refusal_minimum_characters, 1000)],
        description="The expert reads it word by word.",
        render_kw={"rows": 3},
    )
    fix = TextAreaField(
        "What would make it pass?",
        [needed("Say what would make it pass."), between(10, 1000)],
        description="One thing the expert can do next.",
        render_kw={"rows": 3},
    )


class AskForm(BaseForm):
    """What staff want to know before they decide."""

    question = TextAreaField(
        "What do you want to know?",
        [needed("Write a question."), between(PEOPLE.refusal_minimum_characters, 1000)],
        description="The expert reads it word by word and can answer and add files.",
        render_kw={"rows": 3},
    )


class RevokeForm(BaseForm):
    """Why a credential must not count any more."""

    reason = TextAreaField(
        "Why is it withdrawn?",
        [needed("Give a reason."), between(PEOPLE.refusal_minimum_characters, 1000)],
        description="The expert reads it word by word.",
        render_kw={"rows": 3},
    )
    case_text = TextAreaField(
        "What was found, and how?",
        [needed("Say what was found."), between(PEOPLE.refusal_minimum_characters, 4000)],
        description="For the second person and for the record. The expert does not see it.",
        render_kw={"rows": 4},
    )


class NumberForm(BaseForm):
    """A number to look for: whole, because only fingerprints are compared."""

    scheme = SelectField("Which number is it?", choices=options(list(policy.SCHEMES.items())))
    number = StringField(
        "The whole number",
        [needed("Enter the number."), at_most(120)],
        description="Only whole numbers are found. Every search is written down.",
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )

    def validate_number(self, field: Any) -> None:
        """As the rules of its kind say."""
        problem = policy.number_problem(self.scheme.data or "", field.data)
        if problem:
            raise StopValidation(problem)


class AppealDecisionForm(BaseForm):
    """What came of the second look at a withdrawal."""

    restored = RadioField(
        "What came of it?",
        [needed("Choose one.")],
        choices=options([("yes", "It counts again", ""), ("no", "It stays withdrawn", "")]),
    )
    answer = TextAreaField(
        "What does the expert read?",
        [needed("Write an answer."), between(PEOPLE.refusal_minimum_characters, 1000)],
        description="The expert reads it word by word.",
        render_kw={"rows": 3},
    )
