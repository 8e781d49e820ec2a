"""When an application waits for a company, and what people read about the answer."""

import enum
from datetime import datetime, timedelta

from config.choices import REASONS
from config.policy import WORK
from marketplace.applications.models import Application, ApplicationState, AskedState, ProjectInvitation
from marketplace.experts.policy import contact_problem


class Chooser(enum.Enum):
    """What gives somebody who meets every rule of a project its offer."""

    RULES = "rules"
    HAND = "hand"
    SCREENING = "screening"

    @property
    def words(self) -> str:
        """The same as its company reads it, everywhere."""
        return _OFFERED_TO[self]

    @property
    def invited_words(self) -> str:
        """What an invitation adds, as the company reads it."""
        return _INVITED[self]


_OFFERED_TO = {
    Chooser.RULES: "Whoever meets every rule has an offer at once.",
    Chooser.HAND: "You choose by hand among those who meet every rule.",
    Chooser.SCREENING: "Whoever meets every rule and passes the screening has an offer at once.",
}
_INVITED = {
    Chooser.RULES: "Whoever accepts and meets the rules has an offer, as everybody who applies.",
    Chooser.HAND: "An invitation is your choice already: whoever accepts it has an offer at once.",
    Chooser.SCREENING: "Whoever accepts takes the screening, as everybody who applies.",
}


def chooser(*, by_hand: bool, is_screened: bool) -> Chooser:
    """A screening is the choice, also where the company chooses by hand: equal people are treated alike."""
    if is_screened:
        return Chooser.SCREENING
    return Chooser.HAND if by_hand else Chooser.RULES


def is_waiting(application: Application | None, now: datetime) -> bool:
    """The company has still to answer, and its days are not over."""
    return (
        application is not None
        and application.state is ApplicationState.RECEIVED
        and application.answer_by is not None
        and now < application.answer_by
    )


def is_unanswered(application: Application, now: datetime) -> bool:
    """The company's days are over, whether or not the sweep has been here yet."""
    return (
        application.state is ApplicationState.RECEIVED
        and application.answer_by is not None
        and application.answer_by <= now
    )


def stands(invitation: ProjectInvitation, now: datetime) -> bool:
    """Not answered, and its days are not over."""
    return invitation.state is AskedState.OPEN and now < invitation.ends_at


def may_try_again(count: int, last: datetime | None) -> datetime | None:
    """When somebody judged `count` times may apply again; None: no more."""
    if count >= WORK.tries_maximum or last is None:
        return None
    return last + timedelta(days=WORK.retry_days)


def why_not_chosen(application: Application) -> str:
    """The company's reason as the expert reads it, with its own sentence."""
    known = REASONS.get(application.reason_code)
    said = f"{known.said[:1].upper()}{known.said[1:]}." if known else ""
    return f"{said} {application.reason}".strip()


def sentence_lacks(text: str, *, at_most: int) -> str:
    """What a sentence to an expert lacks, as a sentence; empty when it can be sent."""
    wanted, words = WORK.choice_minimum_words, len(text.split())
    if words < wanted:
        return f"Write at least {wanted} words. You have {words}."
    if len(text) > at_most:
        return f"Shorten it to {at_most} characters."
    if contact_problem(text):
        return "Take the contact details out: people talk to you here, where what you agree on is kept."
    return ""
