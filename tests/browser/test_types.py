"""Every type of task, by the keyboard alone, from the job to the stored answer."""

import pytest

from tests.browser.conftest import Enter
from tests.browser.desk import desk, hand_in
from tests.browser.hands import Hands
from tests.browser.house import House
from tests.browser.ways import Way
from tests.browser.ways.all import WAYS
from workspace.task_types import registry

ways = pytest.mark.parametrize("way", WAYS, ids=lambda way: way.id)


@pytest.mark.parametrize("slug", registry.ALL)
def test_every_type_can_be_done_by_keys(slug: str) -> None:
    assert slug in {way.slug for way in WAYS}, (
        f"nobody has said how {slug} is done without a mouse: add tests/browser/ways/{slug}.py and its line in ways/all.py"
    )


@ways
def test_from_the_job_to_the_answer_without_a_mouse(house: House, enter: Enter, way: Way) -> None:
    visitor = enter()
    hands = Hands(visitor)
    at = desk(house, visitor, way)
    visitor.go(f"/jobs/{at.slug}")
    hands.reach("form[action$='/start'] button")
    with visitor.page.expect_navigation(wait_until="load"):
        hands.press("Enter")
    at.ready()
    assignment = at.current()
    way.play(hands)
    hand_in(hands)
    stored = at.submitted(assignment)
    assert {name: stored[name] for name in way.stored} == way.stored
    assert at.current() != assignment, "the next task is open"


def test_the_mouse_is_noticed(house: House, enter: Enter) -> None:
    visitor = enter(strict=False)
    Hands(visitor)
    at = desk(house, visitor, WAYS[0])
    at.open()
    visitor.page.locator("#main").click(position={"x": 5, "y": 5})
    assert any("a pointer was used" in fault for fault in visitor.faults)
