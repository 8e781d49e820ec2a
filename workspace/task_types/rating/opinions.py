"""Several ratings of one response: how far they agree, and what they say together."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from workspace.task_types.rating.answer import Answer
from workspace.task_types.rating.payload import Payload
from workspace.task_types.rating.rubric import HIGH, LOW

OVERALL = ""  # a question beside the criteria, whose ids are never empty
ONE_ALONE = 0.5
MANY = 3
SHRINK = 5
DIGITS = 4
Values = Mapping[str, int]


def given(answer: Answer) -> dict[str, int]:
    """Every value of an answer by criterion, the overall one among them."""
    asked = {**answer.scores, OVERALL: answer.overall}
    return {name: value for name, value in asked.items() if value is not None}


def agreement(payload: Payload, one: Answer, other: Answer) -> float:
    """Mean closeness over what both gave a value; what only one could assess counts half."""
    left, right = given(one), given(other)
    parts = [_closeness(left.get(name), right.get(name)) for name in (*payload.ids, OVERALL)]
    counted = [part for part in parts if part is not None]
    return fmean(counted) if counted else 1.0


def _closeness(one: int | None, other: int | None) -> float | None:
    if one is None or other is None:
        return None if one is other else ONE_ALONE
    return 1 - abs(one - other) / (HIGH - LOW)


@dataclass(frozen=True, slots=True)
class Pool:
    """Opinions that count, each with its weight; from three on, each expert's own leniency is taken off.

    Leniency is measured where this task shows it: on what the expert and somebody else both gave a value.
    """

    opinions: tuple[Values, ...]
    weights: tuple[float, ...]

    def value(self, name: str) -> float | None:
        """One value for a question: the mean after each expert's offset, the median under three opinions."""
        rows = [
            (values[name], weight, offset)
            for values, weight, offset in zip(self.opinions, self.weights, self.offsets(), strict=True)
            if name in values
        ]
        if not rows:
            return None
        if len(self.opinions) < MANY:
            return round(float(median(value for value, _, _ in rows)), DIGITS)
        total = sum(weight for _, weight, _ in rows)
        found = sum(weight * (value - offset) for value, weight, offset in rows) / total
        return round(min(max(found, float(LOW)), float(HIGH)), DIGITS)

    def offsets(self) -> list[float]:
        """Own mean less the mean of the others on the same questions, shrunk by n / (n + 5)."""
        return [self._offset(index) for index in range(len(self.opinions))]

    def _offset(self, index: int) -> float:
        gaps = list(self._gaps(index))
        return fmean(gaps) * len(gaps) / (len(gaps) + SHRINK) if gaps else 0.0

    def _gaps(self, index: int) -> Iterator[float]:
        others = [*self.opinions[:index], *self.opinions[index + 1 :]]
        for name, value in self.opinions[index].items():
            if theirs := [values[name] for values in others if name in values]:
                yield value - fmean(theirs)


def counted(answers: Sequence[Answer], weights: Sequence[float] | None) -> list[tuple[Answer, float]]:
    """The opinions with their weights; without weights each counts one, without weight one counts nothing."""
    shares = [1.0] * len(answers) if weights is None else weights
    return [(answer, share) for answer, share in zip(answers, shares, strict=True) if share > 0]


def pool(opinions: Sequence[tuple[Answer, float]]) -> Pool:
    """The opinions that count, together."""
    return Pool(tuple(given(answer) for answer, _ in opinions), tuple(weight for _, weight in opinions))
