"""What a task costs, who in a company may do what, and when a plan holds together."""

import hashlib
import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from config.countries import COUNTRIES
from config.fields import SPECIALTIES, TIERS
from config.policy import MONEY, WORK
from config.task_types import TASK_TYPES
from marketplace.companies.models import Member, MemberRole
from marketplace.experts.policy import LEVELS
from marketplace.kit.money import ceil_div, share, shown
from marketplace.projects.models import FUNDABLE, UNOPENED, Project, ProjectState
from marketplace.projects.policy.content import content_problem
from marketplace.projects.policy.endpoints import has_model
from marketplace.projects.policy.rules import problem as rules_problem

MINUTES_AN_HOUR = 60
HOURLY_MAXIMUM_MINOR = 100_000
OUT_OF_FUNDS = "The budget does not cover one more task."
S = ProjectState


_ACTIONS: dict[str, frozenset[ProjectState]] = {
    "edit": frozenset({S.DRAFT}),
    "submit": frozenset({S.DRAFT}),
    "guideline": frozenset({S.DRAFT, S.AWAITING_FUNDS, S.OPEN, S.PAUSED}),
    "fund": FUNDABLE,
    "extend": FUNDABLE,
    "pause": frozenset({S.OPEN}),
    "resume": frozenset({S.PAUSED}),
    "finish": frozenset({S.OPEN, S.PAUSED}),
    "discard": UNOPENED,
    "model": frozenset(S) - {S.CLOSED, S.CANCELLED},
}


@dataclass(frozen=True, slots=True)
class Costs:
    """What one task costs, in minor units: pay, the two fees on top, and their sum (reserved at claim)."""

    price_minor: int
    fee_minor: int
    review_fee_minor: int

    @property
    def unit_minor(self) -> int:
        """What one claim reserves."""
        return self.price_minor + self.fee_minor + self.review_fee_minor


@dataclass(frozen=True, slots=True)
class Plan:
    """What a company asks for: everything about a project except its guideline, its tasks and its money."""

    title: str
    summary: str
    task_type: str
    specialty: str
    tier: str
    hourly_minor: int
    minutes: int
    overlap: int
    auto_approve_hours: int = WORK.auto_approve_hours
    language: str = "en"
    description: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    content_classes: tuple[str, ...] = ()
    content_note: str = ""
    language_level: str = "C1"
    excluded_countries: tuple[str, ...] = ()
    rules: Mapping[str, Any] = field(default_factory=dict)
    quota: int | None = None  # tasks one expert may take
    by_hand: bool = False  # the company chooses among the people who meet the rules


def plan_of(project: Project) -> Plan:
    """What the rules about people ask of a project, as a plan to count with."""
    return Plan(
        title=project.title,
        summary=project.summary,
        task_type=project.task_type,
        specialty=project.specialty,
        tier=project.tier,
        hourly_minor=project.hourly_minor,
        minutes=project.minutes,
        overlap=project.overlap,
        language=project.language,
        content_classes=project.classes,
        language_level=project.language_level,
        excluded_countries=tuple(filter(None, project.excluded_countries.split(","))),
        rules=project.rules,
    )


@dataclass(frozen=True, slots=True)
class ClauseText:
    """One clause of a guideline as it is written; its number is its place."""

    title: str
    text: str
    good: str = ""
    bad: str = ""


@dataclass(frozen=True, slots=True)
class WorkFacts:
    """What this room asks the workspace, which stands above it; the composition root fills it in.

    `has_tasks(session, project_id)`: something was imported that can be worked on.
    """

    has_tasks: Callable[[Any, uuid.UUID], bool]


@dataclass(frozen=True, slots=True)
class CrowdFacts:
    """What this room asks matching, which stands above it; the composition root fills it in.

    `sentence(session, plan, company_id)`: how many people fit a project that is being written.
    """

    sentence: Callable[[Any, "Plan", uuid.UUID], str]


def price(hourly_minor: int, minutes: int) -> int:
    """Pay for one task in minor units: the hourly rate times the minutes, rounded up."""
    return ceil_div(hourly_minor * minutes, MINUTES_AN_HOUR)


def platform_fee(price_minor: int) -> int:
    """The platform's fee on a price, in minor units, rounded down."""
    return share(price_minor, MONEY.platform_fee_bps)


def review_fee(price_minor: int) -> int:
    """The fee for one review, in minor units, rounded down; the same whatever the verdict."""
    return share(price_minor, MONEY.review_fee_bps)


def unit(hourly_minor: int, minutes: int) -> int:
    """What one claim reserves, in minor units."""
    return costs(hourly_minor, minutes).unit_minor


