"""S starts a flag, arrows choose the words, Enter asks what is wrong, C ticks a sentence."""

from tests.browser.hands import Hands
from tests.browser.ways import Way

EVIDENCE = "The note says 1989."


def flag(hands: Hands) -> None:
    """The year is wrong, and badly so."""
    hands.press("s", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight", "Enter")
    key = hands.page.locator("#flag-menu [data-type=wrong_number]").get_attribute("aria-keyshortcuts") or ""
    hands.press(key)
    hands.press("ArrowRight")  # minor, then major


def play(hands: Hands) -> None:
    flag(hands)
    hands.reach("[name^='correction-']").write("1989").reach("[name^='evidence-']").write(EVIDENCE)
    hands.press("Escape", "c").choose("verdict", "minor_issues")


WAY = Way(
    slug="hallucination_flagging",
    play=play,
    stored={"none_found": False, "sentences_checked": [1], "verdict": "minor_issues"},
    text="evidence-",
    structure=flag,
    kept="document.querySelector('#flagtext mark')?.textContent.includes('1998')"
    " && document.querySelector(\"[name^='severity-']:checked\")?.value === 'major'",
)
