"""What a bonus costs and says: when one may be promised, extended and ended, and when one may be given."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from config.policy import MONEY
from marketplace.bonuses.models import BonusRule, BonusState
from marketplace.kit.money import share, shown
from marketplace.projects.models import Project, ProjectState

CLOSING = frozenset({ProjectState.CLOSING, ProjectState.CLOSED})
GIVING = frozenset({ProjectState.OPEN, ProjectState.PAUSED, ProjectState.CLOSING})  # a budget is there


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What a company wants to promise; `amount_minor` to each person, in minor units."""

    amount_minor: int
    answers: int
    places: int
    ends_at: datetime

    @property
    def fee_minor(self) -> int:
        """The platform's fee on one bonus, on top, rounded down."""
        return share(self.amount_minor, MONEY.platform_fee_bps)

    @property
    def maximum_minor(self) -> int:
        """What is reserved: every place with its fee, in minor units."""
        return (self.amount_minor + self.fee_minor) * self.places

    @property
    def terms(self) -> str:
        """All of it in one line, for the form to say what was agreed to."""
        return f"{self.amount_minor}/{self.answers}/{self.places}/{self.ends_at:%Y%m%d%H%M}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gift:
    """What a company wants to give one person now; `amount_minor` reaches them whole, in minor units."""

    user_id: uuid.UUID
    amount_minor: int
    reason: str

    @property
    def fee_minor(self) -> int:
        """The platform's fee, on top, rounded down."""
        return share(self.amount_minor, MONEY.platform_fee_bps)

    @property
    def cost_minor(self) -> int:
        """What it takes out of the budget, in minor units."""
        return self.amount_minor + self.fee_minor


def may_give(project: Project) -> bool:
    """While there is a budget: it goes back to the company when the project closes."""
    return project.state in GIVING


def gift_problems(
    gift: Gift, currency: str, *, budget_minor: int, had_minor: int
) -> Iterator[tuple[str, str]]:
    """(field, sentence) for everything against it; `had_minor` is what the person was given in 24 hours."""
    if len(gift.reason.split()) < MONEY.bonus_reason_words:
        yield "reason", f"Say in at least {MONEY.bonus_reason_words} words what it is for."
    least, most = MONEY.bonus_given_minimum_minor, MONEY.bonus_given_maximum_minor
    if not least <= gift.amount_minor <= most:
        yield "amount", f"Give {shown(least, currency)} to {shown(most, currency)}."
    elif had_minor + gift.amount_minor > MONEY.bonus_given_day_minor:
        yield "amount", _too_often(currency, had_minor)
    elif gift.cost_minor > budget_minor:
        yield "amount", short(gift, currency, budget_minor)


def short(gift: Gift, currency: str, budget_minor: int) -> str:
    """What the budget lacks for it."""
    costs, has = shown(gift.cost_minor, currency), shown(budget_minor, currency)
    missing = shown(gift.cost_minor - budget_minor, currency)
    return (
        f"This costs {costs} with the platform fee. "
        f"The budget holds {has}: give less, or add {missing} first."
    )


def _too_often(currency: str, had_minor: int) -> str:
    most, had = shown(MONEY.bonus_given_day_minor, currency), shown(had_minor, currency)
    return (
        f"One person gets at most {most} in 24 hours, and this one was given {had}. Give less, or wait a day."
    )


def problems(
    promise: Promise, project: Project, *, budget_minor: int, open_count: int, now: datetime
) -> Iterator[tuple[str, str]]:
    """(field, sentence) for everything that stands against it; `budget_minor` is free in the project."""
    if open_count >= MONEY.bonus_rules_maximum:
        most = MONEY.bonus_rules_maximum
        yield "amount", f"A project has at most {most} bonuses under way. Wait for one to end."
    yield from end_problems(promise.ends_at, project, now=now)
    wanted = promise.maximum_minor + project.unit_minor
    if wanted > budget_minor:
        yield "amount", _too_much(promise, project, budget_minor, wanted - budget_minor)


def _too_much(promise: Promise, project: Project, budget_minor: int, missing_minor: int) -> str:
    reserves, unit = (
        shown(promise.maximum_minor, project.currency),
        shown(project.unit_minor, project.currency),
    )
    has, missing = shown(budget_minor, project.currency), shown(missing_minor, project.currency)
    return (
        f"This reserves {reserves}, and one more answer has to stay covered ({unit}). "
        f"The budget holds {has}: promise less, or add {missing} first."
    )


def end_problems(ends_at: datetime, project: Project, *, now: datetime) -> Iterator[tuple[str, str]]:
    """(field, sentence) for an end that is too near, or after the project's own."""
    if ends_at < now + timedelta(hours=MONEY.bonus_hours_minimum):
        yield "last_day", f"Give people at least {MONEY.bonus_hours_minimum} hours: choose a later end."
    if project.ends_at is not None and ends_at > project.ends_at:
        last = moment(project.ends_at)
        yield "last_day", f"The project itself ends on {last}. Choose an earlier end, or extend it first."


def may_extend(rule: BonusRule, now: datetime) -> bool:
    """Only while it is still going on: what is over stays over."""
    return rule.state is BonusState.OPEN and now < rule.ends_at


def is_due(rule: BonusRule, project: Project, now: datetime) -> bool:
    """Nothing more can be handed in for it, once what is under way is decided.

    A little later than its end, so that whatever was sent in the last second is in the books.
    """
    grace = timedelta(minutes=MONEY.bonus_grace_minutes)
    return now >= rule.ends_at + grace or project.state in CLOSING


def moment(at: datetime) -> str:
    """A time in UTC, the same for everybody: what is promised is not read in two zones."""
    local = at.astimezone(UTC)
    return f"{local.day} {local:%b %Y, %H:%M} UTC"


def condition(rule: BonusRule) -> str:
    """What has to be done for it: `20 approved answers by 15 Dec 2026, 18:00 UTC`."""
    return f"{rule.answers} approved {'answer' if rule.answers == 1 else 'answers'} by {moment(rule.ends_at)}"


def places_words(rule: BonusRule) -> str:
    """How many can still get it: `12 of 20 places left`."""
    if rule.left == 0:
        return "The only place is taken" if rule.places == 1 else f"All {rule.places} places are taken"
    return f"{rule.left} of {rule.places} {'place' if rule.places == 1 else 'places'} left"
