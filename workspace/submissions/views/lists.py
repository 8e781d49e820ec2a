"""My work: what is reserved, to be changed, in review, done; and one submission with its verdict."""

import uuid
from collections.abc import Collection, Sequence

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.policy import WORK
from marketplace.kit import clock
from marketplace.kit.access import open_to
from marketplace.kit.web import db, found
from marketplace.payouts import queries as payouts
from marketplace.projects import queries as projects
from workspace.queue import policy as queue_policy
from workspace.queue import queries as assignments
from workspace.queue import service as queue
from workspace.submissions import policy, queries, service
from workspace.submissions.models import Submission, SubmissionRevision, SubmissionState
from workspace.submissions.views.door import EXPERT, bp, cover, settled_first, user
from workspace.task_types import registry
from workspace.task_types.base import Invalid

TABS = {
    "reserved": "Reserved",
    "changes": "Changes asked",
    "review": "In review",
    "done": "Done",
    "stopped": "Stopped or withdrawn",
}
STATES = {
    "changes": frozenset({SubmissionState.CHANGES_REQUESTED}),
    "review": policy.IN_REVIEW,
    "done": policy.DECIDED,
}
# whether a reviewer has opened it is nothing an expert chooses by: both are "In review"
WAITING = frozenset({SubmissionState.SUBMITTED, SubmissionState.IN_REVIEW})


@bp.get("/tasks")
@open_to(EXPERT)
def mine() -> ResponseReturnValue:
    """Everything this expert works on or has handed in, one tab at a time."""
    overdue = settled_first("submissions.mine")
    if overdue is not None:
        return overdue
    tab = request.args.get("tab", "")
    tab = tab if tab in TABS else _first()
    return render_template(
        "workspace/submissions/mine.html",
        tab=tab,
        title=TABS[tab],
        tab_items=_tabs(tab),
        changes_hours=WORK.changes_due_hours,
        **_rows(tab),
    )


@bp.get("/submissions/<uuid:submission_id>")
@open_to(EXPERT)
def show(submission_id: uuid.UUID) -> ResponseReturnValue:
    """One's own answer, what was decided about it and what that does to the pay."""
    submission = found(queries.submission_of(db(), user().id, submission_id))
    assignment = submission.assignment
    covered = cover(assignment.project, title="Your answer")
    if covered is not None:
        return covered
    return render_template(
        "workspace/submissions/show.html",
        submission=submission,
        assignment=assignment,
        project=assignment.project,
        clauses=projects.clauses(db(), assignment.guideline_id),
        history=service.history(db(), assignment, submission),
        money=service.money(db(), assignment),
        earning=payouts.earned_for(db(), user().id, "submission", [submission.id]).get(submission.id),
        wants_changes=submission.state is SubmissionState.CHANGES_REQUESTED,
        **_times(submission),
        **_answer(submission),
    )


def _times(submission: Submission) -> dict[str, object]:
    """What depends on the moment the page is read."""
    now = clock.database_now(db())
    return {
        "now": now,
        "may_take_back": policy.may_take_back(submission, submission.assignment, now),
        "appeal_decide_days": WORK.appeal_decide_days,
    }


def _answer(submission: Submission) -> dict[str, object]:
    """The answer as its type draws it: as it stands, or as it was in the round that the address names."""
    task, seed = submission.assignment.task, submission.assignment.display_seed
    kind, payload = registry.get(task.task_type), policy.blinded(task, seed)
    rounds = queries.rounds_of(db(), submission.id)
    earlier = _round_shown(rounds)
    answer = earlier.answer if earlier else submission.answer
    return {
        "kind": kind,
        "screen": None if isinstance(payload, Invalid) else kind.screen(payload, answer),
        "rounds": rounds,
        "earlier": earlier,
    }


def _first() -> str:
    """Where somebody looks first: what they have in hand, else what they are to change."""
    has_live = bool(assignments.live_of(db(), user().id))
    due = queries.count_in(db(), user().id, STATES["changes"])
    return "changes" if due and not has_live else "reserved"


def _tabs(chosen: str) -> list[tuple[str, str, bool, int | None]]:
    """Work by where it stands; what one applied for has pages of its own."""
    found = [
        (
            title,
            url_for("submissions.mine", tab=tab),
            tab == chosen,
            queries.count_in(db(), user().id, STATES[tab]) if tab in {"changes", "review"} else None,
        )
        for tab, title in TABS.items()
    ]
    return [*found, ("Applied", url_for("applications.index"), False, None)]


def _rows(tab: str) -> dict[str, object]:
    if tab == "reserved":
        return _reserved()
    return _stopped() if tab == "stopped" else _handed_in(tab)


def _reserved() -> dict[str, object]:
    now = clock.database_now(db())
    return {
        "live": assignments.live_of(db(), user().id),
        "kept": queries.out_of_time(db(), user().id, since=now - policy.DRAFT_KEPT),
        "deadline": queue_policy.shown_deadline,
        "line": queue.line,
    }


def _handed_in(tab: str) -> dict[str, object]:
    state, project_id = _state(tab), _project_id()
    states = STATES[tab] if state is None else (WAITING if state in WAITING else {state})
    now = clock.database_now(db())
    page = queries.of_user(db(), user().id, states, mark=request.args.get("after"), project_id=project_id)
    shown = [row.id for row in page.rows]
    return {
        "page": page,
        "line": queue.line,
        "may_take_back": lambda row: policy.may_take_back(row, row.assignment, now),
        "earned": payouts.earned_for(db(), user().id, "submission", shown),
        **_filters(STATES[tab], state, project_id),
    }


def _stopped() -> dict[str, object]:
    project_id = _project_id()
    page = queries.stopped_of(db(), user().id, mark=request.args.get("after"), project_id=project_id)
    shown = [row.id for row in page.rows]
    return {
        "page": page,
        "line": queue.line,
        "earned": payouts.earned_for(db(), user().id, "assignment", shown),
        **_filters((), None, project_id),
    }


def _filters(
    states: Collection[SubmissionState], state: SubmissionState | None, project_id: uuid.UUID | None
) -> dict[str, object]:
    return {
        "states": [one for one in SubmissionState if one in states and one is not SubmissionState.IN_REVIEW],
        "chosen_state": state,
        "chosen_project": project_id,
        "own_projects": queries.projects_of(db(), user().id),
    }


def _state(tab: str) -> SubmissionState | None:
    """The state in the address, if the tab has it."""
    wanted = request.args.get("state", "")
    return next((state for state in STATES[tab] if state.value == wanted), None)


def _project_id() -> uuid.UUID | None:
    """The project in the address; one that is not the visitor's has no rows of theirs."""
    return request.args.get("project", type=uuid.UUID)


def _round_shown(rounds: Sequence[SubmissionRevision]) -> SubmissionRevision | None:
    """The earlier round in the address, if there is one; None: the answer as it stands."""
    number = request.args.get("round", type=int)
    return next((one for one in rounds[:-1] if one.round == number), None)
