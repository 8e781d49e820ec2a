"""Forms for a company and its team."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from wtforms import RadioField, SelectField, StringField
from wtforms.validators import StopValidation

from config.countries import COUNTRIES
from marketplace.companies.models import Company, MemberRole
from marketplace.kit.forms import (
    BaseForm,
    EmailMixin,
    FormKeyMixin,
    at_most,
    between,
    maybe,
    needed,
    options,
)

ROLES = {
    MemberRole.OWNER: ("Owner", "Everything: projects, money, the team"),
    MemberRole.MANAGER: ("Manager", "Writes and publishes projects; moves no money"),
    MemberRole.VIEWER: ("Viewer", "Reads everything, changes nothing"),
}


def _with_scheme(text: str | None) -> str | None:
    return f"https://{text}" if text and "://" not in text else text


class CompanyForm(BaseForm):
    """What a company says about itself."""

    name = StringField(
        "Name",
        [needed("Enter the company’s name."), between(2, 120)],
        description="Experts read it on every job.",
    )
    country = SelectField(
        "Country",
        [needed("Choose the country.")],
        choices=options([("", "Choose one"), *COUNTRIES.items()]),
        description="Where the company is registered.",
    )
    website = StringField(
        "Website", [maybe(), at_most(200)], filters=[_with_scheme], render_kw={"autocomplete": "url"}
    )

    def validate_website(self, field: Any) -> None:
        """An address of the web, with a host."""
        try:
            parts = urlsplit(field.data or "")
        except ValueError:
            parts = urlsplit("")
        if parts.scheme not in {"http", "https"} or "." not in parts.netloc or " " in (field.data or ""):
            raise StopValidation("Enter a web address, such as https://example.org.")

    @classmethod
    def of(cls, company: Company) -> "CompanyForm":
        """The form as the company stands."""
        return cls(obj=company)


class NewCompanyForm(FormKeyMixin, CompanyForm):
    """A company that does not exist yet."""


class InviteForm(EmailMixin, BaseForm):
    """Whom to ask, and as what."""

    role = RadioField("Role", [needed("Choose a role.")], render_kw={"layout": "boxed"})

    @classmethod
    def offering(cls, roles: Iterable[MemberRole], **kwargs: Any) -> "InviteForm":
        """The form with the roles this Member may offer."""
        form = cls(**kwargs)
        form.role.choices = role_options(roles)
        return form


class RoleForm(BaseForm):
    """Another role for a Member."""

    role = RadioField(
        "Role",
        [needed("Choose a role.")],
        choices=options((role.value, *words) for role, words in ROLES.items()),
        render_kw={"layout": "boxed"},
    )


def role_options(roles: Iterable[MemberRole]) -> list[Any]:
    """These roles as choices, each with what it may do."""
    return options((role.value, *ROLES[role]) for role in roles)
