"""The blueprint of reviewing, and where a reviewer goes next."""

import uuid
from typing import Any

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from marketplace.care import service as care
from marketplace.identity.models import SignIn, User
from marketplace.identity.service import Visitor
from marketplace.kit.access import role
from marketplace.kit.web import db, found, here, see_other
from marketplace.projects.models import Project
from marketplace.projects.policy import REPORTABLE
from workspace.reviews import queries, service
from workspace.reviews.forms import picks
from workspace.reviews.models import Review

bp = Blueprint("reviews", __name__, url_prefix="/reviews")
appeals = Blueprint("appeals", __name__, url_prefix="/submissions")
desk = Blueprint("appeal_desk", __name__, url_prefix="/reviews/appeals")
staff = Blueprint("overturns", __name__, url_prefix="/staff/rejections")
gifts = Blueprint("gifts", __name__, url_prefix="/company/projects/<uuid:project_id>/bonuses/give")
REVIEWER, OPS = role("reviewer"), role("ops", "admin")


def me() -> User:
    """Whoever is signed in; the access rule has seen to it that somebody is."""
    visitor: Visitor = g.visitor
    return found(visitor.user)


def signed_in() -> SignIn:
    """The visitor's browser, whose password was given some time."""
    visitor: Visitor = g.visitor
    return found(visitor.sign_in)


def mine(review_id: uuid.UUID) -> Review:
    """A review of this visitor; 404 for anybody else's."""
    return found(queries.for_reviewer(db(), me().id, review_id))


def onwards() -> ResponseReturnValue | None:
    """To the review in hand or the next one that is served; None: queue clear."""
    drawn_from = picks()
    following = service.open_next(db(), reviewer=me(), projects=drawn_from)
    if following is None:
        return None
    return see_other("reviews.show", review_id=following.id, project=drawn_from)


def cover(project: Project, **ways: Any) -> ResponseReturnValue | None:
    """What stands in front of sensitive content until it is opened, or for good without consent; None: open.

    `ways` are what the page offers beside it: the addresses `skip`, `aside` and `report`, and its `title`.
    """
    found_cover = care.cover(db(), me().id, project.classes, opened=bool(request.args.get("show")))
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
