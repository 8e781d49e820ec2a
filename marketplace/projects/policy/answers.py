"""How many answers a project is funded for, and how that is said: one unit and one word everywhere.

An expert gives one answer to a task; a task with several opinions wants several answers.  A project is funded
for the smaller of what its budget pays and what is still wanted.
"""

from marketplace.kit.money import shown
from marketplace.projects.models import Project


def covered(budget_minor: int, project: Project) -> int:
    """How many answers a budget pays for, wanted or not."""
    return max(budget_minor, 0) // project.unit_minor


def funded(budget_minor: int, project: Project, wanted: int) -> int:
    """How many answers are wanted and paid for."""
    return min(covered(budget_minor, project), wanted)


def answers(count: int) -> str:
    """`18 answers`."""
    return f"{count:,} answer{'' if count == 1 else 's'}"


def funded_words(count: int) -> str:
    """What a card says of a job funded for `count` answers."""
    return f"{answers(count)} funded" if count else "no answer free now"


def offer_words(count: int, wanted: int) -> str:
    """The same on the page of the job, of which `wanted` answers can be claimed."""
    if not wanted:
        return "Every answer is claimed at the moment. One can be free again at any time."
    if count < wanted:
        return f"Funded for {answers(count)} of the {wanted:,} still wanted"
    return f"Funded for {answers(count)}" + (", all that are still wanted" if count > 1 else "")


def budget_words(budget_minor: int, project: Project, wanted: int) -> str:
    """What a budget is enough for, to the company: for how many answers, or for all and what is left over."""
    paid, rest = covered(budget_minor, project), budget_minor - wanted * project.unit_minor
    if not wanted:
        return "No answer waits to be claimed"
    if paid < wanted:
        return f"Enough for {paid:,} more answer{'' if paid == 1 else 's'} of the {wanted:,} wanted"
    left = f"; {shown(rest, project.currency)} would be left" if rest else ""
    return f"Enough for {'all ' if wanted > 1 else 'the '}{answers(wanted)} still wanted{left}"
