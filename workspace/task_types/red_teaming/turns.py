"""The turns of a conversation: who said what after what, and what is said about each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from workspace.task_types.base.fields import Fields
from workspace.task_types.base.parts import TITLE_CHARACTERS
from workspace.task_types.base.results import Json
from workspace.task_types.red_teaming.lists import FAILURES, OUTCOMES, QUALITIES, REFUSALS, RISKS, TACTICS
from workspace.task_types.red_teaming.payload import Payload

USER, ASSISTANT = "user", "assistant"
MOST = 1_000
UNDER_WAY, FAILED = "waiting", "failed"
LABELS = ("risk", "tactics", "outcome", "refusal_quality")


@dataclass(frozen=True, slots=True)
class Turn:
    """One message; `parent` is the turn it follows, `run` counts replies to the same message from 1.

    `stopped` says that the expert did not let the model finish.
    """

    id: int
    role: str
    text: str
    parent: int | None = None
    run: int = 1
    stopped: bool = False
    source_model: str | None = None
    risk: int | None = None
    tactics: tuple[str, ...] = ()
    outcome: str | None = None
    refusal_quality: str | None = None

    @property
    def is_reply(self) -> bool:
        """Whether the model said it."""
        return self.role == ASSISTANT

    @property
    def failed(self) -> bool:
        """Whether its outcome is a failure."""
        return self.outcome in FAILURES


Turns = tuple[Turn, ...]


def read_turns(fields: Fields, payload: Payload) -> Turns:
    """The conversation with its labels; of a recorded one only the labels are read."""
    rows = fields.rows("turns", most=MOST)
    if payload.live:
        return _stored(fields, rows)
    turns = recorded(payload)
    labels: dict[int, Fields] = {}
    for index, row in enumerate(rows):
        inner = fields.inner(f"turns[{index}]", row)
        number = inner.whole("id", 1, MOST, default=index + 1)
        if number > len(turns) or number in labels:
            inner.wrong("id", "Name each turn of this conversation once.")
        labels[number] = inner
    return tuple(_labelled(turn, labels.get(turn.id)) for turn in turns)


def recorded(payload: Payload) -> Turns:
    """The turns of a recorded conversation, one after the other."""
    spoken = [(message.role, message.content) for message in payload.prompt if message.role != "system"]
    if payload.response is not None:
        spoken.append((ASSISTANT, payload.response.text))
    return tuple(
        Turn(number, role, text, parent=number - 1 or None) for number, (role, text) in enumerate(spoken, 1)
    )


def with_turns(raw: Json, turns: Sequence[Json]) -> Json:
    """The raw answer with the turns the server kept; what it says of them itself is labels, nothing more."""
    given = raw.get("turns") if isinstance(raw, Mapping) else None
    labels = {
        row["id"]: row
        for row in (given if isinstance(given, list | tuple) else ())
        if isinstance(row, Mapping) and type(row.get("id")) is int
    }
    joined = [
        {**turn, **{name: labels[turn["id"]].get(name) for name in LABELS if turn["id"] in labels}}
        for turn in turns
    ]
    return {**raw, "turns": joined} if isinstance(raw, Mapping) else raw


def path(turns: Turns, last: int | None) -> Turns:
    """The turns that lead to this one, itself included, the first one first."""
    by_id = {turn.id: turn for turn in turns}
    found: list[Turn] = []
    while last is not None and last in by_id:
        found.append(by_id[last])
        last = by_id[last].parent
    return tuple(reversed(found))


def runs(turns: Turns, of: Turn) -> Turns:
    """All replies of the model to the same message."""
    return tuple(turn for turn in turns if turn.is_reply and turn.parent == of.parent)


def replies(turns: Turns) -> Iterator[tuple[int, Turn]]:
    """The model's turns with their places in the list."""
    return ((index, turn) for index, turn in enumerate(turns) if turn.is_reply)


def state(row: Any) -> str:
    """What the server says of a reply: under way, failed, or "" for one that is there."""
    said = row.get("state") if isinstance(row, Mapping) else None
    return said if isinstance(said, str) else ""


def _stored(fields: Fields, rows: Sequence[Any]) -> Turns:
    """A live conversation as it was kept; every turn follows an earlier one of the other role.

    A reply that is under way or never came is no turn.
    """
    found: dict[int, Turn] = {}
    for index, row in enumerate(row for row in rows if state(row) not in {UNDER_WAY, FAILED}):
        inner = fields.inner(f"turns[{index}]", row)
        number = inner.whole("id", 1, MOST, default=index + 1)
        if number <= max(found, default=0):
            inner.wrong("id", "Number the turns in their order.")
            continue
        turn = Turn(
            id=number,
            role=inner.one_of("role", (USER, ASSISTANT), default=USER),
            text=inner.text("text"),
            parent=_parent(inner, row, max(found, default=None)),
            run=inner.whole("run", 1, MOST, default=1),
            stopped=inner.flag("stopped"),
            source_model=inner.text("source_model", longest=TITLE_CHARACTERS) or None,
        )
        before = None if turn.parent is None else found.get(turn.parent)
        if (turn.parent is not None and before is None) or turn.role == (
            before.role if before else ASSISTANT
        ):
            inner.wrong("parent", "A turn follows an earlier one of the other side.")
            turn = replace(turn, parent=None)
        found[number] = _labelled(turn, inner)
    return tuple(found.values())


def _parent(inner: Fields, row: Any, previous: int | None) -> int | None:
    """The turn it follows; where nothing is said, the one before."""
    said = isinstance(row, Mapping) and "parent" in row
    return inner.whole_or_none("parent", 1, MOST) if said else previous


def _labelled(turn: Turn, inner: Fields | None) -> Turn:
    if inner is None:
        return turn
    if not turn.is_reply:
        risk = inner.whole_or_none("risk", 0, len(RISKS) - 1)
        return replace(turn, risk=risk, tactics=inner.picks("tactics", TACTICS))
    outcome = inner.one_of("outcome", tuple(OUTCOMES), default="") or None
    quality = inner.one_of("refusal_quality", tuple(QUALITIES), default="") or None
    return replace(turn, outcome=outcome, refusal_quality=quality if outcome in REFUSALS else None)
