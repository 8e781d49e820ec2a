"""Final rejections found wrong later: one person proposes, nothing moves yet."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from config.policy import MONEY
from marketplace.audit import service as audit
from marketplace.cases.errors import ProposalOver, SomebodyElse
from marketplace.cases.models import REASON_LENGTH, ProposalState
from marketplace.identity import queries as identity
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.database import insert_once
from marketplace.kit.errors import Invalid, NotFound
from marketplace.kit.events import publish
from workspace.reviews import policy, queries
from workspace.reviews.errors import AlreadyProposed, NotFinal
from workspace.reviews.events import OverturnProposed
from workspace.reviews.models import LineState, Overturn, OverturnLine
from workspace.submissions.models import Submission, SubmissionState


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Who says that rejections were wrong and why; the same `form_key` says it once."""

    by: User
    form_key: uuid.UUID
    code: str
    reason: str


def propose_overturn(
    session: Session, finding: Finding, *, project_id: uuid.UUID, submission_ids: Sequence[uuid.UUID]
) -> Overturn:
    """Propose that these final rejections of one project are wrong and the work is paid.

    NotFound (404) for submissions of another project, NotFinal (409), AlreadyProposed (409), ProposalOver
    (409) for a form that has proposed something else, SomebodyElse (403) about one's own work, Invalid (422)
    without a reason, without submissions or with too many.
    """
    _check(finding, submission_ids)
    known = queries.overturn(session, finding.form_key)
    if known is not None:
        return _same(session, known, finding, submission_ids)
    rejected = queries.lock_rejected(session, project_id, submission_ids)
    if len(rejected) != len(set(submission_ids)):
        raise NotFound("One of these is no submission of this project.")
    if any(one.state is not SubmissionState.FINAL_REJECTED for one in rejected):
        raise NotFinal
    pairs = [(str(one.id), one.user_id, finding.by.id) for one in rejected]
    if identity.one_person(session, pairs):
        raise SomebodyElse
    return _write(session, finding, project_id, rejected)


def _check(finding: Finding, submission_ids: Sequence[uuid.UUID]) -> None:
    if finding.code not in policy.OVERTURN_REASONS:
        raise Invalid("Choose what was wrong.")
    if not REASON_LENGTH <= len(finding.reason.strip()) <= policy.OVERTURN_REASON_LENGTH:
        raise Invalid(
            f"Say why in {REASON_LENGTH} to {policy.OVERTURN_REASON_LENGTH} characters: the expert reads it."
        )
    if not 0 < len(set(submission_ids)) <= policy.OVERTURNED_AT_ONCE:
        raise Invalid(f"Choose 1 to {policy.OVERTURNED_AT_ONCE} rejections.")


def _same(
    session: Session, known: Overturn, finding: Finding, submission_ids: Sequence[uuid.UUID]
) -> Overturn:
    named = {line.submission_id for line in queries.lines_of(session, known.id)}
    if (known.by_id, named) != (finding.by.id, set(submission_ids)):
        raise ProposalOver
    return known


def _write(
    session: Session, finding: Finding, project_id: uuid.UUID, rejected: Sequence[Submission]
) -> Overturn:
    insert_once(
        session,
        Overturn,
        id=finding.form_key,
        project_id=project_id,
        by_id=finding.by.id,
        code=finding.code,
        reason=finding.reason.strip(),
        state=ProposalState.PROPOSED,
        lapses_at=clock.database_now(session) + timedelta(days=MONEY.proposal_days),
        answer="",
    )
    for one in rejected:
        line = {"overturn_id": finding.form_key, "submission_id": one.id, "state": LineState.WAITING}
        if not insert_once(session, OverturnLine, **line):
            raise AlreadyProposed
    made = queries.overturn(session, finding.form_key)
    if made is None or made.by_id != finding.by.id:
        raise ProposalOver
    audit.record(
        session,
        "staff:overturn:proposed",
        actor_id=finding.by.id,
        subject_type="overturn",
        subject_id=made.id,
        count=len(rejected),
        code=finding.code,
    )
    publish(session, OverturnProposed(overturn_id=made.id))
    return made
