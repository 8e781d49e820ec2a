"""The verbs of reviewing: serve, give, undo, decide, and what the clock decides alone."""

from workspace.reviews.service.bonuses import (
    BonusLine,
    bonus_lines,
    count_bonus,
    give_bonus,
    promise_bonuses,
    settle_bonus,
    sweep_bonuses,
)
from workspace.reviews.service.deadlines import approve_late, reject_for_good, sweep
from workspace.reviews.service.deciding import decide
from workspace.reviews.service.feedback import Feedback, feedback, look
from workspace.reviews.service.overturn_deciding import (
    approve_overturn,
    lapse_overturns,
    refuse_overturn,
    withdraw_overturn,
)
from workspace.reviews.service.overturn_money import budget_left
from workspace.reviews.service.overturn_telling import tell_overturn_decided, tell_overturn_proposed
from workspace.reviews.service.overturning import Finding, propose_overturn
from workspace.reviews.service.serving import lapse, open_next, put_back, queue_review, renew, step_aside
from workspace.reviews.service.verdicts import (
    give,
    pauses_rejecting,
    rejecting_is_paused,
    undo,
    why_no_changes,
)

__all__ = [
    "BonusLine",
    "Feedback",
    "Finding",
    "approve_late",
    "approve_overturn",
    "bonus_lines",
    "budget_left",
    "count_bonus",
    "decide",
    "feedback",
    "give",
    "give_bonus",
    "lapse",
    "lapse_overturns",
    "look",
    "open_next",
    "pauses_rejecting",
    "promise_bonuses",
    "propose_overturn",
    "put_back",
    "queue_review",
    "refuse_overturn",
    "reject_for_good",
    "rejecting_is_paused",
    "renew",
    "settle_bonus",
    "step_aside",
    "sweep",
    "sweep_bonuses",
    "tell_overturn_decided",
    "tell_overturn_proposed",
    "undo",
    "why_no_changes",
    "withdraw_overturn",
]
