"""Tasks a company takes out of a project: nobody claims them from then on."""

from sqlalchemy.orm import Session

from marketplace.audit import service as audit
from marketplace.identity.models import User
from marketplace.kit.errors import Conflict
from workspace.queue import queries
from workspace.queue.queries import Scope

OVER = "Nothing is left to withdraw: these tasks are done or withdrawn already."


def withdraw(session: Session, scope: Scope, *, by: User) -> int:
    """Withdraw every task of this scope that is not done; returns how many.

    Answers handed in are decided and paid as ever; whoever is at work is paid by `cancel`, one by one.
    Conflict (409) when nothing was left to withdraw.  The caller has locked the project.
    """
    count = queries.withdraw_all(session, scope)
    batches = 0 if scope.task_id else queries.cancel_batches(session, scope)
    if not count and not batches and (scope.task_id or scope.batch_id):
        raise Conflict(OVER)
    queries.recount(session, scope.project_id)
    if scope.task_id is not None:
        queries.complete_batch_of(session, scope.task_id)
        _record(session, "company:task:withdraw", "task", scope, by)
    elif scope.batch_id is not None:
        _record(session, "company:batch:cancel", "batch", scope, by)
    return count


def _record(session: Session, tag: str, thing: str, scope: Scope, by: User) -> None:
    subject = scope.task_id or scope.batch_id or scope.project_id
    audit.record(session, tag, actor_id=by.id, subject_type=thing, subject_id=subject)
