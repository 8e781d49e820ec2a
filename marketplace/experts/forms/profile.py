"""Forms about the expert: who they are, and what they work on."""

from collections.abc import Sequence
from typing import Any

from wtforms import FieldList, FormField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import StopValidation

from config import fields as config_fields
from config.countries import COUNTRIES
from config.languages import LANGUAGES
from marketplace.experts.models import Expert, ExpertSpecialty
from marketplace.kit.forms import (
    BaseForm,
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


class LanguageRow(PartForm):
    """One language and how well."""

    code = SelectField("Language", choices=options([("", "None"), *LANGUAGES.items()]))
    level = SelectField("Level", choices=options([("", "Choose a level"), *_LEVEL_WORDS.items()]))

    def validate_level(self, field: Any) -> None:
        """A language needs its level."""
        if self.code.data and not field.data:
            raise StopValidation("Choose a level.")


class ProfileForm(BaseForm):
    """What the expert says about themselves."""

    headline = StringField(
        "Headline",
        [needed("Enter a headline."), between(3, 120)],
        description="What you do, in a few words, such as “Cardiologist, 12 years in hospitals”. "
        "Companies read it; leave your name out.",
    )
    biography = TextAreaField(
        "About you",
        [maybe(), at_most(2000)],
        description="Training, practice, what you like to work on.",
    )
    country = SelectField(
        "Country you live in",
        [needed("Choose your country.")],
        choices=options([("", "Choose one"), *COUNTRIES.items()]),
        description="We pay you there.",
    )
    languages = FieldList(FormField(LanguageRow), "Language", max_entries=ROWS_MAXIMUM)

    @classmethod
    def of(cls, expert: Expert | None) -> "ProfileForm":
        """The form as the profile stands, with blank rows to add languages."""
        if expert is None:
            return cls(data={"languages": [{"code": "en"}, {}]})
        known: list[dict[str, str]] = [{"code": code, "level": lvl} for code, lvl in expert.languages.items()]
        said = {"headline": expert.headline, "biography": expert.biography, "country": expert.country}
        return cls(data={**said, "languages": (known + [{}] * BLANK_ROWS)[:ROWS_MAXIMUM]})

    def validate_languages(self, field: Any) -> None:
        """At least one language, each once."""
        codes = [row["code"] for row in field.data if row["code"]]
        if not codes:
            raise StopValidation("Choose at least one language.")
        if len(codes) != len(set(codes)):
            raise StopValidation("Each language once: one of them stands here twice.")

    def levels(self) -> dict[str, str]:
        """Language code -> level."""
        return {row["code"]: row["level"] for row in self.languages.data if row["code"]}


class SpecialtyRow(PartForm):
    """One field and the years in it."""

    specialty = SelectField("Field", choices=specialty_options("None"))
    years = IntegerField("Years of practice", [maybe(), within(0, YEARS_MAXIMUM)])


class SpecialtiesForm(BaseForm):
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
