"""Taking a screening: its items one by one, in any order, saved as they are written."""

import uuid
from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.applications import policy as rules
from marketplace.applications import queries as screenings
from marketplace.applications import service as applications
from marketplace.applications.models import Screening, ScreeningItem, ScreeningState
from marketplace.kit import clock
from marketplace.kit.access import open_to
from marketplace.kit.filters import iso
from marketplace.kit.markdown import render_markdown
from marketplace.kit.web import db, found, read_body, see_other, wants_json
from workspace.screenings import policy, queries, service
from workspace.screenings.errors import TimeOver
from workspace.screenings.forms import PreviewBody, SaveBody, Sent, sent
from workspace.screenings.views.door import EXPERT, bp, me, mine, settled_first
from workspace.submissions.errors import StaleDraft
from workspace.task_types import registry
from workspace.task_types.base import Invalid

S = ScreeningState
UNREADABLE = "This item cannot be shown any more. It counts as met; go on with the others."


@bp.post("/<uuid:screening_id>/start")
@open_to(EXPERT)
def start(screening_id: uuid.UUID) -> ResponseReturnValue:
    """Let the clock run and open the first item."""
    service.start(db(), mine(screening_id), expert=me())
    return see_other("screenings.item", screening_id=screening_id, position=1)


@bp.post("/<uuid:screening_id>/decline")
@open_to(EXPERT)
def decline(screening_id: uuid.UUID) -> ResponseReturnValue:
    """Say no before it has begun."""
    applications.decline_screening(db(), mine(screening_id), expert=me())
    flash("Declined. You can apply again at any time.", "ok")
    return see_other("applications.index")


@bp.get("/<uuid:screening_id>/items/<int:position>")
@open_to(EXPERT)
def item(screening_id: uuid.UUID, position: int) -> ResponseReturnValue:
    """One item to answer."""
    screening = mine(screening_id)
    before = settled_first(screening, "screenings.show", screening_id=screening_id)
    if before is not None:
        return before
    if screening.state is not S.STARTED:
        return see_other("screenings.show", screening_id=screening_id)
    return _page(screening, _item(screening, position), {})


@bp.post("/<uuid:screening_id>/items/<int:position>/save")
@open_to(EXPERT)
def save(screening_id: uuid.UUID, position: int) -> ResponseReturnValue:
    """Keep what is written: 200 with its new version, 409 with a newer one, 410 when the time is over."""
    screening, body = mine(screening_id), read_body(SaveBody)
    one = _item(screening, position)
    answer = body.said(registry.get(one.task_type))
    try:
        kept = service.save(db(), screening, one.id, rev=body.rev, answer=answer, note=body.note)
    except StaleDraft as newer:
        return {"rev": newer.rev, "answer": newer.answer, "message": newer.message}, 409
    except TimeOver as over:
        return {"message": over.message, "next": url_for("screenings.show", screening_id=screening_id)}, 410
    lacking = policy.problems(one, kept.answer, screening.display_seed)
    return {"rev": kept.rev, "saved_at": iso(kept.saved_at), "problems": dict(lacking)}


@bp.post("/<uuid:screening_id>/items/<int:position>/answer")
@open_to(EXPERT)
def answer(screening_id: uuid.UUID, position: int) -> ResponseReturnValue:
    """Keep the answer and go on to the next item; what is missing is said, the text is kept all the same."""
    screening = mine(screening_id)
    one = _item(screening, position)
    given = sent(registry.get(one.task_type))
    if (lacking := _refused(screening, one, given)) is not None:
        return lacking
    try:
        service.save(db(), screening, one.id, rev=given.rev, answer=given.answer, note=given.note)
    except StaleDraft as newer:
        return _newer(newer, screening_id, position)
    except TimeOver as over:
        return _over(over, screening_id)
    return _kept(screening, one, given)


@bp.post("/<uuid:screening_id>/items/<int:position>/heartbeat")
@open_to(EXPERT)
def heartbeat(screening_id: uuid.UUID, position: int) -> ResponseReturnValue:
    """The end of the time limit by the server's clock."""
    screening = mine(screening_id)
    return {"expires_at": iso(rules.shown_limit(screening)), "paused_until": ""}


