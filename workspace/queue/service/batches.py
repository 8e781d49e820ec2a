"""Batches: staged until they start, then open to claims."""

import uuid

from sqlalchemy.orm import Session

from marketplace.audit import service as audit
from marketplace.identity.models import User
from marketplace.kit.errors import Conflict
from workspace.queue import queries
from workspace.queue.models import Batch, BatchState


def start_batch(session: Session, batch: Batch, *, by: User) -> None:
    """Open the tasks of a staged batch to claims.  Conflict (409) when it was started or cancelled before."""
    if batch.state is not BatchState.STAGING:
        raise Conflict("This batch has started already.")
    open_batch(session, batch)
    audit.record(session, "company:batch:start", actor_id=by.id, subject_type="batch", subject_id=batch.id)


def start_waiting(session: Session, project_id: uuid.UUID) -> None:
    """Open every batch that waited for its project to open."""
    for batch in queries.staging_batches(session, project_id):
        open_batch(session, batch)


def open_batch(session: Session, batch: Batch) -> None:
    """Make the tasks of a batch available; the caller has locked it or just made it."""
    batch.state = BatchState.IN_PROGRESS
    queries.make_available(session, batch.id)
    queries.recount(session, batch.project_id)


def withdraw_open(session: Session, project_id: uuid.UUID) -> None:
    """Withdraw the tasks of an ending project that nobody has begun."""
    queries.withdraw_open(session, project_id)
    queries.recount(session, project_id)
