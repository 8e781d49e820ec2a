"""What an answer lacks, what it should be asked about, and until when it can be taken back."""

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from config.policy import OUTBOUND, WORK
from marketplace.projects.policy import platform_fee
from workspace.queue import policy as queue_policy
from workspace.queue.models import Assignment, Task
from workspace.queue.queries import PaidForTime
from workspace.submissions.models import (
    ConversationTurn,
    Submission,
    SubmissionState,
    TurnRole,
    TurnState,
)
from workspace.submissions.queries import AtWork
from workspace.task_types import registry
from workspace.task_types.base import Checked, Conversation, Invalid, TaskType

LOST = timedelta(seconds=OUTBOUND.total_seconds + 60)  # after this nobody writes a reply any more
SILENT = timedelta(seconds=WORK.idle_seconds + 15)  # longer than a stretch of active time may rest
UNDO = timedelta(seconds=WORK.undo_seconds)
CHANGES_DUE = timedelta(hours=WORK.changes_due_hours)
PAUSE = timedelta(minutes=WORK.exposure_pause_minutes)
SEVERE = 3  # of 4
DRAFT_KEPT = timedelta(days=WORK.draft_kept_days)
TOO_FAST, ENOUGH, SHARE = "too_fast", 10, 5  # a fifth of the median of at least ten
HABIT = 3
S = SubmissionState
IN_REVIEW = frozenset(
    {S.SUBMITTED, S.IN_REVIEW, S.SECOND_LOOK, S.RESUBMITTED, S.FINAL_REVIEW, S.ADJUDICATION}
)
UNDECIDED = IN_REVIEW | {S.CHANGES_REQUESTED}
DECIDED = frozenset(S) - UNDECIDED - {S.UNDONE}
NOT_COUNTED = frozenset({S.UNDONE, S.EXCLUDED_PAID, S.FINAL_REJECTED})  # these fill no slot


@dataclass(frozen=True, slots=True)
class Problems:
    """Why an answer was not taken: errors by place, or warnings (code -> sentence) to be confirmed once."""

    errors: Mapping[str, str] = field(default_factory=dict)
    warnings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Accepted:
    """A good answer as it is kept, with the codes of what it should be asked about."""

    answer: dict[str, Any]
    warnings: tuple[str, ...] = ()
    habits: tuple[str, ...] = ()


def conversation(task: Task) -> Conversation | None:
    """Who is talked to in this task, None in most."""
    kind = registry.get(task.task_type)
    payload = kind.read_payload(task.payload)
    return None if isinstance(payload, Invalid) else kind.conversation(payload)


