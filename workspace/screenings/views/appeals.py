"""Where staff decide appeals against refused screenings."""

import uuid
from typing import Any

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from marketplace.applications import queries as screenings
from marketplace.applications.models import Screening, ScreeningItem
from marketplace.kit import clock
from marketplace.kit.access import open_to
from marketplace.kit.web import db, found, see_other
from workspace.screenings import policy, queries, service
from workspace.screenings.forms import DecideForm
from workspace.screenings.models import AppealState, ScreeningAppeal
from workspace.screenings.views.apart import apart
from workspace.screenings.views.door import OPS, staff, user
from workspace.task_types import registry
from workspace.task_types.base import Invalid


@staff.get("/appeals")
@open_to(OPS)
def appeals() -> ResponseReturnValue:
    """Open appeals this person had no part in, the oldest first."""
    page = queries.open_appeals(db(), user().id, clock.database_now(db()), mark=request.args.get("after"))
    return render_template("workspace/screenings/appeals.html", page=page)


@staff.get("/appeals/<uuid:appeal_id>")
@open_to(OPS)
def appeal(appeal_id: uuid.UUID) -> ResponseReturnValue:
    """The statement beside what two reviewers found and the answers themselves."""
    return _page(_may_decide(appeal_id), DecideForm(formdata=None))


@staff.post("/appeals/<uuid:appeal_id>")
@open_to(OPS)
def decide(appeal_id: uuid.UUID) -> ResponseReturnValue:
    """Decide it."""
    opened, form = _may_decide(appeal_id), DecideForm()
    if not form.validate_on_submit():
        return _page(opened, form), 422
    service.decide_appeal(db(), opened, by=user(), won=form.won.data == "yes", reasons=str(form.reasons.data))
    flash("Decided. The expert is told.", "ok")
    return see_other("screening_staff.appeals")


def _may_decide(appeal_id: uuid.UUID) -> ScreeningAppeal:
    return found(queries.appeal_for(db(), user().id, appeal_id, clock.database_now(db())))


def _page(opened: ScreeningAppeal, form: DecideForm) -> str:
    screening = opened.screening
    answers = queries.answers_of(db(), screening.id)
    items = screenings.items(db(), screening.version_id)
    return render_template(
        "workspace/screenings/appeal.html",
        appeal=opened,
        screening=screening,
        gradings=queries.gradings_of(db(), screening.id),
        items=[
            _shown(screening, number, item, answers[item.id].answer if item.id in answers else {})
            for number, item in enumerate(items, 1)
        ],
        kinds=sorted({item.task_type for item in items}),
        is_open=opened.state is AppealState.OPEN,
        form=form,
        apart=apart,
    )


def _shown(screening: Screening, number: int, item: ScreeningItem, raw: Any) -> dict[str, Any]:
    kind, payload = registry.get(item.task_type), policy.blinded(item, screening.display_seed)
    screen = None if isinstance(payload, Invalid) else kind.screen(payload, raw)
    return {"kind": kind, "screen": screen, "position": number, "rubric": item.rubric}
