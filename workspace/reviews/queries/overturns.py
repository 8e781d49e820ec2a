"""Final rejections, and what was proposed about them."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session, contains_eager, joinedload

from marketplace.cases.models import ProposalState
from marketplace.companies.models import Company
from marketplace.kit.pages import Page, page
from marketplace.projects.models import Project
from workspace.queue.models import Assignment
from workspace.reviews.models import LineState, Overturn, OverturnLine, Review, ReviewState, Verdict
from workspace.submissions.models import Submission, SubmissionState

_FINAL = Submission.state == SubmissionState.FINAL_REJECTED
_STANDS = (ReviewState.DECIDED, ReviewState.CONFIRMED)  # nobody has found it wrong
_KEPT = OverturnLine.state != LineState.DROPPED


def projects_with_rejections(session: Session, mark: str | None) -> Page[Any]:
    """Projects with final rejections, the newest project first: id, title, company, count."""
    statement = (
        select(
            Project.id,
            Project.title,
            Company.name.label("company"),
            func.count(Submission.id).label("rejected"),
        )
        .join(Company, Company.id == Project.company_id)
        .join(Submission, Submission.project_id == Project.id)
        .where(_FINAL)
        .group_by(Project.id, Project.title, Company.name)
    )
    return page(session, statement, [Project.id], mark=mark, key_of=lambda row: [row.id])


def rejections(
    session: Session, project_id: uuid.UUID, *, mark: str | None, size: int, reviewer_id: uuid.UUID | None
) -> Page[Review]:
    """The verdicts behind a project's final rejections that no proposal names, the newest first.

    Submission, assignment and reviewer are loaded; `reviewer_id` narrows to one person's verdicts.
    """
    statement = _rejecting(project_id).where(
        ~select(OverturnLine.id).where(OverturnLine.submission_id == Submission.id, _KEPT).exists()
    )
    if reviewer_id is not None:
        statement = statement.where(Review.reviewer_id == reviewer_id)
    return page(
        session,
        statement,
        [Submission.id],
        mark=mark,
        key_of=lambda row: [row.submission_id],
        size=size,
    )


def rejection(session: Session, submission_id: uuid.UUID) -> Review | None:
    """The verdict behind a final rejection, with everything it is about; None when it is not final."""
    return session.scalar(
        select(Review)
        .join(Review.submission)
        .where(Submission.id == submission_id, _FINAL, *_rejects())
        .options(
            joinedload(Review.reviewer),
            contains_eager(Review.submission)
            .joinedload(Submission.assignment)
            .options(
                joinedload(Assignment.task),
                joinedload(Assignment.project).joinedload(Project.company),
                joinedload(Assignment.guideline),
            ),
        )
    )


def proposed_for(session: Session, submission_id: uuid.UUID) -> uuid.UUID | None:
    """The proposal that names this submission and was not dropped."""
    return session.scalar(
        select(OverturnLine.overturn_id).where(OverturnLine.submission_id == submission_id, _KEPT)
    )


def lock_rejected(
    session: Session, project_id: uuid.UUID, submission_ids: Collection[uuid.UUID]
) -> Sequence[Submission]:
    """Those of these submissions that belong to the project, locked in one order, with their assignments."""
    return session.scalars(
        select(Submission)
        .where(Submission.id.in_(submission_ids), Submission.project_id == project_id)
        .options(joinedload(Submission.assignment))
        .order_by(Submission.id)
        .with_for_update(of=Submission)
        .execution_options(populate_existing=True)
    ).all()


def lock_rejecting(session: Session, submission_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Review]:
    """Submission -> the verdict that rejected it, locked."""
    rows = session.scalars(
        select(Review)
        .where(Review.submission_id.in_(submission_ids), *_rejects())
        .order_by(Review.submission_id)
        .with_for_update(of=Review)
        .execution_options(populate_existing=True)
    )
    return {review.submission_id: review for review in rows}


def lock_project(session: Session, project_id: uuid.UUID) -> Project:
    """The project, kept from ending; whoever only points at it goes on."""
    return session.execute(
        select(Project)
        .where(Project.id == project_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).scalar_one()


def overturns(session: Session, mark: str | None) -> Page[Any]:
    """Every proposal, the newest first: the Overturn, and how many rejections it names."""
    counted = (
        select(OverturnLine.overturn_id, func.count().label("lines"))
        .group_by(OverturnLine.overturn_id)
        .subquery()
    )
    statement = (
        select(Overturn, counted.c.lines)
        .join(counted, counted.c.overturn_id == Overturn.id)
        .options(joinedload(Overturn.by), joinedload(Overturn.project))
    )
    return page(session, statement, [Overturn.id], mark=mark, key_of=lambda row: [row[0].id])


def overturn(session: Session, overturn_id: uuid.UUID) -> Overturn | None:
    """One proposal, with its people and its project."""
    return session.scalar(_whole().where(Overturn.id == overturn_id))


def lock_overturn(session: Session, overturn_id: uuid.UUID) -> Overturn | None:
    """The same, locked and read anew."""
    return session.scalar(
        _whole()
        .where(Overturn.id == overturn_id)
        .with_for_update(of=Overturn)
        .execution_options(populate_existing=True)
    )


def lines_of(session: Session, overturn_id: uuid.UUID) -> Sequence[OverturnLine]:
    """The rejections of a proposal, the oldest first, submissions and assignments loaded."""
    return session.scalars(
        select(OverturnLine)
        .where(OverturnLine.overturn_id == overturn_id)
        .options(joinedload(OverturnLine.submission).joinedload(Submission.assignment))
        .order_by(OverturnLine.submission_id)
    ).all()


def verdicts_behind(session: Session, submission_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Review]:
    """Submission -> the verdict that rejected it, overturned or not, with its reviewer."""
    rows = session.scalars(
        select(Review)
        .where(
            Review.submission_id.in_(submission_ids),
            Review.verdict == Verdict.REJECT,
            Review.state.in_((*_STANDS, ReviewState.OVERTURNED)),
        )
        .options(joinedload(Review.reviewer))
    )
    return {review.submission_id: review for review in rows}


def drop_lines(session: Session, overturn_id: uuid.UUID) -> None:
    """Let the rejections of a proposal that is over stand: another one may name them."""
    session.execute(
        update(OverturnLine)
        .where(OverturnLine.overturn_id == overturn_id, OverturnLine.state == LineState.WAITING)
        .values(state=LineState.DROPPED)
        .execution_options(synchronize_session="fetch")
    )


def overturns_lapsing(session: Session, now: datetime) -> Sequence[uuid.UUID]:
    """Proposals nobody has decided in time."""
    return session.scalars(
        select(Overturn.id)
        .where(Overturn.state == ProposalState.PROPOSED, Overturn.lapses_at <= now)
        .order_by(Overturn.id)
    ).all()


def rejections_by(session: Session, user_id: uuid.UUID) -> tuple[int, int]:
    """How many rejections of this reviewer acted, and how many of them were found wrong."""
    row = session.execute(
        select(func.count(), func.count().filter(Review.state == ReviewState.OVERTURNED)).where(
            Review.reviewer_id == user_id,
            Review.verdict == Verdict.REJECT,
            Review.decided_at.is_not(None),
        )
    ).one()
    return int(row[0]), int(row[1])


def _rejects() -> tuple[Any, ...]:
    return Review.verdict == Verdict.REJECT, Review.state.in_(_STANDS)


def _rejecting(project_id: uuid.UUID) -> Select[Review]:
    return (
        select(Review)
        .join(Review.submission)
        .where(Submission.project_id == project_id, _FINAL, *_rejects())
        .options(
            joinedload(Review.reviewer),
            contains_eager(Review.submission).joinedload(Submission.assignment),
        )
    )


def _whole() -> Select[Overturn]:
    return select(Overturn).options(
        joinedload(Overturn.by), joinedload(Overturn.decided_by), joinedload(Overturn.project)
    )
