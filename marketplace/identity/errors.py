"""Refusals about people."""

from marketplace.kit.errors import Conflict, Invalid, StepFirst


class EmailTaken(Conflict):
    """Another User has this address; visitors are never told so."""

    code = "email_taken"

    def __init__(self) -> None:
        super().__init__("There is already a User with this e-mail address.")


class WeakPassword(Invalid):
    """The password breaks a rule of policy.password_problem."""

    code = "weak_password"


class ProveFirst(StepFirst):
    """The password was not given lately, and this moves money; `back` is where the person goes on."""

    code = "prove_first"

    def __init__(self, back: str) -> None:
        super().__init__("Enter your password first, then do it again.", endpoint="identity.prove", back=back)
