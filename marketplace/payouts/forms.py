"""What people and finance fill in about money going out."""

import wtforms

from config.countries import COUNTRIES
from marketplace.kit.forms import BaseForm, between, needed, options
from marketplace.payouts.service.earnings import REASON_LENGTH

KEPT = f"At least {REASON_LENGTH} characters. It is kept in the audit record."


class PayoutAccountForm(BaseForm):
    """Where the person lives decides the forms the payment service asks for."""

    country = wtforms.SelectField(
        "Country you live in",
        choices=options([("", "Choose a country"), *COUNTRIES.items()]),
        validators=[needed("Choose the country you live in.")],
        description="Your payout account opens in this country. It cannot be changed later.",
    )


class ReleaseForm(BaseForm):
    """Why a hold ends before its time."""

    reason = wtforms.StringField(
        "Reason",
        [needed("Say why the hold ends early."), between(REASON_LENGTH, 400)],
        description=KEPT,
    )


class AlarmForm(BaseForm):
    """What was put right at the payment service."""

    reason = wtforms.StringField(
        "What was put right",
        [needed("Say what was put right at the payment service."), between(REASON_LENGTH, 400)],
        description=KEPT,
    )
