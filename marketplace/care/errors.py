"""Refusals that protect the person who asks."""

from marketplace.kit.errors import Forbidden


class NotOptedIn(Forbidden):
    """The page shows content this person has not agreed to see."""

    code = "not_opted_in"
