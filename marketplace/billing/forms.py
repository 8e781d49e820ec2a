"""What an owner fills in to add funds."""

from config.policy import MONEY
from marketplace.kit.forms import BaseForm, FormKeyMixin, MoneyField, needed
from marketplace.kit.money import shown


class DepositForm(FormKeyMixin, BaseForm):
    """An amount between the house's bounds."""

    amount = MoneyField(
        "Amount",
        [needed("Enter an amount.")],
        minimum=MONEY.deposit_minimum_minor,
        maximum=MONEY.deposit_maximum_minor,
        description=(
            f"Between {shown(MONEY.deposit_minimum_minor)} and {shown(MONEY.deposit_maximum_minor)}. "
            "You can take back what you do not spend."
        ),
    )
