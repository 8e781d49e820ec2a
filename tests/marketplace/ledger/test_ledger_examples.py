"""The ends of one claim in exact cents: price 4334, fee 866, review fee 866, from a budget of 100000."""

import uuid
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from marketplace.ledger import queries, service
from marketplace.ledger.service import Entry
from tests.factories.ledger import FEE, PRICE, REVENUE, REVIEW, Parties, end, fund, leg, reserve, review_paid

CLAIM, FIRST, SECOND = uuid.UUID(int=1), uuid.UUID(int=2), uuid.UUID(int=3)


def claimed(who: Parties) -> list[Entry]:
    return []


def approved(who: Parties) -> list[Entry]:
    return [review_paid(who, CLAIM, FIRST), end(who, CLAIM, "approve", pay=PRICE, fee=FEE, rest=0)]


def by_the_clock(who: Parties) -> list[Entry]:
    return [end(who, CLAIM, "approve", pay=PRICE, fee=FEE, rest=REVIEW)]


def changes_asked_once(who: Parties) -> list[Entry]:
    return [
        review_paid(who, CLAIM, FIRST),
        Entry(
            kind="review_reserve",
            key=f"review:{SECOND}:reserve",
            legs=[leg(who.budget, who.reserved, REVIEW)],
            ref_type="assignment",
            ref_id=CLAIM,
        ),
        review_paid(who, CLAIM, SECOND),
        end(who, CLAIM, "approve", pay=PRICE, fee=FEE, rest=0),
    ]


def rejected(who: Parties) -> list[Entry]:
    return [review_paid(who, CLAIM, FIRST)]


def finally_rejected(who: Parties) -> list[Entry]:
    return [*rejected(who), end(who, CLAIM, "release", pay=0, fee=0, rest=PRICE + FEE)]


def appeal_won(who: Parties) -> list[Entry]:
    adjudicator = Entry(
        kind="appeal_pay",
        key=f"appeal:{SECOND}:pay",
        legs=[leg(REVENUE, (who.pending[0], who.adjudicator), REVIEW)],
    )
    return [*rejected(who), adjudicator, end(who, CLAIM, "approve", pay=PRICE, fee=FEE, rest=0)]


def appeal_half_won(who: Parties) -> list[Entry]:
    return [*rejected(who), end(who, CLAIM, "approve", pay=2167, fee=433, rest=2600)]


def stopped(who: Parties) -> list[Entry]:
    return [end(who, CLAIM, "stop", pay=1301, fee=260, rest=4505)]


def cancelled(who: Parties) -> list[Entry]:
    return [end(who, CLAIM, "cancel", pay=1734, fee=346, rest=3986)]


def released(who: Parties) -> list[Entry]:
    return [end(who, CLAIM, "release", pay=0, fee=0, rest=6066)]


@pytest.mark.parametrize(
    ("story", "expected"),
    [  # project_budget, project_reserved, expert, reviewer, platform_revenue
        (claimed, [93934, 6066, 0, 0, 0]),
        (approved, [93934, 0, 4334, 866, 866]),
        (by_the_clock, [94800, 0, 4334, 0, 866]),
        (changes_asked_once, [93068, 0, 4334, 1732, 866]),
        (rejected, [93934, 5200, 0, 866, 0]),
        (finally_rejected, [99134, 0, 0, 866, 0]),
        (appeal_won, [93934, 0, 4334, 866, 0]),
        (appeal_half_won, [96534, 0, 2167, 866, 433]),
        (stopped, [98439, 0, 1301, 0, 260]),
        (cancelled, [97920, 0, 1734, 0, 346]),
        (released, [100000, 0, 0, 0, 0]),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_every_end_of_a_claim(
    session: Session, story: Callable[[Parties], list[Entry]], expected: list[int]
) -> None:
    who = Parties()
    fund(session, who, 100000)
    service.post(session, reserve(who, CLAIM))
    entries = story(who)
    service.post_all(session, entries)
    again = service.post_all(session, entries)
    assert not any(posted.created for posted in again)
    places = [who.budget, who.reserved, who.pending, who.reviewer_pending, REVENUE]
    assert list(queries.balances(session, places).values()) == expected
    held = expected[1]
    assert queries.rest_of_claim(session, "assignment", CLAIM) == held
    assert queries.promised(session, who.project) == ({("assignment", CLAIM): held} if held else {})
    assert queries.broken(session) == []
