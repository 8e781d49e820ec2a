"""Deciding appeals: drawn for somebody without part in it, asked about once, decided with reasons."""

import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.care import service as care
from marketplace.companies import queries as companies
from marketplace.identity import queries as identity
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.database import insert_once
from marketplace.kit.errors import Conflict, Invalid, NotFound
from marketplace.kit.events import publish
from marketplace.projects import policy as rules
from marketplace.projects import queries as projects
from marketplace.projects import service as questions
from marketplace.projects.models import GuidelineVersion, Project
from workspace.queue.models import Part, TaskPart
from workspace.reviews import policy, queries
from workspace.reviews.errors import AppealGone, AppealOver
from workspace.reviews.events import AppealAsked
from workspace.reviews.models import Appeal, AppealState, Cause, Outcome, Review, StepAside
from workspace.reviews.service.appeal_ending import end_decided, end_late
from workspace.reviews.service.appeals import free, over, record
from workspace.reviews.service.serving import note_seen
from workspace.reviews.service.verdicts import refuse_own_company
from workspace.submissions.models import Submission

Held = tuple[Submission, Review, Appeal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What somebody decides about an appeal; `gap`: what the company is asked about its guideline."""

    outcome: Outcome
    share: int | None = None
    cause: Cause
    reasons: str
    clauses: Sequence[int] = ()
    gap: str = ""


def may_judge(session: Session, user: User, roles: frozenset[str]) -> bool:
    """Whether this person decides appeals: operations, or a reviewer with many verdicts, few found wrong."""
    if roles & {"ops", "admin"}:
        return True
    rejected, overturned = queries.rejections_by(session, user.id)
    verdicts = queries.verdicts_given(session, user.id)
    return "reviewer" in roles and policy.is_senior(
        verdicts=verdicts, rejected=rejected, overturned=overturned
    )


def draw_appeal(session: Session, *, judge: User) -> Appeal | None:
    """The appeal in this person's hands, or the one the clock decides first; None: nothing for them."""
    queries.lock_reviewer(session, judge.id)
    now = clock.database_now(session)
    held = queries.held_appeal(session, judge.id, now)
    tired = care.standing(session, judge.id).until is not None
    passed: set[uuid.UUID] = set()
    while held is None:
        found = queries.next_appeal(session, judge.id, now, but=passed, without_sensitive=tired)
        if found is None:
            return None
        passed.add(found.id)
        if _stands_apart(session, found.submission, judge) and _take(session, found, judge, now):
            held = found
    return held


def ask_expert(session: Session, appeal_id: uuid.UUID, *, judge: User, text: str) -> None:
    """Ask the expert one question; two days later it goes on without an answer.

    Invalid (422) without words or with too many, AppealOver (409) when one was asked, AppealGone (403).
    """
    problem = policy.statement_problem(text)
    if problem:
        raise Invalid(problem if text.split() else "Write your question.")
    submission, _, appeal = _in_hand(session, appeal_id, judge)
    if appeal.question:
        raise AppealOver("A question was asked already. Decide with what is there.")
    appeal.move(AppealState.INFO_REQUESTED)
    appeal.question = text.strip()
    appeal.answer_due_at = min(clock.database_now(session) + policy.APPEAL_ANSWER, appeal.due_at)
    record(session, "adjudicator:submission:appeal_asked", submission, judge)
    publish(session, AppealAsked(appeal_id=appeal.id, user_id=submission.user_id))


def leave_appeal(session: Session, appeal_id: uuid.UUID, *, judge: User, reason: str) -> None:
    """Give it back with a reason: somebody else is given it.  Invalid (422), AppealGone (403)."""
    if reason not in policy.STEP_ASIDE:
        raise Invalid("Choose why you step aside.")
    submission, _, appeal = _in_hand(session, appeal_id, judge)
    insert_once(
        session,
        StepAside,
        submission_id=submission.id,
        user_id=judge.id,
        round=submission.round,
        reason=reason,
    )
    appeal.move(AppealState.OPEN)
    appeal.assigned_to_id, appeal.locked_until = None, None


def decide_appeal(session: Session, appeal_id: uuid.UUID, ruling: Ruling, *, judge: User) -> Appeal:
    """Uphold, overturn or overturn in part; whoever decides is paid one review fee by the platform.

    Invalid (422) for what it lacks, AppealOver (409) when it is decided, AppealGone (403) when it is not in
    these hands, OwnCompany (403) for who belongs to the company.
    """
    queries.lock_reviewer(session, judge.id)
    submission, review, appeal = _in_hand(session, appeal_id, judge)
    refuse_own_company(session, judge, submission)
    if not _stands_apart(session, submission, judge):
        raise AppealGone
    _check(session, submission, ruling)
    note_seen(session, submission.project_id, judge)
    if ruling.cause is Cause.GAP:
        _ask_company(session, submission, ruling, judge)
    appeal.outcome, appeal.share, appeal.cause = ruling.outcome, ruling.share, ruling.cause
    appeal.reasons, appeal.clauses = ruling.reasons.strip(), {"numbers": sorted(set(ruling.clauses))}
    end_decided(session, submission, review, appeal, by=judge)
    return appeal


def settle_appeal(session: Session, submission_id: uuid.UUID) -> bool:
    """Decide an appeal for the expert once its days are over; False: it is not, or nothing waits."""
    found = queries.lock_appeal(session, submission_id)
    if found is None:
        return False
    submission, review, appeal = found
    if appeal is None or not policy.waits(appeal) or appeal.due_at > clock.database_now(session):
        return False
    end_late(session, submission, review, appeal)
    return True


def _take(session: Session, appeal: Appeal, judge: User, now: datetime) -> bool:
    """Put a free appeal into these hands; False: they answered this task meanwhile."""
    task_id = appeal.submission.task_id
    insert_once(session, TaskPart, task_id=task_id, user_id=judge.id, part=Part.REVIEWER)
    if queries.part_of(session, judge.id, task_id) is not Part.REVIEWER:
        return False
    free(appeal)
    appeal.move(AppealState.ASSIGNED)
    appeal.assigned_to_id, appeal.locked_until = judge.id, now + policy.APPEAL_LOCK
    note_seen(session, appeal.submission.project_id, judge)
    return True


def _in_hand(session: Session, appeal_id: uuid.UUID, judge: User) -> Held:
    known = queries.appeal_in_hand(session, judge.id, appeal_id)
    found = queries.lock_appeal(session, known.submission_id) if known else None
    if known is None or found is None:
        raise NotFound("That page does not exist, or it is not yours.")
    submission, review, appeal = found
    now = clock.database_now(session)
    if appeal is None or not policy.waits(appeal) or appeal.due_at <= now:
        raise over(appeal)
    if policy.asks(appeal, now):
        raise AppealGone("The expert was asked. You can decide when the answer is here.")
    if appeal.assigned_to_id != judge.id or not policy.in_hand(appeal, now):
        raise AppealGone
    return submission, review, appeal


def _stands_apart(session: Session, submission: Submission, judge: User) -> bool:
    """No part in it and none in the company, under whatever User."""
    others = {submission.user_id, *queries.parties_to(session, submission)}
    if identity.is_one_of(session, judge.id, others):
        return False
    company_id = session.get_one(Project, submission.project_id).company_id
    return not companies.is_near(session, judge.id, company_id)


def _check(session: Session, submission: Submission, ruling: Ruling) -> None:
    if problem := policy.reasons_problem(ruling.reasons):
        raise Invalid(problem)
    if (ruling.outcome is Outcome.IN_PART) is (ruling.share not in policy.SHARES):
        raise Invalid("Choose how much of the price is paid.")
    guideline_id = submission.assignment.guideline_id
    known = {clause.number for clause in projects.clauses(session, guideline_id)}
    if not ruling.clauses or not set(ruling.clauses) <= known:
        raise Invalid("Choose at least one clause of the guideline the expert worked with.")
    asked = rules.question_problem(ruling.gap) if ruling.cause is Cause.GAP else None
    if asked:
        raise Invalid(asked)


def _ask_company(session: Session, submission: Submission, ruling: Ruling, judge: User) -> None:
    """The company reads what its guideline leaves open, and nothing of the rejected work."""
    project = session.get_one(Project, submission.project_id)
    version = session.get_one(GuidelineVersion, submission.assignment.guideline_id)
    with suppress(Conflict):  # the day's number is used up: the decision does not wait for it
        questions.ask(
            session, project, by=judge, version=version, text=ruling.gap, clause_number=min(ruling.clauses)
        )
