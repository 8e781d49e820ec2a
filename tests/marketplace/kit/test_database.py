"""One request, one transaction: what a reading one sees, and what it may not do."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, insert, select

from marketplace.kit import clock, ids
from marketplace.kit.database import Sessions, outside_transaction, transaction
from marketplace.outbox.models import OutboxMessage
from marketplace.outbox.service import send

COUNT = select(func.count()).select_from(OutboxMessage)


def promise(sessions: Sessions) -> None:
    with transaction(sessions) as session:
        send(session, "stripe.sweep")


def elsewhere(sessions: Sessions) -> None:
    """What another request commits meanwhile; a thread has transactions of its own."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(promise, sessions).result()


def test_a_reading_request_sees_one_moment(clean: Sessions) -> None:
    promise(clean)
    with transaction(clean, write=False) as session:
        assert session.scalar(COUNT) == 1
        elsewhere(clean)
        assert session.scalar(COUNT) == 1  # a sum and its lines are of the same moment
    with transaction(clean, write=False) as session:
        assert session.scalar(COUNT) == 2


def test_a_reading_request_cannot_write(clean: Sessions) -> None:
    row = {"id": ids.new_id(), "created_at": clock.now(), "handler": "stripe.sweep", "payload": {}}
    with pytest.raises(RuntimeError, match="tried to write"), transaction(clean, write=False) as session:
        session.execute(insert(OutboxMessage).values(row))
    with transaction(clean, write=False) as session:
        assert session.scalar(COUNT) == 0


def test_transactions_do_not_nest_and_hold_no_network(clean: Sessions) -> None:
    outside_transaction()
    with transaction(clean, write=False):
        with pytest.raises(RuntimeError, match="do not nest"), transaction(clean):
            pass
        with pytest.raises(RuntimeError, match="network"):
            outside_transaction()
