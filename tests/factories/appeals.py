"""Appeals in any state, by the way every appeal takes."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from marketplace.identity.models import Role, User
from tests.factories.identity import make_user
from tests.factories.reviews import author, decided, make_waiting
from workspace.reviews import service
from workspace.reviews.models import Appeal, Cause, Outcome, Verdict
from workspace.reviews.service import Ruling
from workspace.submissions.models import Submission

STATEMENT = "Clause 1 asks for a source and my second paragraph names it with its page."
REASONS = "The answer names its source in the second paragraph, so the clause is met as it stands."
RULING: dict[str, Any] = {
    "outcome": Outcome.WON,
    "cause": Cause.REVIEWER,
    "reasons": REASONS,
    "clauses": [1],
}


def make_judge(session: Session, name: str = "Ada Judge", **columns: Any) -> User:
    """Somebody of operations, who decides appeals."""
    return make_user(session, roles=[Role.OPS], name=name, **columns)


def rejected(
    session: Session, submission: Submission | None = None, reviewer: User | None = None
) -> Submission:
    """A submission that was rejected and can be appealed."""
    submission = submission or make_waiting(session)
    decided(session, submission, Verdict.REJECT, reviewer)
    return submission


def appealed(session: Session, submission: Submission | None = None, reviewer: User | None = None) -> Appeal:
    """An open appeal."""
    submission = rejected(session, submission, reviewer)
    return service.open_appeal(session, submission.id, by=author(session, submission), statement=STATEMENT)


def drawn(session: Session, judge: User, appeal: Appeal) -> Appeal:
    """The same in the hands of this person."""
    found = service.draw_appeal(session, judge=judge)
    session.flush()
    assert found is not None
    assert found.id == appeal.id
    return found


def judged(session: Session, judge: User, appeal: Appeal, **words: Any) -> Appeal:
    """The same, drawn and decided."""
    drawn(session, judge, appeal)
    made = service.decide_appeal(session, appeal.id, Ruling(**{**RULING, **words}), judge=judge)
    session.flush()
    return made


def outcomes() -> Sequence[tuple[Outcome, int | None]]:
    """Every way a person can decide."""
    return [
        (Outcome.WON, None),
        (Outcome.UPHELD, None),
        *((Outcome.IN_PART, share) for share in (25, 50, 75)),
    ]
