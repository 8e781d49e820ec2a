"""Refusals about people."""

from marketplace.kit.errors import Conflict, Invalid


class EmailTaken(Conflict):
    """Another User has this address; visitors are never told so."""

    code = "email_taken"

    def __init__(self) -> None:
        super().__init__("There is already a User with this e-mail address.")


class WeakPassword(Invalid):
    """The password breaks a rule of policy.password_problem."""

    code = "weak_password"
