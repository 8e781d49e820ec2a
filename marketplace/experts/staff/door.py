"""The door of the desk where staff check credentials."""

from typing import Any

from flask import Blueprint

from config.countries import COUNTRIES
from config.fields import SPECIALTIES

bp = Blueprint("credential_checks", __name__, url_prefix="/staff/credentials")


@bp.context_processor
def _names() -> dict[str, Any]:
    return {"specialties": SPECIALTIES, "countries": COUNTRIES}
