"""What the first page is made of, and putting its steps aside."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from marketplace.experts import queries as experts
from marketplace.experts.models import Credential, CredentialState, Expert
from marketplace.identity.models import User
from marketplace.kit.database import insert_once
from marketplace.kit.errors import Conflict
from marketplace.matching import service as matching
from marketplace.payouts import queries as payouts
from marketplace.payouts.models import PayoutAccountState
from marketplace.projects import queries as projects
from marketplace.projects.models import Project
from workspace.home import policy, queries
from workspace.home.models import SkippedStep
from workspace.home.policy import Facts, Item, Step
from workspace.submissions import queries as submissions

LOOKED_AT = 30  # of the newest jobs: a first page must not read the whole board
SHOWN = 3
ABLE = "You can do this now"
_SENT = frozenset({CredentialState.SUBMITTED, CredentialState.IN_REVIEW})
_VERIFIED = frozenset({CredentialState.VERIFIED, CredentialState.EXPIRING})


@dataclass(frozen=True, slots=True)
class Fit:
    """A job, whether the person may do it now, and why it stands here or what it misses."""

    project: Project
    may_do: bool
    reason: str


def steps(session: Session, user: User, expert: Expert | None) -> list[Item]:
    """The steps of a beginner as they stand; writes nothing."""
    account = payouts.account_of(session, user.id)
    facts = Facts(
        confirmed=user.email_confirmed_at is not None,
        about=expert is not None and bool(expert.country and expert.languages),
        submitted=submissions.count_since(session, user.id, user.created_at) > 0,
        credential=_proof(experts.credentials_of(session, expert.id) if expert else []),
        payable=account is not None and account.state is PayoutAccountState.READY,
    )
    return policy.checklist(facts, queries.skipped_by(session, user.id))


def best_jobs(session: Session, user: User, expert: Expert, now: datetime) -> Sequence[Fit]:
    """The jobs the person may do now that fit best; without any, the newest that miss least."""
    within = queries.jobs_where(matching.eligible_now(session, user, expert))
    ranked = matching.ranking.rank(session, expert, within=within, size=SHOWN).rows
    if not ranked:
        return _nearest(session, user, expert, now)
    known = queries.projects(session, [one.project_id for one in ranked])
    return [Fit(known[one.project_id], may_do=True, reason=one.reason or ABLE) for one in ranked]


def _nearest(session: Session, user: User, expert: Expert, now: datetime) -> Sequence[Fit]:
    found = projects.newest(session, now, at_most=LOOKED_AT)
    judged = matching.fits(session, user, expert, found)
    closest = sorted(found, key=lambda listing: len(judged[listing[0].id].failed))[:SHOWN]
    return [
        Fit(project, may_do=not judged[project.id].failed, reason=judged[project.id].failed[0].reason)
        for project, _ in closest
        if judged[project.id].failed
    ]


def today_and_week(session: Session, user_id: uuid.UUID, now: datetime) -> tuple[int, int]:
    """What was earned since midnight UTC and in the last seven days, in minor units."""
    by_day = payouts.earned_by_day(session, user_id, now - timedelta(days=7))
    return by_day.get(now.date(), 0), sum(by_day.values())


def skip(session: Session, user_id: uuid.UUID, step: Step) -> None:
    """Put a step aside; safe to repeat.  Conflict (409) when other steps need it."""
    if step not in policy.SKIPPABLE:
        raise Conflict("This step cannot be left out: no work can be paid without it.")
    insert_once(session, SkippedStep, user_id=user_id, step=step.value)


def bring_back(session: Session, user_id: uuid.UUID) -> None:
    """Show every step again."""
    queries.forget_skipped(session, user_id)


def _proof(held: Sequence[Credential]) -> str:
    states = {one.state for one in held}
    if states & _VERIFIED:
        return "verified"
    if states & _SENT:
        return "sent"
    return "kept" if states else ""
