"""A payout on request: its owner prepares a run of one, and somebody of finance lets it go."""

import uuid

from sqlalchemy.orm import Session

from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.errors import NotFound
from marketplace.kit.events import publish
from marketplace.ledger import service as ledger
from marketplace.payouts import policy, queries
from marketplace.payouts.errors import CannotAskNow
from marketplace.payouts.events import PayoutRequested
from marketplace.payouts.models import EarningState, PayoutRun
from marketplace.payouts.policy import Wait
from marketplace.payouts.service.runs import cancel_run, prepare_one


def may_ask(session: Session, user_id: uuid.UUID) -> Wait | None:
    """Why this person cannot ask for a payout now, and from when on they can; None: they can."""
    if ledger.stop(session):
        return Wait("Payouts pause while we check our books. Your money is safe; ask again tomorrow.")
    account = queries.account_of(session, user_id)
    return policy.why_wait(
        available_minor=queries.sums_of(session, user_id)[EarningState.AVAILABLE],
        account=account.state.value if account is not None else None,
        changed_at=account.changed_at if account is not None else None,
        asked_at=queries.last_asked_at(session, user_id),
        now=clock.database_now(session),
    )


def ask(session: Session, *, by: User) -> PayoutRun:
    """Take everything the person has available into a run of their own; CannotAskNow (409) with the reason.

    The account is locked first, so that a second click finds the first one's run.
    """
    account = queries.lock_account_of(session, by.id)
    wait = may_ask(session, by.id)
    if wait is not None or account is None:
        raise CannotAskNow(wait.text if wait is not None else "Set up your payout account first.")
    run = prepare_one(session, account, by=by)
    publish(session, PayoutRequested(run_id=run.id, user_id=by.id, amount_minor=run.total_minor))
    return run


def take_back(session: Session, run_id: uuid.UUID, *, by: User) -> None:
    """The person does not want it after all; NotFound (404), RunMoved (409) once it was approved."""
    run = queries.run(session, run_id)
    if run is None or not run.on_request or run.prepared_by_id != by.id:
        raise NotFound("There is no such payout.")
    cancel_run(session, run, by=by)
