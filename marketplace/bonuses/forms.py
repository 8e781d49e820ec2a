"""What a company types to promise a bonus, or to let one end later."""

from datetime import UTC, datetime, time

from wtforms import DateField, HiddenField, IntegerField, TimeField

from config.policy import MONEY
from marketplace.bonuses.models import BonusRule
from marketplace.bonuses.policy import Promise
from marketplace.kit.forms import BaseForm, FormKeyMixin, MoneyField, at_most, needed, within

MINIMUM_MINOR = 100
EVENING = time(18)
AGREED = 120  # characters of the terms in one line


class EndMixin:
    """When a bonus ends, in UTC."""

    last_day = DateField(
        "Last day", [needed("Enter the last day.")], description="Answers handed in until then count."
    )
    last_time = TimeField("Time on that day (UTC)", [needed("Enter a time, such as 18:00.")], default=EVENING)


class BonusForm(EndMixin, FormKeyMixin, BaseForm):
    """A bonus to be promised; `agreed` repeats the terms whose cost was shown."""

    amount = MoneyField(
        "Bonus for each person",
        [needed("Enter an amount.")],
        minimum=MINIMUM_MINOR,
        maximum=MONEY.bonus_amount_maximum_minor,
    )
    answers = IntegerField(
        "Approved answers it takes",
        [needed("Enter how many answers."), within(1, MONEY.bonus_answers_maximum)],
        description="Answers handed in from now on, by one person, on this project.",
    )
    places = IntegerField(
        "Most people who get it",
        [needed("Enter how many people."), within(1, MONEY.bonus_places_maximum)],
        description="Places go in the order in which people get there.",
    )
    agreed = HiddenField(validators=[at_most(AGREED)])

    def promise(self) -> Promise:
        """What was typed, once it is valid."""
        return Promise(
            amount_minor=int(self.amount.data),
            answers=int(self.answers.data or 0),
            places=int(self.places.data or 0),
            ends_at=end_of(self),
        )

    def refuse(self, field: str, sentence: str) -> None:
        """Say at a field what has to change."""
        self[field].errors = [sentence]


class ExtendForm(EndMixin, BaseForm):
    """A later end."""

    @staticmethod
    def values_of(rule: BonusRule) -> dict[str, object]:
        """The end as it is now."""
        ends_at = rule.ends_at.astimezone(UTC)
        return {"last_day": ends_at.date(), "last_time": ends_at.time()}

    def refuse(self, field: str, sentence: str) -> None:
        """Say at a field what has to change."""
        self[field].errors = [sentence]


def end_of(form: BonusForm | ExtendForm) -> datetime:
    """The end that was typed."""
    day, at = form.last_day.data, form.last_time.data
    if day is None or at is None:
        raise ValueError("the form was not validated")
    return datetime.combine(day, at, UTC)
