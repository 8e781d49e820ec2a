"""The expert's part of the journey: a profile, a job, one task by the keyboard alone, the money."""

from tests.browser.visitor import Visitor

WHY = "It tests the yeast first and only then changes anything, which the two others leave to luck."


def fill_profile(visitor: Visitor) -> None:
    """Headline, country, one language."""
    visitor.go("/profile")
    visitor.go("/profile/edit")
    visitor.fill(headline="Bakes and reads closely")
    page = visitor.page
    page.get_by_label("Country you live in").select_option("US")
    page.locator("[name='languages-0-code']").select_option("en")
    page.locator("[name='languages-0-level']").select_option("C2")
    visitor.press("Save")


def find_job(visitor: Visitor, title: str) -> None:
    """On the board, with the list of what it needs."""
    visitor.go("/jobs")
    visitor.follow(visitor.page.get_by_role("link", name=title).first)
    visitor.says("What you need")
    visitor.says("E-mail confirmed")


def accept_offer(visitor: Visitor, name: str) -> None:
    """Apply; the rules answer at once; sign the offer."""
    visitor.press("Apply")
    visitor.says("You fit. Here is your offer.")
    visitor.page.get_by_label("I have read the guideline.").check()
    visitor.page.get_by_label("I agree to the terms.").check()
    visitor.fill(signature=name)
    visitor.press("Accept the offer")


def rank_by_keyboard(visitor: Visitor) -> None:
    """Letters go to a response, digits give it a place, W goes to the reason, Ctrl+Enter sends."""
    page, press = visitor.page, visitor.page.keyboard.press
    page.locator("body[data-live]").wait_for()
    for letter in ("a", "b", "c"):
        press(letter)
        assert page.evaluate("document.activeElement.dataset.letter") == letter.upper()
        press("End")
    best = page.locator("[data-resp]", has_text="Test the yeast").get_attribute("data-letter") or ""
    press(best.lower())
    press("2")
    press("1")
    assert best in page.locator("[data-rk]").first.inner_text()
    second = page.locator("[data-rk]").nth(1).inner_text().split()
    press(next(word for word in second if word in {"A", "B", "C"}).lower())
    press("3")  # an order that nobody was given, so that nothing is asked twice
    press("w")
    page.keyboard.type(WHY)
    press("Escape")
    assert page.locator("textarea[name=why]").input_value() == WHY
    visitor.look()
    press("Control+Enter")


def open_payout_account(visitor: Visitor, name: str) -> None:
    """The country with us, the rest with the payment service."""
    visitor.go("/earnings/account")
    visitor.page.get_by_label("Country").select_option("US")
    visitor.press("Continue")
    visitor.press("Continue at the payment service", "link")
    visitor.fill(name=name)
    visitor.press("Send and go back")
    visitor.says("Ready")
