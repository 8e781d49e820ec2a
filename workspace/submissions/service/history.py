"""What happened to one piece of work and its money, line by line; reviewers are not named."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.audit import queries as audit
from marketplace.audit.models import AuditRecord
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import Kind, LedgerTransaction
from workspace.queue.models import Assignment
from workspace.submissions.models import Submission

WHO = {
    "expert": "You",
    "clock": "The system",
    "reviewer": "A reviewer",
    "staff": "Staff",
    "adjudicator": "Somebody else",
}
WHAT = {
    "assignment:claim": "started the task",
    "assignment:hold": "had the task held ahead",
    "assignment:open": "started the task held ahead",
    "assignment:extend": "added time",
    "assignment:pause": "asked the company; the deadline rests",
    "assignment:resume": "let the deadline run on after the answer",
    "assignment:submit": "",  # the submission says it
    "assignment:take_back": "took the answer back",
    "assignment:stop": "stopped half way",
    "assignment:release": "gave the task back",
    "assignment:expire": "ended the time; the draft is kept",
    "submission:receive": "handed in",
    "submission:approve": "approved it",
    "submission:approve_with_edits": "approved it with edits",
    "submission:exclude_but_pay": "paid it without using it",
    "submission:ask_for_changes": "asked for changes",
    "submission:reject": "did not approve it",
    "submission:reject_for_good": "made that final: no appeal came in time",
    "submission:appeal": "appealed",
    "submission:appeal_withdrawn": "took the appeal back: the rejection is final",
    "submission:appeal_asked": "asked a question about the appeal",
    "submission:appeal_answered": "answered the question",
    "submission:appeal_won": "decided the appeal: it is paid in full",
    "submission:appeal_in_part": "decided the appeal: it is paid in part",
    "submission:appeal_upheld": "decided the appeal: the rejection stands",
    "submission:overturn": "found the rejection wrong: it is paid after all",
}
BY_CLOCK = {
    "submission:receive": "handed in your complete draft at the deadline",
    "submission:approve": "approved it: nobody judged it in time",
    "submission:appeal_won": "decided the appeal for you: nobody did in time",
}
ENDS = {
    Kind.PLATFORM_REVENUE: "Platform fee, paid by the company on top",
    Kind.PROJECT_BUDGET: "Back to the project",
    Kind.PROJECT_RESERVED: "Reserved when you started: pay, platform fee, one review",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was done: who, what, when."""

    at: datetime
    who: str
    what: str


@dataclass(frozen=True, slots=True)
class Line:
    """One posting: where the money went, in minor units; `mine` when it came to the expert."""

    at: datetime
    text: str
    amount_minor: int
    mine: bool


def history(session: Session, assignment: Assignment, submission: Submission | None = None) -> list[Step]:
    """Everything that was done to the work, the oldest first."""
    things = [("assignment", assignment.id)]
    if submission is not None:
        things.append(("submission", submission.id))
    steps = (_step(record) for record in audit.of_things(session, things))
    return [step for step in steps if step is not None]


def money(session: Session, assignment: Assignment) -> list[Line]:
    """Every posting this claim caused, the oldest first."""
    posted = ledger.with_cause(session, "assignment", assignment.id)
    return [line for transaction in posted for line in _lines(session, transaction, assignment.user_id)]


def _step(record: AuditRecord) -> Step | None:
    side, _, deed = record.tag.partition(":")
    what = WHAT.get(deed, "")
    if side == "clock":
        what = BY_CLOCK.get(deed, what)
    number = record.detail.get("round") if deed == "submission:receive" else 0
    if number:
        what = f"handed in round {int(number) + 1}"
    return Step(record.at, WHO.get(side, "The system"), what) if what else None


def _lines(session: Session, transaction: LedgerTransaction, user_id: uuid.UUID) -> Iterator[Line]:
    for row in ledger.postings_of(session, transaction.id):
        mine = row.credit_kind is Kind.EXPERT_PENDING and row.credit_owner_id == user_id
        text = ENDS.get(row.credit_kind, "Fee of the review, to its reviewer")
        if transaction.kind == "review_reserve":
            text = "Reserved for the next review"
        yield Line(
            at=transaction.created_at,
            text="To you" if mine else text,
            amount_minor=row.amount_minor,
            mine=mine,
        )
