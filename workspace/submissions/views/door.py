"""The blueprint of an expert's work, and what has to happen before anybody looks at it."""

import uuid
from functools import partial
from typing import Any

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from marketplace.care import policy as care_policy
from marketplace.care import queries as care_queries
from marketplace.care import service as care
from marketplace.identity.models import User
from marketplace.identity.service import Visitor
from marketplace.kit import clock
from marketplace.kit.access import role
from marketplace.kit.web import db, found, here, settled
from marketplace.projects.models import Project
from marketplace.projects.policy import REPORTABLE
from workspace.queue import queries as assignments
from workspace.queue.models import Assignment
from workspace.submissions import service

bp = Blueprint("submissions", __name__)
EXPERT = role("expert")


def user() -> User:
    """Whoever is signed in; the access rule has seen to it that somebody is."""
    visitor: Visitor = g.visitor
    return found(visitor.user)


def mine(assignment_id: uuid.UUID) -> Assignment:
    """The visitor's own assignment; 404 for anybody else's."""
    return found(assignments.assignment_of(db(), user().id, assignment_id))


def closed_to(project: Project) -> str:
    """Why the visitor may not see what this project shows; empty when they agreed to all of it."""
    return care_policy.closed(project.classes, care_queries.opted_in(db(), user().id))


def cover(project: Project, **ways: Any) -> ResponseReturnValue | None:
    """What stands in front of sensitive content until it is opened, or for good without consent; None: open.

    `ways` are what the page offers beside it: the addresses `skip`, `aside` and `report`, and its `title`.
    """
    found_cover = care.cover(db(), user().id, project.classes, opened=bool(request.args.get("show")))
    if found_cover is None:
        return None
    page = render_template(
        "workspace/queue/cover.html",
        project=project,
        cover=found_cover,
        opens=here(show=1),
        reportable=REPORTABLE,
        **ways,
    )
    return page, 403 if found_cover.closed else 200


def settled_first(endpoint: str, **values: uuid.UUID) -> ResponseReturnValue | None:
    """When a deadline of this person has passed, do what it says and load the page again; None: none has."""
    user_id = user().id
    if not assignments.overdue_of(db(), user_id, clock.database_now(db())):
        return None
    return settled(partial(service.settle_all, user_id=user_id), endpoint, **values)
