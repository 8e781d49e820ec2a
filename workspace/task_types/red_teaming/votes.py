"""Agreement between two opinions."""

from workspace.task_types.red_teaming.answer import Answer


def agreement(one: Answer, other: Answer) -> float:
    """Half for the same finding, half for the common share of kinds of failure; two without any agree."""
    left, right = set(one.categories), set(other.categories)
    common = len(left & right) / len(left | right) if left | right else 1.0
    return 0.5 * (one.resisted == other.resisted) + 0.5 * common
