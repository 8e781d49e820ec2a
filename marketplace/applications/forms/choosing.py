"""How a company answers applicants: whom, and why not."""

import uuid
from typing import Any

from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import StopValidation

from config.choices import REASONS
from config.policy import WORK
from marketplace.applications.policy import sentence_lacks
from marketplace.kit import pages
from marketplace.kit.forms import BaseForm, ChecklistField, between, needed, options


def _key(value: Any) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(value))
    except ValueError:
        return None  # somebody changed the page; it names nobody


class OfferForm(BaseForm):
    """The people who are ticked; a button beside one of them speaks of that one alone."""

    chosen = ChecklistField("People", choices=[], coerce=_key, validate_choice=False)

    only = StringField()

    def validate_chosen(self, field: Any) -> None:
        """Somebody is meant, and no more people than a page holds."""
        if self.only.data:
            field.data = [_key(self.only.data)]
        field.data = list(dict.fromkeys(one for one in field.data or [] if one))
        if not field.data:
            raise StopValidation("Tick at least one person.")
        if len(field.data) > pages.SIZE:
            raise StopValidation(f"Tick at most {pages.SIZE} people at once.")


class AnswerForm(OfferForm):
    """Why the ticked applicants are not chosen."""

    code = SelectField(
        "Reason",
        [needed("Choose a reason.")],
        choices=options([("", "Choose one"), *((one.code, one.title) for one in REASONS.values())]),
    )
    sentence = TextAreaField(
        "A sentence to them",
        [needed("Write a sentence."), between(2, WORK.choice_characters)],
        description="They read it word by word. What did you look for, and what would help them next time?",
        render_kw={"rows": 3},
    )

    def validate_sentence(self, field: Any) -> None:
        """Long enough to help, without contact details."""
        if lacking := sentence_lacks(field.data or "", at_most=WORK.choice_characters):
            raise StopValidation(lacking)


class InviteForm(OfferForm):
    """Whom to invite, with a sentence each of them reads."""

    note = TextAreaField(
        "A sentence to them",
        [needed("Write a sentence."), between(2, WORK.invitation_characters)],
        description="Why them, and what is the work? Everybody you tick reads it.",
        render_kw={"rows": 3},
    )

    def validate_note(self, field: Any) -> None:
        """Long enough to say something, without contact details."""
        if lacking := sentence_lacks(field.data or "", at_most=WORK.invitation_characters):
            raise StopValidation(lacking)
