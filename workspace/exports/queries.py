"""Every SELECT on exports and on the approved work that goes into them."""

import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, joinedload

from marketplace.companies.models import Member
from marketplace.kit.pages import Page, page
from marketplace.projects.models import GuidelineVersion, Project
from workspace.exports.models import Export, ExportFile, ExportState
from workspace.queue.models import Assignment, Task
from workspace.reviews.models import Review, ReviewState
from workspace.submissions.models import GOOD, Submission

BATCH = 200


def for_member(session: Session, user_id: uuid.UUID, export_id: uuid.UUID) -> Export | None:
    """An export of a company the person is a member of now, with its project."""
    return session.scalar(
        select(Export)
        .join(Project, Project.id == Export.project_id)
        .join(Member, Member.company_id == Project.company_id)
        .where(Export.id == export_id, Member.user_id == user_id, Member.left_at.is_(None))
        .options(joinedload(Export.project).joinedload(Project.company))
    )


def files_of(session: Session, export_id: uuid.UUID) -> Sequence[ExportFile]:
    """The files of an export by name."""
    return session.scalars(
        select(ExportFile).where(ExportFile.export_id == export_id).order_by(ExportFile.name)
    ).all()


def file_of(session: Session, export_id: uuid.UUID, name: str) -> ExportFile | None:
    """One file of an export."""
    return session.scalar(
        select(ExportFile).where(ExportFile.export_id == export_id, ExportFile.name == name)
    )


def of_project(session: Session, project_id: uuid.UUID, mark: str | None) -> Page[Export]:
    """The exports of a project, newest first."""
    statement = select(Export).where(Export.project_id == project_id).options(joinedload(Export.by))
    return page(session, statement, [Export.id], mark=mark, key_of=lambda row: [row.id])


def export(session: Session, export_id: uuid.UUID) -> Export | None:
    """An export with its project and company, for the worker."""
    return session.scalar(
        select(Export)
        .where(Export.id == export_id)
        .options(joinedload(Export.project).joinedload(Project.company))
    )


def lock(session: Session, export_id: uuid.UUID) -> Export | None:
    """An export, locked."""
    return session.scalar(
        select(Export)
        .where(Export.id == export_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def building_of(session: Session, project_id: uuid.UUID) -> Export | None:
    """The export of a project that is being built now."""
    return session.scalar(
        select(Export).where(Export.project_id == project_id, Export.state == ExportState.BUILDING).limit(1)
    )


def given_up(session: Session, asked_before: datetime) -> Sequence[uuid.UUID]:
    """Exports still being built that were asked for before this moment: whoever built them gave up."""
    return session.scalars(
        select(Export.id)
        .where(Export.state == ExportState.BUILDING, Export.created_at <= asked_before)
        .order_by(Export.id)
        .limit(BATCH)
    ).all()


def older_frozen(session: Session, export: Export) -> Sequence[Export]:
    """Frozen exports of the same project that this one takes the place of, locked."""
    return session.scalars(
        select(Export)
        .where(
            Export.project_id == export.project_id,
            Export.state == ExportState.FROZEN,
            Export.id != export.id,
        )
        .with_for_update()
    ).all()


def anything_approved(session: Session, project_id: uuid.UUID) -> bool:
    """Whether the project has approved work."""
    return bool(
        session.scalar(
            select(exists().where(Submission.project_id == project_id, Submission.state.in_(GOOD)))
        )
    )


def guideline_numbers(session: Session, project_id: uuid.UUID) -> dict[uuid.UUID, tuple[int, str]]:
    """Version id -> (number, sha256) of a project's guideline."""
    rows = session.execute(
        select(GuidelineVersion.id, GuidelineVersion.number, GuidelineVersion.sha256).where(
            GuidelineVersion.project_id == project_id
        )
    ).all()
    return {row[0]: (row[1], row[2]) for row in rows}


def approved_tasks(session: Session, project_id: uuid.UUID) -> Iterator[tuple[Task, list[Submission]]]:
    """Every task with approved answers, in the project's order, read in batches; answers by submission id."""
    after = -1
    while True:
        tasks = session.scalars(
            select(Task)
            .where(Task.project_id == project_id, Task.position > after, Task.approved_count > 0)
            .order_by(Task.position)
            .limit(BATCH)
        ).all()
        if not tasks:
            return
        answers = _answers(session, [task.id for task in tasks])
        for task in tasks:
            if answers.get(task.id):
                yield task, answers[task.id]
        after = tasks[-1].position
        session.expunge_all()  # a large project does not fit in memory; nothing here is changed


def _answers(session: Session, task_ids: list[uuid.UUID]) -> dict[uuid.UUID, list[Submission]]:
    rows = session.scalars(
        select(Submission)
        .where(Submission.task_id.in_(task_ids), Submission.state.in_(GOOD))
        .options(joinedload(Submission.assignment).joinedload(Assignment.project))
        .order_by(Submission.task_id, Submission.id)
    ).all()
    return {task_id: list(group) for task_id, group in groupby(rows, key=lambda row: row.task_id)}


def last_reviews(session: Session, submission_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Review]:
    """The deciding review of each submission that a person judged."""
    rows = session.scalars(
        select(Review)
        .where(Review.submission_id.in_(submission_ids), Review.state == ReviewState.DECIDED)
        .order_by(Review.submission_id, Review.round)
    ).all()
    return {review.submission_id: review for review in rows}
