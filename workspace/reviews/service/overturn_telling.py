"""What people are told about rejections found wrong.  Listeners: they write notices and nothing else."""

import uuid
from collections.abc import Sequence

from sqlalchemy.orm import Session

from marketplace.cases.models import ProposalState
from marketplace.companies import queries as companies
from marketplace.identity import queries as identity
from marketplace.identity.models import Role
from marketplace.kit.ids import code
from marketplace.kit.money import shown
from marketplace.notifications import service as notifications
from workspace.reviews import queries
from workspace.reviews.events import OverturnDecided, OverturnProposed
from workspace.reviews.models import LineState, Overturn, OverturnLine

SHOWN = 3  # codes named in one notice


def tell_overturn_proposed(session: Session, fact: OverturnProposed) -> None:
    """Everybody else of operations: one of them decides."""
    overturn = queries.overturn(session, fact.overturn_id)
    if overturn is None:
        return
    lines = queries.lines_of(session, overturn.id)
    for user in identity.users_with_role(session, Role.OPS):
        if user.id != overturn.by_id:
            notifications.tell(
                session,
                user.id,
                kind=fact.name,
                title=f"{_counted(lines)} may be wrong: somebody else decides",
                body=f"“{overturn.project.title}”. {overturn.by.name}: {overturn.reason}",
                path=f"/staff/rejections/proposals/{overturn.id}",
            )


def tell_overturn_decided(session: Session, fact: OverturnDecided) -> None:
    """Who proposed it reads how it ended; once paid, experts, reviewers and the company's owners read why."""
    overturn = queries.overturn(session, fact.overturn_id)
    if overturn is None:
        return
    if overturn.state in {ProposalState.APPROVED, ProposalState.REFUSED}:
        notifications.tell(
            session,
            overturn.by_id,
            kind=fact.name,
            title=f"Your proposal about rejections was {overturn.state.value}",
            body=overturn.answer or "The work is paid, and everybody it is about was told.",
            path=f"/staff/rejections/proposals/{overturn.id}",
        )
    if overturn.state is ProposalState.APPROVED:
        lines = queries.lines_of(session, overturn.id)
        _tell_experts(session, overturn, lines)
        _tell_reviewers(session, overturn, lines)
        _tell_company(session, overturn, lines)


def _tell_experts(session: Session, overturn: Overturn, lines: Sequence[OverturnLine]) -> None:
    """One letter each, however many answers it is about."""
    of: dict[uuid.UUID, list[OverturnLine]] = {}
    for line in lines:
        of.setdefault(line.submission.user_id, []).append(line)
    for user_id, mine in sorted(of.items()):
        pay = shown(sum(line.submission.assignment.price_minor for line in mine))
        said = "An answer of yours was" if len(mine) == 1 else f"{len(mine)} answers of yours were"
        notifications.tell(
            session,
            user_id,
            kind="submission.overturned",
            title=f"Paid after all: {pay}",
            body=f"“{overturn.project.title}”. {said} rejected, and that was wrong. We are sorry. "
            f"{overturn.reason} The rejection no longer counts in your record.",
            path=f"/submissions/{mine[0].submission_id}" if len(mine) == 1 else "/earnings",
        )


def _tell_reviewers(session: Session, overturn: Overturn, lines: Sequence[OverturnLine]) -> None:
    verdicts = queries.verdicts_behind(session, [line.submission_id for line in lines])
    of: dict[uuid.UUID, list[uuid.UUID]] = {}
    for submission_id, verdict in sorted(verdicts.items()):
        if verdict.reviewer_id is not None:
            of.setdefault(verdict.reviewer_id, []).append(submission_id)
    for reviewer_id, named in sorted(of.items()):
        what = f"{len(named)} rejections of yours were" if len(named) > 1 else "A rejection of yours was"
        first = ", ".join(code("S", one) for one in named[:SHOWN])
        more = " and more" if len(named) > SHOWN else ""
        notifications.tell(
            session,
            reviewer_id,
            kind="review.overturned",
            title=f"{what} found wrong",
            body=f"“{overturn.project.title}”: {first}{more}. {overturn.reason} Your fee stays yours.",
            path="/reviews",
        )


def _tell_company(session: Session, overturn: Overturn, lines: Sequence[OverturnLine]) -> None:
    """What left the budget: nothing is said to a company that pays nothing."""
    claims = [line.submission.assignment for line in lines if line.state is LineState.PAID]
    if not claims:
        return
    cost = shown(sum(claim.price_minor + claim.fee_minor for claim in claims))
    for owner in companies.owners(session, overturn.project.company_id):
        notifications.tell(
            session,
            owner.user_id,
            kind=f"{OverturnDecided.name}.company",
            title=f"{cost} was paid for work that had been rejected",
            body=f"“{overturn.project.title}”. Two people of ours found {_counted(lines).lower()} wrong. "
            f"{overturn.reason}",
            path=f"/company/projects/{overturn.project_id}",
        )


def _counted(lines: Sequence[OverturnLine]) -> str:
    return f"{len(lines)} final rejections" if len(lines) > 1 else "One final rejection"
