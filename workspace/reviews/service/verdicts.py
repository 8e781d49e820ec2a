"""Verdicts: recorded at once, acting after eight seconds, until then taken back with one key."""

import uuid
from collections.abc import Sequence

from sqlalchemy.orm import Session

from marketplace.companies import queries as companies
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.errors import Invalid
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import Kind
from marketplace.outbox import service as outbox
from marketplace.projects import queries as projects
from workspace.reviews import policy, queries
from workspace.reviews.errors import AlreadyDecided, NoMoreChanges, NotYours, OwnCompany, RejectingPaused
from workspace.reviews.models import Review, ReviewState, Verdict
from workspace.reviews.queries.serving import UNDO
from workspace.reviews.service.serving import return_to_queue, take
from workspace.submissions.models import Submission


def give(
    session: Session,
    review: Review,
    *,
    reviewer: User,
    verdict: Verdict,
    reason_code: str | None = None,
    clauses: Sequence[int] = (),
    note: str = "",
) -> None:
    """Record the verdict; it acts in eight seconds, and until then it can be undone.

    A review whose lock has ended is still taken while nobody else has opened it.  Raises NotYours and
    OwnCompany (403), NoMoreChanges and RejectingPaused (409), Invalid (422) when the verdict lacks something.
    """
    queries.lock_reviewer(session, reviewer.id)
    locked = queries.lock(session, review.id)
    if locked is None or not _in_hand(session, locked, reviewer):
        raise NotYours
    refuse_own_company(session, reviewer, locked.submission)
    _check(session, locked.submission, verdict, reason_code=reason_code, clauses=clauses, note=note)
    locked.move(ReviewState.PENDING)
    locked.verdict, locked.note, locked.reason_code = verdict, note, reason_code
    locked.clauses = {"numbers": sorted(set(clauses))}
    locked.acts_at = clock.database_now(session) + UNDO
    outbox.send(session, "reviews.decide", after=UNDO, review_id=str(locked.id))


def undo(session: Session, review: Review, *, reviewer: User) -> None:
    """Take the verdict back before it acts, its words kept; another open review goes back to the queue.

    NotYours (403) for somebody else's, AlreadyDecided (409) once the eight seconds are over.
    """
    queries.lock_reviewer(session, reviewer.id)
    locked = queries.lock(session, review.id)
    if locked is None or locked.reviewer_id != reviewer.id:
        raise NotYours
    now = clock.database_now(session)
    if locked.state is not ReviewState.PENDING or locked.acts_at is None or locked.acts_at <= now:
        raise AlreadyDecided
    other = queries.open_of(session, reviewer.id)
    if other is not None:
        return_to_queue(other)
        # one open review per person: the other must be back before this one opens again
        session.flush()
    locked.move(ReviewState.OPEN)
    locked.locked_until = policy.resumed(locked, now)
    locked.acts_at = None


def why_no_changes(session: Session, submission: Submission) -> str | None:
    """Why changes cannot be asked for now (a sentence), or None: they can.  The assignment is loaded."""
    return policy.why_no_changes(
        changes_left=submission.changes_left,
        budget_minor=ledger.balance(session, Kind.PROJECT_BUDGET, submission.project_id),
        fee_minor=submission.assignment.review_fee_minor,
    )


def rejecting_is_paused(session: Session, submission: Submission) -> bool:
    """Whether too many submissions of its project were rejected."""
    decided, rejected = queries.decisions(session, submission.project_id)
    return policy.rejecting_is_paused(decided_count=decided, rejected_count=rejected)


def pauses_rejecting(session: Session, project_id: uuid.UUID) -> bool:
    """Whether the rejection that acts now, and is not counted yet, is the one that pauses rejecting."""
    decided, rejected = queries.decisions(session, project_id)
    before = policy.rejecting_is_paused(decided_count=decided, rejected_count=rejected)
    return not before and policy.rejecting_is_paused(decided_count=decided + 1, rejected_count=rejected + 1)


def refuse_own_company(session: Session, reviewer: User, submission: Submission) -> None:
    """OwnCompany (403) for who belongs, or belonged within a year, to the company the work is for."""
    project = projects.project(session, submission.project_id)
    if project is None or companies.was_member(session, reviewer.id, project.company_id):
        raise OwnCompany


def _in_hand(session: Session, review: Review, reviewer: User) -> bool:
    now = clock.database_now(session)
    if policy.may_give(review, reviewer.id):
        return policy.is_held(review, now) or now < review.due_at
    if not queries.may_take_again(session, reviewer.id, review.id, now):
        return False
    return take(session, review, reviewer=reviewer, now=now)


def _check(
    session: Session,
    submission: Submission,
    verdict: Verdict,
    *,
    reason_code: str | None,
    clauses: Sequence[int],
    note: str,
) -> None:
    if verdict not in policy.OFFERED:
        raise Invalid("Choose approve, ask for changes or reject.")
    known = [clause.number for clause in projects.clauses(session, submission.assignment.guideline_id)]
    lacking = policy.problems(
        verdict, reason_code=reason_code, clauses=clauses, note=note, known_clauses=known
    )
    if lacking:
        raise Invalid(next(iter(lacking.values())))
    if verdict is Verdict.ASK_FOR_CHANGES and (why := why_no_changes(session, submission)):
        raise NoMoreChanges(why)
    if verdict is Verdict.REJECT and rejecting_is_paused(session, submission):
        raise RejectingPaused
