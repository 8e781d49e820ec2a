"""What an owner fills in to add funds or take them back, and what finance says to it and to disputes."""

import uuid
from typing import Any

import wtforms

from config.policy import MONEY
from marketplace.kit import clock
from marketplace.kit.forms import BaseForm, FormKeyMixin, MoneyField, agreed, at_most, between, needed
from marketplace.kit.money import shown

REASON_LENGTH = 20
NOTE = 2000
BETWEEN = f"Between {shown(MONEY.deposit_minimum_minor)} and {shown(MONEY.invoice_maximum_minor)}."


class DepositForm(FormKeyMixin, BaseForm):
    """An amount between the house's bounds."""

    amount = MoneyField(
        "Amount",
        [needed("Enter an amount.")],
        minimum=MONEY.deposit_minimum_minor,
        maximum=MONEY.invoice_maximum_minor,
        description=f"{BETWEEN} You can take back what you do not spend.",
    )


class InvoiceForm(FormKeyMixin, BaseForm):
    """How much an invoice is over."""

    amount = MoneyField(
        "Amount",
        [needed("Enter an amount.")],
        minimum=MONEY.deposit_minimum_minor,
        maximum=MONEY.invoice_maximum_minor,
        description=BETWEEN,
    )


class RefundForm(FormKeyMixin, BaseForm):
    """How much of the wallet goes back."""

    amount = MoneyField(
        "Amount",
        [needed("Enter how much should go back.")],
        minimum=MONEY.refund_minimum_minor,
        description=(
            f"{shown(MONEY.refund_minimum_minor)} or more. It goes back to the card or bank it came from, "
            "the newest deposit first. "
            f"More than {shown(MONEY.refund_alone_minor)} is looked at by a person first."
        ),
    )


class RecordedForm(BaseForm):
    """A line of our bank statement, and whose money it is."""

    company = wtforms.StringField(
        "Company",
        [needed("Enter which company sent it."), between(2, 80)],
        description="Its name, or the name in the address of its page, such as northwind-labs.",
    )
    amount = MoneyField("Amount", [needed("Enter the amount that arrived.")], minimum=1)
    bank_reference = wtforms.StringField(
        "Bank reference",
        [needed("Enter the reference on the bank statement."), between(4, 60)],
        description="As on our bank statement. Each line is written down once.",
    )
    arrived_on = wtforms.DateField("Arrived on", [needed("Enter the day it arrived.")])
    reason = wtforms.StringField(
        "Reason",
        [needed("Say why it is recorded by hand."), between(REASON_LENGTH, 400)],
        description=f"At least {REASON_LENGTH} characters. It stands in the ledger for good.",
    )

    def validate_arrived_on(self, field: wtforms.Field) -> None:
        """A day that has come."""
        if field.data is not None and field.data > clock.now().date():
            raise wtforms.ValidationError("This day is still to come. Enter the day on the bank statement.")

    def said(self) -> dict[str, Any]:
        """What `service.record` takes."""
        return {
            "amount_minor": int(self.amount.data or 0),
            "bank_reference": str(self.bank_reference.data),
            "arrived_on": self.arrived_on.data,
            "reason": str(self.reason.data),
        }


class BackForm(FormKeyMixin, BaseForm):
    """How much of a transfer to our own bank goes back, and why."""

    amount = MoneyField("Amount", [needed("Enter how much should go back.")], minimum=1)
    reason = wtforms.StringField(
        "Reason",
        [needed("Say who asked for it."), between(REASON_LENGTH, 400)],
        description=f"At least {REASON_LENGTH} characters: who asked, and to which bank it goes.",
    )

    def said(self) -> dict[str, Any]:
        """What `service.propose_by_hand` takes."""
        return {
            "form_key": uuid.UUID(str(self.form_key.data)),
            "amount_minor": int(self.amount.data or 0),
            "reason": str(self.reason.data),
        }


class SentForm(BaseForm):
    """The line of our bank statement with which money left."""

    bank_reference = wtforms.StringField(
        "Bank reference",
        [needed("Enter the reference of the transfer."), between(4, 60)],
        description="Of the transfer from our bank to theirs. Make it first: this says that it has left.",
    )

    @property
    def reference(self) -> str:
        """As it was typed."""
        return str(self.bank_reference.data)


class DeclineForm(BaseForm):
    """Why a refund does not go."""

    reason = wtforms.StringField(
        "Reason",
        [needed("Say why it cannot go back."), between(REASON_LENGTH, 400)],
        description=f"At least {REASON_LENGTH} characters. The company reads it.",
    )


class AlarmForm(BaseForm):
    """What was put right at the payment service."""

    reason = wtforms.StringField(
        "What was put right",
        [needed("Say what was put right at the payment service."), between(REASON_LENGTH, 400)],
        description=f"At least {REASON_LENGTH} characters. It is kept in the audit record.",
    )


class EvidenceForm(BaseForm):
    """What goes to the bank beside the records, and that it is meant."""

    note = wtforms.TextAreaField(
        "What else the bank should know",
        [at_most(NOTE)],
        description="It stands below the records. Leave it empty when they say enough.",
        render_kw={"rows": 4},
    )
    sure = wtforms.BooleanField(
        "I have read the evidence. It can be handed in once.",
        [agreed("Tick this once you have read the evidence: it can be handed in once.")],
    )


class AcceptForm(BaseForm):
    """That giving in is meant."""

    given_in = wtforms.BooleanField(
        "The payer is right, and the money is gone for good.",
        [agreed("Tick this to give in: the dispute is then lost for good.")],
    )
