"""A reviewer's doors: what waits, the screening in hand, its marks."""

import uuid
from typing import Any

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from marketplace.applications import queries as screenings
from marketplace.applications.models import Screening, ScreeningItem
from marketplace.kit import clock, ids
from marketplace.kit.access import open_to
from marketplace.kit.web import db, found, see_other
from marketplace.projects.policy import review_fee
from workspace.screenings import policy, queries, service
from workspace.screenings.forms import NoEffortForm, StepAsideForm, grades
from workspace.screenings.views.apart import apart
from workspace.screenings.views.door import REVIEWER, gradings, user
from workspace.task_types import registry
from workspace.task_types.base import Invalid


@gradings.get("")
@open_to(REVIEWER)
def index() -> ResponseReturnValue:
    """How many screenings wait, and what one graded."""
    now = clock.database_now(db())
    waiting, first_due = queries.waiting_for(db(), user().id, now)
    return render_template(
        "workspace/screenings/gradings.html",
        waiting=waiting,
        first_due=first_due,
        in_hand=queries.draw_of(db(), user().id, now),
        given=queries.given_by(db(), user().id, request.args.get("after")),
        today=queries.fees_today(db(), user().id, now),
    )


@gradings.post("/next")
@open_to(REVIEWER)
def next_one() -> ResponseReturnValue:
    """Open the next screening the system serves."""
    return _onwards()


@gradings.get("/<uuid:screening_id>")
@open_to(REVIEWER)
def show(screening_id: uuid.UUID) -> ResponseReturnValue:
    """The answers a key cannot mark, without a name, each beside its rubric."""
    return _page(_mine(screening_id), {}, NoEffortForm(formdata=None))


@gradings.post("/<uuid:screening_id>/grade")
@open_to(REVIEWER)
def grade(screening_id: uuid.UUID) -> ResponseReturnValue:
    """Mark every item; the screening is decided."""
    screening = _mine(screening_id)
    items = service.to_grade(db(), screening)
    marks = grades(items)
    if lacking := policy.grading_problems(marks, [item.id for item in items]):
        return _page(screening, lacking, NoEffortForm(formdata=None)), 422
    service.grade(db(), screening, reviewer=user(), marks=marks)
    flash("Graded. The candidate reads your sentences.", "ok")
    return _onwards()


@gradings.post("/<uuid:screening_id>/no-effort")
@open_to(REVIEWER)
def no_effort(screening_id: uuid.UUID) -> ResponseReturnValue:
    """Say that it is no work at all; a second reviewer has to agree."""
    screening, form = _mine(screening_id), NoEffortForm()
    if not form.validate_on_submit():
        return _page(screening, {}, form), 422
    refused = service.find_no_effort(db(), screening, reviewer=user(), note=str(form.note.data))
    flash("Refused: a second reviewer agreed." if refused else "Noted. A second reviewer looks at it.")
    return _onwards()


@gradings.post("/<uuid:screening_id>/step-aside")
@open_to(REVIEWER)
def step_aside(screening_id: uuid.UUID) -> ResponseReturnValue:
    """Give the screening back to the queue."""
    screening, form = _mine(screening_id), StepAsideForm()
    if not form.validate_on_submit():
        return _page(screening, {}, NoEffortForm(formdata=None), aside=form), 422
    service.step_aside(db(), screening, reviewer=user(), reason=form.reason.data)
    flash("It went back to the queue. Somebody else will grade it.")
    return see_other("gradings.index")


def _mine(screening_id: uuid.UUID) -> Screening:
    """What this visitor has in hand; 404 for anything else."""
    found(queries.has_draw(db(), user().id, screening_id) or None)
    return found(screenings.screening(db(), screening_id))


def _onwards() -> ResponseReturnValue:
    following = service.open_next(db(), reviewer=user())
    if following is None:
        flash("Nothing waits for you now. Screenings appear here as candidates hand them in.")
        return see_other("gradings.index")
    return see_other("gradings.show", screening_id=following)


def _page(
    screening: Screening,
    errors: dict[uuid.UUID, str],
    form: NoEffortForm,
    *,
    aside: StepAsideForm | None = None,
) -> str:
    answers, items = queries.answers_of(db(), screening.id), service.to_grade(db(), screening)
    all_of_them = screenings.items(db(), screening.version_id)
    numbers = {one.id: number for number, one in enumerate(all_of_them, 1)}
    hidden = ids.derived(screening.id, f"expert:{screening.user_id}")
    return render_template(
        "workspace/screenings/grade.html",
        screening=screening,
        pseudonym=ids.code("X", hidden).partition("-")[2][:4],
        items=[_shown(screening, numbers[item.id], item, answers[item.id].answer) for item in items],
        kinds=sorted({item.task_type for item in items}),
        errors=errors,
        given=request.form,
        fee_minor=review_fee(screening.pay_minor),
        form=form,
        aside=aside or StepAsideForm(formdata=None),
        apart=apart,
    )


def _shown(screening: Screening, number: int, item: ScreeningItem, raw: Any) -> dict[str, Any]:
    kind, payload = registry.get(item.task_type), policy.blinded(item, screening.display_seed)
    screen = None if isinstance(payload, Invalid) else kind.screen(payload, raw)
    return {"id": item.id, "kind": kind, "screen": screen, "rubric": item.rubric, "position": number}
