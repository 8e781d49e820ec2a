"""Refusals of this room."""

from collections.abc import Mapping

from marketplace.kit.errors import Conflict, Invalid


class NothingToDo(Conflict):
    """No task is free for this person right now."""


class BudgetUsedUp(Conflict):
    """The project's budget does not cover one more claim."""


class NotEligible(Conflict):
    """A rule stands against this claim; the sentence names it."""


class OutOfTime(Conflict):
    """The deadline has passed."""


class FileRefused(Invalid):
    """A file that cannot be read as tasks at all."""


class MappingRefused(Invalid):
    """Columns chosen for fields that cannot be; `problems` has a sentence for every field."""

    code = "mapping_refused"

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(" ".join(f"{place}: {said}".removeprefix(": ") for place, said in problems.items()))
        self.problems = dict(problems)


class PauseFirst(NotEligible):
    """Enough sensitive content for now: the page of the pause says when it goes on."""

    code = "pause_first"
