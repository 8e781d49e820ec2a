"""The blueprint of a company's projects, and who may come in."""

import uuid
from collections.abc import Callable

from flask import Blueprint, current_app, g

from marketplace.companies.models import Member
from marketplace.identity.models import User
from marketplace.kit.web import db, found
from marketplace.projects import queries
from marketplace.projects.errors import NotYours
from marketplace.projects.models import Project
from marketplace.projects.policy import WorkFacts

bp = Blueprint("projects", __name__, url_prefix="/company/projects")
MAY_NOT = "Your role in the company does not allow this. Ask an owner."


def user() -> User:
    """Whoever is signed in; the access rule has seen to it that somebody is."""
    someone: User | None = g.visitor.user
    return found(someone)


def mine(project_id: uuid.UUID, may: Callable[[Member], bool] | None = None) -> tuple[Project, Member]:
    """The project and the visitor's membership; 404 for others, 403 when `may` says no."""
    member = found(queries.member_for(db(), user().id, project_id))
    if may is not None and not may(member):
        raise NotYours(MAY_NOT)
    return found(queries.project(db(), project_id)), member


def has_tasks(project: Project) -> bool:
    """Whether the workspace has something to work on."""
    facts: WorkFacts | None = current_app.extensions["assay"].get(WorkFacts)
    return facts is not None and facts.has_tasks(db(), project.id)