def costs(hourly_minor: int, minutes: int) -> Costs:
    """All amounts of one task."""
    pay = price(hourly_minor, minutes)
    return Costs(pay, platform_fee(pay), review_fee(pay))


def hourly_problem(hourly_minor: int) -> str | None:
    """Why this rate cannot be offered, as a sentence; None when it can.  Too little only warns."""
    if hourly_minor <= 0:
        return "Enter what you pay an hour."
    if hourly_minor > HOURLY_MAXIMUM_MINOR:
        return f"Enter at most {_whole(HOURLY_MAXIMUM_MINOR)} an hour."
    return None


def rate_warning(tier: str, hourly_minor: int, minutes: int) -> str | None:
    """What a rate under the tier's band means for the company, as sentences; None when it is in the band."""
    wanted = TIERS[tier]
    if hourly_minor >= wanted.low_minor:
        return None
    task = f"a task of {minutes} minute{'' if minutes == 1 else 's'}"
    return (
        f"At {shown(price(hourly_minor, minutes))} for {task} experts would earn "
        f"about {_whole(hourly_minor)} an hour. "
        f"{wanted.title} starts at {_whole(wanted.low_minor)}. Likely nobody starts."
    )


def _whole(minor: int) -> str:
    return shown(minor).removesuffix(".00")


def may_edit(member: Member) -> bool:
    """Owners and managers write projects and guidelines."""
    return member.left_at is None and member.role in {MemberRole.OWNER, MemberRole.MANAGER}


def may_publish(member: Member) -> bool:
    """Owners and managers publish, pause, resume and finish."""
    return may_edit(member)


def may_fund(member: Member) -> bool:
    """Only owners move money."""
    return member.left_at is None and member.role is MemberRole.OWNER


def needs_check(setting: str, *, known_company: bool) -> bool:
    """Whether ops look before a project opens: `setting` is all, first or none (PROJECT_CHECK)."""
    return setting == "all" or (setting == "first" and not known_company)


def is_over(project: Project, now: datetime) -> bool:
    """The end date has passed, whether or not the sweep has been here yet."""
    return project.ends_at is not None and project.ends_at <= now


def takes_work(project: Project, budget_minor: int, now: datetime) -> bool:
    """Open, not over, and the budget covers one more claim."""
    return (
        project.state is ProjectState.OPEN
        and budget_minor >= project.unit_minor
        and not is_over(project, now)
    )


def missing(*, clause_count: int, has_tasks: bool) -> tuple[str, ...]:
    """What still has to be done before a draft can be sent, as sentences."""
    found = []
    if not clause_count:
        found.append("Write a guideline with at least one clause.")
    if not has_tasks:
        found.append("Import your tasks.")
    return tuple(found)


def plan_problem(plan: Plan) -> str | None:
    """Why nobody can work to this plan, as a sentence; None when it holds together."""
    if plan.task_type not in TASK_TYPES:
        return "Choose a type of work."
    if plan.specialty not in SPECIALTIES:
        return "Choose a specialty."
    if plan.tier not in TIERS:
        return "Choose a tier."
    if not WORK.auto_approve_minimum_hours <= plan.auto_approve_hours <= WORK.auto_approve_maximum_hours:
        return "Choose when work is approved by itself."
    return (
        hourly_problem(plan.hourly_minor)
        or content_problem(plan.task_type, plan.content_classes, plan.content_note)
        or _people_problem(plan)
    )


def _people_problem(plan: Plan) -> str | None:
    if plan.language_level not in LEVELS:
        return "Choose a level of the language."
    if not set(plan.excluded_countries) <= set(COUNTRIES):
        return "Choose countries from the list."
    if plan.quota is not None and plan.quota < 1:
        return "Let each expert take one task or more, or leave the number out."
    return rules_problem(plan.rules)


def fingerprint(clauses: Sequence[ClauseText]) -> str:
    """The SHA-256 of a guideline's clauses, by which an assignment knows the version it was claimed under."""
    rows = [[clause.title, clause.text, clause.good, clause.bad] for clause in clauses]
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()


def actions(project: Project, member: Member) -> frozenset[str]:
    """What this Member can do with the project now, by the names of the buttons."""
    state = project.state
    allowed = {name for name, states in _ACTIONS.items() if state in states}
    if not may_edit(member):
        return frozenset()
    if not has_model(project):
        allowed.discard("model")
    return frozenset(allowed if may_fund(member) else allowed - {"fund"})


def question_problem(text: str) -> str | None:
    """Why this cannot be asked, as a sentence; None when it can."""
    if len(text.split()) < WORK.question_minimum_words:
        return f"Write your question in at least {WORK.question_minimum_words} words."
    if len(text) > WORK.question_characters:
        return f"Shorten your question to {WORK.question_characters:,} characters."
    return None
