"""What past decisions say about a company: figures with intervals, none from fewer than twenty.  Pure."""

from collections.abc import Iterable, Sequence
from math import ceil, floor, sqrt
from statistics import median
from typing import Any

from marketplace.kit.money import BASIS
from marketplace.reputation.policy import ENOUGH
from workspace.quality.queries import PAID, REJECTED, Decision
from workspace.submissions.models import SubmissionState

S = SubmissionState
Z = 1.96  # 95 %
REVIEWED = frozenset({S.APPROVED, S.EXCLUDED_PAID, S.AUTO_APPROVED})  # the first decision is the last one
HOUR_SECONDS = 3600
Figure = dict[str, Any]


def figures(
    decisions: Sequence[Decision],
    answers: tuple[int, int] = (0, 0),
    *,
    paid: tuple[int, int] = (0, 0),
    tasks: tuple[int, int] = (0, 0),
) -> dict[str, Figure]:
    """Every figure enough decisions stand behind; shares in ten-thousandths, pay in minor units an hour.

    `answers`: applications the company had to answer by hand, and of those how many it left unanswered.
    `paid`: how often experts were paid and how much.  `tasks`: of jobs that are over, and those withdrawn.
    """
    waited = [one.waited_seconds for one in decisions if one.state in REVIEWED and not one.overturned]
    rates = [
        one.price_minor * HOUR_SECONDS // one.active_seconds
        for one in decisions
        if one.state in PAID and one.active_seconds > 0
    ]
    refused = [
        one.overturned or one.state is S.APPROVED_ON_APPEAL
        for one in decisions
        if one.overturned or one.state in {S.FINAL_REJECTED, S.APPROVED_ON_APPEAL}
    ]
    states = [one.state for one in decisions]
    found = {
        "review_seconds": _middle(waited),
        "hourly_minor": _middle(rates),
        "by_clock": _share(states, {S.AUTO_APPROVED}),
        "rejected": _share(states, REJECTED),
        "overturned": _share_of(len(refused), sum(refused)),
        "excluded_paid": _share(states, {S.EXCLUDED_PAID}),
        "no_answer": _share_of(*answers),
        "withdrawn": _share_of(*tasks),
        "paid": {"n": paid[0], "value": paid[1]} if paid[0] >= ENOUGH else None,
    }
    return {name: figure for name, figure in found.items() if figure is not None}


def wilson(hits: int, n: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson): honest for few cases and at both ends."""
    share, square = hits / n, Z * Z
    centre = (share + square / (2 * n)) / (1 + square / n)
    reach = Z * sqrt(share * (1 - share) / n + square / (4 * n * n)) / (1 + square / n)
    return min(share, max(0.0, centre - reach)), max(
        share, min(1.0, centre + reach)
    )  # floats round at the ends


def _share(states: Sequence[SubmissionState], hit: Iterable[SubmissionState]) -> Figure | None:
    wanted = frozenset(hit)
    return _share_of(len(states), sum(state in wanted for state in states))


def _share_of(n: int, hits: int) -> Figure | None:
    if n < ENOUGH:
        return None
    low, high = wilson(hits, n)
    return {
        "n": n,
        "value": round(hits * BASIS / n),
        "low": floor(low * BASIS),
        "high": ceil(high * BASIS),
    }


def _middle(values: Sequence[int]) -> Figure | None:
    """The median between the two ranks that hold it with 95 %, whatever the distribution."""
    n, ordered = len(values), sorted(values)
    if n < ENOUGH:
        return None
    reach = Z * sqrt(n) / 2
    low, high = max(0, floor(n / 2 - reach)), min(n - 1, ceil(n / 2 + reach))
    return {"n": n, "value": round(median(ordered)), "low": ordered[low], "high": ordered[high]}
