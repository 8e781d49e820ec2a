"""Digits give the value of the criterion one is at, 0 cannot assess it."""

from tests.browser.hands import Hands
from tests.browser.ways import Way

WHY = "It says how much and how long, and forgets to say when not to."
BECAUSE = "I do not know this coating."


def values(hands: Hands) -> None:
    """One value, and one that cannot be given."""
    hands.press("4").press("Tab").reach("input[name='score-correctness']").press("0")


def play(hands: Hands) -> None:
    values(hands)
    hands.reach("textarea[name='because-correctness']").write(BECAUSE)
    hands.reach("input[name=overall]").press("3").press("w").write(WHY).press("Escape")


WAY = Way(
    slug="rating",
    play=play,
    stored={
        "scores": {"helpfulness": 4, "correctness": None},
        "cannot_assess": ["correctness"],
        "justifications": {"correctness": BECAUSE},
        "overall": 3,
        "why": WHY,
    },
    text="why",
    structure=values,
    kept="document.querySelector(\"[name='score-helpfulness']:checked\")?.value === '4'"
    " && document.querySelector(\"[name='score-correctness']:checked\")?.value === 'cannot'",
)
