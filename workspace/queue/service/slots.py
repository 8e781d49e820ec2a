"""Slots of a task: never more than N opinions, counted where the opinion begins and ends."""

import uuid

from sqlalchemy.orm import Session

from marketplace.kit.errors import Conflict
from workspace.queue import queries


def free_slot(session: Session, task_id: uuid.UUID) -> None:
    """Give one slot of the task back: somebody else may claim it.

    The person who filled it keeps their part in the task; Conflict (409) when no slot is filled.
    """
    if not queries.give_slot(session, task_id):
        raise Conflict("This task has no filled slot to free.")


def count_approved(session: Session, task_id: uuid.UUID) -> None:
    """Count one approved opinion: the last one wanted makes the task done, the last task its batch completed.

    Conflict (409) when more would be approved than slots are filled.
    """
    if not queries.count_approved(session, task_id):
        raise Conflict("This task has as many approved answers as it has answers.")
    queries.complete_batch_of(session, task_id)


def retake_slot(session: Session, task_id: uuid.UUID) -> bool:
    """Count an answer again that was out and is approved after all.

    False, and nothing has changed, when other answers have filled every slot meanwhile.
    """
    if not queries.retake_slot(session, task_id):
        return False
    queries.complete_batch_of(session, task_id)
    return True
