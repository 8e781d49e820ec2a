"""Verifying: digits label the step one is at.  Writing: Enter makes a step, Tab a part of one."""

from tests.browser.hands import Hands
from tests.browser.ways import Way

CRITIQUE = "60 divided by 20 is 3, not 2."
CORRECTION = "60 / 20 = 3 hours, so at 18:00."
ASKED = {
    "mode": "write",
    "prompt": "How many legs have three cats and a bird?",
    "steps": None,
    "answer": None,
}


def label(hands: Hands) -> None:
    """Two right ones, then the error."""
    hands.press("1", "1", "3")


def verify(hands: Hands) -> None:
    label(hands)
    hands.write(CRITIQUE).press("Tab").write(CORRECTION).press("Escape")
    hands.press("w").write("18:00").choose("progress", "3")


def steps(hands: Hands) -> None:
    """Two steps, the second a part of the first."""
    hands.press("w").write("A cat has four legs.").press("Enter", "Tab").write("Three cats have twelve.")


def write(hands: Hands) -> None:
    steps(hands)
    hands.press("Enter").write("A bird has two.")
    hands.reach("[name=final_answer]").write("14").choose("finish", "solution")


VERIFY = Way(
    slug="chain_of_thought",
    name="chain_of_thought-verify",
    play=verify,
    stored={
        "mode": "verify",
        "first_error": 3,
        "final_answer": "18:00",
        "finish": "found_error",
        "progress": 3,
    },
    text="critique-3",
    structure=label,
    kept="['1', '1', '-1'].every((mark, at) => document.querySelector(`[name='mark-${at + 1}']:checked`)?.value === mark)",
)
WRITE = Way(
    slug="chain_of_thought",
    name="chain_of_thought-write",
    payload=ASKED,
    play=write,
    stored={"mode": "write", "final_answer": "14", "finish": "solution"},
    text="step_text",
    structure=steps,
    kept="[...document.querySelectorAll('[name=step_text]')].map(box => box.value.slice(0, 20)).filter(Boolean).join('|') === 'A cat has four legs.|Three cats have twel'"
    " && document.querySelectorAll('.own-step')[1].dataset.depth === '1'",
)
