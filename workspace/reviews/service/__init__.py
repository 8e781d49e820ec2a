"""The verbs of reviewing: serve, give, undo, decide, and what the clock decides alone."""

from workspace.reviews.service.appeal_judging import (
    Ruling,
    ask_expert,
    decide_appeal,
    draw_appeal,
    leave_appeal,
    may_judge,
    settle_appeal,
)
from workspace.reviews.service.appeal_telling import (
    tell_appeal_answered,
    tell_appeal_asked,
    tell_appeal_ended,
    tell_appeal_opened,
)
from workspace.reviews.service.appeals import answer_question, open_appeal, withdraw_appeal
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
    "Ruling",
    "answer_question",
    "approve_late",
    "approve_overturn",
    "ask_expert",
    "bonus_lines",
    "budget_left",
    "count_bonus",
    "decide",
    "decide_appeal",
    "draw_appeal",
    "feedback",
    "give",
    "give_bonus",
    "lapse",
    "lapse_overturns",
    "leave_appeal",
    "look",
    "may_judge",
    "open_appeal",
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
    "settle_appeal",
    "settle_bonus",
    "step_aside",
    "sweep",
    "sweep_bonuses",
    "tell_appeal_answered",
    "tell_appeal_asked",
    "tell_appeal_ended",
    "tell_appeal_opened",
    "tell_overturn_decided",
    "tell_overturn_proposed",
    "undo",
    "why_no_changes",
    "withdraw_appeal",
    "withdraw_overturn",
]
