"""What the doors of an expert's money share."""

from flask import Blueprint

from marketplace.kit.access import role

bp = Blueprint("payouts", __name__, url_prefix="/earnings")
PAID = role("expert", "reviewer")
