"""The door of the room, and who stands in it."""

from typing import Any

from flask import Blueprint, g, request

from config.countries import COUNTRIES
from config.fields import SPECIALTIES
from config.policy import PEOPLE
from marketplace.experts import queries, service
from marketplace.experts.models import Expert
from marketplace.kit.web import db

bp = Blueprint("experts", __name__, url_prefix="/profile")
FORM_BYTES = 2**20  # what the fields around the files may take
UPLOADS = frozenset(
    {
        "experts.add_credential",
        "experts.change_credential",
        "experts.add_files",
        "experts.answer_question",
    }
)


@bp.url_value_preprocessor
def _allow_files(endpoint: str | None, values: dict[str, Any] | None) -> None:
    if endpoint in UPLOADS:
        request.max_content_length = PEOPLE.evidence_form_bytes + FORM_BYTES


@bp.context_processor
def _names() -> dict[str, Any]:
    return {"specialties": SPECIALTIES, "countries": COUNTRIES}


def known_expert() -> Expert | None:
    """The visitor's profile, when it has been begun."""
    return queries.for_user(db(), g.visitor.user.id)


def expert() -> Expert:
    """The visitor's profile, begun now if need be; for POSTs."""
    return known_expert() or service.become_expert(db(), g.visitor.user)
