"""A screening by keys alone: started, answered in another order, reloaded, handed in; every page clean for axe."""

import uuid

from tests.browser import people
from tests.browser.conftest import Enter
from tests.browser.hands import Hands
from tests.browser.house import House
from tests.browser.visitor import Visitor
from tests.factories.screenings import make_screening

WHY = "It is right because two and two is four, and the other response says five."


def at_work(house: House, visitor: Visitor) -> tuple[uuid.UUID, Hands]:
    """Somebody who was offered a screening of two items, signed in."""
    with house.writing() as session:
        screening = make_screening(session)
        screening_id, user_id = screening.id, screening.user_id
    people.enter_as(visitor, house, user_id)
    return screening_id, Hands(visitor)


def rank(visitor: Visitor, hands: Hands) -> None:
    """The right response first, by its letter, with a reason."""
    letter = visitor.page.locator("[data-resp='right']").get_attribute("data-letter") or ""
    hands.press(letter.lower(), "1")
    hands.press("w").write(WHY)


def seconds_left(text: str) -> int:
    """What `29:58` or `1:00:00` says."""
    total = 0
    for part in text.split(maxsplit=1)[0].split(":"):
        total = total * 60 + int(part)
    return total


def test_a_screening_is_taken_by_keys(house: House, enter: Enter) -> None:
    visitor = enter()
    screening_id, hands = at_work(house, visitor)
    page = visitor.page
    page.goto(f"/screenings/{screening_id}")
    visitor.look()
    page.get_by_role("button", name="Start now").press("Enter")
    page.locator("body[data-live]").wait_for()
    page.get_by_role("link", name="Item 2").press("Enter")
    page.wait_for_url("**/items/2")
    page.locator("body[data-live]").wait_for()
    rank(visitor, hands)
    page.get_by_text("Draft saved").wait_for()
    left = seconds_left(page.locator("[data-left]").inner_text())
    page.reload()
    page.locator("body[data-live]").wait_for()
    assert page.locator("textarea[name=why]").input_value() == WHY
    rounding = 1  # page and server round to whole seconds at their own moments
    assert seconds_left(page.locator("[data-left]").inner_text()) <= left + rounding, (
        "the clock is the server's"
    )
    page.goto(f"/screenings/{screening_id}/items/1")
    page.locator("body[data-live]").wait_for()
    visitor.look()
    page.keyboard.press("Control+Enter")
    page.locator("#problems:not([hidden])").wait_for()
    visitor.look()
    rank(visitor, hands)
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/items/2")
    page.goto(f"/screenings/{screening_id}")
    visitor.look()
    page.get_by_role("button", name="Hand in all items").press("Enter")
    page.get_by_text("Feedback: 2 of 2 met").wait_for()
    visitor.look()
    page.get_by_role("link", name="Your certificate").press("Enter")
    page.wait_for_url("**/certificates/*")
    visitor.look()