@bp.post("/<uuid:screening_id>/items/<int:position>/preview")
@open_to(EXPERT)
def preview(screening_id: uuid.UUID, position: int) -> ResponseReturnValue:
    """Written text as it will be shown."""
    mine(screening_id)
    return {"html": str(render_markdown(read_body(PreviewBody).text))}


@bp.post("/<uuid:screening_id>/submit")
@open_to(EXPERT)
def submit(screening_id: uuid.UUID) -> ResponseReturnValue:
    """Hand everything in, complete or not."""
    screening = mine(screening_id)
    if rules.is_due(screening, clock.database_now(db())):
        return see_other("screenings.show", screening_id=screening_id)
    done = service.submit(db(), screening)
    if done.state is S.GRADING:
        flash("Handed in. A reviewer grades the rest within five days; you are paid in any case.", "ok")
    return see_other("screenings.show", screening_id=screening_id)


def _item(screening: Screening, position: int) -> ScreeningItem:
    listed = screenings.items(db(), screening.version_id)
    return found(listed[position - 1] if 0 < position <= len(listed) else None)


def _page(screening: Screening, one: ScreeningItem, errors: dict[str, str]) -> ResponseReturnValue:
    kind = registry.get(one.task_type)
    payload = policy.blinded(one, screening.display_seed)
    answers = queries.answers_of(db(), screening.id)
    listed = screenings.items(db(), screening.version_id)
    position = next(number for number, each in enumerate(listed, 1) if each.id == one.id)
    if isinstance(payload, Invalid):
        flash(UNREADABLE, "warn")
        return see_other("screenings.show", screening_id=screening.id)
    kept = answers.get(one.id)
    page = render_template(
        "workspace/screenings/work.html",
        screening=screening,
        project=screening.project,
        kind=kind,
        screen=kind.screen(payload, kept.answer if kept else {}),
        kept=kept,
        errors=errors,
        position=position,
        steps=[
            (
                number,
                each.id in answers
                and policy.is_answered(each, answers[each.id].answer, screening.display_seed),
            )
            for number, each in enumerate(listed, 1)
        ],
        now=clock.database_now(db()),
        limit=rules.shown_limit(screening),
        draft_id=f"{screening.id}.{position}",
    )
    return (page, 422) if errors else page


def _refused(screening: Screening, one: ScreeningItem, given: Sent) -> ResponseReturnValue | None:
    """What a script is told of an incomplete answer; its text was saved before, and its version stays."""
    lacking = dict(policy.problems(one, given.answer, screening.display_seed))
    if not request.is_json or not lacking or not rules.takes_answers(screening, clock.database_now(db())):
        return None
    return {"errors": lacking, "warnings": {}}, 422


def _kept(screening: Screening, one: ScreeningItem, given: Sent) -> ResponseReturnValue:
    lacking = dict(policy.problems(one, given.answer, screening.display_seed))
    if lacking and "anyway" not in request.form:
        return _page(screening, one, lacking)
    listed = screenings.items(db(), screening.version_id)
    place = next(number for number, each in enumerate(listed, 1) if each.id == one.id)
    if place < len(listed):
        return _onwards("screenings.item", screening_id=screening.id, position=place + 1)
    return _onwards("screenings.show", screening_id=screening.id)


def _newer(newer: StaleDraft, screening_id: uuid.UUID, position: int) -> ResponseReturnValue:
    if request.is_json:
        return {"rev": newer.rev, "answer": newer.answer, "message": newer.message}, 409
    flash("A newer answer was saved in another tab. It is shown below.", "warn")
    return see_other("screenings.item", screening_id=screening_id, position=position)


def _over(over: TimeOver, screening_id: uuid.UUID) -> ResponseReturnValue:
    if request.is_json or wants_json():
        return {"message": over.message, "next": url_for("screenings.show", screening_id=screening_id)}, 410
    flash(over.message, "warn")
    return see_other("screenings.show", screening_id=screening_id)


def _onwards(endpoint: str, **values: Any) -> ResponseReturnValue:
    """The next page: followed by browsers, named for scripts."""
    if wants_json() or request.is_json:
        return {"next": url_for(endpoint, **values)}
    return see_other(endpoint, **values)
