"""Talking to a model while working: a message and the reply that is waited for, retries, branches.

What was said is kept here and never taken from a browser; how often something failed is counted over it.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy.orm import Session

from config.policy import OUTBOUND, WORK
from marketplace.gateways.language_models.protocol import Message
from marketplace.kit import clock
from marketplace.kit.errors import Conflict
from workspace.queue import policy as queue_policy
from workspace.queue.models import Assignment, AssignmentState
from workspace.submissions import policy
from workspace.submissions.errors import NotOpen
from workspace.submissions.models import ConversationTurn, TurnRole, TurnState
from workspace.submissions.policy import Problems
from workspace.submissions.queries import conversations
from workspace.submissions.service import drafts
from workspace.task_types.base import Conversation

LONGEST = timedelta(seconds=OUTBOUND.total_seconds)
GOAL = "Say what you try before you begin."
BUSY = "The model is still answering. Wait for it, or stop it."
GONE = "The reply got lost on its way."
ENOUGH = (
    f"The model was asked {WORK.replies_maximum} times in this task, the most there can be. "
    "Report what you have."
)
UNSENT = "message"  # in a draft: what somebody has written to the model and not sent
Role = Literal["user", "assistant"]


@dataclass(frozen=True, slots=True)
class Written:
    """What stands in the form that came along."""

    answer: dict[str, Any]
    note: str
    confidence: int | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A message that waits for its reply, with everything the model has to know of the conversation."""

    reply_id: uuid.UUID
    message: int
    reply: int
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Voice:
    """Who answers: its name, what it is told first, how often one person may ask in a day."""

    model: str
    instructions: str = ""
    replies_a_day: int | None = None


def say(
    session: Session,
    assignment: Assignment,
    *,
    text: str,
    after: int | None,
    voice: Voice,
) -> Asked | Problems:
    """Keep a message that follows the reply `after` (None: it begins), and a reply to wait for.

    NotOpen (410), Conflict (409) while a reply is under way.
    """
    assignment, talk = _begin(session, assignment)
    turns = list(conversations.turns_of(session, assignment.id))
    before = policy.path_of(turns, after)
    if not _goal(session, assignment):
        return Problems({"goal": GOAL})
    problem = policy.against_message(text, after, before, most_turns=talk.most_turns)
    problem = problem or _enough(session, assignment, voice)
    if problem:
        return Problems({"message": problem})
    number, now = len(turns) + 1, clock.database_now(session)
    said = ConversationTurn(
        assignment=assignment,
        number=number,
        parent=after,
        role=TurnRole.USER,
        text=text,
        started_at=now,
        ended_at=now,
    )
    session.add(said)
    _forget_unsent(session, assignment)
    return _wait(session, assignment, talk, [*before, said], run=1, number=number + 1, voice=voice)


def try_again(
    session: Session,
    assignment: Assignment,
    *,
    of: int,
    voice: Voice,
) -> Asked | Problems:
    """Wait for one more reply to the message `of`, from the same start.

    Every call of the model is a row and counts; one that failed is no run, so the next takes its number.
    NotOpen (410), Conflict (409) while a reply is under way or when there is no such message.
    """
    assignment, talk = _begin(session, assignment)
    turns = list(conversations.turns_of(session, assignment.id))
    told = policy.path_of(turns, of)
    if not told or told[-1].role is not TurnRole.USER:
        raise Conflict("There is no such message in this conversation.")
    if problem := _enough(session, assignment, voice):
        return Problems({"message": problem})
    run = len(policy.runs_of(turns, of)) + 1
    return _wait(session, assignment, talk, told, run=run, number=len(turns) + 1, voice=voice)


def keep(session: Session, assignment: Assignment, written: Written) -> None:
    """Keep what a form brought along as the draft, if the assignment still takes text."""
    assignment = drafts.lock(session, assignment)
    draft = drafts.of(session, assignment)
    if drafts.takes_text(session, assignment):
        drafts.keep_changed(session, draft, written.answer, note=written.note, confidence=written.confidence)


def keep_reply(
    session: Session, reply_id: uuid.UUID, text: str, *, state: TurnState, problem: str = ""
) -> ConversationTurn | None:
    """Write down what came, and let the clocks go on; None when the reply was given up before."""
    reply = conversations.turn(session, reply_id)
    if reply is None:
        return None
    assignment = drafts.lock(session, reply.assignment)
    reply = conversations.turn(session, reply_id)
    if reply is None or reply.state is not TurnState.WAITING:
        return None
    now = clock.database_now(session)
    reply.text, reply.state, reply.problem, reply.ended_at = text, state, problem, now
    _resume(session, assignment, reply.started_at, now)
    return reply


