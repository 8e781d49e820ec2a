"""The budgets of every page: what a phone has to load before anybody can work."""

from collections import Counter

import pytest

from marketplace.identity import service as identity
from tests.browser.conftest import Enter
from tests.browser.desk import desk
from tests.browser.house import House
from tests.browser.visitor import Visitor
from tests.browser.ways import Way
from tests.browser.ways.all import WAYS
from tests.browser.weight import Weight
from tests.factories import reviews

ways = pytest.mark.parametrize("way", WAYS, ids=lambda way: way.id)
WORKSPACE = {"js": 45_000, "css": 14_200, "fonts": 150_000}  # without maths
OWN_SHEET = {
    "red_teaming": 3_000,
    "rating": 2_000,
    "hallucination_flagging": 1_800,
    "response_editing": 1_500,
    "chain_of_thought": 1_300,
}
REVIEW = WORKSPACE | {"css": 16_000}
BOARD = {"js": 26_000, "css": 14_600, "fonts": 100_000}


def over(weight: Counter[str], budget: dict[str, int]) -> dict[str, int]:
    """What is heavier than allowed."""
    assert weight["js"] > 0, "nothing was weighed"
    return {kind: weight[kind] for kind, most in budget.items() if weight[kind] > most}


@ways
def test_the_workspace_is_light(house: House, enter: Enter, way: Way) -> None:
    first, visitor = enter(), enter()
    at = desk(house, first, way)
    at.open()
    at.enter(visitor)
    scales = Weight(visitor.page)
    visitor.page.goto(first.page.url)
    visitor.page.locator("body[data-live]").wait_for()
    budget = WORKSPACE | {"css": WORKSPACE["css"] + OWN_SHEET.get(way.slug, 0)}
    assert over(scales.weigh(), budget) == {}


def test_the_board_is_light(house: House, enter: Enter) -> None:
    visitor = enter()
    desk(house, visitor, WAYS[0])
    scales = Weight(visitor.page)
    visitor.page.goto("/jobs")
    assert over(scales.weigh(), BOARD) == {}


def test_the_review_is_light(house: House, enter: Enter) -> None:
    visitor = enter()
    path = open_review(house, visitor)
    scales = Weight(visitor.page)
    visitor.page.goto(path)
    assert over(scales.weigh(), REVIEW) == {}


def open_review(house: House, visitor: Visitor) -> str:
    """A review open in the hands of this visitor; its path."""
    with house.writing() as session:
        review = reviews.make_review(session, overlap=1)
        assert review.reviewer_id is not None
        reviewer = session.get_one(reviews.User, review.reviewer_id)
        token = identity.open_sign_in(session, reviewer, device="browser test").token
        path = f"/reviews/{review.id}"
    visitor.context.add_cookies(
        [{"name": house.app.cookie, "value": token, "url": house.address, "httpOnly": True}]
    )
    return path
