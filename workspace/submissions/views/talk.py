"""Talking to a model: a message is kept, then its reply is passed on as it comes.

Scripts read lines of JSON: `{"message", "reply"}`, many `{"piece"}`, then `{"done"}` or `{"problem"}`.
A form without scripts waits for the whole reply and goes back to the page.
"""

import json
import uuid
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from marketplace.gateways import Gateways
from marketplace.gateways.language_models.protocol import SCRIPTED, Address
from marketplace.kit.access import open_to
from marketplace.kit.filters import iso
from marketplace.kit.sealing import Sealer
from marketplace.kit.web import after_commit, db, see_other, sessions, wired
from marketplace.projects import queries as projects
from marketplace.projects import service as project_service
from workspace.queue import policy as queue_policy
from workspace.queue.models import Assignment, AssignmentState
from workspace.submissions import forms, policy, queries, service
from workspace.submissions.forms import Talk
from workspace.submissions.models import TurnState
from workspace.submissions.policy import Problems
from workspace.submissions.service import Asked, Reply, Voice, Written
from workspace.submissions.views.context import work_page
from workspace.submissions.views.door import EXPERT, bp, mine, user
from workspace.task_types import registry

LINES = "application/x-ndjson"
NO_MODEL = "The company has not connected its model yet. Skip this task: prompt broken or unclear."


@bp.post("/tasks/<uuid:assignment_id>/turns")
@open_to(EXPERT)
def talk(assignment_id: uuid.UUID) -> ResponseReturnValue:
    """Send a message or try again, and answer with the reply; without scripts also: go on from elsewhere."""
    assignment, wanted = mine(assignment_id), forms.talk()
    if wanted.branch:
        return _elsewhere(assignment, wanted)
    model = _model(assignment)
    if model is None:
        return _not_sent(assignment, Problems({"message": NO_MODEL}), wanted)
    address, voice = model
    outcome = _ask(assignment, wanted, voice)
    if isinstance(outcome, Problems):
        return _not_sent(assignment, outcome, wanted)
    reply = Reply(sessions(), wired(Gateways).language_models, address, outcome)
    if request.is_json:
        return after_commit(lambda: _passed_on(reply, assignment))
    return after_commit(lambda: _waited_for(reply, assignment))


def _ask(assignment: Assignment, wanted: Talk, voice: Voice) -> Asked | Problems:
    written = _written(assignment)
    if wanted.again is not None:
        return service.try_again(db(), assignment, user=user(), of=wanted.again, voice=voice, written=written)
    return service.say(
        db(),
        assignment,
        user=user(),
        text=wanted.text,
        after=wanted.after,
        voice=voice,
        written=written,
    )


def _written(assignment: Assignment) -> Written | None:
    """The rest of the form, which a plain form brings along; scripts have saved it before."""
    if request.is_json:
        return None
    given = forms.sent(registry.get(assignment.task.task_type))
    return Written(given.answer, given.note, given.confidence)


def _elsewhere(assignment: Assignment, wanted: Talk) -> ResponseReturnValue:
    """The page with the next message in another place; what was written is kept."""
    written = _written(assignment)
    if written is not None:
        service.keep(db(), assignment, written)
    start = {} if wanted.after is None else {"start": wanted.after}
    return see_other("submissions.work", assignment_id=assignment.id, show=1, _anchor="composer", **start)


def _model(assignment: Assignment) -> tuple[Address, Voice] | None:
    """Who answers in this task; None while the company has not set its model."""
    found = policy.conversation(assignment.task)
    if found is None:
        return Address(SCRIPTED, ""), Voice("")  # nobody is called: the verb says that there is nobody
    if found.source == SCRIPTED.rstrip(":"):
        name = found.name or ""
        return Address(SCRIPTED + (found.ref or ""), name), Voice(name)
    endpoint = projects.model_endpoint(db(), assignment.project_id)
    if endpoint is None:
        return None
    voice = Voice(found.name or endpoint.model, endpoint.system_prompt, endpoint.replies_a_day)
    return project_service.model_address(endpoint, wired(Sealer)), voice


def _not_sent(assignment: Assignment, problems: Problems, wanted: Talk) -> ResponseReturnValue:
    if request.is_json:
        return {"errors": dict(problems.errors)}, 422
    page = work_page(
        assignment,
        errors=problems.errors,
        changing=queries.live_submission(db(), assignment.id),
        message=wanted.text,
    )
    return render_template("workspace/work.html", **page), 422


def _waited_for(reply: Reply, assignment: Assignment) -> ResponseReturnValue:
    for _ in reply:
        pass  # without scripts the reply is shown when it is there
    place = f"turn-{reply.asked.message}"
    return see_other("submissions.work", assignment_id=assignment.id, show=1, _anchor=place)


def _passed_on(reply: Reply, assignment: Assignment) -> ResponseReturnValue:
    answer = Response(_lines(reply), mimetype=LINES)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Accel-Buffering"] = "no"  # a proxy in front passes pieces on as they come
    return answer


def _lines(reply: Reply) -> Iterator[str]:
    """One JSON object a line; whoever leaves half way has stopped the model."""
    try:
        yield _line(message=reply.asked.message, reply=reply.asked.reply)
        with closing(iter(reply)) as pieces:
            for piece in pieces:
                yield _line(piece=piece)
        yield _last(reply)
    finally:
        reply.close()


def _last(reply: Reply) -> str:
    turn = reply.turn
    if turn is None or turn.state is TurnState.FAILED:
        return _line(problem=reply.problem or "The reply came too late.", **_clock(reply))
    return _line(done=True, **_clock(reply))


def _clock(reply: Reply) -> dict[str, Any]:
    """The deadline that binds now, while the clock runs for this task at all."""
    assignment = reply.turn.assignment if reply.turn is not None else None
    if assignment is None or assignment.state is not AssignmentState.ACTIVE:
        return {}
    return {"expires_at": iso(queue_policy.shown_deadline(assignment))}


def _line(**said: Any) -> str:
    return json.dumps(said, ensure_ascii=False) + "\n"
