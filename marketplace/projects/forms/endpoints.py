"""The form of the model that experts talk to; what is typed as its key is never shown again."""

import re
from typing import Any

from wtforms import BooleanField, IntegerField, PasswordField, StringField, TextAreaField
from wtforms.validators import ValidationError

from marketplace.kit.forms import BaseForm, at_most, maybe, needed, within
from marketplace.projects.models import ModelEndpoint
from marketplace.projects.policy import REPLIES_MAXIMUM, ModelSetup

REPLIES_DEFAULT = 200
_KEY = re.compile(r"[\x21-\x7e]+")
_TYPED = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


class ModelForm(BaseForm):
    """Address, name, key, limits; an empty key keeps the one that is set."""

    url = StringField(
        "Address",
        [needed("Enter the address of the model."), at_most(500)],
        description="Of an OpenAI-compatible service, up to and without /chat/completions, such as "
        "https://models.example.org/v1. To try things out: scripted:practice, a small model that comes with "
        "this site and needs no key.",
        render_kw={**_TYPED, "inputmode": "url", "dir": "ltr"},
    )
    model = StringField(
        "Name of the model",
        [needed("Enter the name of the model.")],
        description="As the service calls it. Experts do not see it.",
        render_kw=_TYPED,
    )
    key = PasswordField("Key", [maybe(), at_most(500)], render_kw={"autocomplete": "new-password"})
    no_key = BooleanField("This model needs no key")
    replies_a_day = IntegerField(
        "Replies a day for one expert",
        [needed("Enter how many replies one expert may ask for in a day."), within(1, REPLIES_MAXIMUM)],
        default=REPLIES_DEFAULT,
        description="A conversation takes 5 to 30. You pay the service for each.",
    )
    system_prompt = TextAreaField(
        "System prompt",
        [maybe(), at_most(8000)],
        description="Sent before every conversation. Experts do not see it.",
    )

    def validate_key(self, field: Any) -> None:
        """A key is one word of plain letters and signs."""
        key = str(field.data or "").strip()
        if key and not _KEY.fullmatch(key):
            raise ValidationError("A key has no spaces and no letters with accents. Copy it again.")
        if key and self.no_key.data:
            raise ValidationError("Enter a key, or tick that none is needed, not both.")

    def say_of_key(self, *, is_set: bool) -> None:
        """What an empty box means."""
        kept = "A key is set. Leave the box empty to keep it; what you type replaces it. " if is_set else ""
        self.key.description = f"{kept}Keys are stored encrypted and never shown again."

    def setup(self) -> ModelSetup:
        """What was entered, once it is valid."""
        key = str(self.key.data or "").strip()
        return ModelSetup(
            url=str(self.url.data),
            model=str(self.model.data),
            key="" if self.no_key.data else key or None,
            replies_a_day=int(self.replies_a_day.data or 0),
            system_prompt=str(self.system_prompt.data or ""),
        )

    @staticmethod
    def values_of(endpoint: ModelEndpoint) -> dict[str, Any]:
        """What the form shows for a model that is set: everything but the key."""
        return {
            "url": endpoint.url,
            "model": endpoint.model,
            "no_key": not endpoint.sealed_key,
            "replies_a_day": endpoint.replies_a_day,
            "system_prompt": endpoint.system_prompt,
        }
