"""Pure rules of answers."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from workspace.submissions import policy
from workspace.submissions.models import SubmissionState
from workspace.submissions.policy import Accepted, Problems
from workspace.task_types import registry
from workspace.task_types.base import Invalid

KIND = registry.get("response_ranking")
PAYLOAD, ANSWER = KIND.example()
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
S = SubmissionState


def task(**columns: Any) -> Any:
    return SimpleNamespace(**{"task_type": "response_ranking", "payload": PAYLOAD, **columns})


def test_a_good_answer_is_kept_as_its_type_stores_it() -> None:
    read = policy.read(task(), 1, ANSWER)
    assert isinstance(read, Accepted)
    again = policy.read(task(), 1, read.answer)
    assert isinstance(again, Accepted)
    assert again.answer == read.answer


def test_what_is_missing_is_said_by_place() -> None:
    read = policy.read(task(), 1, {**ANSWER, "why": ""})
    assert isinstance(read, Problems)
    assert list(read.errors) == ["why"]


def test_an_unreadable_payload_is_said() -> None:
    broken = task(payload={"prompt": 17})
    assert isinstance(policy.blinded(broken, 1), Invalid)
    read = policy.read(broken, 1, ANSWER)
    assert isinstance(read, Problems)
    assert "payload" in read.errors


def test_an_unknown_type_is_still_read() -> None:
    assert isinstance(policy.read(task(task_type="of_tomorrow"), 1, {"text": "x"}), Accepted)


def test_the_same_seed_gives_the_same_order_and_no_model_names() -> None:
    one, other = policy.blinded(task(), 7), policy.blinded(task(), 7)
    assert one == other
    assert "m1" not in str(one)


def test_only_unconfirmed_warnings_are_asked() -> None:
    asked = policy.unconfirmed(KIND, ["pii_added", "too_fast", "new_code"], ["too_fast"])
    assert asked == {"pii_added": KIND.warnings["pii_added"], "new_code": "new_code"}


@pytest.mark.parametrize(
    ("seconds", "others", "fast"),
    [
        (19, [100] * 10, True),
        (20, [100] * 10, False),
        (0, [100] * 9, False),
        (0, [0] * 30, False),
        (1, [], False),
        (11, [10, 20, 50, 60, 60, 60, 60, 900, 900, 900], True),
    ],
)
def test_too_fast_is_a_fifth_of_the_median_of_ten(seconds: int, others: list[int], fast: bool) -> None:
    assert policy.is_too_fast(seconds, others) is fast


@pytest.mark.parametrize("state", list(S))
@pytest.mark.parametrize(("seconds", "minutes_left"), [(8, -1), (9, 1), (9, -1)])
def test_taking_back(state: S, seconds: int, minutes_left: int) -> None:
    submission: Any = SimpleNamespace(state=state, submitted_at=NOW - timedelta(seconds=seconds))
    assignment: Any = SimpleNamespace(expires_at=NOW + timedelta(minutes=minutes_left))
    allowed = state is S.SUBMITTED and (seconds <= 8 or minutes_left > 0)
    assert policy.may_take_back(submission, assignment, NOW) is allowed


def test_every_state_is_in_one_list() -> None:
    lists = [policy.IN_REVIEW, {S.CHANGES_REQUESTED}, policy.DECIDED, {S.UNDONE}]
    assert sorted(state.value for found in lists for state in found) == sorted(state.value for state in S)
