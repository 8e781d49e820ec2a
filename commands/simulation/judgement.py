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
CHANGES_SHARE, REJECT_SHARE = 0.10, 0.05
_SIDES = ("the first half", "the middle part", "the closing part", "the example", "the summary")
_WORDS = ("clearer", "more complete", "better ordered", "easier to check", "closer to the question")
ERROR_SHARE, SAME_EYES_SHARE, UNSURE_SHARE, NEUTRAL_SHARE = 0.7, 0.75, 0.04, 0.1
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


def labels(seed: int, expert: int, problem: str, *, steps: list[str]) -> dict[str, Any]:
    """The fields of step labels: most experts see the same first error, some see another one or none."""
    own = dice(seed, expert, problem)
    eyes = dice(seed, "error", problem) if own.random() < SAME_EYES_SHARE else own
    error = eyes.choice(steps) if eyes.random() < ERROR_SHARE else None
    fields: dict[str, Any] = {"mode": "verify", "step": steps}
    for name in steps[: steps.index(error) if error else None]:
        fields[f"mark-{name}"] = _mark(own)
    if error:
        fields[f"mark-{error}"] = "-1"
        fields[f"critique-{error}"] = f"This does not follow, mostly because of {own.choice(_SIDES)}."
        fields[f"correction-{error}"] = f"It is {own.choice(_WORDS)} to say {own.randint(2, 99)} here."
    fields["final_answer"] = str(own.randint(2, 99))
    fields["finish"] = "found_error" if error else "solution"
    fields["progress"] = str(own.randint(0, 4))
    return fields


def own_steps(seed: int, expert: int, problem: str) -> dict[str, Any]:
    """The fields of a solution in steps: two to four of them, one a part of the first."""
    chance = dice(seed, expert, problem)
    numbers = [chance.randint(2, 99) for _ in range(chance.randint(2, 4))]
    return {
        "mode": "write",
        "step_text": [
            f"From {chance.choice(_SIDES)} it follows that there are {number}." for number in numbers
        ],
        "step_formula": [f"{number} * 1 = {number}" for number in numbers],
        "step_source": [""] * len(numbers),
        "step_parent": ["", "1", *[""] * (len(numbers) - 2)],
        "final_answer": str(numbers[-1]),
        "finish": "solution",
    }


def ruling(seed: int, answer: str, *, first_round: bool, ranked: bool = True) -> Ruling:
    """A verdict on what the answer says; asked-for changes are approved when they come back."""
    chance = dice(seed, "review", answer).random()
    if first_round and chance < REJECT_SHARE:
        return _rejected(ranked=ranked)
    if first_round and chance < REJECT_SHARE + CHANGES_SHARE:
        what = "which response you mean" if ranked else "what you mean"
        return Ruling("ask_for_changes", "CLA-1", f"Say {what} in the last sentence.")
    return Ruling("approve")


def _rejected(*, ranked: bool) -> Ruling:
    if ranked:
        return Ruling(
            "reject",
            "RNK-1",
            "The order contradicts the reason given for it, and the reason names none of the responses.",
        )
    return Ruling(
        "reject",
        "ACC-1",
        "What you say about this task is not true, and the guideline asks you to check it first.",
    )


def _mark(chance: random.Random) -> str:
    drawn = chance.random()
    if drawn < UNSURE_SHARE:
        return "unsure"
    return "0" if drawn < UNSURE_SHARE + NEUTRAL_SHARE else "1"


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
