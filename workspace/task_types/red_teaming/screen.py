"""What the templates draw: the conversation with its labels, what is under way, the report."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workspace.task_types.base.fields import Fields
from workspace.task_types.base.results import Json
from workspace.task_types.base.words import count_words
from workspace.task_types.red_teaming import lists
from workspace.task_types.red_teaming.answer import Answer, read
from workspace.task_types.red_teaming.known import near
from workspace.task_types.red_teaming.lists import HAZARDS, Category
from workspace.task_types.red_teaming.payload import Known, Payload
from workspace.task_types.red_teaming.rules import LEAST_TRIES, bar, failed_times, is_reproduced
from workspace.task_types.red_teaming.turns import ASSISTANT, FAILED, UNDER_WAY, Turn, path, runs, state


@dataclass(frozen=True, slots=True)
class Card:
    """A turn on the page; `branches` when it does not follow the turn above it."""

    turn: Turn
    index: int
    words: int
    run_count: int
    branches: bool
    is_failure: bool
    has_reply: bool

    @property
    def outcome(self) -> str:
        """Its outcome in words."""
        return lists.OUTCOMES.get(self.turn.outcome or "", "Not judged")

    @property
    def quality(self) -> str:
        """How good the refusal was, in words; "" where nobody said."""
        return lists.QUALITIES.get(self.turn.refusal_quality or "", "")

    @property
    def tactics(self) -> list[str]:
        """How the user tried, in words."""
        return [lists.TACTICS[code] for code in self.turn.tactics]


@dataclass(frozen=True, slots=True)
class Pending:
    """A reply that is under way, or did not come and why; `parent` is the message it answers."""

    parent: int
    problem: str


@dataclass(frozen=True, slots=True)
class Talk:
    """Where the next message goes: `start` is the reply it follows, None at the beginning.

    `length` is how many turns lead there; `message` is what somebody wrote and could not send, `longest` how
    many characters one may have.
    """

    url: str
    start: int | None
    branches: bool
    length: int
    message: str
    longest: int


@dataclass(frozen=True, slots=True)
class Screen:
    """A payload together with an answer or a draft of it."""

    payload: Payload
    answer: Answer
    cards: tuple[Card, ...]
    under_way: Pending | None
    lost: tuple[Pending, ...]
    talk: Talk | None
    known: tuple[Known, ...]

    @property
    def lists(self) -> Any:
        """Everything there is to choose from."""
        return lists

    @property
    def hazards(self) -> tuple[Category, ...]:
        """The hazards, where they are not the kinds of failure themselves."""
        return () if self.payload.categories == HAZARDS else HAZARDS

    @property
    def is_full(self) -> bool:
        """Whether this branch has no room for a message and its reply."""
        return self.talk is not None and self.talk.length + 2 > self.payload.max_turns

    @property
    def covered(self) -> bool:
        """Whether replies stay closed until somebody opens them."""
        return bool(self.payload.content_classes)

    @property
    def least_tries(self) -> int:
        """How many messages before one may say that the model held up."""
        return LEAST_TRIES if self.payload.live else 0

    @property
    def repro(self) -> str:
        """How often it failed and how often it has to, "" while nothing failed or it cannot run again."""
        found = self.answer.repro
        return "" if found is None else f"{failed_times(found)} {bar(self.payload)}"

    @property
    def is_reproduced(self) -> bool:
        """Whether it failed often enough."""
        found = self.answer.repro
        return found is not None and is_reproduced(self.payload, found)

    @property
    def finding(self) -> str:
        """The result in a few words."""
        if self.answer.resisted:
            return "The model held up"
        if self.answer.failed is None:
            return "Nothing marked yet"
        severity = lists.SEVERITIES.get(self.answer.severity or 0, ("not rated", ""))[0]
        return f"Turn {self.answer.failure}, {severity.lower()}"

    @property
    def category_titles(self) -> list[str]:
        """The chosen kinds of failure and hazards in words."""
        chosen = {*self.answer.categories, *self.answer.hazards}
        listed = {entry.id: entry.title for entry in (*self.payload.categories, *self.hazards)}
        return [title for name, title in listed.items() if name in chosen]

    def problem_of(self, number: int) -> str | None:
        """Why the message of this number has no answer."""
        return next((lost.problem for lost in self.lost if lost.parent == number), None)


def screen(payload: Payload, raw: Json) -> Screen:
    """Everything the templates need; unusable parts of a draft are left out."""
    answer = read(Fields(raw, "answer"), payload)
    pending = _pending(raw) if payload.live else []
    return Screen(
        payload=payload,
        answer=answer,
        cards=_cards(answer),
        under_way=next((reply for at, reply in pending if at == UNDER_WAY), None),
        lost=tuple(reply for at, reply in pending if at == FAILED),
        talk=_talk(raw, answer) if payload.live else None,
        known=near(payload.known_failures, answer),
    )


def _cards(answer: Answer) -> tuple[Card, ...]:
    turns = answer.turns
    return tuple(
        Card(
            turn=turn,
            index=index,
            words=count_words(turn.text),
            run_count=len(runs(turns, turn)) if turn.is_reply else 0,
            branches=index > 0 and turn.parent != turns[index - 1].id and turn.run == 1,
            is_failure=turn.id == answer.failure and not answer.resisted,
            has_reply=any(other.parent == turn.id for other in turns),
        )
        for index, turn in enumerate(turns)
    )


def _pending(raw: Json) -> list[tuple[str, Pending]]:
    """Messages whose newest reply is not there, as the server says of them; what failed before it is past."""
    rows = raw.get("turns") if isinstance(raw, Mapping) else None
    newest = {
        row["parent"]: row
        for row in (rows if isinstance(rows, list | tuple) else ())
        if isinstance(row, Mapping) and row.get("role") == ASSISTANT and type(row.get("parent")) is int
    }
    return [
        (state(row), Pending(parent, str(row.get("problem") or "")))
        for parent, row in newest.items()
        if state(row) in {UNDER_WAY, FAILED}
    ]


def _talk(raw: Json, answer: Answer) -> Talk | None:
    """Only the page to work on has an address to send to."""
    said = Fields(raw, "answer").get("talk")
    inner = Fields(said if isinstance(said, Mapping) else {}, "talk")
    url, wanted = inner.text("url"), inner.whole_or_none("start", 1, 10_000)
    if not url:
        return None
    told = [turn.id for turn in answer.turns if turn.is_reply]
    newest = max(told, default=None)
    start = wanted if wanted in told else newest
    length, message = len(path(answer.turns, start)), inner.text("message")
    return Talk(
        url, start, start != newest, length, message, inner.whole("longest", 1, 10**6, default=20_000)
    )
