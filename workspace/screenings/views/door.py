"""The blueprints of this room, who asks, and the deadline that has to be settled before anybody looks."""

import uuid
from functools import partial

from flask import Blueprint, g
from flask.typing import ResponseReturnValue

from marketplace.applications import policy as rules
from marketplace.applications import queries as screenings
from marketplace.applications.models import Screening
from marketplace.experts import queries as experts
from marketplace.experts.models import Expert
from marketplace.identity.models import User
from marketplace.identity.service import Visitor
from marketplace.kit import clock
from marketplace.kit.access import role
from marketplace.kit.web import db, found, settled
from workspace.screenings import service

bp = Blueprint("screenings", __name__, url_prefix="/screenings")
gradings = Blueprint("gradings", __name__, url_prefix="/gradings")
plans_bp = Blueprint("screening_plans", __name__)
staff = Blueprint("screening_staff", __name__, url_prefix="/staff/screenings")
WRITERS = role("admin", "member", "ops")
EXPERT, REVIEWER, MEMBER, OPS = role("expert"), role("reviewer"), role("member"), role("ops", "admin")


def user() -> User:
    """Whoever is signed in; the access rule has seen to it that somebody is."""
    visitor: Visitor = g.visitor
    return found(visitor.user)


def me() -> Expert:
    """The visitor as an expert."""
    return found(experts.for_user(db(), user().id))


def mine(screening_id: uuid.UUID) -> Screening:
    """The visitor's own screening; 404 for anybody else's."""
    return found(screenings.screening_of(db(), user().id, screening_id))


def settled_first(screening: Screening, endpoint: str, **values: object) -> ResponseReturnValue | None:
    """When its deadline has passed, do what it says and load the page again; None: it has not."""
    if not rules.is_due(screening, clock.database_now(db())):
        return None
    return settled(partial(service.settle, screening_id=screening.id), endpoint, **values)
