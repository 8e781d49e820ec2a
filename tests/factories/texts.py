"""Search documents about anything, and what happens every night."""

from typing import Any

from sqlalchemy.orm import Session

from marketplace.kit.database import Sessions
from marketplace.matching import service
from marketplace.matching.models import DocumentKind
from marketplace.matching.policy import Text
from marketplace.matching.service import indexing
from marketplace.projects.models import Project


def make_text(session: Session, title: str, names: str = "", text: str = "", **other: Any) -> None:
    """A document that is searched as a specialty is; its key is its title."""
    indexing.put(session, Text(DocumentKind.SPECIALTY, title, title, names=names, text=text, **other))


def refit(sessions: Sessions) -> None:
    """Documents and board brought together, a model fitted, vectors written."""
    service.refit(sessions, {})


def index(session: Session, *projects: Project) -> None:
    """Jobs as they can be found by words once the worker has looked."""
    for project in projects:
        service.index_project(session, {"project_id": str(project.id)})
    session.flush()
