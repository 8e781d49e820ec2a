"""Built files: names with a hash in them, kept by browsers for a year."""

import json
from functools import cache
from pathlib import Path

from flask import Flask, Response, send_from_directory

from marketplace.kit.access import anyone, open_to

ROOT = Path(__file__).parents[2] / "static"
YEAR_SECONDS = 365 * 86400


@cache
def _manifest() -> dict[str, str]:
    path = ROOT / "manifest.json"
    return dict(json.loads(path.read_text())) if path.exists() else {}


def static_url(name: str) -> str:
    """The address of a built file by its plain name, such as `app.css`."""
    return f"/static/{_manifest().get(name, name)}"


def built(name: str) -> Path | None:
    """Where a built file lies on this disk; None when the front end is not built."""
    path = ROOT / _manifest().get(name, name)
    return path if path.is_file() else None


def install(app: Flask) -> None:
    """Serve `/static/...` and give templates `static_url`."""
    app.jinja_env.globals["static_url"] = static_url
    app.add_url_rule("/static/<path:filename>", "static", _file)
    app.add_url_rule("/favicon.ico", "favicon", _favicon)


@open_to(anyone)
def _file(filename: str) -> Response:
    """One built file."""
    return send_from_directory(ROOT, filename, max_age=YEAR_SECONDS)


@open_to(anyone)
def _favicon() -> Response:
    """Browsers ask for this name whatever the page links to."""
    return send_from_directory(ROOT, _manifest().get("favicon.svg", "favicon.svg"), max_age=YEAR_SECONDS)
