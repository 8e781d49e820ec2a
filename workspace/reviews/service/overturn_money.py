"""Paying work whose final rejection was wrong: from the budget, else by the house (money.md 4.2)."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from marketplace.cases.policy import has_ended
from marketplace.kit.money import Money
from marketplace.ledger import queries as balances
from marketplace.ledger import service as ledger
from marketplace.ledger.errors import Overdraft
from marketplace.ledger.models import PLATFORM, Kind
from marketplace.ledger.service import Entry, Leg
from marketplace.payouts import service as payouts
from marketplace.payouts.models import EarningKind
from marketplace.payouts.service import Earned
from marketplace.projects.models import Project
from workspace.queue.models import Assignment
from workspace.reviews import policy
from workspace.submissions.models import Submission


@dataclass(frozen=True, slots=True)
class TwoPeople:
    """Who proposed, who approved, and the sentence that the expert and the company read."""

    by_id: uuid.UUID
    approver_id: uuid.UUID
    reason: str


def budget_left(session: Session, project: Project) -> int:
    """What the budget of a project could pay for now, in minor units; nothing once it has ended."""
    return 0 if has_ended(project) else balances.balance(session, Kind.PROJECT_BUDGET, project.id)


def pay_overturned(
    session: Session, submissions: Sequence[Submission], two: TwoPeople, project: Project
) -> set[uuid.UUID]:
    """Pay each its frozen price; answers those the project's budget paid, the platform fee on top.

    What the budget does not cover, and everything once the project has ended, `adjustments` pay, no fee.
    """
    try:
        by_budget = _post(session, submissions, two, project)
    except Overdraft:  # a claim took the money meanwhile; the budget is locked now, so this look is the last
        by_budget = _post(session, submissions, two, project)
    for one in sorted(submissions, key=lambda one: (one.user_id, one.id)):
        _record(session, one, two.reason)
    return by_budget


def _post(
    session: Session, submissions: Sequence[Submission], two: TwoPeople, project: Project
) -> set[uuid.UUID]:
    claims = [one.assignment for one in submissions]
    costs = [claim.price_minor + claim.fee_minor for claim in claims]
    covered = policy.from_budget(costs, budget_left(session, project))
    by_budget = {one.id for one, paid in zip(submissions, covered, strict=True) if paid}
    entries = [_entry(one, two, by_budget) for one in submissions]
    ledger.post_all(session, entries)
    return by_budget


def _entry(submission: Submission, two: TwoPeople, by_budget: Collection[uuid.UUID]) -> Entry:
    claim = submission.assignment
    return Entry(
        kind="claim_overturn",
        key=_key(claim),
        legs=_legs(claim, from_budget=submission.id in by_budget),
        ref_type="assignment",
        ref_id=claim.id,
        actor_id=two.by_id,
        approver_id=two.approver_id,
        reason=two.reason,
    )


def _legs(claim: Assignment, *, from_budget: bool) -> list[Leg]:
    expert, price = (Kind.EXPERT_PENDING, claim.user_id), Money(claim.price_minor)
    if not from_budget:
        return [((Kind.ADJUSTMENTS, PLATFORM), expert, price)]
    budget = (Kind.PROJECT_BUDGET, claim.project_id)
    return [(budget, expert, price), (budget, (Kind.PLATFORM_REVENUE, PLATFORM), Money(claim.fee_minor))]


def _record(session: Session, submission: Submission, reason: str) -> None:
    claim = submission.assignment
    payouts.record_earning(
        session,
        Earned(
            user_id=claim.user_id,
            project_id=claim.project_id,
            kind=EarningKind.SUBMISSION,
            amount_minor=claim.price_minor,
            ledger_key=_key(claim),
            ref_type="submission",
            ref_id=submission.id,
            reason=f"The rejection was wrong: {reason}",
        ),
    )


def _key(claim: Assignment) -> str:
    return f"claim:{claim.id}:overturn"
