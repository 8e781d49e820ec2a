"""Forms about the expert: who they are, and what they work on."""

from collections.abc import Sequence
from datetime import time
from typing import Any
from zoneinfo import available_timezones

from wtforms import FormField, IntegerField, SelectField, StringField, TextAreaField, TimeField
from wtforms.validators import StopValidation

from config import fields as config_fields
from config.countries import COUNTRIES
from config.languages import LANGUAGES
from marketplace.experts import policy
from marketplace.experts.models import Expert, ExpertSpecialty
from marketplace.kit.forms import (
    BaseForm,
    ChecklistField,
    FieldList,
    NextMixin,
    PartForm,
    at_most,
    between,
    grouped,
    maybe,
    needed,
    options,
    within,
)

ROWS_MAXIMUM = 12
BLANK_ROWS = 2
YEARS_MAXIMUM = 60
_LEVEL_WORDS = {
    "A1": "A1, first words",
    "A2": "A2, simple conversations",
    "B1": "B1, everyday topics",
    "B2": "B2, most topics",
    "C1": "C1, professional",
    "C2": "C2, near native",
    "native": "Native",
}


def specialty_options(nothing: str) -> list[Any]:
    """Every specialty for a select, branch by branch; `nothing` is what stands for none."""
    return [*options([("", nothing)]), *grouped(config_fields.grouped())]


def zone_names() -> list[str]:
    """Time zones by the names people know, `UTC` first."""
    names = sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
    return ["UTC", *names]


def _time(kept: str) -> time | None:
    return time.fromisoformat(kept) if kept else None


class LanguageRow(PartForm):
    """One language and how well."""

    code = SelectField("Language", choices=options([("", "None"), *LANGUAGES.items()]))
    level = SelectField("Level", choices=options([("", "Choose a level"), *_LEVEL_WORDS.items()]))

    def validate_level(self, field: Any) -> None:
        """A language needs its level."""
        if self.code.data and not field.data:
            raise StopValidation("Choose a level.")


class PublicText:
    """A text that companies read: it must not say who wrote it or how to reach them."""

    def __init__(self, *, names: bool = False) -> None:
        self.names = names

    def __call__(self, form: Any, field: Any) -> None:
        """StopValidation with what to take out."""
        problem = policy.contact_problem(field.data or "")
        if problem is None and self.names and policy.names_itself(field.data or "", form.name_of_user):
            problem = "Take your name out: companies see a code, not who you are."
        if problem:
            raise StopValidation(problem)


