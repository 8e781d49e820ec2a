"""What everybody may read: the guides, one guide, the glossary."""

from itertools import groupby
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.settings import Settings
from marketplace.kit.access import anyone, open_to
from marketplace.kit.web import found, wired
from marketplace.learn import service

bp = Blueprint("learn", __name__)
LONGEST = 100


@bp.get("/guides")
@open_to(anyone)
def guides() -> ResponseReturnValue:
    """All guides by section; with `q`, what guides and glossary say about it."""
    asked = request.args.get("q", "").strip()[:LONGEST]
    library = service.library()
    sections = [(name, list(rows)) for name, rows in groupby(library.guides, lambda one: one.front.section)]
    return render_template(
        "marketplace/learn/guides.html",
        canonical=_canonical("learn.guides"),
        asked=asked,
        hits=service.search(asked),
        sections=sections,
        glossary=library.glossary,
    )


@bp.get("/guides/<slug>")
@open_to(anyone)
def guide(slug: str) -> ResponseReturnValue:
    """One guide, with what stands before and after it."""
    one = found(service.guide(slug))
    before, after = service.beside(one)
    return render_template(
        "marketplace/learn/guide.html",
        canonical=_canonical("learn.guide", slug=slug),
        guide=one,
        before=before,
        after=after,
    )


@bp.get("/glossary")
@open_to(anyone)
def glossary() -> ResponseReturnValue:
    """Every term with an anchor of its own, by first letter."""
    shown = service.library().glossary
    letters = [
        (letter, list(rows)) for letter, rows in groupby(shown.terms, lambda term: term.title[0].upper())
    ]
    return render_template(
        "marketplace/learn/glossary.html",
        canonical=_canonical("learn.glossary"),
        glossary=shown,
        letters=letters,
    )


def _canonical(endpoint: str, **values: Any) -> str:
    return wired(Settings).public_url.rstrip("/") + url_for(endpoint, **values)
