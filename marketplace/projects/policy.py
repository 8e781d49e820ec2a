"""What a task costs, who in a company may do what, and how text is folded for searching."""

import hashlib
import json
import re
import unicodedata
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from config.content import CLASSES
from config.fields import SPECIALTIES, TIERS
from config.policy import MONEY, WORK
from config.task_types import LIVE_TYPES, TASK_TYPES
from marketplace.companies.models import Member, MemberRole
from marketplace.kit.ids import code
from marketplace.kit.money import ceil_div, share
from marketplace.projects.models import FUNDABLE, UNOPENED, ModelEndpoint, Project, ProjectState

MINUTES_AN_HOUR = 60
SLUG_LENGTH = 60
HOURLY_MAXIMUM_MINOR = 100_000
REPLIES_MAXIMUM = 2_000  # a day for one expert, as the column's CHECK
ENDING, ENDING_OF = 4, 12  # letters of a key that are shown, and how long it is at least then
KEY_MOVES = "The address leads somewhere else now. Enter the key for it, or tick that none is needed."
MINORS = "minors"  # never declared, only reported
REPORTABLE = {**{slug: one.title for slug, one in CLASSES.items()}, MINORS: "Sexual content with minors"}
CONTENT_NOTE_MINIMUM = 30
REPORTS_TO_PAUSE = 2
REPORTED = "Somebody reported content that this project does not declare. We are looking at it."
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


@dataclass(frozen=True, slots=True)
class ClauseText:
    """One clause of a guideline as it is written; its number is its place."""

    title: str
    text: str
    good: str = ""
    bad: str = ""


@dataclass(frozen=True, slots=True)
class ModelSetup:
    """Where a model answers and what experts may ask of it; `key` None keeps the one that is set."""

    url: str
    model: str
    key: str | None = field(repr=False)
    replies_a_day: int
    system_prompt: str = ""


@dataclass(frozen=True, slots=True)
class WorkFacts:
    """What this room asks the workspace, which stands above it; the composition root fills it in.

    `has_tasks(session, project_id)`: something was imported that can be worked on.
    """

    has_tasks: Callable[[Any, uuid.UUID], bool]


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


def hourly_problem(tier: str, hourly_minor: int) -> str | None:
    """Why this rate cannot be offered at this tier, as a sentence; None when it can."""
    low = TIERS[tier].low_minor
    if hourly_minor < low:
        return f"{TIERS[tier].title} starts at ${low // 100} an hour. Enter that or more."
    if hourly_minor > HOURLY_MAXIMUM_MINOR:
        return f"Enter at most ${HOURLY_MAXIMUM_MINOR // 100:,} an hour."
    return None


def covered(budget_minor: int, project: Project) -> int:
    """How many tasks a budget pays for."""
    return max(budget_minor, 0) // project.unit_minor


def may_edit(member: Member) -> bool:
    """Owners and managers write projects and guidelines."""
    return member.left_at is None and member.role in {MemberRole.OWNER, MemberRole.MANAGER}


def may_publish(member: Member) -> bool:
    """Owners and managers publish, pause, resume and finish."""
    return may_edit(member)


def may_fund(member: Member) -> bool:
    """Only owners move money."""
    return member.left_at is None and member.role is MemberRole.OWNER


def has_model(project: Project) -> bool:
    """Whether experts of this project talk to a model of the company."""
    return project.task_type in LIVE_TYPES


def key_would_move(kept: ModelEndpoint | None, setup: ModelSetup) -> bool:
    """Whether a key that nobody typed again would be sent to another host than it was given for."""
    if kept is None or not kept.sealed_key or setup.key is not None:
        return False
    return _place(kept.url) != _place(setup.url)


def _place(url: str) -> tuple[str, str]:
    parts = urlsplit(url.strip().lower())
    return parts.scheme, parts.netloc


def ending(key: str) -> str:
    """The last letters of a key; nothing of one so short that they would give it away."""
    return key[-ENDING:] if len(key) >= ENDING_OF else ""


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


def fold(text: str) -> str:
    """Lower case without accents, so that `Café` finds `CAFE` on both databases."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in plain if not unicodedata.combining(sign)).casefold()


def words(text: str, *, at_most: int = 8) -> tuple[str, ...]:
    """The folded words of a search, without repetitions."""
    return tuple(dict.fromkeys(fold(text).split()))[:at_most]


def slug(title: str, project_id: uuid.UUID) -> str:
    """The name in the address: words of the title and the short code of the id, so that it is unique."""
    plain = re.sub(r"[^a-z0-9]+", "-", fold(title))[:SLUG_LENGTH].strip("-")
    return f"{plain}-{code('', project_id).lstrip('-').lower()}".lstrip("-")


def search_text(*, title: str, summary: str, company: str, specialty: str, task_type: str) -> str:
    """Everything the search on the board looks at, folded."""
    names = [path for path in SPECIALTIES if specialty == path or specialty.startswith(f"{path}.")]
    fields = [SPECIALTIES[name].title for name in names]
    kind = TASK_TYPES[task_type].title if task_type in TASK_TYPES else task_type
    return fold(" ".join([title, summary, company, kind, *fields]))


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
    return hourly_problem(plan.tier, plan.hourly_minor) or content_problem(
        plan.task_type, plan.content_classes, plan.content_note
    )


def content_problem(task_type: str, classes: Collection[str], note: str) -> str | None:
    """Why sensitive content cannot be declared like this, as a sentence; None when it can."""
    if not set(classes) <= set(CLASSES):
        return "Choose the classes of content from the list."
    if TASK_TYPES[task_type].needs_content_classes and not classes:
        kind = TASK_TYPES[task_type].title
        return f"{kind} shows people what a model should not say. Declare at least one class."
    if classes and len(note.strip()) < CONTENT_NOTE_MINIMUM:
        return (
            f"Describe in at least {CONTENT_NOTE_MINIMUM} characters what exactly experts will see, "
            "so that they can decide."
        )
    return None


def report_pauses(reporters: int, content_class: str, *, by_reviewer: bool) -> bool:
    """Two people, one reviewer, or any word of minors stop new work until ops have looked."""
    return by_reviewer or content_class == MINORS or reporters >= REPORTS_TO_PAUSE


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
