"""What a person looks for on the board, and what they sign."""

import uuid
from collections.abc import Sequence
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import StopValidation

from config.fields import SPECIALTIES, TIERS
from config.languages import LANGUAGES
from config.policy import PEOPLE
from config.task_types import TASK_TYPES
from marketplace.applications.models import Rhythm
from marketplace.applications.policy import BY_PAY, CENTS
from marketplace.companies.policy import block_lacks
from marketplace.kit.forms import BaseForm, KeyField, agreed, between, needed, options
from marketplace.projects import policy
from marketplace.projects.queries import AGREED, HARMLESS, Filters

LARGEST = 9_999


def read_filters(args: MultiDict[str, str]) -> Filters:
    """The filters in an address; what we do not know is left out, so that an old link still opens."""
    rate = _number(args, "min_hour")
    return Filters(
        words=policy.words(args.get("q", "")),
        specialties=_known(args, "specialty", SPECIALTIES),
        task_types=_known(args, "type", TASK_TYPES),
        tiers=_known(args, "tier", TIERS),
        languages=_known(args, "language", LANGUAGES),
        min_hourly_minor=None if rate is None else rate * CENTS,
        max_minutes=_number(args, "max_minutes"),
        min_funded=_number(args, "min_funded"),
        content=next(iter(_known(args, "content", (HARMLESS, AGREED))), ""),
        eligible=args.get("eligible") == "yes",
        by_pay=args.get("sort") == BY_PAY,
    )


def _known(args: MultiDict[str, str], name: str, values: Any) -> tuple[str, ...]:
    asked: Sequence[str] = args.getlist(name)
    return tuple(dict.fromkeys(value for value in asked if value in values))


def _number(args: MultiDict[str, str], name: str) -> int | None:
    text = args.get(name, "").strip()
    if not (text.isascii() and text.isdigit()):
        return None
    return min(int(text[:6]), LARGEST) or None


class AcceptForm(BaseForm):
    """An offer is accepted by name, under the terms and the guideline version that were shown."""

    version_id = KeyField(validators=[needed("Load the page again and send it once more.")])
    read_guideline = BooleanField(
        "I have read the guideline.", [agreed("Tick this once you have read the guideline.")]
    )
    agree_terms = BooleanField("I agree to the terms.", [agreed("Tick this to agree to the terms.")])
    signature = StringField(
        "Your full name",
        [needed("Enter your full name."), between(2, 120)],
        description="Typing it is your signature.",
        render_kw={"autocomplete": "name"},
    )

    def is_about(self, version_id: uuid.UUID | None) -> bool:
        """The version that was read is the one in force; else the new one has to be read."""
        if version_id is not None and version_id == self.version_id.data:
            return True
        self.read_guideline.errors = ["The guideline changed while you read. Read the new version below."]
        self.read_guideline.data = False
        self.version_id.data = version_id
        return False


class ShowForm(BaseForm):
    """How a certificate stands in public."""

    holder = StringField(
        "Name on the certificate",
        [needed("Enter a name, or your Expert code."), between(2, 120)],
        description="Anybody with the link reads it. Your Expert code keeps you unnamed.",
    )
    on_profile = BooleanField("Show it on my profile")


class RevokeForm(BaseForm):
    """Why a certificate is taken back."""

    reason = TextAreaField(
        "Why is it withdrawn?",
        [needed("Say why."), between(PEOPLE.refusal_minimum_characters, 1_000)],
        description="The holder reads it.",
    )


class AcknowledgeForm(BaseForm):
    """A new guideline version was read."""

    version_id = KeyField(validators=[needed("Load the page again and send it once more.")])


RHYTHMS = (
    (Rhythm.NEVER.value, "Never"),
    (Rhythm.DAILY.value, "Every day"),
    (Rhythm.WEEKLY.value, "Every Monday"),
)


class RhythmForm(BaseForm):
    """How often a saved search tells of new jobs."""

    rhythm = SelectField("E-mail about new jobs", choices=options(RHYTHMS), default=Rhythm.DAILY.value)


class SaveSearchForm(RhythmForm):
    """The filters of the board under a name; `query` is the part of the address after the `?`."""

    name = StringField("Name", [needed("Give the search a name."), between(1, 60)])
    query = HiddenField()


class BlockForm(BaseForm):
    """Whom a company gives no new work, and why."""

    expert = StringField(
        "Expert",
        [needed("Enter the expert’s code."), between(2, 40)],
        description="As in your exports, such as x_3f09c2a41b, or the public code, such as E-7QK4M2.",
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    reason = TextAreaField(
        "Reason",
        [needed("Give a reason."), between(2, 1000)],
        description="The expert reads it word by word. What went wrong, and on which work?",
        render_kw={"rows": 4},
    )

    def validate_reason(self, field: Any) -> None:
        """Long enough to be understood."""
        if lacking := block_lacks(field.data or ""):
            raise StopValidation(lacking)
