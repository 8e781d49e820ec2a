"""The steps of a beginner, and what is done already.  Pure."""

import enum
from collections.abc import Collection, Sequence
from dataclasses import dataclass


class Step(enum.Enum):
    """What stands between joining and being paid, in the order that costs a person least."""

    CONFIRM = "confirm"
    ABOUT = "about"
    FIRST_TASK = "first_task"
    CREDENTIAL = "credential"
    PAYOUT = "payout"


SKIPPABLE = frozenset({Step.FIRST_TASK, Step.CREDENTIAL, Step.PAYOUT})


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a person; `credential` is "", "kept" (not sent), "sent" or "verified"."""

    confirmed: bool
    about: bool
    submitted: bool
    credential: str
    payable: bool


@dataclass(frozen=True, slots=True)
class Item:
    """One step with its state."""

    step: Step
    done: bool
    skipped: bool

    @property
    def may_skip(self) -> bool:
        """Whether the person may put it aside: nothing else waits for it."""
        return not self.done and not self.skipped and self.step in SKIPPABLE


def checklist(facts: Facts, skipped: Collection[str]) -> list[Item]:
    """Every step in order."""
    done = {
        Step.CONFIRM: facts.confirmed,
        Step.ABOUT: facts.about,
        Step.FIRST_TASK: facts.submitted,
        Step.CREDENTIAL: facts.credential in {"sent", "verified"},
        Step.PAYOUT: facts.payable,
    }
    return [Item(step, done[step], not done[step] and step.value in skipped) for step in Step]


def is_over(items: Sequence[Item]) -> bool:
    """Nothing of the list is left to do or to look at."""
    return all(item.done or item.skipped for item in items)
