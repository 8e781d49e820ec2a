"""From approved work to lines: one record per opinion, trainer lines per task, all through the task type."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from marketplace.companies.policy import pseudonym
from marketplace.kit import ids
from marketplace.projects.models import Project
from workspace.exports import queries
from workspace.exports.policy import RECORDS
from workspace.quality import policy as quality
from workspace.queue.models import Task
from workspace.reviews.models import Review, Verdict
from workspace.submissions.models import Submission, SubmissionState
from workspace.task_types import registry
from workspace.task_types.base import Invalid, Opinion

Guidelines = Mapping[uuid.UUID, tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Exported:
    """One line for one file of the export."""

    format: str
    task: str
    body: dict[str, Any]


def lines(session: Session, project: Project, guidelines: Guidelines) -> Iterator[Exported]:
    """Every line of every format, in the order of the project's tasks."""
    for task, submissions in queries.approved_tasks(session, project.id):
        reviews = queries.last_reviews(session, [submission.id for submission in submissions])
        yield from _of_task(project, task, submissions, reviews, guidelines)


def _of_task(
    project: Project,
    task: Task,
    submissions: Sequence[Submission],
    reviews: Mapping[uuid.UUID, Review],
    guidelines: Guidelines,
) -> Iterator[Exported]:
    kind = registry.get(task.task_type)
    payload = kind.read_payload(kind.preset(task.payload, project.options))
    if isinstance(payload, Invalid):
        return  # cannot happen for an imported task; an unreadable one is not data
    read = [
        (submission, kind.read_answer(payload, kind.upgrade(submission.answer, task.type_version)))
        for submission in submissions
    ]
    good = [(submission, checked) for submission, checked in read if not isinstance(checked, Invalid)]
    answers = [checked.answer for _, checked in good]
    agreement = quality.mean_agreement(kind, payload, answers)
    group, task_code = kind.group_id(payload), ids.code("T", task.id)
    for submission, _ in good:
        record = _record(project, task, submission, reviews.get(submission.id), guidelines)
        record["agreement"] = {"n": len(answers), "mean_pairwise": agreement}
        record["group_id"] = group
        yield Exported(RECORDS, record["task"], record)
    for line in kind.aggregate(payload, answers):
        source = good[line.source][0] if line.source is not None else None
        record_id = ids.code("R", source.id) if source is not None else task_code
        body = line.body if source is None else kind.signed(line, _opinion(project, source))
        yield Exported(line.format, task_code, {**body, "record_id": record_id, "group_id": group})


def _opinion(project: Project, submission: Submission) -> Opinion:
    """What the type may say of whose line this is."""
    return Opinion(
        by=pseudonym(project.company_id, submission.user_id),
        at=_time(submission.submitted_at) or "",
        active_ms=submission.active_seconds * 1000,
    )


def _record(
    project: Project, task: Task, submission: Submission, review: Review | None, guidelines: Guidelines
) -> dict[str, Any]:
    assignment = submission.assignment
    number, digest = guidelines.get(assignment.guideline_id, (0, ""))
    return {
        "record_id": ids.code("R", submission.id),
        "schema": f"{task.task_type}/{task.type_version}",
        "project": ids.code("P", project.id),
        "task": ids.code("T", task.id),
        "external_id": task.external_id,
        "task_sha256": task.payload_sha256,
        "type": task.task_type,
        "language": project.language,
        "specialty": project.specialty,
        "guideline": {"version": number, "sha256": digest},
        "pay_rule_sha256": assignment.pay_rule_sha256,
        "expert": {"pseudonym": pseudonym(project.company_id, submission.user_id), "tier": project.tier},
        "claimed_at": _time(assignment.claimed_at),
        "submitted_at": _time(submission.submitted_at),
        "active_ms": submission.active_seconds * 1000,
        "wall_ms": _wall_ms(assignment.claimed_at, submission.submitted_at),
        "display_seed": assignment.display_seed,
        "round": submission.round,
        "is_gold": False,  # neither is work of a project: known answers and screening are no data
        "is_screening": False,
        "answer": submission.answer,
        "confidence": submission.confidence,
        "confirmed": submission.confirmed.get("warnings", []),
        "review": _review(project, submission, review),
    }


def _review(project: Project, submission: Submission, review: Review | None) -> dict[str, Any]:
    """Who decided and what; `by` is null where the clock did, or a case without a review of its own."""
    by_system = submission.state is SubmissionState.AUTO_APPROVED or review is None
    verdict = review.verdict if review is not None and not by_system else None
    return {
        "verdict": (verdict or Verdict.APPROVE).value,
        "by_system": by_system,
        "by": None if by_system or review is None else _reviewer(project, review),
        "at": _time(submission.decided_at),
        "edited": verdict is Verdict.APPROVE_WITH_EDITS,
        "rounds": submission.round,
        "appealed": submission.state is SubmissionState.APPROVED_ON_APPEAL,
    }


def _reviewer(project: Project, review: Review) -> str | None:
    """Reviewers have names of their own in a company's data."""
    if review.reviewer_id is None:
        return None
    return "r" + pseudonym(project.company_id, review.reviewer_id).removeprefix("x")


def _wall_ms(claimed_at: datetime, submitted_at: datetime) -> int:
    """From the claim to handing in, by the clock on the wall."""
    return max(int((submitted_at - claimed_at).total_seconds() * 1000), 0)


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z") if moment else None
