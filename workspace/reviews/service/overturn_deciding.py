"""Deciding that final rejections were wrong: states, slots and money move in one transaction, once."""

import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from marketplace.audit import service as audit
from marketplace.cases.errors import ProposalOver, SomebodyElse
from marketplace.cases.models import REASON_LENGTH, ProposalState
from marketplace.companies import queries as companies
from marketplace.identity import queries as identity
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.errors import Invalid, NotFound
from marketplace.kit.events import publish
from workspace.queue import service as queue
from workspace.reviews import queries
from workspace.reviews.errors import NotFinal
from workspace.reviews.events import OverturnDecided, SubmissionOverturned
from workspace.reviews.models import LineState, Overturn, OverturnLine, Review, ReviewState
from workspace.reviews.service.overturn_money import TwoPeople, pay_overturned
from workspace.submissions.models import Submission, SubmissionState

S = SubmissionState


def approve_overturn(session: Session, overturn_id: uuid.UUID, *, by: User) -> Overturn:
    """Agree: every submission is paid its frozen price now, from the budget or else by the house.

    One whose slot is free counts as approved; one whose slot was filled meanwhile is paid and left out.
    NotFound (404), ProposalOver (409), NotFinal (409), SomebodyElse (403) for who proposed or rejected it,
    whose money it is, or who belongs (or belonged within a year) to the company.
    """
    overturn = _waiting(session, overturn_id)
    lines = queries.lines_of(session, overturn.id)
    ids = [line.submission_id for line in lines]
    rejected = queries.lock_rejected(session, overturn.project_id, ids)
    verdicts = queries.lock_rejecting(session, ids)
    if any(one.state is not S.FINAL_REJECTED or one.id not in verdicts for one in rejected):
        raise NotFinal
    _stands_apart(session, overturn, by, rejected, verdicts)
    overturn.decided_by, overturn.decided_at = by, clock.database_now(session)
    overturn.move(ProposalState.APPROVED)
    _pay(session, overturn, lines, by)
    for one in sorted(rejected, key=lambda one: (one.user_id, one.id)):
        _tell(session, overturn, one, verdicts[one.id], by)
    _over(session, overturn, by, "approved")
    return overturn


def refuse_overturn(session: Session, overturn_id: uuid.UUID, *, by: User, reason: str) -> Overturn:
    """Say no, with a reason its proposer reads; the rejections stand.  Refusals as `approve_overturn`."""
    if len(reason.strip()) < REASON_LENGTH:
        raise Invalid(f"Say why in at least {REASON_LENGTH} characters.")
    overturn = _waiting(session, overturn_id)
    ids = [line.submission_id for line in queries.lines_of(session, overturn.id)]
    rejected = queries.lock_rejected(session, overturn.project_id, ids)
    _stands_apart(session, overturn, by, rejected, queries.lock_rejecting(session, ids))
    overturn.decided_by, overturn.decided_at = by, clock.database_now(session)
    overturn.answer = reason.strip()
    _drop(session, overturn, ProposalState.REFUSED, by, "refused")
    return overturn


def withdraw_overturn(session: Session, overturn_id: uuid.UUID, *, by: User) -> Overturn:
    """Its own person takes it back.  NotFound (404) for others, ProposalOver (409)."""
    overturn = _waiting(session, overturn_id)
    if overturn.by_id != by.id:
        raise NotFound("There is no such proposal of yours.")
    _drop(session, overturn, ProposalState.WITHDRAWN, by, "withdrawn")
    return overturn


def lapse_overturns(session: Session) -> None:
    """End what nobody decided in time: the rejections stand, and can be proposed again."""
    for overturn_id in queries.overturns_lapsing(session, clock.database_now(session)):
        _drop(session, _waiting(session, overturn_id), ProposalState.LAPSED, None, "lapsed")


def _waiting(session: Session, overturn_id: uuid.UUID) -> Overturn:
    overturn = queries.lock_overturn(session, overturn_id)
    if overturn is None:
        raise NotFound("There is no such proposal.")
    if overturn.state is not ProposalState.PROPOSED:
        raise ProposalOver
    return overturn


def _stands_apart(
    session: Session,
    overturn: Overturn,
    by: User,
    rejected: Sequence[Submission],
    verdicts: Mapping[uuid.UUID, Review],
) -> None:
    """Not the proposer, a reviewer who rejected or an expert who is paid, under whatever User."""
    parts = {overturn.by_id, *(one.user_id for one in rejected)}
    parts |= {verdict.reviewer_id for verdict in verdicts.values() if verdict.reviewer_id is not None}
    pairs = [(str(overturn.id), each, by.id) for each in parts]
    near = companies.was_member(session, by.id, overturn.project.company_id)
    if near or identity.one_person(session, pairs):
        raise SomebodyElse


def _pay(session: Session, overturn: Overturn, lines: Sequence[OverturnLine], by: User) -> None:
    """Slots first, task by task, then the money: the order of locks of a claim."""
    project = queries.lock_project(session, overturn.project_id)
    for line in sorted(lines, key=lambda line: line.submission.task_id):
        submission = line.submission
        back = queue.retake_slot(session, submission.task_id)
        submission.move(S.APPROVED_ON_APPEAL if back else S.EXCLUDED_PAID)
        submission.decided_at = overturn.decided_at
    two = TwoPeople(overturn.by_id, by.id, overturn.reason)
    by_budget = pay_overturned(session, [line.submission for line in lines], two, project)
    for line in lines:
        line.state = LineState.PAID if line.submission_id in by_budget else LineState.PAID_BY_HOUSE


def _tell(session: Session, overturn: Overturn, submission: Submission, verdict: Review, by: User) -> None:
    verdict.move(ReviewState.IN_AUDIT)
    verdict.move(ReviewState.OVERTURNED)
    audit.record(
        session,
        "staff:submission:overturn",
        actor_id=by.id,
        subject_type="submission",
        subject_id=submission.id,
        overturn_id=overturn.id,
    )
    publish(
        session,
        SubmissionOverturned(
            submission_id=submission.id,
            project_id=submission.project_id,
            user_id=submission.user_id,
            pay_minor=submission.assignment.price_minor,
            first_time=submission.round == 0,
            in_use=submission.state is S.APPROVED_ON_APPEAL,
        ),
    )


def _drop(session: Session, overturn: Overturn, to: ProposalState, by: User | None, word: str) -> None:
    overturn.move(to)
    queries.drop_lines(session, overturn.id)
    _over(session, overturn, by, word)


def _over(session: Session, overturn: Overturn, by: User | None, word: str) -> None:
    audit.record(
        session,
        f"staff:overturn:{word}" if by else f"clock:overturn:{word}",
        actor_id=by.id if by else None,
        subject_type="overturn",
        subject_id=overturn.id,
    )
    publish(session, OverturnDecided(overturn_id=overturn.id))
