"""Answers while the clock runs: kept as drafts are, one item at a time, in any order."""

import uuid
from typing import Any

from sqlalchemy.orm import Session

from config.policy import WORK
from marketplace.applications import policy as rules
from marketplace.applications import queries as screenings
from marketplace.applications.models import Screening
from marketplace.kit import clock
from marketplace.kit.database import insert_once
from marketplace.kit.errors import NotFound
from workspace.screenings import queries
from workspace.screenings.errors import TimeOver
from workspace.screenings.models import ScreeningAnswer, ScreeningAnswerRevision
from workspace.submissions.errors import StaleDraft

OVER = "The time for this screening is over. What was saved by then counts."


def save(
    session: Session,
    screening: Screening,
    item_id: uuid.UUID,
    *,
    rev: int | None,
    answer: dict[str, Any],
    note: str = "",
) -> ScreeningAnswer:
    """Keep what was written on an item; `rev` is the version it was written on, None where no page says.

    StaleDraft (409) when a newer version is there, TimeOver (410) when the screening takes no
    answers any more.
    """
    locked = screenings.lock_screening(session, screening.id)
    if locked is None or not rules.takes_answers(locked, clock.database_now(session)):
        raise TimeOver(OVER)
    if item_id not in {item.id for item in screenings.items(session, locked.version_id)}:
        raise NotFound("That item does not exist.")
    insert_once(
        session, ScreeningAnswer, screening_id=screening.id, item_id=item_id, rev=0, answer={}, note=""
    )
    kept = queries.lock_answer(session, screening.id, item_id)
    if (kept.answer, kept.note) == (answer, note) and kept.saved_at is not None:
        return kept  # nothing new, or the answer to the same request was lost on its way
    if rev is not None and kept.rev != rev:
        raise StaleDraft(kept.rev, kept.answer)
    _keep(session, kept, answer, note)
    return kept


def _keep(session: Session, kept: ScreeningAnswer, answer: dict[str, Any], note: str) -> None:
    now = clock.database_now(session)
    kept.rev += 1
    kept.answer, kept.note, kept.saved_at = answer, note, now
    session.add(ScreeningAnswerRevision(answer_of=kept, rev=kept.rev, answer=answer, at=now))
    if kept.rev > WORK.draft_revisions:
        queries.forget_revisions(session, kept.id, up_to=kept.rev - WORK.draft_revisions)
