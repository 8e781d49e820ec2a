"""A hold ends while its run is approved: the payout goes with the run, whoever was first."""

import threading
import uuid

from sqlalchemy.orm import Session

from marketplace.identity.models import User
from marketplace.kit.application import Application
from marketplace.kit.database import Sessions, transaction
from marketplace.payouts import queries, service
from marketplace.payouts.models import Payout, PayoutState, RunState
from tests.factories.payouts import make_finance, make_payable, make_run
from tests.factories.workers import until_one_waits

WHY = "The question is answered now."


def held(session: Session) -> tuple[uuid.UUID, uuid.UUID, list[uuid.UUID]]:
    """A prepared run with one payout on hold: run, payout, two more of finance."""
    user, run = make_payable(session), make_run(session)
    (payout,) = queries.payouts_of(session, user.id, None).rows
    first, second = make_finance(session), make_finance(session)
    service.hold(session, payout.id, by=first, reason="A question about an invoice.")
    return run.id, payout.id, [first.id, second.id]


def test_a_hold_that_ends_while_its_run_is_approved(app: Application, clean: Sessions) -> None:
    with transaction(clean) as session:
        run_id, payout_id, (first, second) = held(session)

    def let_go() -> None:
        with transaction(clean) as session:
            service.let_go(session, payout_id, by=session.get_one(User, second), reason=WHY)

    thread = threading.Thread(target=let_go)
    with transaction(clean) as session:
        run = queries.lock_run(session, run_id)
        assert run is not None
        service.approve_run(session, run, by=session.get_one(User, first))
        session.flush()
        thread.start()
        until_one_waits(session, thread.is_alive)
    thread.join()
    with transaction(clean, write=False) as session:
        payout = session.get_one(Payout, payout_id)
        run = queries.run(session, run_id)
        assert run is not None
        assert (run.state, payout.state) == (RunState.APPROVED, PayoutState.APPROVED)
