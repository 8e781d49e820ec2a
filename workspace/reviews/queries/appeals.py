"""Appeals against rejections: whose they are, who may decide them, what is due."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, exists, func, or_, select, union
from sqlalchemy.orm import Session, contains_eager, joinedload

from marketplace.care import queries as care
from marketplace.companies.models import Member
from marketplace.kit.pages import Page, page
from marketplace.projects.models import Project
from workspace.queue.models import Assignment, Part, TaskPart
from workspace.reviews.models import UNDECIDED, Appeal, AppealState, Review, ReviewState, StepAside, Verdict
from workspace.reviews.queries.locks import lock_submission
from workspace.reviews.queries.serving import CONFLICT
from workspace.submissions.models import Submission

_ACTED = (ReviewState.DECIDED, ReviewState.IN_AUDIT, ReviewState.CONFIRMED, ReviewState.OVERTURNED)
_WAITS = Appeal.state.in_(UNDECIDED)


def appeal_of(session: Session, submission_id: uuid.UUID) -> Appeal | None:
    """The appeal about this submission."""
    return session.scalar(select(Appeal).where(Appeal.submission_id == submission_id))


def appeals_of(session: Session, submission_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Appeal]:
    """Submission -> its appeal."""
    if not submission_ids:
        return {}
    rows = session.scalars(select(Appeal).where(Appeal.submission_id.in_(submission_ids)))
    return {appeal.submission_id: appeal for appeal in rows}


def appeal(session: Session, appeal_id: uuid.UUID) -> Appeal | None:
    """One appeal with its submission, assignment and project, for listeners."""
    return session.scalar(_whole().where(Appeal.id == appeal_id))


def lock_appeal(
    session: Session, submission_id: uuid.UUID
) -> tuple[Submission, Review, Appeal | None] | None:
    """The submission, the verdict that rejected it and its appeal, locked in this order and read anew."""
    submission = lock_submission(session, submission_id)
    review = session.scalar(
        select(Review)
        .where(
            Review.submission_id == submission_id,
            Review.verdict == Verdict.REJECT,
            Review.state.in_(_ACTED),
        )
        .order_by(Review.round.desc())
        .limit(1)
        .with_for_update(of=Review)
        .execution_options(populate_existing=True)
    )
    if submission is None or review is None:
        return None
    found = session.scalar(
        select(Appeal)
        .where(Appeal.submission_id == submission_id)
        .with_for_update(of=Appeal)
        .execution_options(populate_existing=True)
    )
    return submission, review, found


def next_appeal(
    session: Session,
    user_id: uuid.UUID,
    now: datetime,
    *,
    but: Collection[uuid.UUID] = (),
    without_sensitive: bool = False,
) -> Appeal | None:
    """The appeal this person may decide that the clock decides first, locked; nobody else has it.

    `but` these; `without_sensitive` is for a pause.
    """
    statement = _free_for(user_id, now).where(Appeal.id.not_in(but))
    if without_sensitive:
        statement = statement.where(Project.content_classes == "")
    return session.scalar(
        statement.options(contains_eager(Appeal.submission))
        .order_by(Appeal.due_at, Appeal.id)
        .limit(1)
        .with_for_update(of=[Submission, Appeal], skip_locked=True)
        .execution_options(populate_existing=True)
    )


def held_appeal(session: Session, user_id: uuid.UUID, now: datetime) -> Appeal | None:
    """The appeal in this person's hands."""
    return session.scalar(
        select(Appeal)
        .where(
            Appeal.state == AppealState.ASSIGNED,
            Appeal.assigned_to_id == user_id,
            Appeal.locked_until > now,
            Appeal.due_at > now,
        )
        .order_by(Appeal.due_at)
        .limit(1)
    )


def asked_by(session: Session, user_id: uuid.UUID) -> Sequence[Appeal]:
    """The appeals that wait for an expert's answer to this person's question, the first due first."""
    return session.scalars(
        _whole()
        .where(Appeal.state == AppealState.INFO_REQUESTED, Appeal.assigned_to_id == user_id)
        .order_by(Appeal.answer_due_at, Appeal.id)
    ).all()


