"""Forms of the desk that checks credentials."""

from wtforms import StringField, TextAreaField

from config.policy import PEOPLE
from marketplace.kit.forms import BaseForm, between, needed


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
