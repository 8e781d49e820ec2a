"""What experts sign for the tax offices."""

from typing import Any

import wtforms

from config.countries import COUNTRIES
from marketplace.kit import clock
from marketplace.kit.forms import BaseForm, agreed, at_most, maybe, needed, options
from marketplace.statements.models import Classification, TaxKind
from marketplace.statements.policy import US, is_number
from marketplace.statements.service import Signed

NUMBER = 40
OLDEST = 120  # years
KINDS = (
    (TaxKind.W9.value, "A person of the United States", "A citizen, resident or company there: form W-9."),
    (TaxKind.W8BEN.value, "Somebody else", "You live and work outside: form W-8BEN."),
)
ABOUT_NUMBER = (
    "SSN, ITIN or EIN in the United States: nine digits. Elsewhere the number your tax office gave you, if "
    "it gave you one. It is kept sealed; people here see its last four signs at most."
)
CLASSES = {
    Classification.INDIVIDUAL: "An individual",
    Classification.SOLE_PROPRIETOR: "A sole proprietor, or a company with one owner",
    Classification.COMPANY: "A corporation",
    Classification.PARTNERSHIP: "A partnership",
}


class TaxForm(BaseForm):
    """The fields of the two usual forms, and of the reports of platforms in Europe."""

    kind = wtforms.RadioField(
        "Which one fits you",
        choices=options(KINDS),
        validators=[needed("Choose which one fits you.")],
    )
    classification = wtforms.SelectField(
        "You are paid as",
        choices=options([(one.value, text) for one, text in CLASSES.items()]),
        validators=[needed("Choose what you are paid as.")],
    )
    legal_name = wtforms.StringField(
        "Legal name", [needed("Enter your name as on your tax papers.")], description="As on your tax papers."
    )
    street = wtforms.StringField("Street and number", [needed("Enter your street and number.")])
    city = wtforms.StringField("City and region", [needed("Enter your city.")])
    postal_code = wtforms.StringField("Postal code", [needed("Enter your postal code."), at_most(20)])
    country = wtforms.SelectField(
        "Country of residence for tax",
        choices=options([("", "Choose a country"), *COUNTRIES.items()]),
        validators=[needed("Choose the country in which you pay tax.")],
    )
    number = wtforms.StringField(
        "Tax number",
        [at_most(NUMBER)],
        description=ABOUT_NUMBER,
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    born_on = wtforms.DateField(
        "Date of birth",
        [maybe()],
        description="Needed outside the United States: reports of platforms ask for it.",
    )
    signed_as = wtforms.StringField(
        "Type your name to sign",
        [needed("Type your name to sign.")],
        description="The same as your legal name.",
    )
    certified = wtforms.BooleanField(
        "Under penalties of perjury I certify that this is true, and that I do the work where I live.",
        [agreed("Certify that this is true, or leave the page without signing.")],
    )

    def validate_number(self, field: Any) -> None:
        """Nine digits on a W-9; elsewhere empty or a number."""
        of_us = self.kind.data == TaxKind.W9.value
        if of_us and not field.data:
            raise wtforms.ValidationError("Enter your tax number: nine digits.")
        if field.data and not is_number(field.data, of_us=of_us):
            wanted = "nine digits, such as 123-45-6789" if of_us else "4 to 20 letters and digits"
            raise wtforms.ValidationError(f"Enter {wanted}.")

    def validate_born_on(self, field: Any) -> None:
        """A day that has come, and not so long ago that nobody lives who was born then."""
        today = clock.now().date()
        if field.data is not None and not (field.data < today and today.year - field.data.year <= OLDEST):
            raise wtforms.ValidationError("Enter the day you were born, such as 1990-03-31.")

    def validate_country(self, field: Any) -> None:
        """A W-8BEN is for people outside the United States."""
        if self.kind.data == TaxKind.W8BEN.value and field.data == US:
            raise wtforms.ValidationError("Whoever pays tax in the United States signs as a person of it.")

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field, then the date of birth, which Europe's reports name people by."""
        good: bool = super().validate(extra_validators)
        if self.kind.data == TaxKind.W8BEN.value and self.born_on.data is None and not self.born_on.errors:
            self.born_on.errors = ["Enter your date of birth, such as 1990-03-31."]
            return False
        return good

    def validate_signed_as(self, field: Any) -> None:
        """Nobody signs with another name."""
        if field.data.casefold() != (self.legal_name.data or "").casefold():
            raise wtforms.ValidationError("Type the same name as your legal name.")

    def signed(self) -> Signed:
        """What was filled in."""
        return Signed(
            kind=TaxKind(self.kind.data),
            classification=Classification(self.classification.data),
            legal_name=str(self.legal_name.data),
            street=str(self.street.data),
            city=str(self.city.data),
            postal_code=str(self.postal_code.data),
            country=str(self.country.data),
            number=str(self.number.data or ""),
            born_on=self.born_on.data,
            signed_as=str(self.signed_as.data),
        )
