"""What experts and companies do with tasks: claim, hold, extend, give back; import and release."""

from workspace.queue.service.asking import ask, resume
from workspace.queue.service.batches import open_batch, start_batch, start_waiting, withdraw_open
from workspace.queue.service.cancelling import cancel, cancel_held
from workspace.queue.service.checking import Checked, check_rows
from workspace.queue.service.claims import claim, claim_again, go_on, hold_next, open_held, skip, start
from workspace.queue.service.columns import Found, columns_of, guess, names_of
from workspace.queue.service.endings import expire, extend, give_back_held, leave, release, reopen, submitted
from workspace.queue.service.flagging import OVER, put_back
from workspace.queue.service.forecasting import forecast
from workspace.queue.service.imports import (
    NAMES,
    TAKES_TASKS,
    KeptFile,
    check_import,
    choose_columns,
    confirm_import,
    discard_import,
)
from workspace.queue.service.looking import Looked, guess_over, guessed, look_over
from workspace.queue.service.mapping import EXTERNAL_ID, Plan, check_columns, known_fields, read_mapping
from workspace.queue.service.places import LONGEST as LONGEST_PLACE
from workspace.queue.service.reading import Row, format_of, read_rows
from workspace.queue.service.rules import admission, stops
from workspace.queue.service.showing import (
    PREVIEW_SEED,
    bad_rows,
    first_line,
    line,
    preview,
    sample_line,
    screen,
    summary,
)
from workspace.queue.service.slots import count_approved, free_slot, retake_slot
from workspace.queue.service.stopping import stop, stop_terms
from workspace.queue.service.telling import tell_cancelled, tell_quarantined, tell_stopped
from workspace.queue.service.withdrawing import withdraw

__all__ = [
    "EXTERNAL_ID",
    "LONGEST_PLACE",
    "NAMES",
    "OVER",
    "PREVIEW_SEED",
    "TAKES_TASKS",
    "Checked",
    "Found",
    "KeptFile",
    "Looked",
    "Plan",
    "Row",
    "admission",
    "ask",
    "bad_rows",
    "cancel",
    "cancel_held",
    "check_columns",
    "check_import",
    "check_rows",
    "choose_columns",
    "claim",
    "claim_again",
    "columns_of",
    "confirm_import",
    "count_approved",
    "discard_import",
    "expire",
    "extend",
    "first_line",
    "forecast",
    "format_of",
    "free_slot",
    "give_back_held",
    "go_on",
    "guess",
    "guess_over",
    "guessed",
    "hold_next",
    "known_fields",
    "leave",
    "line",
    "look_over",
    "names_of",
    "open_batch",
    "open_held",
    "preview",
    "put_back",
    "read_mapping",
    "read_rows",
    "release",
    "reopen",
    "resume",
    "retake_slot",
    "sample_line",
    "screen",
    "skip",
    "start",
    "start_batch",
    "start_waiting",
    "stop",
    "stop_terms",
    "stops",
    "submitted",
    "summary",
    "tell_cancelled",
    "tell_quarantined",
    "tell_stopped",
    "withdraw",
    "withdraw_open",
]
