"""Practice for everybody: the list, one task, and what is right about an answer to it; nothing is kept."""

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.settings import Settings
from marketplace.kit.access import anyone, open_to
from marketplace.kit.web import found, wired
from workspace.practice import policy, service
from workspace.practice.models import Item
from workspace.task_types.base import Invalid, Json

bp = Blueprint("practice", __name__, url_prefix="/learn/practice")
FRAME = {"csrf_token"}


@bp.get("")
@open_to(anyone)
def index() -> ResponseReturnValue:
    """All tasks, by type."""
    return render_template(
        "workspace/practice/index.html", kinds=service.by_kind(), canonical=_canonical("practice.index")
    )


@bp.get("/<slug>")
@open_to(anyone)
def show(slug: str) -> ResponseReturnValue:
    """One task to try."""
    return _page(found(service.item(slug)), {})


@bp.post("/<slug>")
@open_to(anyone)
def check(slug: str) -> ResponseReturnValue:
    """What is right about an answer, question by question; 422 with the places when it is not complete."""
    item = found(service.item(slug))
    raw = item.kind.from_form({name: texts for name, texts in request.form.lists() if name not in FRAME})
    read = item.kind.read_answer(item.payload, raw)
    if isinstance(read, Invalid):
        return _page(item, raw, errors=read.errors), 422
    warnings = [item.kind.warnings[code] for code in read.warnings]
    return _page(item, raw, findings=policy.judge(item, read.answer), warnings=warnings)


def _page(item: Item, raw: Json, **more: Any) -> str:
    values = {"errors": {}, "findings": [], "warnings": [], **more}
    return render_template(
        "workspace/practice/show.html",
        item=item,
        kind=item.kind,
        screen=item.kind.screen(item.payload, raw),
        good=item.kind.screen(item.payload, item.answer),
        after=service.after(item),
        canonical=_canonical("practice.show", slug=item.slug),
        **values,
    )


def _canonical(endpoint: str, **values: Any) -> str:
    return wired(Settings).public_url.rstrip("/") + url_for(endpoint, **values)
