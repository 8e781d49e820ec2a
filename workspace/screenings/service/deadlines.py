"""What the clock does to screenings: enforced by the worker, and by whoever looks before the worker came."""

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from marketplace.applications import policy as rules
from marketplace.applications import queries as screenings
from marketplace.applications import service as applications
from marketplace.applications.models import ScreeningState
from marketplace.kit import clock
from marketplace.outbox import service as outbox
from workspace.screenings.service.appeals import end_refusal
from workspace.screenings.service.taking import close_answers, conclude_alone


def sweep(session: Session, payload: Mapping[str, Any]) -> None:
    """Promise to settle everything whose time is over, each in a transaction of its own; again every hour."""
    now = clock.database_now(session)
    for screening_id, due_at in screenings.due_screenings(session, now):
        outbox.send(
            session,
            "screenings.settle",
            key=f"screening:{screening_id}:{due_at.isoformat()}:{now:%Y%m%d%H}",
            screening_id=str(screening_id),
        )


def settle_promised(session: Session, payload: Mapping[str, Any]) -> None:
    """Settle the screening a message names."""
    settle(session, uuid.UUID(payload["screening_id"]))


def settle(session: Session, screening_id: uuid.UUID) -> None:
    """Do what the deadline of a screening says: release, hand in, decide without a person, end a refusal.

    Nothing happens while its time is not over; safe to call twice, late or early.
    """
    locked = screenings.lock_screening(session, screening_id)
    if locked is None or not rules.is_due(locked, clock.database_now(session)):
        return
    if locked.state is ScreeningState.OFFERED:
        applications.lapse_screening(session, locked)
    elif locked.state is ScreeningState.STARTED:
        close_answers(session, locked, by_deadline=True)
    elif locked.state is ScreeningState.GRADING:
        conclude_alone(session, locked)
    else:
        end_refusal(session, locked)
