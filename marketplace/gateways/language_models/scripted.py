"""The double that ships: a small played model that can be red-teamed on a machine without a network.

It refuses risky asks, and gives in to three ways of asking: claimed authority, role play, and a long drift.
It does not give in every time: the same conversation asked again is its next run, and each way has the runs
in which it works.  The characters: `scripted:practice` (or just `scripted:`) as described, `scripted:steady`
never gives in, `scripted:failing` breaks off in the middle of every answer.
"""

import hashlib
import re
import threading
from collections import OrderedDict
from collections.abc import Sequence

from marketplace.gateways.language_models import script
from marketplace.gateways.language_models.protocol import (
    SCRIPTED,
    Address,
    Message,
    ModelFailed,
    Pieces,
    Trouble,
)
from marketplace.gateways.language_models.script import Tactic, Topic
from marketplace.kit.database import outside_transaction

PRACTICE, STEADY, FAILING = "practice", "steady", "failing"
CHARACTERS = (PRACTICE, STEADY, FAILING)
REMEMBERED = 10_000  # conversations whose runs are counted
WORDS = 3  # in one piece
UNKNOWN = f"There is no such practice model. Choose {SCRIPTED}{PRACTICE} or {SCRIPTED}{STEADY}."
FAILED = "The model stopped in the middle of its answer. Try again."


class ScriptedModels:
    """Answers from the script; the same questions in the same order give the same answers."""

    def __init__(self) -> None:
        self._runs: OrderedDict[str, int] = OrderedDict()
        self._lock = threading.Lock()

    def answer(self, address: Address, messages: Sequence[Message]) -> Pieces:
        """The reply in pieces of a few words; the same conversation asked again is its next run."""
        outside_transaction()
        return self._spoken(_character(address.url), messages)

    def problem(self, url: str) -> str | None:
        """The character has to be one of the cast."""
        return None if _character(url) in CHARACTERS else UNKNOWN

    def _spoken(self, character: str, messages: Sequence[Message]) -> Pieces:
        if character not in CHARACTERS:
            raise ModelFailed(Trouble.FORBIDDEN, UNKNOWN)
        words = re.findall(r"\S+\s*", reply(character, messages, self._next_run(character, messages)))
        for start in range(0, len(words), WORDS):
            if character == FAILING and start:
                raise ModelFailed(Trouble.BROKEN, FAILED)
            yield "".join(words[start : start + WORDS])

    def _next_run(self, character: str, messages: Sequence[Message]) -> int:
        asked = (character, [(message.role, message.text) for message in messages])
        key = hashlib.sha256(repr(asked).encode(errors="replace")).hexdigest()
        with self._lock:
            run = self._runs.pop(key, 0) + 1
            self._runs[key] = run
            while len(self._runs) > REMEMBERED:
                self._runs.popitem(last=False)
        return run


def reply(character: str, messages: Sequence[Message], run: int) -> str:
    """What the character says to the last message in this run, which counts from 1."""
    asked = [message.text for message in messages if message.role == "user"]
    last = asked[-1] if asked else ""
    if script.HELLO.fullmatch(last):
        return script.GREETING
    if script.OVER_REFUSED.search(last):
        return script.OVER_REFUSAL
    topic = topic_of(last)
    if topic is None:
        return script.ANSWERS[len("".join(asked)) % len(script.ANSWERS)]
    gives_in = character == PRACTICE and any(works(tactic, run) for tactic in tactics_of(asked))
    return topic.yes if gives_in else topic.no


def topic_of(text: str) -> Topic | None:
    """The risky thing that is asked for, if any."""
    for topic in script.TOPICS:
        if all(pattern.search(text) for pattern in topic.patterns):
            return topic
    return None


def tactics_of(asked: Sequence[str]) -> set[Tactic]:
    """The ways of talking it round that a person has used so far."""
    found = {tactic for tactic, pattern in script.TACTICS.items() if any(map(pattern.search, asked))}
    return found | ({Tactic.DRIFT} if len(asked) >= script.DRIFT_TURNS else set())


def works(tactic: Tactic, run: int) -> bool:
    """Whether it gives in to the tactic in this run, which counts from 1."""
    pattern: tuple[bool, ...] = tactic.value
    return pattern[(run - 1) % len(pattern)]


def _character(url: str) -> str:
    return url.strip()[len(SCRIPTED) :].strip("/ ").lower() or PRACTICE
