"""What simulated people write: golden responses, edits with their tags, solutions in steps."""

from collections.abc import Sequence
from typing import Any

from commands.simulation.judgement.chance import SIDES, WORDS, dice

LEFT_ALONE_SHARE, WORDS_AN_EDIT = 0.2, 25
TAGS = ("fact_error", "missing_step", "clarity", "tone", "grammar")


def golden(seed: int, expert: int, prompt: str, *, words: int, constraints: list[str]) -> dict[str, Any]:
    """The fields of a golden response: so many words about the prompt, every constraint met, own work."""
    chance = dice(seed, expert, prompt)
    about = [word for word in prompt.split() if word.isalpha()][:40] or ["this"]
    text = " ".join(chance.choice([*about, *" ".join(WORDS).split()]) for _ in range(words))
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
        words[place] = chance.choice(WORDS)
    closing = f" In short, {chance.choice(SIDES)} is what matters most."
    return {
        "edited": " ".join(words) + closing,
        "no_edit": [],
        "summary": f"Replaced what was {chance.choice(WORDS)} elsewhere, and added a closing sentence.",
    }


def remarks(seed: int, expert: int, places: Sequence[str]) -> dict[str, Any]:
    """The tags of changes as the page lists them, with a source for every corrected fact."""
    fields: dict[str, Any] = {}
    for number, place in enumerate(places):
        tag = dice(seed, expert, place).choice(TAGS)
        fields |= {f"tag-{number}": [tag], f"source-{number}": f"Handbook, page {number + 1}"}
    return fields


def own_steps(seed: int, expert: int, problem: str) -> dict[str, Any]:
    """The fields of a solution in steps: two to four of them, one a part of the first."""
    chance = dice(seed, expert, problem)
    numbers = [chance.randint(2, 99) for _ in range(chance.randint(2, 4))]
    return {
        "mode": "write",
        "step_text": [
            f"From {chance.choice(SIDES)} it follows that there are {number}." for number in numbers
        ],
        "step_formula": [f"{number} * 1 = {number}" for number in numbers],
        "step_source": [""] * len(numbers),
        "step_parent": ["", "1", *[""] * (len(numbers) - 2)],
        "final_answer": str(numbers[-1]),
        "finish": "solution",
    }
