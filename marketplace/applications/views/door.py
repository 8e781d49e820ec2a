"""The two blueprints of this room, and who the visitor is as an expert."""

import uuid

from flask import Blueprint, g

from marketplace.applications import queries
from marketplace.applications.models import Application
from marketplace.care import queries as care
from marketplace.care.policy import lacking
from marketplace.experts import queries as experts
from marketplace.experts.models import Expert
from marketplace.identity.models import User
from marketplace.kit.web import db, found
from marketplace.projects.models import Project

jobs = Blueprint("jobs", __name__)
certificates = Blueprint("certificates", __name__, url_prefix="/certificates")
bp = Blueprint("applications", __name__, url_prefix="/applications")


def user() -> User:
    """Whoever is signed in; the access rule has seen to it that somebody is."""
    someone: User | None = g.visitor.user
    return found(someone)


def visiting_expert() -> Expert | None:
    """The visitor's profile as an expert; None for everybody else, and before the profile is begun."""
    if g.visitor.user is None or "expert" not in g.visitor.roles:
        return None
    return experts.for_user(db(), g.visitor.user.id)


def sees(project: Project) -> bool:
    """Words about single tasks of sensitive projects are for people who agreed to see such content."""
    someone: User | None = g.visitor.user
    agreed = care.opted_in(db(), someone.id) if someone is not None else frozenset[str]()
    return not lacking(project.classes, agreed)


def own(application_id: uuid.UUID) -> tuple[Expert, Application]:
    """The visitor's own application, or NotFound (404)."""
    expert = found(visiting_expert())
    return expert, found(queries.for_expert(db(), expert.id, application_id))