class ProfileForm(NextMixin, BaseForm):
    """What the expert says about themselves; `name_of_user` is set before it is validated."""

    name_of_user = ""

    headline = StringField(
        "Headline",
        [needed("Enter a headline."), between(3, 120), PublicText(names=True)],
        description="What you do, in a few words, such as “Cardiologist, 12 years in hospitals”. "
        "Companies read it; leave your name out.",
    )
    biography = TextAreaField(
        "About you",
        [maybe(), at_most(2000), PublicText(names=True)],
        description="Training, practice, what you like to work on. Companies read it; leave out who you are.",
    )
    country = SelectField(
        "Country you live in",
        [needed("Choose your country.")],
        choices=options([("", "Choose one"), *COUNTRIES.items()]),
        description="We pay you there.",
    )
    time_zone = StringField(
        "Time zone",
        [needed("Choose your time zone.")],
        description="Type a city to search. Deadlines are shown in it.",
        render_kw={"list": "zones", "autocomplete": "off", "spellcheck": "false"},
    )
    weekly_hours = IntegerField(
        "Hours a week you would like",
        [maybe(), within(1, policy.WEEKLY_HOURS_MAXIMUM)],
        description="A wish, no promise. Companies see it.",
    )
    days = ChecklistField("Days you work", [maybe()], choices=options(list(policy.DAYS.items())))
    quiet_from = TimeField(
        "Quiet from",
        [maybe()],
        description="In your time zone. No work is expected then, and letters wait until these hours end, "
        "except about your sign-in and what has to be done at once.",
    )
    quiet_to = TimeField("Quiet to", [maybe()], description="They may go past midnight.")
    languages = FieldList(FormField(LanguageRow), "Language", max_entries=ROWS_MAXIMUM)

    @classmethod
    def of(cls, expert: Expert | None, time_zone: str) -> "ProfileForm":
        """The form as the profile stands, with blank rows to add languages."""
        if expert is None:
            return cls(data={"languages": [{"code": "en"}, {}], "time_zone": time_zone})
        known: list[dict[str, str]] = [{"code": code, "level": lvl} for code, lvl in expert.languages.items()]
        said = {
            "headline": expert.headline,
            "biography": expert.biography,
            "country": expert.country,
            "time_zone": time_zone,
            "weekly_hours": expert.weekly_hours or None,
            "days": [day for day in expert.days.split(",") if day],
            "quiet_from": _time(expert.quiet_from),
            "quiet_to": _time(expert.quiet_to),
        }
        return cls(data={**said, "languages": (known + [{}] * BLANK_ROWS)[:ROWS_MAXIMUM]})

    def validate_languages(self, field: Any) -> None:
        """At least one language, each once."""
        codes = [row["code"] for row in field.data if row["code"]]
        if not codes:
            raise StopValidation("Choose at least one language.")
        if len(codes) != len(set(codes)):
            raise StopValidation("Each language once: one of them stands here twice.")

    def validate_time_zone(self, field: Any) -> None:
        """One of the names people know, however it was typed."""
        known = {name.casefold(): name for name in zone_names()}
        found = known.get("_".join((field.data or "").split()).casefold())
        if found is None:
            raise StopValidation("Choose a time zone from the list, such as Africa/Lagos.")
        field.data = found

    def validate_quiet_from(self, field: Any) -> None:
        """Both times or none."""
        if self.quiet_to.data is None:
            raise StopValidation("Enter both times, or none.")

    def validate_quiet_to(self, field: Any) -> None:
        """Both times or none, and not the same."""
        if self.quiet_from.data is None:
            raise StopValidation("Enter both times, or none.")
        if field.data == self.quiet_from.data:
            raise StopValidation("Enter two different times.")

    def quiet(self) -> tuple[str, str]:
        """The quiet hours as they are kept; both empty when there are none."""
        if self.quiet_from.data is None or self.quiet_to.data is None:
            return "", ""
        return f"{self.quiet_from.data:%H:%M}", f"{self.quiet_to.data:%H:%M}"

    def levels(self) -> dict[str, str]:
        """Language code -> level."""
        return {row["code"]: row["level"] for row in self.languages.data if row["code"]}


class SpecialtyRow(PartForm):
    """One field and the years in it."""

    specialty = SelectField("Field", choices=specialty_options("None"))
    years = IntegerField("Years of practice", [maybe(), within(0, YEARS_MAXIMUM)])


class SpecialtiesForm(NextMixin, BaseForm):
    """What the expert works on."""

    fields = FieldList(FormField(SpecialtyRow), "Field", max_entries=ROWS_MAXIMUM)

    @classmethod
    def of(cls, known: Sequence[ExpertSpecialty]) -> "SpecialtiesForm":
        """The form as the profile stands, with blank rows to add fields."""
        rows: list[dict[str, Any]] = [{"specialty": row.specialty, "years": row.years} for row in known]
        return cls(data={"fields": (rows + [{}] * BLANK_ROWS)[:ROWS_MAXIMUM]})

    def validate_fields(self, field: Any) -> None:
        """Each field once."""
        slugs = [row["specialty"] for row in field.data if row["specialty"]]
        if len(slugs) != len(set(slugs)):
            raise StopValidation("Each field once: one of them stands here twice.")

    def years(self) -> dict[str, int]:
        """Specialty -> years of practice."""
        return {row["specialty"]: row["years"] or 0 for row in self.fields.data if row["specialty"]}
