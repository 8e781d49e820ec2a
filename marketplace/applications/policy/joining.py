"""What an expert can do next about a job, and what they sign."""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from config.terms import TERMS_VERSION
from marketplace.applications.models import (
    Application,
    ApplicationState,
    Closed,
    Engagement,
    EngagementState,
    Rhythm,
)
from marketplace.matching.policy import Eligibility
from marketplace.projects.models import GuidelineClause, GuidelineVersion, Project, ProjectState
from marketplace.projects.queries import AGREED, Filters

CLOSED_WORDS: Mapping[str, str] = {
    Closed.INELIGIBLE.value: "Closed: you did not meet every rule. You can apply again.",
    Closed.NOT_CHOSEN.value: "Closed: the company chose others.",
    Closed.NO_ANSWER.value: "Closed: the company did not answer in time. You can apply again at once.",
    Closed.DECLINED.value: "Closed: you declined the offer.",
    Closed.WITHDRAWN.value: "Closed: you withdrew.",
    Closed.LAPSED.value: "Closed: the offer lapsed. You can apply again.",
    Closed.PROJECT_ENDED.value: "Closed: the project ended.",
    Closed.NOT_PASSED.value: "Closed: the screening was not passed.",
    Closed.SCREENING_DECLINED.value: "Closed: you declined the screening. You can apply again.",
    Closed.SCREENING_LAPSED.value: "Closed: the screening was not started in time. You can apply again.",
}


class Step(enum.Enum):
    """The one button on a job's page."""

    APPLY = "apply"
    SENT = "sent"
    FIX = "fix"
    SCREENING = "screening"
    ACCEPT = "accept"
    SIGN = "sign"
    ACKNOWLEDGE = "acknowledge"
    START = "start"
    WAIT = "wait"
    SUSPENDED = "suspended"
    OVER = "over"


def offer_is_over(application: Application, now: datetime) -> bool:
    """The offer's last moment has passed, whether or not the sweep has been here yet."""
    return (
        application.state is ApplicationState.OFFERED
        and application.offer_ends_at is not None
        and application.offer_ends_at <= now
    )


def has_live_offer(application: Application | None, now: datetime) -> bool:
    """There is an offer to accept."""
    return (
        application is not None
        and application.state is ApplicationState.OFFERED
        and not offer_is_over(application, now)
    )


def has_read(engagement: Engagement, version: GuidelineVersion | None) -> bool:
    """The current guideline version is acknowledged."""
    return version is not None and engagement.acknowledged_id == version.id


def has_signed(engagement: Engagement) -> bool:
    """The terms that were signed are today's."""
    return engagement.terms_version == TERMS_VERSION


def may_begin(engagement: Engagement | None, version: GuidelineVersion | None) -> bool:
    """The rules `engagement` and `terms`: active, today's terms signed, the guideline acknowledged."""
    return (
        engagement is not None
        and engagement.state is EngagementState.ACTIVE
        and has_signed(engagement)
        and has_read(engagement, version)
    )


def next_step(
    project: Project,
    *,
    engagement: Engagement | None,
    version: GuidelineVersion | None,
    offered: bool,
    eligibility: Eligibility,
    screened: bool = False,
    sent: bool = False,
) -> Step:
    """What the signed-in expert can do about this job now.

    `screened`: a screening stands between; `sent`: the company has still to answer.
    """
    if project.state in {ProjectState.CLOSING, ProjectState.CLOSED, ProjectState.CANCELLED}:
        return Step.OVER
    if engagement is not None and engagement.state in {EngagementState.SUSPENDED, EngagementState.REVOKED}:
        return Step.SUSPENDED
    if engagement is not None and engagement.state is EngagementState.ACTIVE:
        return _working_step(engagement, version, eligibility)
    if offered or screened:
        return Step.ACCEPT if offered else Step.SCREENING
    if sent:
        return Step.SENT
    return Step.APPLY if eligibility.eligible else Step.FIX


def _working_step(engagement: Engagement, version: GuidelineVersion | None, eligibility: Eligibility) -> Step:
    if not may_begin(engagement, version):
        return Step.ACKNOWLEDGE if has_signed(engagement) else Step.SIGN
    if eligibility.eligible:
        return Step.START
    return Step.WAIT if {result.rule for result in eligibility.failed} == {"funded"} else Step.FIX


@dataclass(frozen=True, slots=True)
class ClauseChange:
    """One line of what a new guideline version changes: `kind` is added, changed or removed."""

    kind: str
    clause: GuidelineClause


def changes(old: Sequence[GuidelineClause], new: Sequence[GuidelineClause]) -> list[ClauseChange]:
    """What is different in `new`, clause by clause, matched by title."""
    before = {clause.title: clause for clause in old}
    after = {clause.title for clause in new}
    found = []
    for clause in new:
        known = before.get(clause.title)
        if known is None:
            found.append(ClauseChange("added", clause))
        elif (known.text, known.good, known.bad) != (clause.text, clause.good, clause.bad):
            found.append(ClauseChange("changed", clause))
    return found + [ClauseChange("removed", clause) for clause in old if clause.title not in after]


CENTS = 100
BY_PAY, BY_FIT, BY_MATCH, BY_NEWEST = "pay", "fit", "match", "newest"
DAYS_OF_WEEK = 7


def filter_pairs(filters: Filters, *, personal: bool = True) -> list[tuple[str, str]]:
    """The filters as a query string says them: one spelling for every way to ask for the same jobs.

    `personal` says those about whoever asks too; addresses for everybody leave them out.
    """
    chosen = {
        "specialty": filters.specialties,
        "type": filters.task_types,
        "tier": filters.tiers,
        "language": filters.languages,
    }
    pairs = [(name, value) for name, values in chosen.items() for value in sorted(values)]
    if filters.min_hourly_minor is not None:
        pairs.append(("min_hour", str(filters.min_hourly_minor // CENTS)))
    if filters.max_minutes is not None:
        pairs.append(("max_minutes", str(filters.max_minutes)))
    if filters.min_funded is not None:
        pairs.append(("min_funded", str(filters.min_funded)))
    if filters.content and (personal or filters.content != AGREED):
        pairs.append(("content", filters.content))
    if filters.eligible and personal:
        pairs.append(("eligible", "yes"))
    if filters.words:
        pairs.append(("q", " ".join(filters.words)))
    return [*pairs, ("sort", BY_PAY)] if filters.by_pay else pairs


def filters_json(filters: Filters) -> dict[str, Any]:
    """The filters as they are kept with a saved search."""
    return {
        name: list(value) if isinstance(value, tuple) else value for name, value in asdict(filters).items()
    }


def kept_filters(kept: Mapping[str, Any]) -> Filters:
    """Filters from what was kept; a name this version does not know is left out."""
    known = {one.name for one in fields(Filters)}
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in kept.items()
        if name in known
    }
    return Filters(**values)


def next_morning(after: datetime, zone: str, rhythm: Rhythm, *, hour: int) -> datetime | None:
    """The next day (or Monday) at `hour` where the person lives, in UTC; None when nothing is told."""
    if rhythm is Rhythm.NEVER:
        return None
    local = after.astimezone(_zone(zone))
    morning = local.replace(hour=hour, minute=0, second=0, microsecond=0, fold=0)
    days = int(morning <= local)
    if rhythm is Rhythm.WEEKLY:
        days += -(morning + timedelta(days=days)).weekday() % DAYS_OF_WEEK
    return (morning + timedelta(days=days)).astimezone(UTC)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
