"""Every SELECT about the models that experts talk to."""

import uuid
from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload

from marketplace.projects.models import ModelEndpoint


def model_endpoint(session: Session, project_id: uuid.UUID, *, locked: bool = False) -> ModelEndpoint | None:
    """The model of a project, if it has one; `locked` until the transaction ends, and read anew."""
    statement = select(ModelEndpoint).where(ModelEndpoint.project_id == project_id)
    if locked:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return session.scalar(statement)


def model_endpoint_shown(session: Session, project_id: uuid.UUID) -> ModelEndpoint | None:
    """The same with whoever changed it last."""
    return session.scalar(
        select(ModelEndpoint)
        .where(ModelEndpoint.project_id == project_id)
        .options(joinedload(ModelEndpoint.updated_by))
    )


def sealed_endpoints(session: Session) -> Sequence[ModelEndpoint]:
    """Every model with a key, for sealing them anew."""
    return session.scalars(
        select(ModelEndpoint)
        .where(ModelEndpoint.sealed_key != "")
        .order_by(ModelEndpoint.id)
        .with_for_update()
    ).all()


def remove_endpoint(session: Session, endpoint_id: uuid.UUID) -> None:
    """Forget the model and its key."""
    session.execute(delete(ModelEndpoint).where(ModelEndpoint.id == endpoint_id))