def with_turns(session: Session, assignment: Assignment, raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """What was sent or drafted, with the conversation of record in place of whatever it says was said."""
    if policy.conversation(assignment.task) is None:
        return raw
    now = clock.database_now(session)
    rows = [_row(turn, now) for turn in conversations.turns_of(session, assignment.id)]
    return policy.joined(assignment.task, raw, rows)


def is_waiting(session: Session, assignment: Assignment) -> bool:
    """Whether a reply is under way that somebody will still write down."""
    return policy.is_under_way(conversations.waiting_of(session, assignment.id), clock.database_now(session))


def _begin(session: Session, assignment: Assignment) -> tuple[Assignment, Conversation]:
    """The locked assignment with nothing under way, and who is talked to in it."""
    assignment = drafts.lock(session, assignment)
    overdue = queue_policy.is_overdue(assignment, clock.database_now(session))
    if overdue or not drafts.is_open(session, assignment):
        raise NotOpen("This task is not open any more. Nothing was sent.")
    talk = policy.conversation(assignment.task)
    if talk is None:
        raise Conflict("There is nobody to talk to in this task.")
    _give_up(session, assignment)
    return assignment, talk


def _forget_unsent(session: Session, assignment: Assignment) -> None:
    """The message is sent: the draft does not offer it again."""
    draft = drafts.of(session, assignment)
    draft.answer = {name: value for name, value in draft.answer.items() if name != UNSENT}


def _give_up(session: Session, assignment: Assignment) -> None:
    """A reply nobody will write any more has failed; one that may still come is Conflict (409)."""
    waiting = conversations.waiting_of(session, assignment.id)
    if waiting is None:
        return
    now = clock.database_now(session)
    if policy.is_under_way(waiting, now):
        raise Conflict(f"{BUSY} {policy.if_cut_off(waiting, now)}")
    waiting.state, waiting.problem, waiting.ended_at = TurnState.FAILED, GONE, now
    session.flush()


def _goal(session: Session, assignment: Assignment) -> str:
    """What the expert says will be tried."""
    return str(drafts.of(session, assignment).answer.get("goal") or "").strip()


def _wait(
    session: Session,
    assignment: Assignment,
    talk: Conversation,
    told: Sequence[ConversationTurn],
    *,
    run: int,
    number: int,
    voice: Voice,
) -> Asked:
    message = told[-1].number
    reply = ConversationTurn(
        assignment=assignment,
        number=number,
        parent=message,
        role=TurnRole.ASSISTANT,
        run=run,
        state=TurnState.WAITING,
        model=voice.model,
        started_at=_pause(session, assignment),
    )
    session.add(reply)
    session.flush()
    return Asked(reply.id, message, number, _messages(talk, told, voice))


def _enough(session: Session, assignment: Assignment, voice: Voice) -> str:
    """Why there is no further reply for this person, "" when there is one."""
    if conversations.count(session, assignment.id) >= WORK.replies_maximum:
        return ENOUGH
    midnight = clock.database_now(session).replace(hour=0, minute=0, second=0, microsecond=0)
    today = conversations.count_since(session, assignment.user_id, assignment.project_id, midnight)
    if voice.replies_a_day is not None and today >= voice.replies_a_day:
        return (
            f"The company allows {voice.replies_a_day:,} replies a day, and those that failed count. "
            "Go on tomorrow, or report."
        )
    return ""


def _messages(talk: Conversation, told: Sequence[ConversationTurn], voice: Voice) -> tuple[Message, ...]:
    """The instructions of the task go before those of the project."""
    opening = [Message(_role(role), text) for role, text in talk.opening]
    if voice.instructions and not any(message.role == "system" for message in opening):
        opening.insert(0, Message("system", voice.instructions))
    return (*opening, *(Message(turn.role.value, turn.text) for turn in told))


def _role(role: str) -> Literal["system", "user", "assistant"]:
    return "system" if role == "system" else "assistant" if role == "assistant" else "user"


def _pause(session: Session, assignment: Assignment) -> datetime:
    """Count the time up to now, add the longest wait to the deadline; what is not used goes back after."""
    now = clock.database_now(session)
    drafts.count_time(session, assignment, now)
    if assignment.state is AssignmentState.ACTIVE:
        assignment.expires_at += LONGEST
    return now


def _resume(session: Session, assignment: Assignment, since: datetime, now: datetime) -> None:
    drafts.start_again(session, assignment, now)
    if assignment.state is AssignmentState.ACTIVE:
        assignment.expires_at += min(now - since, LONGEST) - LONGEST


def _row(turn: ConversationTurn, now: datetime) -> dict[str, Any]:
    """A turn as the task type reads it."""
    comes = policy.is_under_way(turn, now)
    lost = turn.state is TurnState.WAITING and not comes
    state = TurnState.FAILED if lost else turn.state
    return {
        "id": turn.number,
        "parent": turn.parent,
        "role": turn.role.value,
        "run": turn.run,
        "text": turn.text,
        "stopped": state is TurnState.STOPPED,
        "state": state.value if state in {TurnState.WAITING, TurnState.FAILED} else "",
        "problem": GONE if lost else policy.if_cut_off(turn, now) if comes else turn.problem,
        "source_model": turn.model or None,
    }
