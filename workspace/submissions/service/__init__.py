"""Writing, handing in, changing, taking back: the verbs of an expert's answer."""

from workspace.submissions.service.checking import read_sent
from workspace.submissions.service.deadlines import (
    end_changes_promised,
    settle,
    settle_all,
    settle_promised,
    sweep,
)
from workspace.submissions.service.drafts import beat, correct_time, forget, is_open, restore
from workspace.submissions.service.handing import (
    HandedIn,
    submit,
    submit_and_go_on,
    take_back,
)
from workspace.submissions.service.history import Line, Step, history, money
from workspace.submissions.service.replies import Reply
from workspace.submissions.service.rounds import decline_changes, resubmit
from workspace.submissions.service.saving import save
from workspace.submissions.service.stopping import stop, stop_terms, terms_of
from workspace.submissions.service.talking import Asked, Voice, Written, keep, say, try_again, with_turns
from workspace.submissions.service.withdrawing import carry_on, costs, outcomes, withdraw

__all__ = [
    "Asked",
    "HandedIn",
    "Line",
    "Reply",
    "Step",
    "Voice",
    "Written",
    "beat",
    "carry_on",
    "correct_time",
    "costs",
    "decline_changes",
    "end_changes_promised",
    "forget",
    "history",
    "is_open",
    "keep",
    "money",
    "outcomes",
    "read_sent",
    "restore",
    "resubmit",
    "save",
    "say",
    "settle",
    "settle_all",
    "settle_promised",
    "stop",
    "stop_terms",
    "submit",
    "submit_and_go_on",
    "sweep",
    "take_back",
    "terms_of",
    "try_again",
    "with_turns",
    "withdraw",
]
