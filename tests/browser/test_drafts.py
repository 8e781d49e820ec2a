"""No text is ever lost: servers die, networks go, tabs close, people log out, time runs out."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from playwright.sync_api import Page

from marketplace.kit.clock import shifted
from tests.browser import people
from tests.browser.conftest import Enter
from tests.browser.desk import Desk, desk, hand_in
from tests.browser.hands import Hands
from tests.browser.house import House
from tests.browser.visitor import Visitor
from tests.browser.ways import Way, chain_of_thought, golden_response, response_ranking
from tests.browser.ways.all import WAYS

ways = pytest.mark.parametrize("way", WAYS, ids=lambda way: way.id)
two = pytest.mark.parametrize("way", [golden_response.WAY, response_ranking.WAY], ids=lambda way: way.id)
WORDS = "This sentence has to be here tomorrow, whatever happens to"
LONG = timedelta(hours=5)


@pytest.fixture
def visitor(enter: Enter) -> Visitor:
    """Somebody whose console may complain: of a network that is cut, of a server that is dead."""
    return enter(strict=False)


def says(page: Page, state: str) -> None:
    """The bar says how it is with the draft."""
    page.wait_for_function("state => document.querySelector('#saved span')?.textContent === state", arg=state)


def written(page: Page, way: Way) -> str:
    """What stands in the text area of this way."""
    found: str = page.locator(f"textarea[name^='{way.text}']").first.input_value()
    return found


def write(page: Page, way: Way, text: str) -> None:
    """Type letter by letter at the end of it."""
    box = page.locator(f"textarea[name^='{way.text}']").first
    box.focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(text)


def stands(at: Desk, text: str) -> None:
    """The text is on the page, and what is no text too."""
    assert text in written(at.page, at.way)
    assert at.page.evaluate(at.way.kept), "what is no text is lost"


@contextmanager
def cut(visitor: Visitor) -> Iterator[None]:
    """Without a network."""
    visitor.context.set_offline(True)
    yield
    visitor.context.set_offline(False)


@ways
def test_what_was_saved_is_there_after_a_reload_and_the_way_back(
    house: House, enter: Enter, way: Way
) -> None:
    visitor = enter()
    at = desk(house, visitor, way)
    assignment = at.open()
    way.structure(Hands(visitor))
    write(visitor.page, way, WORDS)
    stands(at, WORDS)
    says(visitor.page, "Draft saved")
    visitor.page.reload()
    at.ready()
    stands(at, WORDS)
    write(visitor.page, way, " us")
    visitor.page.goto("/tasks")  # in the middle of a word
    visitor.page.go_back()
    at.ready()
    stands(at, f"{WORDS} us")
    says(visitor.page, "Draft saved")
    assert f"{WORDS} us" in str(at.draft(assignment))


@ways
def test_what_was_written_without_a_network_survives_the_closed_page(
    house: House, visitor: Visitor, way: Way
) -> None:
    at = desk(house, visitor, way)
    assignment = at.open()
    with cut(visitor):
        way.structure(Hands(visitor))
        write(visitor.page, way, WORDS)
        says(visitor.page, "Offline. Saved on this device")
        assert WORDS not in str(at.draft(assignment))
        visitor.page.close()
    visitor.page = visitor.tab()
    visitor.page.goto(f"/tasks/{assignment}")
    at.ready()
    stands(at, WORDS)
    says(visitor.page, "Draft saved")
    assert WORDS in str(at.draft(assignment))
    visitor.page.reload()
    at.ready()
    stands(at, WORDS)


@two
def test_a_page_closed_in_the_middle_of_a_word(house: House, visitor: Visitor, way: Way) -> None:
    at = desk(house, visitor, way)
    assignment = at.open()
    write(visitor.page, way, f"{WORDS} u")
    visitor.page.close()
    visitor.page = visitor.tab()
    visitor.page.goto(f"/tasks/{assignment}")
    at.ready()
    assert f"{WORDS} u" in written(visitor.page, way)


def test_a_script_that_cannot_be_loaded_costs_no_text(house: House, visitor: Visitor) -> None:
    """The plain form is saved instead; what it left on the device is given to the server by the next page."""
    at = desk(house, visitor, golden_response.WAY)
    visitor.context.route("**/chunks/golden_response-*.js", lambda route: route.abort())
    assignment = at.open()
    write(visitor.page, at.way, "This sentence has to be here")
    golden_response.rules(Hands(visitor))
    says(visitor.page, "Draft saved")
    assert at.draft(assignment)["text"] == "This sentence has to be here"
    with cut(visitor):
        write(visitor.page, at.way, " tomorrow, whatever happens to")
        says(visitor.page, "Offline. Saved on this device")
        visitor.page.close()
    visitor.context.unroute("**/chunks/golden_response-*.js")
    visitor.page = visitor.tab()
    visitor.page.goto(f"/tasks/{assignment}")
    visitor.page.wait_for_function(
        "words => document.querySelector('[name=text]')?.value === words", arg=WORDS
    )
    at.ready()
    stands(at, WORDS)
    assert at.draft(assignment)["text"] == WORDS


@two
def test_a_server_that_dies_between_two_letters(house: House, visitor: Visitor, way: Way) -> None:
    at = desk(house, visitor, way)
    assignment = at.open()
    write(visitor.page, way, "This sentence has to be")
    says(visitor.page, "Draft saved")
    house.close()
    write(visitor.page, way, " here tomorrow, whatever")
    says(visitor.page, "Offline. Saved on this device")
    visitor.page.keyboard.press("Control+Enter")
    visitor.says("Nothing was sent")
    write(visitor.page, way, " happens to")
    house.open()
    visitor.page.evaluate("dispatchEvent(new Event('online'))")
    says(visitor.page, "Draft saved")
    assert WORDS in written(visitor.page, way)
    assert WORDS in str(at.draft(assignment))


@two
def test_two_tabs_never_overwrite_each_other(house: House, visitor: Visitor, way: Way) -> None:
    at = desk(house, visitor, way)
    assignment = at.open()
    older = visitor.page
    newer = visitor.tab()
    newer.goto(f"/tasks/{assignment}")
    newer.locator("body[data-live]").wait_for()
    write(newer, way, "From the newer tab")
    says(newer, "Draft saved")
    older.bring_to_front()
    write(older, way, WORDS)
    says(older, "Open in another tab")
    older.get_by_text("This task is open in another tab. This one is read only.").wait_for()
    assert older.locator("#answer").get_attribute("inert") is not None
    assert WORDS in written(older, way)
    assert "From the newer tab" in str(at.draft(assignment))
    older.get_by_role("button", name="Use this tab").click()
    says(older, "Draft saved")
    assert WORDS in str(at.draft(assignment))
    newer.bring_to_front()
    write(newer, way, " and more")
    says(newer, "Open in another tab")
    assert "From the newer tab and more" in written(newer, way)
    newer.get_by_role("button", name="Load what was saved").click()
    newer.wait_for_load_state()
    newer.locator("body[data-live]").wait_for()
    assert WORDS in written(newer, way)


@two
def test_logged_out_in_another_tab(house: House, visitor: Visitor, way: Way) -> None:
    at = desk(house, visitor, way)
    assignment = at.open()
    page, other = visitor.page, visitor.tab()
    write(page, way, "This sentence has to be here")
    says(page, "Draft saved")
    other.goto("/tasks")
    other.locator("button.avatar").click()
    with other.expect_navigation(wait_until="load"):
        other.get_by_role("button", name="Log out").first.click()
    page.bring_to_front()
    write(page, way, " tomorrow, whatever happens to")
    page.get_by_role("heading", name="You were logged out").wait_for()
    says(page, "Logged out. Saved on this device")
    visitor.page = other
    people.log_in(visitor, at.email)
    visitor.page = page
    page.bring_to_front()
    page.get_by_role("button", name="Stay here").click()
    page.evaluate("dispatchEvent(new Event('focus'))")
    says(page, "Draft saved")
    assert WORDS in written(page, way)
    assert WORDS in str(at.draft(assignment))


def test_logging_out_saves_what_is_only_on_the_device(house: House, visitor: Visitor) -> None:
    at = desk(house, visitor, golden_response.WAY)
    assignment = at.open()
    with cut(visitor):
        write(visitor.page, at.way, WORDS)
        says(visitor.page, "Offline. Saved on this device")
        visitor.page.close()
    visitor.page = visitor.tab()
    visitor.page.goto("/tasks")
    visitor.page.locator("button.avatar").click()
    with visitor.page.expect_navigation(url="**/login*"):
        visitor.page.get_by_role("button", name="Log out").first.click()
    assert at.draft(assignment)["text"] == WORDS
    assert visitor.page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('draft:'))") == []


def test_logging_out_asks_before_it_deletes_what_cannot_be_saved(house: House, visitor: Visitor) -> None:
    at = desk(house, visitor, golden_response.WAY)
    assignment = at.open()
    page, other = visitor.page, visitor.tab()
    with cut(visitor):
        write(page, at.way, WORDS)
        says(page, "Offline. Saved on this device")
        page.close()
    other.goto(f"/tasks/{assignment}")
    other.evaluate(
        "(id) => { const key = 'draft:' + id; localStorage.setItem('kept', localStorage.getItem(key) ?? '') }",
        str(assignment),
    )
    visitor.page = other
    at.ready()
    says(other, "Draft saved")
    write(other, at.way, " A newer one.")
    says(other, "Draft saved")
    copy = {"rev": 0, "at": 1, "answer": {"text": WORDS}, "note": "", "confidence": None}
    other.evaluate(
        "([id, copy]) => localStorage.setItem('draft:' + id, JSON.stringify(copy))", [str(assignment), copy]
    )
    other.goto("/tasks")
    other.locator("button.avatar").click()
    other.get_by_role("button", name="Log out").first.click()
    other.get_by_role("heading", name="Some of your text is only on this device").wait_for()
    visitor.look()
    other.get_by_role("link", name="Open the task").click()
    other.get_by_role("button", name="Use the text of this device").click()
    assert written(other, at.way) == WORDS


@two
def test_the_deadline_submits_what_is_complete(house: House, visitor: Visitor, way: Way) -> None:
    at = desk(house, visitor, way)
    assignment = at.open()
    way.play(Hands(visitor))
    says(visitor.page, "Draft saved")
    with shifted(LONG):
        at.enter(visitor)
        write(visitor.page, way, " ")
        visitor.page.get_by_text("Your answer was complete, so we submitted it.").wait_for()
    stored = at.submitted(assignment)
    assert {name: stored[name] for name in way.stored if name != way.text} == {
        name: value for name, value in way.stored.items() if name != way.text
    }
    assert stored[way.text].strip() == str(way.stored[way.text]).strip()


@pytest.mark.parametrize("way", [golden_response.WAY, chain_of_thought.VERIFY], ids=lambda way: way.id)
def test_the_deadline_keeps_what_is_not_complete(house: House, visitor: Visitor, way: Way) -> None:
    at = desk(house, visitor, way, tasks=1)
    assignment = at.open()
    way.structure(Hands(visitor))
    write(visitor.page, way, "This sentence has to be here")
    says(visitor.page, "Draft saved")
    with shifted(LONG):
        at.enter(visitor)
        write(visitor.page, way, " tomorrow, whatever happens to")
        visitor.page.get_by_text("Your draft is kept for 30 days.").wait_for()
        visitor.page.get_by_role("button", name="Go on").click()
        visitor.says("The task went back to the queue.")
        assert WORDS in visitor.page.locator("main").inner_text()
        visitor.look()
        with visitor.page.expect_navigation(wait_until="load"):
            visitor.page.get_by_role("button", name="Take it again").click()
        at.ready()
        stands(at, WORDS)
        assert at.current() != assignment


@two
def test_undo_after_submitting_brings_the_answer_back(house: House, enter: Enter, way: Way) -> None:
    visitor = enter()
    at = desk(house, visitor, way)
    assignment = at.open()
    hands = Hands(visitor)
    way.play(hands)
    hand_in(hands)
    at.ready()
    with visitor.page.expect_navigation(wait_until="load"):
        hands.page.locator("#undo-toast button").focus()
        hands.press("Enter")
    at.ready()
    assert at.current() == assignment
    assert written(visitor.page, way) == way.stored[way.text]
    assert at.page.evaluate(way.kept)
    write(visitor.page, way, " ")
    says(visitor.page, "Draft saved")
    hand_in(hands)
    assert at.submitted(assignment)[way.text].strip() == way.stored[way.text]
