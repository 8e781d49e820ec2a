"""The form of a position or a study."""

import re
from datetime import date
from typing import Any

from wtforms import StringField, TextAreaField
from wtforms.validators import StopValidation

from marketplace.experts.forms.profile import PublicText
from marketplace.experts.models import HistoryEntry, HistoryKind
from marketplace.experts.service import Told
from marketplace.kit import clock
from marketplace.kit.forms import BaseForm, FormKeyMixin, at_most, between, maybe, needed

OLDEST_YEAR = 1930
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)
WORDS = {
    HistoryKind.WORK: ("Position", "Employer", "Such as “Resident in cardiology”."),
    HistoryKind.STUDY: ("Degree or course", "School", "Such as “Master of Laws”."),
}


class HistoryForm(BaseForm):
    """A position or a study: what, where, from when to when; `kind` says which.

    `name_of_user` is set before it is validated.
    """

    name_of_user = ""

    title = StringField("Position", [needed("Enter what it is."), between(2, 160), PublicText(names=True)])
    place = StringField(
        "Employer",
        [needed("Enter where it was."), between(2, 160)],
        description="Companies do not see it. We use it to keep people who know you "
        "from checking your credentials.",
    )
    began = StringField(
        "From",
        [needed("Enter the month it began.")],
        description="Year and month, such as 2019-09.",
        render_kw={"type": "month"},
    )
    ended = StringField(
        "To", [maybe()], description="Leave it empty when it goes on.", render_kw={"type": "month"}
    )
    about = TextAreaField(
        "What you did",
        [maybe(), at_most(600), PublicText(names=True)],
        description="Companies read it.",
        render_kw={"rows": 3},
    )
    kind = HistoryKind.WORK

    def __init__(self, kind: HistoryKind, **values: Any) -> None:
        super().__init__(**values)
        self.kind = kind
        title, place, example = WORDS[kind]
        self.title.label.text, self.place.label.text, self.title.description = title, place, example

    def validate_began(self, field: Any) -> None:
        """A month that has begun."""
        began = _month(field.data)
        if not began.year >= OLDEST_YEAR or began > clock.now().date():
            raise StopValidation(f"Enter a month from {OLDEST_YEAR} to now.")

    def validate_ended(self, field: Any) -> None:
        """Not before the beginning, and not in the future."""
        ended = _month(field.data)
        if ended > clock.now().date():
            raise StopValidation("This month has not come yet. Leave it empty when it goes on.")
        if _MONTH.fullmatch(self.began.data or "") and ended < _month(self.began.data):
            raise StopValidation("It ends before it begins. Change one of the two.")

    def told(self) -> Told:
        """What the expert says."""
        return Told(
            kind=self.kind,
            title=self.title.data or "",
            place=self.place.data or "",
            began_on=_month(self.began.data),
            ended_on=_month(self.ended.data) if self.ended.data else None,
            about=self.about.data or "",
        )


class NewHistoryForm(FormKeyMixin, HistoryForm):
    """An entry that does not exist yet."""


def filled(entry: HistoryEntry) -> HistoryForm:
    """The form as the entry stands."""
    said = {
        "title": entry.title,
        "place": entry.place,
        "began": f"{entry.began_on:%Y-%m}",
        "ended": f"{entry.ended_on:%Y-%m}" if entry.ended_on else "",
        "about": entry.about,
    }
    return HistoryForm(entry.kind, data=said)


def _month(text: str | None) -> date:
    """The first of the month, or StopValidation."""
    found = _MONTH.fullmatch(text or "")
    if found is None:
        raise StopValidation("Enter a year and a month, such as 2019-09.")
    return date(int(found[1]), int(found[2]), 1)
