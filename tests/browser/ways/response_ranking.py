"""Letters go to a response, digits give it a place, = changes the strength, W goes to the reason."""

from tests.browser.hands import Hands
from tests.browser.ways import Way

WHY = "It says what to change and in which order, while the bucket only hides the drip."


def order(hands: Hands) -> None:
    """The long response first, much better than the next."""
    letter = hands.page.locator("[data-resp='r2']").get_attribute("data-letter") or ""
    hands.press(letter.lower(), "3", "1", "r", "=", "=")


def play(hands: Hands) -> None:
    for letter in "abc":
        hands.press(letter, "End")
    order(hands)
    hands.press("w").write(WHY)
    for name, place in (("r1", "2"), ("r2", "1"), ("r3", "3")):
        hands.reach(f"select[name='dim-0-{name}']").write(place)
    hands.press("Escape")


WAY = Way(
    slug="response_ranking",
    play=play,
    stored={"why": WHY, "dimensions": {"accuracy": [["r2"], ["r1"], ["r3"]]}},
    text="why",
    structure=order,
    kept="document.querySelector('[data-rk]').dataset.rk === 'r2'"
    " && document.querySelector('input[name=gap-1]:checked').value === '2'",
)
