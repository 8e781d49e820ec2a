"""Seeded chance, and the words that simulated people have."""

import hashlib
import random

SIDES = ("the first half", "the middle part", "the closing part", "the example", "the summary")
WORDS = ("clearer", "more complete", "better ordered", "easier to check", "closer to the question")


def dice(seed: int, *parts: object) -> random.Random:
    """A source of chance for exactly this judgement."""
    text = "\n".join(str(part) for part in (seed, *parts))
    return random.Random(hashlib.sha256(text.encode()).hexdigest())  # noqa: S311 - a simulation, no secret