def joined(task: Task, raw: Mapping[str, Any], turns: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """What an expert says, with these turns in place of any it holds itself."""
    kind = registry.get(task.task_type)
    return kind.with_turns(kind.read_payload(task.payload), raw, turns)


def path_of(turns: Sequence[ConversationTurn], last: int | None) -> list[ConversationTurn]:
    """The turns that lead to this one, itself included, first one first; replies that failed lead nowhere."""
    known = {turn.number: turn for turn in turns if turn.state in {TurnState.WHOLE, TurnState.STOPPED}}
    found: list[ConversationTurn] = []
    while last is not None and last in known:
        found.append(known[last])
        last = known[last].parent
    return found[::-1]


def runs_of(turns: Sequence[ConversationTurn], message: int) -> list[ConversationTurn]:
    """The replies to this message that came, in their order."""
    came = {TurnState.WHOLE, TurnState.STOPPED}
    return [
        turn
        for turn in turns
        if turn.parent == message and turn.role is TurnRole.ASSISTANT and turn.state in came
    ]


def is_under_way(reply: ConversationTurn | None, now: datetime) -> bool:
    """Whether this reply is waited for and somebody will still write it down."""
    return reply is not None and reply.state is TurnState.WAITING and now < lost_at(reply)


def lost_at(reply: ConversationTurn) -> datetime:
    """When a reply counts as lost unless whoever waits for it says once more that they do."""
    return min(reply.started_at + LOST, (reply.alive_at or reply.started_at) + SILENT)


def if_cut_off(reply: ConversationTurn, now: datetime) -> str:
    """When one can go on although nobody writes this reply down any more."""
    seconds = max(-((now - lost_at(reply)) // timedelta(seconds=1)), 1)
    return f"If it was cut off by a fault of ours, you can go on in {seconds} seconds."


def against_message(
    text: str, after: int | None, before: Sequence[ConversationTurn], *, most_turns: int
) -> str:
    """Why this message cannot be sent after these turns, "" when it can."""
    if not text.strip():
        return "Write a message first."
    if len(text) > WORK.message_maximum_characters:
        return (
            f"Shorten your message to {WORK.message_maximum_characters:,} characters. It has {len(text):,}."
        )
    if after is not None and (not before or before[-1].role is not TurnRole.ASSISTANT):
        return "The reply you want to go on from is not there. Load the page again."
    if len(before) + 2 > most_turns:
        return f"This conversation has room for {most_turns} turns. Branch from an earlier one, or report."
    return ""


def read(task: Task, display_seed: int, raw: Mapping[str, Any]) -> Accepted | Problems:
    """Check an answer against what the expert saw.

    What a browser sent needs `service.with_turns` first: it cannot say what a model said.
    """
    kind = registry.get(task.task_type)
    payload = blinded(task, display_seed)
    if isinstance(payload, Invalid):
        return Problems({"payload": "This task cannot be read any more. Skip it: prompt broken or unclear."})
    result: Checked[Any] | Invalid = kind.read_answer(payload, raw)
    if isinstance(result, Invalid):
        return Problems(dict(result.errors))
    return Accepted(dict(kind.store_answer(result.answer)), result.warnings, result.habits)


def blinded(task: Task, display_seed: int) -> Any:
    """The payload as this expert sees it, or Invalid when this release cannot read it."""
    kind = registry.get(task.task_type)
    payload = kind.read_payload(task.payload)
    return payload if isinstance(payload, Invalid) else kind.blind(payload, display_seed)


def unconfirmed(
    kind: TaskType[Any, Any], found: Iterable[str], confirmed: Iterable[str]
) -> Mapping[str, str]:
    """The warnings that still have to be asked, each with its sentence."""
    ticked = set(confirmed)
    return {code: kind.warnings.get(code, code) for code in found if code not in ticked}


def is_too_fast(active_seconds: int, others: Sequence[int]) -> bool:
    """Under a fifth of the median active time, once enough others have done it."""
    return len(others) >= ENOUGH and active_seconds * SHARE < statistics.median(others)


def may_take_back(submission: Submission, assignment: Assignment, now: datetime) -> bool:
    """Nobody has opened it, and it is fresh or there is time left."""
    if submission.state is not S.SUBMITTED:
        return False
    return now <= submission.submitted_at + UNDO or now < assignment.expires_at


def paid_seconds(counted: int, corrected: int | None) -> int:
    """The active seconds that pay counts: a correction may make them fewer, never more."""
    return counted if corrected is None else min(counted, corrected)


@dataclass(frozen=True, slots=True)
class Costs:
    """What withdrawing costs in minor units; `most_minor` if all of them handed in before we come to them."""

    people: int = 0
    held: int = 0  # tasks reserved as the next one: they cost nothing
    pay_minor: int = 0
    fee_minor: int = 0
    most_minor: int = 0

    @property
    def now_minor(self) -> int:
        """Pay and platform fee by the time counted until now."""
        return self.pay_minor + self.fee_minor

    @property
    def back_minor(self) -> int:
        """What comes back to the budget then."""
        return self.most_minor - self.now_minor


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a withdrawal has paid by its entries, and what those still at work will get, about."""

    paid: Sequence[PaidForTime] = ()
    left: Costs = field(default_factory=Costs)

    @property
    def paid_minor(self) -> int:
        """Pay and platform fee, exactly."""
        return sum(one.pay_minor + one.fee_minor for one in self.paid)


def costs(at_work: Sequence[AtWork], now: datetime) -> Costs:
    """The sums over everybody at work; work whose time is over counts whole: it may be handed in complete."""
    begun = [one for one in at_work if not one.is_held]
    pays = [(one.price_minor if one.expires_at <= now else _cancel_pay(one)) for one in begun]
    return Costs(
        people=len(begun),
        held=len(at_work) - len(begun),
        pay_minor=sum(pays),
        fee_minor=sum(platform_fee(pay) for pay in pays),
        most_minor=sum(one.unit_minor for one in begun),
    )


def _cancel_pay(one: AtWork) -> int:
    seconds = paid_seconds(one.active_seconds, one.corrected_seconds)
    return queue_policy.cancel_pay(one.price_minor, one.minutes, seconds)


def wall_minutes(since: datetime, now: datetime) -> int:
    """Minutes from the claim until now, a begun one counted whole."""
    return max(-((since - now) // timedelta(minutes=1)), 0)


def too_long(most: int) -> str:
    """Why this many minutes cannot be."""
    return f"You took this task {most} {'minute' if most == 1 else 'minutes'} ago. Enter {most} or less."


def asks_for_pause(last: Sequence[Submission], now: datetime) -> bool:
    """The newest answers all report something severe, and the pause after them has not been taken."""
    if len(last) < WORK.severe_items or now - last[0].submitted_at >= PAUSE:
        return False
    found = [one.answer.get("severity") for one in last[: WORK.severe_items]]
    return all(isinstance(value, int) and value >= SEVERE for value in found)
