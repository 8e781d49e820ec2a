"""Experts who may work on a project."""

from typing import TypeVar

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from marketplace.applications import service
from marketplace.applications.models import Application, Engagement
from marketplace.experts.models import Expert
from marketplace.projects import queries as projects
from marketplace.projects.models import Project
from tests.factories.experts import make_expert
from tests.factories.projects import make_project

T = TypeVar("T")


def make_offer(
    session: Session, *, expert: Expert | None = None, project: Project | None = None
) -> Application:
    """An application the rules passed: an offer to accept."""
    expert, project = expert or make_expert(session), project or make_project(session)
    application = service.apply(session, expert=expert, project=project)
    session.flush()  # requests of the test client look it up
    return _loaded(application, expert=expert, project=project)


def make_engagement(
    session: Session, *, expert: Expert | None = None, project: Project | None = None
) -> Engagement:
    """An expert who accepted an offer and acknowledged the current guideline; expert and project loaded."""
    expert, project = expert or make_expert(session), project or make_project(session)
    application = make_offer(session, expert=expert, project=project)
    version = projects.current_guideline(session, project.id)
    assert version is not None, "the project has no published guideline"
    assert application.offer_ends_at is not None, f"not offered: {application.rules}"
    engagement = service.accept(
        session, application, expert=expert, version_id=version.id, signature="Ada Example"
    )
    session.flush()  # requests of the test client look it up
    return _loaded(engagement, expert=expert, project=project, acknowledged=version)


def _loaded(row: T, **related: object) -> T:
    """The row as a query that loads these relationships would return it."""
    for name, thing in related.items():
        set_committed_value(row, name, thing)
    return row
