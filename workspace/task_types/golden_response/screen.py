"""What the templates draw of a written answer."""

from dataclasses import dataclass

from workspace.task_types.base.fields import Fields
from workspace.task_types.base.results import Json
from workspace.task_types.base.words import count_words
from workspace.task_types.golden_response.answer import Answer, Kept, read
from workspace.task_types.golden_response.payload import Constraint, Payload


@dataclass(frozen=True, slots=True)
class Rule:
    """A constraint with what the expert says about it."""

    constraint: Constraint
    kept: Kept


@dataclass(frozen=True, slots=True)
class Screen:
    """A payload together with an answer or a draft of it."""

    payload: Payload
    answer: Answer
    rules: tuple[Rule, ...]
    words: int

    @property
    def window(self) -> str:
        """How many words are wanted, as a sentence."""
        low, high = self.payload.min_words, self.payload.max_words
        if high is not None:
            return f"{low:,} to {high:,} words." if low > 1 else f"At most {high:,} words."
        return f"At least {low:,} words." if low > 1 else ""


def screen(payload: Payload, raw: Json) -> Screen:
    """Everything the templates need; unusable parts of a draft are left out."""
    answer = read(Fields(raw, "answer"), payload)
    rules = tuple(
        Rule(rule, kept) for rule, kept in zip(payload.constraints, answer.constraints, strict=True)
    )
    return Screen(payload, answer, rules, count_words(answer.text))
