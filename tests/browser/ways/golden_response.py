"""W goes to the text; the rest is a form."""

from tests.browser.hands import Hands
from tests.browser.ways import Way

TEXT = (
    "Put ten coins in a jar that adds one coin for every ten inside, once a year. After a year you have eleven. "
    "Then the jar counts all eleven, so your coins bring coins."
)


def rules(hands: Hands) -> None:
    """Both rules are met."""
    hands.choose("met-c1", "yes").choose("met-c2", "yes")


def play(hands: Hands) -> None:
    hands.press("w").write(TEXT)
    rules(hands)
    hands.choose("self_score", "4").reach("[name=ai_statement]").press("Space")


WAY = Way(
    slug="golden_response",
    play=play,
    stored={"text": TEXT, "self_score": 4, "ai_statement": True, "response_opened": False},
    text="text",
    structure=rules,
    kept="['c1', 'c2'].every(id => document.querySelector(`input[name='met-${id}']:checked`)?.value === 'yes')",
)
