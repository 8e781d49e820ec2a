"""Agreement between opinions, and what several of them say together."""

from collections.abc import Iterator, Sequence

from workspace.task_types.base.words import similarity
from workspace.task_types.chain_of_thought import finals
from workspace.task_types.chain_of_thought.answer import BAD_PROBLEM, Answer, Verified, Written
from workspace.task_types.chain_of_thought.payload import Payload


def agreement(payload: Payload, one: Answer, other: Answer) -> float:
    """Half the same first error, half equal ratings up to it; of written steps the final answer."""
    if isinstance(one, Verified) and isinstance(other, Verified):
        return 0.5 * (one.first_error == other.first_error) + 0.5 * _equal_ratings(payload, one, other)
    if isinstance(one, Written) and isinstance(other, Written):
        return _same_solution(one, other)
    return 0.0


def _equal_ratings(payload: Payload, one: Verified, other: Verified) -> float:
    ends = [answer.first_error for answer in (one, other) if answer.first_error is not None]
    upto = min(ends, default=len(payload.steps))
    pairs = list(zip(one.steps[:upto], other.steps[:upto], strict=True))
    return sum(left.rating == right.rating and left.unsure == right.unsure for left, right in pairs) / upto


def _same_solution(one: Written, other: Written) -> float:
    if one.final_answer.strip() and finals.same(one.final_answer, other.final_answer):
        return 1.0
    return similarity(joined(one), joined(other))


def joined(answer: Written) -> str:
    """All steps as one text."""
    return "\n".join(step.text for step in answer.steps)


def usable(answer: Verified) -> Iterator[bool]:
    """True or false for every step up to the first error or the first step without a rating.

    A problem that is broken has no steps to learn from.
    """
    for label in answer.steps if answer.finish != BAD_PROBLEM else ():
        if label.rating is None:
            return
        yield label.rating >= 0
        if label.rating < 0:
            return


def together(answers: Sequence[Verified], weights: Sequence[float] | None) -> Iterator[bool]:
    """The labels more than half of the weight agrees on, up to the first step where it does not.

    Whoever found an earlier error holds that the solution is broken from there on: the error that comes out
    is the median of the first errors.
    """
    given = [1.0] * len(answers) if weights is None else [max(weight, 0.0) for weight in weights]
    opinions = list(zip([list(usable(answer)) for answer in answers], given, strict=True))
    for place in range(max((len(labels) for labels, _ in opinions), default=0)):
        broken = sum(weight for labels, weight in opinions if False in labels[: place + 1])
        right = sum(weight for labels, weight in opinions if labels[place:] and all(labels[: place + 1]))
        if 2 * max(right, broken) <= sum(given):
            return
        yield right > broken
        if broken > right:
            return
