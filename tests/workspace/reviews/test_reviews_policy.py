"""What a verdict needs, how long a review is held, when rejecting pauses: no database."""

from datetime import UTC, datetime, timedelta

import pytest

from config.policy import WORK
from workspace.reviews import policy
from workspace.reviews.models import REVIEW_MOVES, Review, ReviewState, Verdict

R = ReviewState
NOW = datetime(2026, 6, 6, 12, tzinfo=UTC)
WORDS = "one two three four five six seven eight nine ten eleven twelve"

# domain.md 3.8: from -> to
TABLE = {
    (R.QUEUED, R.OPEN),
    (R.OPEN, R.QUEUED),
    (R.OPEN, R.PENDING),
    (R.PENDING, R.OPEN),
    (R.PENDING, R.DECIDED),
    (R.QUEUED, R.LAPSED),
    (R.DECIDED, R.IN_AUDIT),
    (R.IN_AUDIT, R.CONFIRMED),
    (R.IN_AUDIT, R.OVERTURNED),
    (R.CONFIRMED, R.IN_AUDIT),  # found wrong by two people, after an appeal that was lost
}


def test_the_move_table_is_the_specified_one() -> None:
    assert {(now, to) for now, found in REVIEW_MOVES.items() for to in found} == TABLE


def lacking(verdict: Verdict, **changes: object) -> dict[str, str]:
    given = {"reason_code": "ACC-2", "clauses": [1], "note": WORDS, "known_clauses": [1, 2], **changes}
    return policy.problems(verdict, **given)  # type: ignore[arg-type]


def test_a_full_rejection_lacks_nothing() -> None:
    assert lacking(Verdict.REJECT) == {}
    assert lacking(Verdict.ASK_FOR_CHANGES, note="Name the source.") == {}
    assert lacking(Verdict.APPROVE, reason_code=None, clauses=[], note="") == {}


@pytest.mark.parametrize("verdict", [Verdict.REJECT, Verdict.ASK_FOR_CHANGES])
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("reason_code", None),
        ("reason_code", ""),
        ("reason_code", "SPEED"),
        ("clauses", []),
        ("clauses", [3]),
        ("clauses", [1, 3]),
        ("note", "   "),
    ],
)
def test_what_is_missing_is_said_at_its_field(verdict: Verdict, field: str, value: object) -> None:
    assert list(lacking(verdict, **{field: value})) == [field]


def test_twelve_words_are_counted_and_eleven_are_said() -> None:
    eleven = WORDS.rsplit(" ", 1)[0]
    assert "You have 11" in lacking(Verdict.REJECT, note=eleven)["note"]
    assert str(WORK.rejection_minimum_words) in lacking(Verdict.REJECT, note="")["note"]
    assert lacking(Verdict.ASK_FOR_CHANGES, note=eleven) == {}


def test_reasons_fit_the_kind_of_work() -> None:
    assert "RNK-1" in policy.reasons_for("response_ranking")
    assert "RNK-1" not in policy.reasons_for("golden_response")
    assert set(policy.reasons_for("golden_response")) < set(policy.REASONS)


@pytest.mark.parametrize(
    ("decided", "rejected", "paused"),
    [(29, 29, False), (30, 4, False), (30, 5, True), (100, 15, False), (100, 16, True), (0, 0, False)],
)
def test_over_fifteen_percent_of_thirty_pauses_rejecting(decided: int, rejected: int, paused: bool) -> None:
    assert policy.rejecting_is_paused(decided_count=decided, rejected_count=rejected) is paused


@pytest.mark.parametrize(
    ("left", "budget", "why"), [(1, 866, None), (0, 866, policy.NO_ROUND), (1, 865, policy.NO_BUDGET)]
)
def test_changes_need_a_round_and_a_budget(left: int, budget: int, why: str | None) -> None:
    assert policy.why_no_changes(changes_left=left, budget_minor=budget, fee_minor=866) == why


def held(*, opened: timedelta, until: timedelta, due: timedelta = timedelta(days=3)) -> Review:
    review = Review(submission=None, round=0, fee_minor=1, due_at=NOW + due)  # type: ignore[arg-type]
    review.opened_at, review.locked_until = NOW - opened, NOW + until
    return review


MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.mark.parametrize(
    ("opened", "until", "due", "expected"),
    [
        (MINUTE, 9 * MINUTE, 72 * HOUR, 10 * MINUTE),
        (4 * HOUR - MINUTE, 5 * MINUTE, 72 * HOUR, MINUTE),  # four hours in all
        (5 * HOUR, 5 * MINUTE, 72 * HOUR, -HOUR),
        (MINUTE, 9 * MINUTE, timedelta(0), 9 * MINUTE),  # the clock's turn: only the rest of the lock
        (MINUTE, 9 * MINUTE, -MINUTE, 9 * MINUTE),
        (MINUTE, 9 * MINUTE, MINUTE, 10 * MINUTE),
    ],
)
def test_reading_renews_the_lock(
    opened: timedelta, until: timedelta, due: timedelta, expected: timedelta
) -> None:
    assert policy.renewed(held(opened=opened, until=until, due=due), NOW) == NOW + expected


def test_taking_back_gives_the_pending_seconds_back() -> None:
    late = held(opened=HOUR, until=2 * MINUTE, due=-MINUTE)
    late.acts_at = NOW + timedelta(seconds=3)  # given five seconds ago
    assert policy.resumed(late, NOW) == NOW + 2 * MINUTE + timedelta(seconds=5)
    ended = held(opened=HOUR, until=-HOUR, due=-MINUTE)
    assert policy.resumed(ended, NOW) == NOW
    early = held(opened=MINUTE, until=MINUTE)
    assert policy.resumed(early, NOW) == NOW + 10 * MINUTE


def test_a_lock_ends_on_time() -> None:
    assert policy.is_held(held(opened=HOUR, until=timedelta(seconds=1)), NOW)
    assert not policy.is_held(held(opened=HOUR, until=timedelta(0)), NOW)
