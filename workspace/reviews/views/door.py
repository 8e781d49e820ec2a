"""The blueprint of reviewing, and where a reviewer goes next."""

import uuid

from flask import Blueprint, g
from flask.typing import ResponseReturnValue

from marketplace.identity.models import User
from marketplace.identity.service import Visitor
from marketplace.kit.access import role
from marketplace.kit.web import db, found, see_other
from workspace.reviews import queries, service
from workspace.reviews.forms import picks
from workspace.reviews.models import Review

bp = Blueprint("reviews", __name__, url_prefix="/reviews")
REVIEWER = role("reviewer")


def me() -> User:
    """Whoever is signed in; the access rule has seen to it that somebody is."""
    visitor: Visitor = g.visitor
    return found(visitor.user)


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
