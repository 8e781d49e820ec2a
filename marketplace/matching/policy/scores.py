"""How the layers of text fit come to one number, and in which order jobs stand.  Pure."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean

BEST = 3  # documents of an expert that count
FINE = 100  # a fit is compared in hundredths: noise must not outrank pay
SPELLING = 2.0  # what a cosine of spelling counts beside full text, which is 1 at best
BESIDE, MEANING = 4.0, 5.0  # where meaning is known: a cosine of spelling, and one of meaning
ENOUGH = 2  # words of a text whose letters say all; of a longer one only so many, where meaning is known
NEAR = 0.10  # a cosine under this says nothing about a document of an expert
MEANT = 0.30  # the same for a cosine of meaning: unrelated texts reach 0.2
FOUND = 0.15  # a cosine from which a search that shares no word still shows a job

Scores = Mapping[int, float]
NOTHING: Scores = {}


@dataclass(frozen=True, slots=True)
class Ranked:
    """One job in its place: `fit` in hundredths (0: no text speaks for it) and why, in one line."""

    project_id: uuid.UUID
    fit: int
    hourly_minor: int
    opened_at: datetime
    reason: str = ""

    @property
    def key(self) -> tuple[int, int, datetime, uuid.UUID]:
        """Best fit first, then dollars an hour, then newest, then id; all descending."""
        return (self.fit, self.hourly_minor, self.opened_at, self.project_id)


def fused(words: Scores, spelling: Scores, meaning: Scores = NOTHING, *, asked: int = 0) -> dict[int, float]:
    """Document -> full text over its maximum for this query, plus the weighted cosines.

    `asked` words were searched for.  Where meaning is known, letters in common say the less the longer the
    text is: titles are alike by their words, questions by what they are about.
    """
    letters = min(1.0, ENOUGH / asked) if meaning and asked else 1.0
    found = {one: letters * share for one, share in shares(words).items()}
    weights = (letters * (BESIDE if meaning else SPELLING), MEANING)
    for weight, layer in zip(weights, (spelling, meaning), strict=True):
        for one, cosine in layer.items():
            found[one] = found.get(one, 0.0) + weight * cosine
    return found


def shares(words: Scores) -> dict[int, float]:
    """Full-text scores over the maximum for their query; nothing when none is positive."""
    top = max(words.values(), default=0.0)
    return {one: score / top for one, score in words.items()} if top > 0 else {}


def spoken(
    words: Scores, spelling: Scores, meaning: Scores = NOTHING, *, asked: int = 0, has_model: bool
) -> dict[int, float]:
    """The same for one document of an expert: with a model, a word in common counts only where the spelling
    of title and names or the meaning is near too, for “board certification” stands in many jobs that it says
    nothing about.
    """
    near = {one: cosine for one, cosine in spelling.items() if cosine >= NEAR}
    meant = {one: cosine for one, cosine in meaning.items() if cosine >= MEANT}
    both = fused(words, near, meant, asked=asked)
    return {one: score for one, score in both.items() if one in near or one in meant or not has_model}


def fit(scores: Sequence[float], documents: int) -> int:
    """An expert's fit for a job, in hundredths: the mean of the best three of their `documents`.

    Those that say nothing about the job count as zero; somebody with fewer than three is judged by those.
    """
    best = sorted(scores, reverse=True)[:BEST]
    missing = min(documents, BEST) - len(best)
    return round(FINE * fmean([*best, *[0.0] * missing])) if best else 0
