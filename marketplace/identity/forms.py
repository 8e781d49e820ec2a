"""Forms about people."""

from collections.abc import Collection
from typing import Any
from zoneinfo import available_timezones

import wtforms
from wtforms.validators import ValidationError

from marketplace.identity import policy
from marketplace.identity.models import Role, User
from marketplace.kit.forms import BaseForm, EmailMixin, FormKeyMixin, NextMixin, at_most, needed, options

NAME = 120  # characters, as the column of users.name
THEMES = [
    ("system", "Like my device"),
    ("light", "Light"),
    ("dark", "Dark"),
]
ROLES = {
    Role.EXPERT: "Expert",
    Role.REVIEWER: "Reviewer",
    Role.MEMBER: "Company member",
    Role.SUPPORT: "Support",
    Role.OPS: "Operations",
    Role.FINANCE: "Finance",
    Role.ADMIN: "Admin",
}
NEW_PASSWORD = {"autocomplete": "new-password"}
PASSWORD_HINT = "At least 12 characters. A few unrelated words work well."  # noqa: S105 - a sentence, no secret


def zones() -> list[tuple[str, str]]:
    """Time zones by the names people know, `UTC` first."""
    names = sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in names)]


class JoinForm(EmailMixin, FormKeyMixin, NextMixin, BaseForm):
    """Becoming a User."""

    name = wtforms.StringField(
        "Your name",
        [needed("Enter your name"), at_most(NAME)],
        description="Companies see a code instead of your name.",
        render_kw={"autocomplete": "name"},
    )
    password = wtforms.PasswordField(
        "Password", [needed("Choose a password")], description=PASSWORD_HINT, render_kw=NEW_PASSWORD
    )

    def validate_password(self, field: Any) -> None:
        """The rules of policy.password_problem."""
        problem = policy.password_problem(field.data, email=self.email.data or "", name=self.name.data or "")
        if problem:
            raise ValidationError(problem)


class LogInForm(NextMixin, BaseForm):
    """Signing in.  No rule about the form of either: what is wrong is wrong as a whole."""

    email = wtforms.EmailField("E-mail address", [needed("Enter your e-mail address"), at_most(254)])
    password = wtforms.PasswordField("Password", [needed("Enter your password")])


class ProofForm(NextMixin, BaseForm):
    """The password of somebody who is signed in, once more."""

    password = wtforms.PasswordField("Password", [needed("Enter your password")])


class ForgotForm(EmailMixin, BaseForm):
    """Asking for a link for a new password."""


class OldPasswordMixin:
    """The password one has; its field stands first, so that its message does too."""

    old = wtforms.PasswordField("Current password", [needed("Enter your current password")])


class NewPasswordMixin:
    """A new password for a known User, given as `user`."""

    user: User
    password = wtforms.PasswordField(
        "New password", [needed("Choose a password")], description=PASSWORD_HINT, render_kw=NEW_PASSWORD
    )

    def validate_password(self, field: Any) -> None:
        """The rules of policy.password_problem."""
        problem = policy.password_problem(field.data, email=self.user.email, name=self.user.name)
        if problem:
            raise ValidationError(problem)


class ResetForm(NewPasswordMixin, BaseForm):
    """A new password by a link."""

    def __init__(self, user: User) -> None:
        super().__init__()
        self.user = user


class PasswordForm(OldPasswordMixin, NewPasswordMixin, BaseForm):
    """A new password by the old one; it stands on a page with other forms, so its names have a prefix."""

    def __init__(self, user: User) -> None:
        super().__init__(prefix="password-")
        self.user = user


class ProfileForm(BaseForm):
    """What a User is called, and how times and pages look to them."""

    name = wtforms.StringField(
        "Your name", [needed("Enter your name"), at_most(NAME)], render_kw={"autocomplete": "name"}
    )
    time_zone = wtforms.SelectField(
        "Time zone", choices=lambda: options(zones()), description="Deadlines and dates are shown in it."
    )
    theme = wtforms.RadioField("Theme", choices=options(THEMES), default="system")


class ThemeForm(NextMixin, BaseForm):
    """The theme alone, for people who are not signed in too."""

    theme = wtforms.RadioField("Theme", choices=options(THEMES))


class ActAsForm(NextMixin, BaseForm):
    """What this browser acts as."""

    role = wtforms.SelectField(
        "Working as", choices=options((role.value, text) for role, text in ROLES.items())
    )


class RoleForm(BaseForm):
    """A role that staff give; the list leaves out what the person has."""

    role = wtforms.SelectField("Role", [needed("Choose a role")])

    def __init__(self, held: Collection[str]) -> None:
        super().__init__()
        self.role.choices = options(
            (role.value, text) for role, text in ROLES.items() if role.value not in held
        )
