"""The verbs on projects: write them, publish them, fund them, end them."""

from marketplace.projects.service.asking import answer, ask
from marketplace.projects.service.comparing import ClauseChange, changed, compare
from marketplace.projects.service.drafting import (
    create,
    publish_guideline,
    save_guideline,
    update,
)
from marketplace.projects.service.ending import (
    cancel,
    close,
    close_finished,
    discard,
    end_overdue,
    extend,
    finish,
)
from marketplace.projects.service.endpoints import (
    TEST_CHARACTERS,
    TEST_REST,
    begin_test,
    key_ending,
    model_address,
    note_test,
    remove_model,
    reseal_keys,
    set_model,
)
from marketplace.projects.service.funding import check_funds, defund, fund, open_if_funded, pause_if_unfunded
from marketplace.projects.service.publishing import pass_check, pause, resume, send_back, submit
from marketplace.projects.service.reporting import report_content, retag
from marketplace.projects.service.telling import (
    tell_all_done,
    tell_answered,
    tell_asked,
    tell_closed,
    tell_opened,
    tell_passed,
    tell_paused,
    tell_sent_back,
)

__all__ = [
    "TEST_CHARACTERS",
    "TEST_REST",
    "ClauseChange",
    "answer",
    "ask",
    "begin_test",
    "cancel",
    "changed",
    "check_funds",
    "close",
    "close_finished",
    "compare",
    "create",
    "defund",
    "discard",
    "end_overdue",
    "extend",
    "finish",
    "fund",
    "key_ending",
    "model_address",
    "note_test",
    "open_if_funded",
    "pass_check",
    "pause",
    "pause_if_unfunded",
    "publish_guideline",
    "remove_model",
    "report_content",
    "reseal_keys",
    "resume",
    "retag",
    "save_guideline",
    "send_back",
    "set_model",
    "submit",
    "tell_all_done",
    "tell_answered",
    "tell_asked",
    "tell_closed",
    "tell_opened",
    "tell_passed",
    "tell_paused",
    "tell_sent_back",
    "update",
]
