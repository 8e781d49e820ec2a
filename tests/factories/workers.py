"""Workers in processes of their own, which a test may kill; nothing here needs pytest."""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Event

import sqlalchemy as sa
from pydantic import SecretStr
from sqlalchemy.orm import Session

import marketplace.handlers
import marketplace.listeners
from config.settings import Settings
from marketplace.gateways import wiring
from marketplace.gateways.stripe.client.transfers import Transfers
from marketplace.gateways.stripe.outcomes import Outcome
from marketplace.gateways.stripe.states import TransferOrder
from marketplace.kit import clock
from marketplace.kit.database import make_sessions
from marketplace.kit.events import Bus
from marketplace.kit.signing import Signer
from marketplace.matching import service as matching
from marketplace.outbox import worker
from marketplace.outbox.worker import Entry

SECRET = "x" * 32
SCHEDULE = [Entry("payouts.unsettled", "*/5 * * * *")]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a worker works, and how far its clock is ahead; `keyless` breaks it on purpose."""

    url: str
    folder: Path
    ahead: timedelta
    keyless: bool = False


def work(place: Place, ready: Connection) -> None:
    """The product's own worker with the product's own handlers, until somebody kills it."""
    settings = Settings(secret_key=SecretStr(SECRET), database_url=place.url, var=place.folder, testing=True)
    if place.keyless:
        Transfers.transfer = _keyless(Transfers.transfer)  # type: ignore[method-assign]  # the twin that has to fail
    handlers = marketplace.handlers.make(
        settings, wiring.make(settings), Signer(SECRET), matching.SentenceModel(settings.sentence_model)
    )
    sessions = make_sessions(place.url, bus=Bus([marketplace.listeners.LISTENERS]))
    with clock.shifted(place.ahead):
        ready.send(True)
        worker.run(sessions, handlers, SCHEDULE, Event(), poll_seconds=0.02)


def _keyless(real: Callable[[Transfers, TransferOrder], Outcome]) -> Callable[..., Outcome]:
    """Every call with a key nobody has written down."""
    return lambda client, order: real(client, replace(order, idempotency_key=str(uuid.uuid4())))


def until_one_waits(session: Session, is_there: Callable[[], bool]) -> None:
    """PostgreSQL: somebody stands before our lock, or has left.  SQLite has one writer: nobody can be inside."""
    if session.get_bind().dialect.name != "postgresql":
        return
    while is_there():
        if session.scalar(sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
            return
        time.sleep(0.01)  # a look at the locks, not a test of time
