"""What experts and companies do with tasks: claim, hold, extend, give back; import and release."""

from workspace.queue.service.claims import claim, claim_again, hold_next, open_held, start
from workspace.queue.service.endings import expire, extend, give_back_held, leave, release, reopen, submitted
from workspace.queue.service.slots import count_approved, free_slot

__all__ = [
    "claim",
    "claim_again",
    "count_approved",
    "expire",
    "extend",
    "free_slot",
    "give_back_held",
    "hold_next",
    "leave",
    "open_held",
    "release",
    "reopen",
    "start",
    "submitted",
]
