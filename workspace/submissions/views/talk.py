"""Talking to a model: a message is kept, then its reply is passed on as it comes.

Scripts read lines of JSON: `{"message", "reply"}`, many `{"piece"}`, then `{"done"}` or `{"problem"}`.
A form without scripts waits for the whole reply and goes back to the page.
"""

import json
import uuid
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from typing import Any, NoReturn

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from marketplace.care.errors import NotOptedIn
from marketplace.gateways import Gateways
from marketplace.gateways.language_models.protocol import SCRIPTED, Address
from marketplace.kit.access import open_to
from marketplace.kit.errors import Conflict, Gone, Refusal
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
from workspace.submissions.views.door import EXPERT, bp, closed_to, mine
from workspace.task_types import registry

LINES = "application/x-ndjson"
NO_MODEL = "The company has not connected its model yet. Skip this task: prompt broken or unclear."


@bp.post("/tasks/<uuid:assignment_id>/turns")
@open_to(EXPERT)
def talk(assignment_id: uuid.UUID) -> ResponseReturnValue:
    """Send a message or try again, and answer with the reply; without scripts also: go on from elsewhere."""
    assignment, wanted = mine(assignment_id), forms.talk()
    _keep_form(assignment)
    if closed := closed_to(assignment.project):
        return _closed(assignment, closed)
    if wanted.branch:
        start = {} if wanted.after is None else {"start": wanted.after}
        return _back(assignment, "composer", **start)
    try:
        asked = _ask(assignment, wanted)
    except (Conflict, Gone) as refusal:
        return _refused(assignment, refusal, wanted)
    if isinstance(asked, Problems):
        return _not_sent(assignment, asked, wanted)
    reply = Reply(sessions(), wired(Gateways).language_models, *asked)
    answer = _passed_on if request.is_json else _waited_for
    return after_commit(lambda: answer(reply, assignment))


def _closed(assignment: Assignment, closed: str) -> ResponseReturnValue:
    """Nothing is sent to a model and nothing comes back; the page says what was not agreed to."""
    if request.is_json:
        raise NotOptedIn(closed)
    return _back(assignment, "composer")


def _ask(assignment: Assignment, wanted: Talk) -> tuple[Address, Asked] | Problems:
    model = _model(assignment)
    if model is None:
        return Problems({"message": NO_MODEL})
    address, voice = model
    if wanted.again is not None:
        asked = service.try_again(db(), assignment, of=wanted.again, voice=voice)
    else:
        asked = service.say(db(), assignment, text=wanted.text, after=wanted.after, voice=voice)
    return asked if isinstance(asked, Problems) else (address, asked)


def _keep_form(assignment: Assignment) -> None:
    """The rest of the form, which a plain form brings along, is kept first; scripts have saved it before."""
    if not request.is_json:
        given = forms.sent(registry.get(assignment.task.task_type))
        service.keep(db(), assignment, Written(given.answer, given.note, given.confidence))


def _back(assignment: Assignment, anchor: str, **values: int) -> ResponseReturnValue:
    """To the page again, which whoever sends this has open."""
    return see_other("submissions.work", assignment_id=assignment.id, show=1, _anchor=anchor, **values)


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


def _refused(assignment: Assignment, refusal: Refusal, wanted: Talk) -> ResponseReturnValue:
    """A refusal after the commit, so that a form's text stays; where the task is open, on its page."""
    if request.is_json or not service.is_open(db(), assignment):
        return after_commit(partial(_raise, refusal))
    return _not_sent(assignment, Problems({"message": refusal.message}), wanted)


def _raise(refusal: Refusal) -> NoReturn:
    raise refusal


def _waited_for(reply: Reply, assignment: Assignment) -> ResponseReturnValue:
    for _ in reply:
        pass  # without scripts the reply is shown when it is there
    return _back(assignment, f"turn-{reply.asked.message}")


def _passed_on(reply: Reply, assignment: Assignment) -> ResponseReturnValue:
    answer = Response(_lines(reply), mimetype=LINES)
    answer.call_on_close(reply.close)  # a visitor may be gone before the first line
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
