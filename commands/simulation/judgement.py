"""What the simulated people think: seeded, so that the same seed gives the same judgements anywhere.

A judgement depends on the seed, on who judges and on the text that is judged, never on the order in which
the server hands things out.
"""

import hashlib
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

TIE_SHARE, STRONG_SHARE = 0.12, 0.35
CANNOT_SHARE, NEAR_SHARE = 0.06, 0.65
CHANGES_SHARE, REJECT_SHARE = 0.10, 0.05
_SIDES = ("the first half", "the middle part", "the closing part", "the example", "the summary")
_WORDS = ("clearer", "more complete", "better ordered", "easier to check", "closer to the question")
REASONS = ("more_accurate", "more_complete", "clearer", "follows_instructions")


@dataclass(frozen=True, slots=True)
class Ruling:
    """A reviewer's verdict with what it needs."""

    verdict: str
    reason_code: str = ""
    note: str = ""


def dice(seed: int, *parts: object) -> random.Random:
    """A source of chance for exactly this judgement."""
    text = "\n".join(str(part) for part in (seed, *parts))
    return random.Random(hashlib.sha256(text.encode()).hexdigest())  # noqa: S311 - a simulation, no secret


def ranking(seed: int, expert: int, responses: Mapping[str, str]) -> dict[str, Any]:
    """The fields of a ranking form: an order of the responses, strengths with some ties, and why."""
    chance = dice(seed, expert, *sorted(responses.values()))
    by_text = sorted(responses, key=lambda name: responses[name])  # the server's order must not matter
    chance.shuffle(by_text)
    fields: dict[str, Any] = {f"rank-{name}": place for place, name in enumerate(by_text, 1)}
    for place in range(1, len(by_text)):
        fields[f"gap-{place}"] = _strength(chance)
    fields["seen"] = list(responses)
    fields["why"] = _why(chance, len(by_text))
    fields["reason"] = chance.sample(REASONS, 2)
    return fields


def golden(seed: int, expert: int, prompt: str, *, words: int, constraints: list[str]) -> dict[str, Any]:
    """The fields of a golden response: so many words about the prompt, every constraint met, own work."""
    chance = dice(seed, expert, prompt)
    about = [word for word in prompt.split() if word.isalpha()][:40] or ["this"]
    text = " ".join(chance.choice([*about, *" ".join(_WORDS).split()]) for _ in range(words))
    fields: dict[str, Any] = {"text": text.capitalize() + ".", "ai_statement": "1", "self_score": "4"}
    for name in constraints:
        fields[f"met-{name}"] = "yes"
    return fields


def rating(seed: int, expert: int, judged: str, criteria: list[str]) -> dict[str, Any]:
    """The fields of a rating: values near how good the text is, now and then none with a reason, and why.

    How good a text is depends on the seed and the text alone, so that several experts mostly agree.
    """
    level = dice(seed, judged).randint(1, 5)
    chance = dice(seed, expert, judged)
    fields: dict[str, Any] = {}
    for name in criteria:
        value, cannot = _near(chance, level), chance.random() < CANNOT_SHARE
        fields[f"score-{name}"] = "cannot" if cannot else value
        if cannot:
            fields[f"because-{name}"] = f"Nothing here lets me check {chance.choice(_SIDES)}."
    fields["overall"] = _near(chance, level)
    parts = [f"{side.capitalize()} is {chance.choice(_WORDS)}." for side in chance.sample(_SIDES, 2)]
    fields["why"] = " ".join([*parts, f"That is why it is {fields['overall']} overall for me."])
    return fields


def ruling(seed: int, answer: str, *, first_round: bool, ranked: bool = True) -> Ruling:
    """A verdict on what the answer says; asked-for changes are approved when they come back.

    `ranked` says whether the answer is an order, which is rejected for another reason than the rest.
    """
    chance = dice(seed, "review", answer).random()
    if first_round and chance < REJECT_SHARE:
        return _contradiction() if ranked else _unchecked()
    if first_round and chance < REJECT_SHARE + CHANGES_SHARE:
        return Ruling("ask_for_changes", "CLA-1", "Say which response you mean in the last sentence.")
    return Ruling("approve")


def _contradiction() -> Ruling:
    said = "The order contradicts the reason given for it, and the reason names none of the responses."
    return Ruling("reject", "RNK-1", said)


def _unchecked() -> Ruling:
    said = "The reason does not say which part of the text it speaks of, so nobody can check the answer."
    return Ruling("reject", "COM-2", said)


def _near(chance: random.Random, level: int) -> int:
    step = 0 if chance.random() < NEAR_SHARE else chance.choice((-1, 1))
    return min(max(level + step, 1), 5)


def _strength(chance: random.Random) -> str:
    drawn = chance.random()
    if drawn < TIE_SHARE:
        return "0"
    return "2" if drawn < TIE_SHARE + STRONG_SHARE else "1"


def _why(chance: random.Random, count: int) -> str:
    parts = [
        f"What stands at place {place} is {chance.choice(_WORDS)} than the one after it, "
        f"mostly in {chance.choice(_SIDES)}."
        for place in range(1, count)
    ]
    closing = "The last one leaves the reader with work that the others do, which is why it comes last here."
    return " ".join([*parts, closing])
