"""What experts and companies do with tasks: claim, hold, extend, give back; import and release."""

from workspace.queue.service.batches import open_batch, start_batch, start_waiting, withdraw_open
from workspace.queue.service.checking import Checked, check_rows
from workspace.queue.service.claims import claim, claim_again, go_on, hold_next, open_held, skip, start
from workspace.queue.service.endings import expire, extend, give_back_held, leave, release, reopen, submitted
from workspace.queue.service.imports import (
    TAKES_TASKS,
    KeptFile,
    check_import,
    confirm_import,
    discard_import,
)
from workspace.queue.service.reading import Row, format_of, read_rows
from workspace.queue.service.showing import bad_rows, first_line, sample_line, screen, summary
from workspace.queue.service.slots import count_approved, free_slot

__all__ = [
    "TAKES_TASKS",
    "Checked",
    "KeptFile",
    "Row",
    "bad_rows",
    "check_import",
    "check_rows",
    "claim",
    "claim_again",
    "confirm_import",
    "count_approved",
    "discard_import",
    "expire",
    "extend",
    "first_line",
    "format_of",
    "free_slot",
    "give_back_held",
    "go_on",
    "hold_next",
    "leave",
    "open_batch",
    "open_held",
    "read_rows",
    "release",
    "reopen",
    "sample_line",
    "screen",
    "skip",
    "start",
    "start_batch",
    "start_waiting",
    "submitted",
    "summary",
    "withdraw_open",
]
