"""What the simulated people think: seeded, so that the same seed gives the same judgements anywhere.

A judgement depends on the seed, on who judges and on the text that is judged, never on the order in which
the server hands things out.
"""

import hashlib
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

TIE_SHARE, STRONG_SHARE = 0.12, 0.35
CHANGES_SHARE, REJECT_SHARE = 0.10, 0.05
LEFT_ALONE_SHARE, WORDS_AN_EDIT = 0.2, 25
_SIDES = ("the first half", "the middle part", "the closing part", "the example", "the summary")
_WORDS = ("clearer", "more complete", "better ordered", "easier to check", "closer to the question")
TAGS = ("fact_error", "missing_step", "clarity", "tone", "grammar")
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


def editing(seed: int, expert: int, text: str, *, again: bool = False) -> dict[str, Any]:
    """The fields of an edit: some words replaced and a sentence added, or the finding that none is needed."""
    chance = dice(seed, expert, " ".join(text.split()))
    if not again and text.strip() and chance.random() < LEFT_ALONE_SHARE:
        return {"no_edit": "1", "no_edit_reason": "It is correct, complete and easy to follow as it is."}
    words = text.split(" ")
    for place in chance.sample(range(len(words)), max(1, len(words) // WORDS_AN_EDIT)):
        words[place] = chance.choice(_WORDS)
    closing = f" In short, {chance.choice(_SIDES)} is what matters most."
    return {
        "edited": " ".join(words) + closing,
        "no_edit": [],
        "summary": f"Replaced what was {chance.choice(_WORDS)} elsewhere, and added a closing sentence.",
    }


def remarks(seed: int, expert: int, places: Sequence[str]) -> dict[str, Any]:
    """The tags of changes as the page lists them, with a source for every corrected fact."""
    fields: dict[str, Any] = {}
    for number, place in enumerate(places):
        tag = dice(seed, expert, place).choice(TAGS)
        fields |= {f"tag-{number}": [tag], f"source-{number}": f"Handbook, page {number + 1}"}
    return fields


def ruling(seed: int, answer: str, *, first_round: bool, ranked: bool = True) -> Ruling:
    """A verdict on what the answer says; asked-for changes are approved when they come back."""
    chance = dice(seed, "review", answer).random()
    if first_round and chance < REJECT_SHARE and not ranked:
        return Ruling(
            "reject",
            "INT-2",
            "What was handed in says nothing that the material in front of it had not said.",
        )
    if first_round and chance < REJECT_SHARE:
        return Ruling(
            "reject",
            "RNK-1",
            "The order contradicts the reason given for it, and the reason names none of the responses.",
        )
    if first_round and chance < REJECT_SHARE + CHANGES_SHARE:
        return Ruling("ask_for_changes", "CLA-1", "Say which response you mean in the last sentence.")
    return Ruling("approve")


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