def appeals_for(session: Session, user_id: uuid.UUID, now: datetime) -> tuple[int, datetime | None]:
    """How many appeals this person could be given, and when the first is decided by the clock.

    Whoever only reads asks once: the navigation and the page show the same.
    """
    kept: dict[uuid.UUID, tuple[int, datetime | None]] = session.info.setdefault("appeals_for", {})
    if user_id not in kept or session.info.get("write") is not False:
        free = _free_for(user_id, now).subquery()
        row = session.execute(select(func.count(), func.min(free.c.due_at)).select_from(free)).one()
        kept[user_id] = int(row[0]), row[1]
    return kept[user_id]


def appeal_in_hand(session: Session, user_id: uuid.UUID, appeal_id: uuid.UUID) -> Appeal | None:
    """An appeal this person holds, held last, or decided, with all it shows."""
    return session.scalar(
        _whole().where(
            Appeal.id == appeal_id, or_(Appeal.assigned_to_id == user_id, Appeal.decided_by_id == user_id)
        )
    )


def appeals_decided_by(session: Session, user_id: uuid.UUID, mark: str | None) -> Page[Appeal]:
    """What this person decided, the newest first."""
    return page(
        session,
        _whole().where(Appeal.decided_by_id == user_id),
        [Appeal.decided_at, Appeal.id],
        mark=mark,
        key_of=lambda row: [row.decided_at, row.id],
    )


def waiting_appeals(session: Session) -> int:
    """How many appeals wait for a decision."""
    return session.scalar(select(func.count()).select_from(Appeal).where(_WAITS)) or 0


def parties_to(session: Session, submission: Submission) -> Sequence[uuid.UUID]:
    """Whoever answered its task, had a round of this submission in hand, or gave it back."""
    rows = session.scalars(
        union(
            select(TaskPart.user_id).where(
                TaskPart.task_id == submission.task_id, TaskPart.part == Part.AUTHOR
            ),
            select(Review.reviewer_id).where(
                Review.submission_id == submission.id, Review.reviewer_id.is_not(None)
            ),
            select(StepAside.user_id).where(StepAside.submission_id == submission.id),
        )
    )
    return rows.all()


def rejecting_of(session: Session, submission_id: uuid.UUID) -> Review | None:
    """The verdict that rejected it, however it ended."""
    return session.scalar(
        select(Review)
        .where(
            Review.submission_id == submission_id,
            Review.verdict == Verdict.REJECT,
            Review.state.in_(_ACTED),
        )
        .order_by(Review.round.desc())
        .limit(1)
    )


def verdicts_given(session: Session, user_id: uuid.UUID) -> int:
    """How many verdicts of this reviewer acted."""
    statement = select(func.count()).where(Review.reviewer_id == user_id, Review.state.in_(_ACTED))
    return session.scalar(statement) or 0


def _free_for(user_id: uuid.UUID, now: datetime) -> Select[Appeal]:
    """Appeals nobody has in hand that this person may decide.

    Never their own answer or task, nothing they judged or gave back, no company they belong or belonged to in
    the past 12 months, no sensitive content they did not agree to see, nothing the clock has decided by now.
    """
    member = exists().where(
        Member.company_id == Project.company_id,
        Member.user_id == user_id,
        or_(Member.left_at.is_(None), Member.left_at > now - CONFLICT),
    )
    author = exists().where(
        TaskPart.task_id == Submission.task_id, TaskPart.user_id == user_id, TaskPart.part == Part.AUTHOR
    )
    judged = exists().where(Review.submission_id == Submission.id, Review.reviewer_id == user_id)
    aside = exists().where(StepAside.submission_id == Submission.id, StepAside.user_id == user_id)
    return (
        select(Appeal)
        .join(Appeal.submission)
        .join(Project, Project.id == Submission.project_id)
        .where(
            _is_free(now),
            Appeal.due_at > now,
            Submission.user_id != user_id,
            ~author,
            ~judged,
            ~member,
            ~aside,
            care.agreed(user_id, Project.content_classes),
        )
    )


def _is_free(now: datetime) -> Any:
    return or_(
        Appeal.state == AppealState.OPEN,
        and_(Appeal.state == AppealState.ASSIGNED, Appeal.locked_until <= now),
        and_(Appeal.state == AppealState.INFO_REQUESTED, Appeal.answer_due_at <= now),
    )


def _whole() -> Select[Appeal]:
    return select(Appeal).options(
        joinedload(Appeal.decided_by),
        joinedload(Appeal.submission)
        .joinedload(Submission.assignment)
        .options(
            joinedload(Assignment.task),
            joinedload(Assignment.project).joinedload(Project.company),
            joinedload(Assignment.guideline),
        ),
    )
