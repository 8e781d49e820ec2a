"""A company withdraws a task, a batch or a project; whoever is at work is paid for the time worked."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.errors import Conflict
from marketplace.outbox import service as outbox
from marketplace.projects import queries as projects
from marketplace.projects import service as project_service
from marketplace.projects.models import Project
from workspace.queue import queries as tasks
from workspace.queue import service as queue
from workspace.queue.models import Assignment, AssignmentState, Withdrawal
from workspace.queue.queries import Scope
from workspace.submissions import policy, queries
from workspace.submissions.errors import CostsMore
from workspace.submissions.policy import Costs, Outcome

CHUNK = 200  # assignments that one message promises to end
MORE = "More people have begun since you looked. Look at the sums again."
USED = "This form was already used. Open a new one."


def costs(session: Session, scope: Scope) -> Costs:
    """What withdrawing this costs now, by the time counted, and at most."""
    return policy.costs(queries.at_work(session, scope), clock.database_now(session))


def outcomes(
    session: Session, project_id: uuid.UUID, withdrawals: Sequence[Withdrawal]
) -> Mapping[uuid.UUID, Outcome]:
    """What each of these withdrawals of a project has paid, and about what it still will."""
    if not withdrawals:
        return {}
    paid = tasks.paid_for_time(session, project_id, [row.id for row in withdrawals])
    left, now = queries.left_at_work(session, project_id), clock.database_now(session)
    return {
        row.id: Outcome(paid.get(row.id, ()), policy.costs(left.get(row.id, ()), now)) for row in withdrawals
    }


def withdraw(
    session: Session, scope: Scope, *, by: User, reason: str, form_key: uuid.UUID, agreed_minor: int
) -> Withdrawal:
    """Take the tasks that are not done out of the project; a whole project finishes with it.

    Nobody claims them from this moment; messages end what is under way, each in a transaction of its own.
    The same `form_key` finds the same withdrawal.  Conflict (409) when nothing is left to withdraw, CostsMore
    (409) when more than `agreed_minor` is reserved for people at work.
    """
    project = projects.lock(session, scope.project_id)
    if (before := tasks.withdrawal(session, form_key)) is not None:
        return _same(before, scope)
    if costs(session, scope).most_minor > agreed_minor:
        raise CostsMore(MORE)  # nothing is written yet: the page can be shown again
    count = queue.withdraw(session, scope, by=by)
    if scope == Scope(project.id):
        project_service.cancel(session, project, by=by)
    expected = costs(session, scope)
    if expected.most_minor > agreed_minor:
        raise Conflict(MORE)  # a claim was faster than our lock
    row = _row(project, scope, form_key, by=by, reason=reason, count=count, expected=expected)
    session.add(row)
    session.flush()
    _promise(session, row, after="")
    return row


def carry_on(session: Session, payload: Mapping[str, Any]) -> None:
    """Promise to end what is under way in a withdrawal, some at a time."""
    row = tasks.withdrawal(session, uuid.UUID(payload["withdrawal_id"]))
    if row is None:
        return
    after = uuid.UUID(payload["from_id"]) if payload["from_id"] else None
    scope = Scope(row.project_id, batch_id=row.batch_id, task_id=row.task_id)
    live = tasks.live_within(session, scope, after=after, at_most=CHUNK)
    for assignment_id in live:
        promise_end(session, assignment_id)
    if len(live) == CHUNK:
        _promise(session, row, after=str(live[-1]))


def promise_end(session: Session, assignment_id: uuid.UUID) -> None:
    """Let a message end this assignment of a withdrawn task; once an hour, should one have given up."""
    outbox.send(
        session,
        "submissions.settle",
        key=f"cancel:{assignment_id}:{clock.database_now(session):%Y%m%d%H}",
        assignment_id=str(assignment_id),
    )


def cancel(session: Session, assignment: Assignment) -> None:
    """End a live assignment of a withdrawn task: paid by the time counted, or only given back when held.

    The caller has locked it, and its deadline has not passed.
    """
    if assignment.state is AssignmentState.HELD:
        queue.cancel_held(session, assignment)
        return
    draft = queries.draft_of(session, assignment.id)
    seconds = policy.paid_seconds(draft.active_seconds, draft.corrected_seconds) if draft else 0
    row = tasks.withdrawal_of(session, assignment.task)
    queue.cancel(session, assignment, reason=row.reason if row else "", active_seconds=seconds)


def _same(before: Withdrawal, scope: Scope) -> Withdrawal:
    """The withdrawal of a form that was sent before."""
    if Scope(before.project_id, batch_id=before.batch_id, task_id=before.task_id) != scope:
        raise Conflict(USED)
    return before


def _row(
    project: Project,
    scope: Scope,
    row_id: uuid.UUID,
    *,
    by: User,
    reason: str,
    count: int,
    expected: Costs,
) -> Withdrawal:
    return Withdrawal(
        id=row_id,
        project=project,
        batch_id=scope.batch_id,
        task_id=scope.task_id,
        by=by,
        reason=reason,
        task_count=count,
        people_count=expected.people,
        about_minor=expected.now_minor,
        most_minor=expected.most_minor,
    )


def _promise(session: Session, row: Withdrawal, *, after: str) -> None:
    outbox.send(
        session,
        "submissions.withdraw",
        key=f"withdraw:{row.id}:{after}",
        withdrawal_id=str(row.id),
        from_id=after,
    )
