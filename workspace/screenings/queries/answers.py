"""Answers, their kept versions, and marks."""

import uuid
from collections.abc import Mapping

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from workspace.screenings.models import ScreeningAnswer, ScreeningAnswerRevision, ScreeningMark


def answer_of(session: Session, screening_id: uuid.UUID, item_id: uuid.UUID) -> ScreeningAnswer | None:
    """What was written on one item."""
    return session.scalar(
        select(ScreeningAnswer).where(
            ScreeningAnswer.screening_id == screening_id, ScreeningAnswer.item_id == item_id
        )
    )


def lock_answer(session: Session, screening_id: uuid.UUID, item_id: uuid.UUID) -> ScreeningAnswer:
    """What was written on one item, locked and read anew; the row is there."""
    return session.execute(
        select(ScreeningAnswer)
        .where(ScreeningAnswer.screening_id == screening_id, ScreeningAnswer.item_id == item_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one()


def answers_of(session: Session, screening_id: uuid.UUID) -> Mapping[uuid.UUID, ScreeningAnswer]:
    """Item -> what was written on it."""
    rows = session.scalars(select(ScreeningAnswer).where(ScreeningAnswer.screening_id == screening_id))
    return {row.item_id: row for row in rows}


def forget_revisions(session: Session, answer_id: uuid.UUID, *, up_to: int) -> None:
    """Delete kept versions of an answer up to this number."""
    session.execute(
        delete(ScreeningAnswerRevision).where(
            ScreeningAnswerRevision.answer_id == answer_id, ScreeningAnswerRevision.rev <= up_to
        )
    )


def marks_of(session: Session, screening_id: uuid.UUID) -> Mapping[uuid.UUID, ScreeningMark]:
    """Item -> its mark."""
    rows = session.scalars(select(ScreeningMark).where(ScreeningMark.screening_id == screening_id))
    return {row.item_id: row for row in rows}
