"""The demo expert talks to the practice model: no transaction is open while it speaks."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import click
from sqlalchemy.orm import Session

from marketplace.gateways import Gateways
from marketplace.gateways.language_models.protocol import SCRIPTED, Address
from marketplace.kit.database import Sessions, transaction
from workspace.queue import queries as assignments
from workspace.queue.models import Assignment
from workspace.submissions import service as submissions
from workspace.submissions.models import TurnState
from workspace.submissions.service import Asked, Voice
from workspace.submissions.service.talking import keep_reply

MODEL = Address(SCRIPTED, "")


def hold(
    sessions: Sessions,
    gateways: Gateways,
    assignment_id: uuid.UUID,
    *,
    goal: str,
    lines: Sequence[Mapping[str, Any]],
) -> None:
    """Say every line and wait for the reply; a line is `{"say": text}` or `{"again": message}`."""
    with transaction(sessions) as session:
        assignment = _assignment(session, assignment_id)
        submissions.save(session, assignment, user=assignment.expert.user, rev=0, answer={"goal": goal})
    after = None
    for line in lines:
        with transaction(sessions) as session:
            asked = _ask(session, _assignment(session, assignment_id), line, after)
        text = "".join(gateways.language_models.answer(MODEL, asked.messages))
        with transaction(sessions) as session:
            keep_reply(session, asked.reply_id, text, state=TurnState.WHOLE)
        after = asked.reply


def _ask(session: Session, assignment: Assignment, line: Mapping[str, Any], after: int | None) -> Asked:
    voice = Voice("pip-practice")
    if "again" in line:
        asked = submissions.try_again(session, assignment, of=line["again"], voice=voice)
    else:
        asked = submissions.say(session, assignment, text=line["say"], after=after, voice=voice)
    if not isinstance(asked, Asked):
        raise click.ClickException(f"The demo cannot say {line}: {asked.errors}")
    return asked


def _assignment(session: Session, assignment_id: uuid.UUID) -> Assignment:
    found = assignments.assignment(session, assignment_id)
    if found is None:
        raise LookupError(str(assignment_id))
    return found
