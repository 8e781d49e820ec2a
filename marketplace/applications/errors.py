"""Refusals of this room."""

from marketplace.kit.errors import Conflict


class OfferOver(Conflict):
    """The offer lapsed, was answered, or its project ended."""


class GuidelineChanged(Conflict):
    """The guideline has a newer version than the one that was read."""


class AlreadyEngaged(Conflict):
    """There is nothing to apply for any more."""


class TooManyInvitations(Conflict):
    """The company has invited as many people today as it may."""


class TooManySearches(Conflict):
    """The list of saved searches is full."""


class ScreeningNotNow(Conflict):
    """No screening can be offered now: too soon, too often, or without money for it."""


class PlanUnready(Conflict):
    """A screening plan cannot be published, or changed, as it is."""
