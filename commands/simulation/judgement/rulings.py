"""What simulated reviewers decide."""

from dataclasses import dataclass

from commands.simulation.judgement.chance import dice

CHANGES_SHARE, REJECT_SHARE = 0.10, 0.05
# the reasons to reject, the first that a page offers: only an order can contradict itself
REJECTED = {
    "RNK-1": "The order contradicts the reason given for it, and the reason names none of the responses.",
    "ACC-1": "What is said here is not so, and the guideline asks everybody to check it first.",
    "COM-2": "Much of what was asked for is not there, and nothing says why it was left out of this.",
}


@dataclass(frozen=True, slots=True)
class Ruling:
    """A reviewer's verdict with what it needs."""

    verdict: str
    reason_code: str = ""
    note: str = ""


def ruling(seed: int, answer: str, *, first_round: bool, reason: str = "RNK-1") -> Ruling:
    """A verdict on what the answer says; asked-for changes are approved when they come back.

    `reason` is the code of REJECTED that a rejection carries.
    """
    chance = dice(seed, "review", answer).random()
    if first_round and chance < REJECT_SHARE:
        return Ruling("reject", reason, REJECTED[reason])
    if first_round and chance < REJECT_SHARE + CHANGES_SHARE:
        return Ruling("ask_for_changes", "CLA-1", "Say what you mean in the last sentence.")
    return Ruling("approve")
