"""A person's own doors: what they agree to see, and the pause."""

from flask import Blueprint, flash, g, render_template
from flask.typing import ResponseReturnValue

from config.content import SUPPORT, TEXT_VERSION
from config.policy import WORK
from marketplace.care import policy, queries, service
from marketplace.care.forms import ContentForm
from marketplace.kit import clock
from marketplace.kit.access import open_to, signed_in
from marketplace.kit.web import db, see_other

bp = Blueprint("care", __name__)


@bp.get("/settings/content")
@open_to(signed_in)
def content() -> ResponseReturnValue:
    """The classes, each with what it means."""
    return _page(ContentForm.of(queries.opted_in(db(), g.visitor.user.id)))


@bp.post("/settings/content")
@open_to(signed_in)
def choose_content() -> ResponseReturnValue:
    """Agree to exactly what is ticked; everything else is taken back at once."""
    form = ContentForm()
    if not form.validate_on_submit():
        return _page(form), 422
    service.choose(db(), g.visitor.user, form.classes.data or [])
    flash("Saved. It holds from now on.", "ok")
    return see_other("care.content")


@bp.get("/pause")
@open_to(signed_in)
def pause() -> ResponseReturnValue:
    """When work on sensitive content goes on, and what is kept until then."""
    state = service.standing(db(), g.visitor.user.id)
    return render_template(
        "marketplace/care/pause.html",
        state=state,
        sentence=policy.sentence(state) if state.until else "",
        now=clock.database_now(db()),
        work=WORK,
        support=SUPPORT,
    )


def _page(form: ContentForm) -> str:
    return render_template(
        "marketplace/care/content.html", form=form, text_version=TEXT_VERSION, work=WORK, support=SUPPORT
    )
