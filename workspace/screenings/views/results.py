"""The page of a screening: its offer, how far one is, what became of it, and the appeal."""

import uuid
from dataclasses import dataclass
from typing import Any

from flask import flash, render_template
from flask.typing import ResponseReturnValue

from config.policy import WORK
from marketplace.applications import policy as rules
from marketplace.applications import queries as screenings
from marketplace.applications.models import Screening, ScreeningItem, ScreeningState
from marketplace.kit import clock
from marketplace.kit.access import open_to
from marketplace.kit.web import db, see_other
from marketplace.reputation import queries as reputation
from workspace.screenings import policy, queries, service
from workspace.screenings.forms import AppealForm
from workspace.screenings.models import ScreeningMark
from workspace.screenings.views.apart import apart
from workspace.screenings.views.door import EXPERT, bp, mine, settled_first, user
from workspace.task_types import registry
from workspace.task_types.base import Invalid, TaskType

S = ScreeningState
DECIDED = {S.PASSED, S.FAILED, S.UNPAID, S.REFUSED}


@dataclass(frozen=True, slots=True)
class Line:
    """One item as its candidate sees it; mark and explanation only once the screening is decided."""

    position: int
    kind: TaskType[Any, Any]
    summary: str
    is_answered: bool
    is_keyed: bool
    screen: Any = None
    mark: ScreeningMark | None = None
    explanation: str = ""
    rubric: str = ""


@bp.get("/<uuid:screening_id>")
@open_to(EXPERT)
def show(screening_id: uuid.UUID) -> ResponseReturnValue:
    """One screening, whatever its state."""
    screening = mine(screening_id)
    before = settled_first(screening, "screenings.show", screening_id=screening_id)
    return before or _page(screening, AppealForm(formdata=None))


@bp.post("/<uuid:screening_id>/appeal")
@open_to(EXPERT)
def appeal(screening_id: uuid.UUID) -> ResponseReturnValue:
    """Ask somebody else to look at a refusal."""
    screening, form = mine(screening_id), AppealForm()
    if not form.validate_on_submit():
        return _page(screening, form), 422
    service.appeal(db(), screening, user=user(), statement=str(form.statement.data))
    flash(f"Your appeal is open. It is decided within {WORK.screening_decide_days} days, or for you.", "ok")
    return see_other("screenings.show", screening_id=screening_id)


@bp.post("/<uuid:screening_id>/appeal/withdraw")
@open_to(EXPERT)
def withdraw_appeal(screening_id: uuid.UUID) -> ResponseReturnValue:
    """Take an appeal back."""
    service.withdraw_appeal(db(), mine(screening_id), user=user())
    flash("Withdrawn. The refusal stands.")
    return see_other("screenings.show", screening_id=screening_id)


def _page(screening: Screening, form: AppealForm) -> str:
    items = screenings.items(db(), screening.version_id)
    decided = screening.state in DECIDED
    now = clock.database_now(db())
    return render_template(
        "workspace/screenings/show.html",
        screening=screening,
        project=screening.project,
        version=screening.version,
        lines=_lines(screening, items, decided=decided),
        counts=_counts(items),
        needed=rules.needed(len(items), screening.version.pass_mark_bps),
        words=rules.STATE_WORDS,
        limit=rules.shown_limit(screening),
        now=now,
        appeal=queries.appeal_of(db(), screening.id),
        gradings=queries.gradings_of(db(), screening.id) if screening.state in {S.REFUSED, S.UNPAID} else [],
        certificate=screenings.certificate_for(db(), screening.id),
        last=reputation.last_score(db(), screening.user_id, screening.version.plan_id) if decided else None,
        rules=WORK,
        form=form,
        apart=apart,
        kinds=sorted({item.task_type for item in items}),
    )


def _counts(items: Any) -> list[tuple[str, int]]:
    """How many items of each kind of work."""
    titles = [registry.get(item.task_type).title for item in items]
    return [(title, titles.count(title)) for title in dict.fromkeys(titles)]


def _lines(screening: Screening, items: Any, *, decided: bool) -> list[Line]:
    answers = queries.answers_of(db(), screening.id)
    marks = queries.marks_of(db(), screening.id) if decided else {}
    return [
        _line(
            screening,
            item,
            number,
            answers[item.id].answer if item.id in answers else {},
            marks.get(item.id),
            decided,
        )
        for number, item in enumerate(items, 1)
    ]


def _line(  # noqa: PLR0917 - one row
    screening: Screening,
    item: ScreeningItem,
    number: int,
    raw: Any,
    mark: ScreeningMark | None,
    decided: bool,  # noqa: FBT001
) -> Line:
    kind, payload = registry.get(item.task_type), policy.blinded(item, screening.display_seed)
    readable = not isinstance(payload, Invalid)
    return Line(
        position=number,
        kind=kind,
        summary=kind.summary(payload) if readable else "This item cannot be read any more",
        is_answered=policy.is_answered(item, raw, screening.display_seed),
        is_keyed=item.is_keyed,
        screen=kind.screen(payload, raw) if readable and decided else None,
        mark=mark,
        explanation=item.explanation if decided else "",
        rubric=item.rubric if decided else "",
    )
