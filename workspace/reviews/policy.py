"""What a verdict needs, how long a review stays in one person's hands, and when rejecting pauses."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from config.policy import WORK
from marketplace.kit.money import BASIS
from workspace.reviews.models import (
    UNDECIDED,
    Appeal,
    AppealState,
    Cause,
    Outcome,
    Review,
    ReviewState,
    Verdict,
)

REASONS = {
    "ACC-1": "Wrong fact",
    "ACC-2": "Unsupported claim",
    "ACC-3": "Unit or number not in the source",
    "COM-1": "Part missing",
    "COM-2": "Guideline step skipped",
    "SAF-1": "Unsafe advice",
    "SAF-2": "Harm not flagged",
    "CLA-1": "Hard to follow",
    "FMT-1": "Format",
    "RNK-1": "Order contradicts the reason",
    "INT-1": "Copied without source",
    "INT-2": "No effort",
}
OVERTURN_REASONS = {
    "many": "Many were rejected by mistake",
    "guideline": "The guideline does not ask for what was missed",
    "misread": "The answer was misread",
    "facts": "What was called wrong is right",
    "ours": "A fault of ours",
}
OVERTURNED_AT_ONCE = 50  # rejections in one proposal: what one transaction can carry
OVERTURN_REASON_LENGTH = 300  # characters; the ledger keeps 400 with the words around it
ONLY_FOR = {"RNK": "response_ranking"}  # reasons that speak of one kind of work
STEP_ASIDE = {
    "conflict_of_interest": "Conflict of interest",
    "outside_my_field": "Outside my field",
    "distressing_content": "Distressing content",
}
OFFERED = (Verdict.APPROVE, Verdict.ASK_FOR_CHANGES, Verdict.REJECT)
NEEDS_REASON = {Verdict.ASK_FOR_CHANGES, Verdict.REJECT}
NO_ROUND = "The rounds of changes are used up. Approve or reject."
NO_BUDGET = "The budget of the project cannot pay another review. Approve or reject."
CAUSES = {
    Cause.EXPERT: "The expert’s error",
    Cause.AMBIGUOUS: "The guideline can be read both ways",
    Cause.GAP: "The guideline says nothing about it",
    Cause.REVIEWER: "The reviewer’s error",
    Cause.TASK: "The task is broken",
}
SHARES = (25, 50, 75)  # percent of the price an appeal can win in part
LONGEST = 2_000  # characters of the reasons of a decision
STATEMENT = 10 * WORK.appeal_words  # characters: not every language puts spaces between words
APPEAL = timedelta(days=WORK.appeal_decide_days)
APPEAL_LOCK = timedelta(minutes=WORK.appeal_lock_minutes)
APPEAL_ANSWER = timedelta(days=WORK.appeal_answer_days)
_LOCK = timedelta(minutes=WORK.review_lock_minutes)
_LONGEST = timedelta(hours=WORK.review_lock_maximum_hours)


def reasons_for(task_type: str) -> Mapping[str, str]:
    """The reasons a reviewer of this kind of work may give, by code."""
    return {
        code: words
        for code, words in REASONS.items()
        if ONLY_FOR.get(code.partition("-")[0], task_type) == task_type
    }


def why_no_changes(*, changes_left: int, budget_minor: int, fee_minor: int) -> str | None:
    """Why changes cannot be asked for (a sentence), or None: they can."""
    if changes_left < 1:
        return NO_ROUND
    return NO_BUDGET if budget_minor < fee_minor else None


def problems(
    verdict: Verdict,
    *,
    reason_code: str | None,
    clauses: Sequence[int],
    note: str,
    known_clauses: Sequence[int],
) -> dict[str, str]:
    """What a verdict lacks, by field: a code, a clause of the pinned guideline, enough words."""
    found: dict[str, str] = {}
    if verdict not in NEEDS_REASON:
        return found
    if reason_code not in REASONS:
        found["reason_code"] = "Choose the reason."
    if not clauses or not set(clauses) <= set(known_clauses):
        found["clauses"] = "Choose at least one clause of the guideline the expert worked with."
    words = len(note.split())
    wanted = WORK.rejection_minimum_words if verdict is Verdict.REJECT else 1
    if words < wanted:
        found["note"] = (
            f"Say in at least {wanted} words what is wrong and what right would look like. You have {words}."
            if wanted > 1
            else "Say what should change."
        )
    return found


def may_give(review: Review, reviewer_id: object) -> bool:
    """The review is open in this person's hands."""
    return review.state is ReviewState.OPEN and review.reviewer_id == reviewer_id


