"""The text is edited as anywhere; Alt+J goes to the change, Space tags it."""

from tests.browser.hands import Hands
from tests.browser.ways import Way

EDITED = "It fell on 9 November 1989."
SUMMARY = "Corrected the year and gave the exact date."


def edit(hands: Hands) -> None:
    """Another text, and what was wrong with the old one."""
    hands.press("w", "Control+a").write(EDITED).press("Escape", "Alt+j")
    hands.reach("[name='tag-0'][value=fact_error]").press("Space")


def play(hands: Hands) -> None:
    edit(hands)
    hands.reach("[name='source-0']").write("Encyclopaedia, on the Wall")
    hands.reach("[name=summary]").write(SUMMARY).press("Escape")


WAY = Way(
    slug="response_editing",
    play=play,
    stored={"edited": EDITED, "summary": SUMMARY, "no_edit": False},
    text="summary",
    structure=edit,
    kept=f"document.querySelector('[name=edited]').value === '{EDITED}'"
    " && document.querySelector(\"[name='tag-0'][value=fact_error]\").checked",
)
