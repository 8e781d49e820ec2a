"""Pure rules of assignments."""

import hashlib
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from config.policy import WORK
from workspace.queue import policy
from workspace.queue.models import AssignmentState

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def assignment(**columns: Any) -> Any:
    values = {"state": AssignmentState.ACTIVE, "expires_at": NOW, "extensions": 0}
    return SimpleNamespace(**values, **columns) if not columns else SimpleNamespace(**{**values, **columns})


@pytest.mark.parametrize(("minutes", "wall"), [(1, 30), (7, 30), (8, 32), (20, 80), (480, 1920)])
def test_the_length_is_four_estimates_half_an_hour_at_least_and_the_grace(minutes: int, wall: int) -> None:
    assert policy.length(minutes) == timedelta(minutes=wall + WORK.assignment_grace_minutes)


def test_the_grace_is_not_shown() -> None:
    shown = policy.shown_deadline(assignment())
    assert shown == NOW - timedelta(minutes=WORK.assignment_grace_minutes)


@pytest.mark.parametrize(("used", "left"), [(0, 10), (9, 1), (10, 0), (11, 0)])
def test_extensions_are_counted_down(used: int, left: int) -> None:
    assert policy.extensions_left(assignment(extensions=used)) == left


@pytest.mark.parametrize("state", list(AssignmentState))
def test_only_what_is_in_hand_can_be_overdue(state: AssignmentState) -> None:
    in_hand = state in {AssignmentState.ACTIVE, AssignmentState.HELD}
    assert policy.is_overdue(assignment(state=state), NOW) is in_hand
    assert not policy.is_overdue(assignment(state=state), NOW - timedelta(microseconds=1))


def test_the_claim_holds_price_fee_and_one_review_fee() -> None:
    assert policy.unit_minor(assignment(price_minor=4334, fee_minor=866, review_fee_minor=866)) == 6066


def test_the_pay_rule_is_named_by_its_hash() -> None:
    assert hashlib.sha256(policy.PAY_RULE.encode()).hexdigest() == policy.PAY_RULE_SHA256
    assert "2000 of 10000" in policy.PAY_RULE


def test_the_reasons_to_skip_are_the_specified_ones() -> None:
    assert list(policy.SKIP_REASONS) == [
        "outside_my_field",
        "prompt_unclear",
        "distressing",
        "reference_missing",
        "personal_data",
        "conflict_of_interest",
        "too_long",
        "other",
    ]
