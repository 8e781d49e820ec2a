"""The workspace of every type: clean for axe, in both themes and at three widths, empty and refused; keys that stay letters."""

from string import ascii_lowercase, digits

import pytest
from playwright.sync_api import Page

from tests.browser import rules
from tests.browser.conftest import Enter
from tests.browser.desk import Desk, desk
from tests.browser.hands import Hands, focused
from tests.browser.house import House
from tests.browser.visitor import Visitor
from tests.browser.ways import Way, red_teaming
from tests.browser.ways.all import WAYS

ways = pytest.mark.parametrize("way", WAYS, ids=lambda way: way.id)
SIZES = ({"width": 1440, "height": 900}, {"width": 390, "height": 844}, {"width": 320, "height": 640})
LETTERS = ascii_lowercase + digits + "=+?"


def look_in_both_themes(visitor: Visitor) -> None:
    for theme in ("light", "dark"):
        visitor.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        visitor.look()


@ways
def test_every_type_is_clean_empty_and_refused(house: House, enter: Enter, way: Way) -> None:
    visitor = enter()
    at = desk(house, visitor, way)
    at.open()
    for size in SIZES:
        visitor.page.set_viewport_size(size)
        visitor.page.reload()
        at.ready()
        look_in_both_themes(visitor)
        assert rules.small_targets(visitor.page) == []
        if size["width"] < 760:
            assert rules.small_main_targets(visitor.page) == []
        _refused(visitor.page)
        look_in_both_themes(visitor)
        assert rules.small_targets(visitor.page) == []


def _refused(page: Page) -> None:
    """Sent with nothing in it but a note: the summary has the focus and leads to every control, the note is kept."""
    page.evaluate("document.querySelector('details.about').open = true")
    page.locator("#answer textarea[name=note]").fill("Kept")
    page.keyboard.press("Control+Enter")
    page.locator("#problems:not([hidden])").wait_for()
    assert page.evaluate("document.activeElement.id") == "problems"
    assert page.title().startswith("Error: ")
    assert page.locator("#answer textarea[name=note]").input_value() == "Kept"
    for link in page.locator("#problem-list a").all():
        link.focus()
        page.keyboard.press("Enter")
        place = link.get_attribute("data-place")
        assert not page.evaluate(
            "document.activeElement === document.body || document.activeElement.matches('#problem-list a')"
        ), f"the link to {place} leads nowhere: {focused(page)}"


def test_a_conversation_is_clean_with_its_replies_and_labels(house: House, enter: Enter) -> None:
    visitor = enter()
    at = desk(house, visitor, red_teaming.LIVE)
    at.open()
    hands = Hands(visitor)
    red_teaming.talk(hands)
    red_teaming.judge(hands)
    for size in SIZES:
        visitor.page.set_viewport_size(size)
        look_in_both_themes(visitor)
        assert rules.small_targets(visitor.page) == []


@ways
def test_the_focus_is_seen_on_every_stop(house: House, enter: Enter, way: Way) -> None:
    visitor = enter()
    at = desk(house, visitor, way)
    at.open()
    for size in SIZES[:2]:
        visitor.page.set_viewport_size(size)
        visitor.page.reload()
        at.ready()
        stops = rules.walk(visitor.page)
        assert len(stops) > 10
        assert any("submit" in stop["name"] for stop in stops), "Tab never comes to the button that sends"
        assert [stop for stop in stops if not stop["ringed"]] == []
        assert [stop for stop in stops if not stop["free"]] == []


@ways
def test_no_letter_in_a_text_is_a_shortcut(house: House, enter: Enter, way: Way) -> None:
    visitor = enter()
    at = desk(house, visitor, way)
    at.open()
    page = visitor.page
    page.evaluate("for (const one of document.querySelectorAll('details:not([data-shut])')) one.open = true")
    boxes = page.locator("textarea:visible, input.input:visible, input[type=url]:visible").all()
    assert boxes
    before = page.url
    for box in boxes:
        box.fill("")
        box.focus()
        page.keyboard.type(LETTERS)
        assert box.input_value() == LETTERS
        assert box.evaluate("box => box === document.activeElement")
        assert page.locator("dialog[open], .drawer:popover-open").count() == 0
    assert page.url == before


def test_the_list_of_keys_opens_and_single_keys_can_be_switched_off(house: House, enter: Enter) -> None:
    visitor = enter()
    at = desk(house, visitor, WAYS[0])
    at.open()
    page, press = visitor.page, visitor.page.keyboard.press
    press("?")
    page.get_by_role("heading", name="Keyboard shortcuts").wait_for()
    look_in_both_themes(visitor)
    page.locator("#keys-on").focus()
    press("Space")
    press("Escape")
    page.evaluate("document.activeElement.blur()")
    _rests(at)
    page.reload()
    at.ready()
    _rests(at)


def _rests(at: Desk) -> None:
    """No single key does anything; Ctrl and Enter still send."""
    page = at.page
    for letter in LETTERS:
        page.keyboard.press(letter)
    assert page.locator("dialog[open], .drawer:popover-open").count() == 0
    assert page.evaluate("document.activeElement === document.body")
    page.keyboard.press("Control+Enter")
    page.locator("#problems:not([hidden])").wait_for()
    page.evaluate("document.activeElement.blur()")
