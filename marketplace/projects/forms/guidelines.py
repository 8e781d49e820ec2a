"""Forms for guidelines: clauses with examples, and rows that move."""

from collections.abc import Iterable, Sequence
from typing import Any

from wtforms import FormField, StringField, TextAreaField
from wtforms.validators import ValidationError

from marketplace.kit.forms import (
    BaseForm,
    FieldList,
    PartForm,
    at_most,
    maybe,
)
from marketplace.projects.models import GuidelineClause
from marketplace.projects.policy import (
    ClauseText,
)

CLAUSES_MAXIMUM = 60  # a guide somebody can read


class ClauseForm(PartForm):
    """One clause with its examples; a row left empty is left out."""

    title = StringField("Rule", [at_most(160)], description="In a few words, such as “Name your source”.")
    text = TextAreaField("What it means", [at_most(4000)], render_kw={"rows": 3})
    good = TextAreaField("A good example", [maybe(), at_most(4000)], render_kw={"rows": 2})
    bad = TextAreaField("A bad example", [maybe(), at_most(4000)], render_kw={"rows": 2})

    def is_empty(self) -> bool:
        """Nothing was written in this row."""
        return not any((self.title.data, self.text.data, self.good.data, self.bad.data))

    def validate_title(self, field: Any) -> None:
        """A row that says something has a name."""
        if not field.data and not self.is_empty():
            raise ValidationError("Give this clause a name, or empty the row.")

    def validate_text(self, field: Any) -> None:
        """A row that says something explains itself."""
        if not field.data and not self.is_empty():
            raise ValidationError("Write what this clause means, or empty the row.")


class GuidelineForm(BaseForm):
    """The clauses in order; buttons add, remove and move rows without saving anything."""

    clauses = FieldList(FormField(ClauseForm), min_entries=1)

    def validate_clauses(self, field: Any) -> None:
        """Not more than anybody would read."""
        if len(field.entries) > CLAUSES_MAXIMUM:
            raise ValidationError(f"Use {CLAUSES_MAXIMUM} clauses or fewer.")

    def texts(self) -> list[ClauseText]:
        """The rows that say something."""
        rows: Iterable[Any] = (entry.form for entry in self.clauses)
        return [
            ClauseText(row.title.data, row.text.data, row.good.data or "", row.bad.data or "")
            for row in rows
            if not row.is_empty()
        ]

    def changed_by(self, action: str) -> "GuidelineForm":
        """The same form after `add`, `remove-2`, `up-2` or `down-2`; any other word changes nothing."""
        rows: list[dict[str, Any]] = [dict(entry.data) for entry in self.clauses]
        verb, _, place = action.partition("-")
        at = int(place) if place.isascii() and place.isdigit() and len(place) < 4 else -1  # noqa: PLR2004 - no guide has a thousand
        if verb == "add" and len(rows) < CLAUSES_MAXIMUM:
            rows.append({})
        elif verb == "remove" and 0 <= at < len(rows):
            del rows[at]
        elif verb in {"up", "down"} and 0 <= at < len(rows):
            other = min(max(at + (1 if verb == "down" else -1), 0), len(rows) - 1)
            rows[at], rows[other] = rows[other], rows[at]
        return GuidelineForm(formdata=None, data={"clauses": rows or [{}]})

    @staticmethod
    def rows_of(clauses: Sequence[GuidelineClause]) -> list[dict[str, str]]:
        """What the form shows for a kept version."""
        return [{"title": one.title, "text": one.text, "good": one.good, "bad": one.bad} for one in clauses]
