"""Writing, handing in, changing, taking back: the verbs of an expert's answer."""

from workspace.submissions.service.deadlines import (
    end_changes_promised,
    settle,
    settle_all,
    settle_promised,
    sweep,
)
from workspace.submissions.service.drafts import beat, forget, is_open, restore
from workspace.submissions.service.handing import HandedIn, submit, submit_and_go_on, take_back
from workspace.submissions.service.rounds import decline_changes, resubmit
from workspace.submissions.service.saving import save
from workspace.submissions.service.stopping import stop, stop_terms

__all__ = [
    "HandedIn",
    "beat",
    "decline_changes",
    "end_changes_promised",
    "forget",
    "is_open",
    "restore",
    "resubmit",
    "save",
    "settle",
    "settle_all",
    "settle_promised",
    "stop",
    "stop_terms",
    "submit",
    "submit_and_go_on",
    "sweep",
    "take_back",
]
