"""Promise, run, repeat, give up."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy.orm import Session

from marketplace.kit import clock, ids
from marketplace.kit.database import Sessions, insert_once, transaction
from marketplace.kit.events import publish
from marketplace.outbox import queries
from marketplace.outbox.errors import NotGivenUp
from marketplace.outbox.events import MessageGivenUp, MessageRevived
from marketplace.outbox.models import InboxFact, MessageState, OutboxMessage, ScheduleSlot

Payload = Mapping[str, Any]
Local = Callable[[Session, Payload], None]
Remote = Callable[[Sessions, Payload], None]
GIVE_UP_AFTER = 8
LEASE = timedelta(minutes=5)
KEPT = timedelta(days=30)
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Handlers:
    """local: writes rows; work and tick-off commit together.  remote: uses the network, at least once."""

    local: Mapping[str, Local] = field(default_factory=dict)
    remote: Mapping[str, Remote] = field(default_factory=dict)

    def __add__(self, other: "Handlers") -> "Handlers":
        """Both tables; a name in both is a mistake."""
        names = [*self.local, *self.remote, *other.local, *other.remote]
        if len(names) != len(set(names)):
            raise RuntimeError("two handlers share a name")
        return Handlers({**self.local, **other.local}, {**self.remote, **other.remote})


@dataclass(frozen=True, slots=True)
class Held:
    """A leased message: `attempt` is the fence that tells our lease from a later one."""

    message_id: uuid.UUID
    attempt: int
    handler: str
    payload: Payload


def send(
    session: Session,
    handler: str,
    *,
    key: str | None = None,
    after: timedelta = timedelta(0),
    **payload: Any,
) -> bool:
    """Promise that `handler` runs after this transaction commits.  The same key is the same promise."""
    return insert_once(
        session,
        OutboxMessage,
        handler=handler,
        key=key or str(ids.new_id()),
        payload=payload,
        due_at=clock.database_now(session) + after,
    )


def receive(session: Session, *, source: str, external_id: str, kind: str, payload: dict[str, Any]) -> bool:
    """Store a fact from outside once and promise to work it off (`<source>.<received>`); False: known."""
    fact_id = ids.new_id()
    first = insert_once(
        session, InboxFact, id=fact_id, source=source, external_id=external_id, kind=kind, payload=payload
    )
    if first:
        send(session, f"{source}.received", key=f"inbox:{source}:{external_id}", fact_id=str(fact_id))
    return first


def fire(sessions: Sessions, name: str, slot: datetime) -> bool:
    """A schedule tick: the first worker to write the slot sends the message."""
    with transaction(sessions) as session:
        first = insert_once(session, ScheduleSlot, name=name, slot=slot)
        if first:
            send(session, name, key=f"{name}:{slot.isoformat()}")
        return first


def run_one(sessions: Sessions, handlers: Handlers) -> bool:
    """Run the oldest due message.  False: nothing is due."""
    with transaction(sessions, write=False) as session:  # an idle worker takes no writer's turn
        if not queries.something_is_due(session, clock.database_now(session)):
            return False
    with transaction(sessions) as session:
        message = queries.claim_next(session, clock.database_now(session))
        if message is None:
            return False
        message.attempts += 1
        if message.attempts > GIVE_UP_AFTER:  # it took a worker down with it each time
            _give_up(session, message)
            return True
        if message.handler not in handlers.remote:
            _run_local(session, message, handlers)
            return True
        message.due_at = clock.database_now(session) + LEASE
        held = Held(message.id, message.attempts, message.handler, dict(message.payload))
    _run_remote(sessions, handlers, held)
    return True


def run_all(sessions: Sessions, handlers: Handlers, *, at_most: int = 10_000) -> int:
    """Run what is due now, until nothing is; returns how many ran.  Commands and tests use it."""
    ran = 0
    while ran < at_most and run_one(sessions, handlers):
        ran += 1
    return ran


def revive(session: Session, message: OutboxMessage, *, by_id: uuid.UUID) -> None:
    """Let a message that was given up on be tried again at once; NotGivenUp (409) for any other."""
    if message.state is not MessageState.DEAD:
        raise NotGivenUp
    message.state, message.attempts = MessageState.DUE, 0
    message.due_at = clock.database_now(session)
    publish(session, MessageRevived(message_id=message.id, by_id=by_id))


def forget(session: Session, payload: Payload) -> None:
    """Delete what was done long ago; keys of money are in the ledger, not here."""
    queries.forget_done(session, clock.database_now(session) - KEPT)


def _run_local(session: Session, message: OutboxMessage, handlers: Handlers) -> None:
    try:
        with session.begin_nested():
            handlers.local[message.handler](session, message.payload)
        message.state = MessageState.DONE
    except Exception as error:
        _put_back(session, message, error)


def _run_remote(sessions: Sessions, handlers: Handlers, held: Held) -> None:
    failure: Exception | None = None
    try:
        handlers.remote[held.handler](sessions, held.payload)
    except Exception as error:
        failure = error
    with transaction(sessions) as session:
        message = queries.still_held(session, held.message_id, held.attempt)
        if message is None:
            return  # our lease ran out and another worker has it: say nothing
        if failure is None:
            message.state = MessageState.DONE
        else:
            _put_back(session, message, failure)


def _put_back(session: Session, message: OutboxMessage, error: Exception) -> None:
    log.warning(
        "outbox_failed", handler=message.handler, key=message.key, attempt=message.attempts, exc_info=error
    )
    message.error = repr(error).replace("\0", "")[:500]
    message.due_at = clock.database_now(session) + timedelta(seconds=2**message.attempts)
    if message.attempts >= GIVE_UP_AFTER:
        _give_up(session, message)


def _give_up(session: Session, message: OutboxMessage) -> None:
    message.state = MessageState.DEAD
    publish(session, MessageGivenUp(message_id=message.id))
