"""What is said about texts of others: orders, ratings, flags, labels of steps."""

import random
from collections.abc import Mapping
from typing import Any

from commands.simulation.judgement.chance import SIDES, WORDS, dice

TIE_SHARE, STRONG_SHARE = 0.12, 0.35
CANNOT_SHARE, NEAR_SHARE = 0.06, 0.65
WRONG_SHARE, EYE_SHARE = 0.6, 0.85
ERROR_SHARE, SAME_EYES_SHARE, UNSURE_SHARE, NEUTRAL_SHARE = 0.7, 0.75, 0.04, 0.1
REASONS = ("more_accurate", "more_complete", "clearer", "follows_instructions")


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
            fields[f"because-{name}"] = f"Nothing here lets me check {chance.choice(SIDES)}."
    fields["overall"] = _near(chance, level)
    parts = [f"{side.capitalize()} is {chance.choice(WORDS)}." for side in chance.sample(SIDES, 2)]
    fields["why"] = " ".join([*parts, f"That is why it is {fields['overall']} overall for me."])
    return fields


def flagging(seed: int, expert: int, response: str, *, sentences: int, row: str) -> dict[str, Any]:
    """The fields of a flagging form: what is wrong with the text, as most experts see it, else nothing found.

    Words are quoted as somebody without scripts would do it, in the form's blank row.
    """
    truth, chance = dice(seed, "flagging", response), dice(seed, expert, response)
    spoken = response.split()
    once = [word for word in spoken if word.isalnum() and response.count(word) == 1]
    planted = truth.choice(once) if once and truth.random() < WRONG_SHARE else None
    seen = planted if chance.random() < EYE_SHARE else chance.choice([*once, None])
    fields: dict[str, Any] = {"sentence": [str(number) for number in range(sentences)]}
    if seen is None:
        return {**fields, "none_found": "1", "verdict": "reliable"}
    severity = chance.choice(("minor", "major"))
    return {
        **fields,
        f"quote-{row}": seen,
        f"type-{row}": truth.choice(("wrong_fact", "not_in_source", "unverifiable")),
        f"severity-{row}": severity,
        f"correction-{row}": f"Something other than {seen}, by the source.",
        f"evidence-{row}": f"The source does not say {seen}.",
        "verdict": "minor_issues" if severity == "minor" else "unreliable",
    }


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
        fields[f"critique-{error}"] = f"This does not follow, mostly because of {own.choice(SIDES)}."
        fields[f"correction-{error}"] = f"It is {own.choice(WORDS)} to say {own.randint(2, 99)} here."
    fields["final_answer"] = str(own.randint(2, 99))
    fields["finish"] = "found_error" if error else "solution"
    fields["progress"] = str(own.randint(0, 4))
    return fields


def _strength(chance: random.Random) -> str:
    drawn = chance.random()
    if drawn < TIE_SHARE:
        return "0"
    return "2" if drawn < TIE_SHARE + STRONG_SHARE else "1"


def _why(chance: random.Random, count: int) -> str:
    parts = [
        f"What stands at place {place} is {chance.choice(WORDS)} than the one after it, "
        f"mostly in {chance.choice(SIDES)}."
        for place in range(1, count)
    ]
    closing = "The last one leaves the reader with work that the others do, which is why it comes last here."
    return " ".join([*parts, closing])


def _near(chance: random.Random, level: int) -> int:
    step = 0 if chance.random() < NEAR_SHARE else chance.choice((-1, 1))
    return min(max(level + step, 1), 5)


def _mark(chance: random.Random) -> str:
    drawn = chance.random()
    if drawn < UNSURE_SHARE:
        return "unsure"
    return "0" if drawn < UNSURE_SHARE + NEUTRAL_SHARE else "1"
