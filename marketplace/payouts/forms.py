"""What people and finance fill in about money going out."""

from typing import Any

import wtforms
from flask_wtf.file import FileField, FileRequired
from wtforms.validators import ValidationError

from config.countries import COUNTRIES
from marketplace.kit import clock
from marketplace.kit.forms import BaseForm, at_most, between, needed, options
from marketplace.payouts.service import BankDetails, bank_file
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


class HoldForm(BaseForm):
    """Why a payout is kept back, let go or ended; its owner reads it."""

    reason = wtforms.StringField(
        "Reason",
        [needed("Say why, and what ends it."), between(REASON_LENGTH, 400)],
        description="At least 20 characters. The person who is paid reads it.",
    )


class BankForm(BaseForm):
    """Where a bank transfer goes."""

    country = wtforms.SelectField(
        "Country of the bank",
        choices=options([("", "Choose a country"), *COUNTRIES.items()]),
        validators=[needed("Choose the country of the bank.")],
    )
    holder = wtforms.StringField(
        "Name the bank account is in",
        [needed("Enter the name the bank account is in."), at_most(70)],
        description="As the bank writes it. It has to be your own bank account.",
        render_kw={"autocomplete": "name"},
    )
    number = wtforms.StringField(
        "IBAN or number of the bank account",
        [needed("Enter the IBAN or the number of the bank account."), at_most(50)],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    code = wtforms.StringField(
        "BIC, routing number or sort code",
        [needed("Enter the code of the bank."), at_most(20)],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    bank = wtforms.StringField("Name of the bank", [needed("Enter the name of the bank."), at_most(70)])

    def validate_number(self, field: Any) -> None:
        """What is wrong with the number, as far as its own check digits say."""
        problem = bank_file.number_problem(field.data or "")
        if problem:
            raise ValidationError(problem)

    def validate_code(self, field: Any) -> None:
        """The length of a BIC, a routing number or a sort code."""
        problem = bank_file.code_problem(field.data or "")
        if problem:
            raise ValidationError(problem)

    def details(self) -> BankDetails:
        """What was typed, without the spaces people write into numbers."""
        return BankDetails(
            holder=self.holder.data or "",
            number=bank_file.bare(self.number.data or ""),
            code=bank_file.bare(self.code.data or ""),
            bank=self.bank.data or "",
        )


class StatementForm(BaseForm):
    """A statement of our bank."""

    file = FileField(
        "Statement of the bank",
        [FileRequired("Choose the file.")],
        description="CSV in UTF-8 with the columns line, date, reference and amount (minus: it left).",
        render_kw={"accept": ".csv,text/csv"},
    )

    def data_of_file(self) -> bytes:
        """The bytes of the file."""
        data: Any = self.file.data
        return bytes(data.read())


class ReversalForm(BaseForm):
    """Why a payout was our mistake; the person who was paid reads it."""

    reason = wtforms.TextAreaField(
        "Why it was our mistake",
        [needed("Say why it was our mistake."), between(REASON_LENGTH, 400)],
        description="At least 20 characters. The person who was paid reads it.",
        render_kw={"rows": 3},
    )


class WithholdingForm(BaseForm):
    """Why a law withholds a part of a person's payouts; they read it."""

    reason = wtforms.TextAreaField(
        "Why",
        [needed("Say why."), between(REASON_LENGTH, 400)],
        description="At least 20 characters: what the authority wrote. The person reads it.",
        render_kw={"rows": 3},
    )
    letter_on = wtforms.DateField("Day of the authority's letter", [needed("Enter the day of the letter.")])

    def validate_letter_on(self, field: Any) -> None:
        """A day that has come."""
        has_come(field)


class LiftForm(BaseForm):
    """Why withholding ends; the person reads it."""

    reason = wtforms.StringField(
        "Why it ends",
        [needed("Say why it ends."), between(REASON_LENGTH, 400)],
        description="At least 20 characters. The person reads it.",
    )


class RemittanceForm(BaseForm):
    """Withheld tax that our bank has sent to the authority."""

    bank_reference = wtforms.StringField(
        "Bank reference",
        [needed("Enter the reference on the bank statement."), at_most(60)],
        description="As on our bank statement. Each line is written down once.",
    )
    paid_on = wtforms.DateField("Sent on", [needed("Enter the day our bank sent it.")])

    def validate_paid_on(self, field: Any) -> None:
        """A day that has come."""
        has_come(field)


def has_come(field: Any) -> None:
    """A day that is not still to come."""
    if field.data is not None and field.data > clock.now().date():
        raise ValidationError("This day is still to come.")


class RefuseForm(BaseForm):
    """Why a proposal is refused; who proposed it reads it."""

    why = wtforms.StringField(
        "Why not",
        [needed("Say why not."), between(REASON_LENGTH, 400)],
        description="At least 20 characters. Whoever proposed it reads it.",
    )


class AlarmForm(BaseForm):
    """What was put right at the payment service."""

    reason = wtforms.StringField(
        "What was put right",
        [needed("Say what was put right at the payment service."), between(REASON_LENGTH, 400)],
        description=KEPT,
    )
