"""Two questions a supervisor asks: does the process answer, and can it work."""

import sqlalchemy as sa
from flask import Flask, jsonify
from flask.typing import ResponseReturnValue

from marketplace.kit.access import anyone, open_to
from marketplace.kit.web import db

_MIGRATED = sa.table("alembic_version", sa.column("version_num"))


def install(app: Flask) -> None:
    """Answer `/healthz` (this process) and `/readyz` (its database, migrated)."""
    app.add_url_rule("/healthz", "healthz", _healthz)
    app.add_url_rule("/readyz", "readyz", _readyz)


@open_to(anyone)
def _healthz() -> ResponseReturnValue:
    """The process answers."""
    return jsonify(status="ok")


@open_to(anyone)
def _readyz() -> ResponseReturnValue:
    """The database answers and has been migrated; 500 otherwise, which says `not ready` to a supervisor."""
    revision = db().scalars(_MIGRATED.select()).one()
    return jsonify(status="ok", revision=revision)
