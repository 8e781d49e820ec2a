"""What a verdict needs, and when rejecting pauses."""

from collections.abc import Sequence

from config.policy import WORK
from marketplace.kit.money import BASIS
from workspace.reviews.models import Review, ReviewState, Verdict

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
OFFERED = (Verdict.APPROVE, Verdict.ASK_FOR_CHANGES, Verdict.REJECT)
NEEDS_REASON = {Verdict.ASK_FOR_CHANGES, Verdict.REJECT}


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


def rejecting_is_paused(*, decided_count: int, rejected_count: int) -> bool:
    """The tripwire: too large a share of at least so many decisions were rejections."""
    enough = decided_count >= WORK.tripwire_decisions
    return enough and rejected_count * BASIS > decided_count * WORK.tripwire_rejected_bps