def is_held(review: Review, now: datetime) -> bool:
    """The lock of an open review has not ended."""
    return review.locked_until is not None and review.locked_until > now


def renewed(review: Review, now: datetime) -> datetime:
    """Until when an open review stays with its reviewer who has just read or typed."""
    until = review.locked_until or now
    if now >= review.due_at or review.opened_at is None:  # the clock decides as soon as the lock ends
        return until
    return min(now + _LOCK, review.opened_at + _LONGEST)


def resumed(review: Review, now: datetime) -> datetime:
    """Until when a review stays with its reviewer who has taken the verdict back.

    The seconds in which the verdict could be undone do not count.
    """
    given_at = review.acts_at - timedelta(seconds=WORK.undo_seconds) if review.acts_at else now
    rest = max((review.locked_until or given_at) - given_at, timedelta(0))
    return max(now + rest, renewed(review, now))


def forget_words(review: Review) -> None:
    """Take the verdict that was never given out of a review: the next reviewer begins with nothing."""
    review.verdict, review.reason_code, review.note = None, None, ""
    review.clauses, review.acts_at = {}, None


def rejecting_is_paused(*, decided_count: int, rejected_count: int) -> bool:
    """The tripwire: too large a share of at least so many decisions were rejections."""
    enough = decided_count >= WORK.tripwire_decisions
    return enough and rejected_count * BASIS > decided_count * WORK.tripwire_rejected_bps


def from_budget(costs_minor: Sequence[int], budget_minor: int) -> list[bool]:
    """Which of these costs the budget pays, in their order: each whole or not at all."""
    paid = []
    for cost in costs_minor:
        covered = cost <= budget_minor
        budget_minor -= cost if covered else 0
        paid.append(covered)
    return paid


def statement_problem(text: str) -> str:
    """Why an appeal cannot be opened with this, "" when it can."""
    words = len(text.split())
    if not words:
        return "Say where your answer meets the clause that was named."
    if words > WORK.appeal_words:
        return f"Use at most {WORK.appeal_words} words. You have {words}."
    return f"Shorten this to {STATEMENT:,} characters." if len(text) > STATEMENT else ""


def reasons_problem(text: str) -> str:
    """Why an appeal cannot be decided with these reasons, "" when it can."""
    words = len(text.split())
    if words < WORK.rejection_minimum_words:
        return f"Say in at least {WORK.rejection_minimum_words} words why you decide so. You have {words}."
    return f"Shorten this to {LONGEST:,} characters." if len(text) > LONGEST else ""


def part_pay(price_minor: int, share: int) -> int:
    """What an appeal won in part pays: a share in percent of the price, rounded up for the expert."""
    return -(-price_minor * share // 100)


def appeal_pay(outcome: Outcome, price_minor: int, share: int | None) -> int:
    """What an outcome pays the expert."""
    if outcome is Outcome.UPHELD:
        return 0
    return price_minor if outcome is Outcome.WON else part_pay(price_minor, share or 0)


def waits(appeal: Appeal | None) -> bool:
    """An appeal that keeps its rejection from being final."""
    return appeal is not None and appeal.state in UNDECIDED


def in_hand(appeal: Appeal, now: datetime) -> bool:
    """Somebody is deciding it now."""
    return (
        appeal.state is AppealState.ASSIGNED and appeal.locked_until is not None and appeal.locked_until > now
    )


def asks(appeal: Appeal, now: datetime) -> bool:
    """The expert can still answer a question."""
    if appeal.state is not AppealState.INFO_REQUESTED or appeal.answer_due_at is None:
        return False
    return appeal.answer_due_at > now and appeal.due_at > now


def is_senior(*, verdicts: int, rejected: int, overturned: int) -> bool:
    """Whether a reviewer may decide appeals: many verdicts, and few rejections that were found wrong."""
    return verdicts >= WORK.senior_verdicts and overturned * BASIS <= rejected * WORK.senior_overturned_bps
