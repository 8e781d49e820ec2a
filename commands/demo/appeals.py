"""The demo's appeals: what an expert says about a rejection, and what operations found."""

import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from commands.demo.people import user
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.database import Sessions, transaction
from workspace.reviews import service as reviews
from workspace.reviews.models import Cause, Outcome
from workspace.reviews.service import Ruling
from workspace.submissions.models import Submission

DRAWN, READING = timedelta(hours=3), timedelta(minutes=9)  # after it was sent, and from then on
JUDGE = "ops"


def appeal(sessions: Sessions, submission_id: uuid.UUID, said: Mapping[str, Any]) -> None:
    """Send one; somebody of operations decides it when `said` has how, else it waits for whoever looks."""
    with transaction(sessions) as session:
        expert = session.get_one(User, session.get_one(Submission, submission_id).user_id)
        reviews.open_appeal(session, submission_id, by=expert, statement=said["statement"])
    if "decided" in said:
        with clock.shifted(DRAWN), transaction(sessions) as session:
            _decide(session, submission_id, said["decided"])


def _decide(session: Session, submission_id: uuid.UUID, found: Mapping[str, Any]) -> None:
    judge = user(session, JUDGE)
    drawn = reviews.draw_appeal(session, judge=judge)
    if drawn is None or drawn.submission_id != submission_id:
        raise LookupError("this appeal was to be next")
    ruling = Ruling(
        outcome=Outcome(found["outcome"]),
        share=found.get("share"),
        cause=Cause(found["cause"]),
        reasons=found["reasons"],
        clauses=found["clauses"],
    )
    with clock.shifted(READING):
        reviews.decide_appeal(session, drawn.id, ruling, judge=judge)
