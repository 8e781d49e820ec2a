"""Reading the payment service's list: outside any transaction, kept in small pieces, each line once."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import TypeVar

from sqlalchemy.orm import Session

from marketplace.gateways.stripe.protocol import Payments
from marketplace.gateways.stripe.states import BalanceLine, TransferState
from marketplace.kit.database import Sessions, insert_once, transaction
from marketplace.ledger import queries
from marketplace.ledger.models import ProviderLine

T = TypeVar("T")
PIECE = 200
LOOKS = 5  # at a balance that moves while its lines are read
AGAIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Reading:
    """How many lines were new, and what the service held while nothing moved; None: it moved each time."""

    began: datetime
    new_count: int
    held: dict[str, int] | None


def read(sessions: Sessions, payments: Payments, *, since: datetime, began: datetime) -> Reading:
    """Keep every line made at or after `since`.  PaymentsDown (503) or PaymentsRefused (502); what was kept
    by then stays kept, and reading it again changes nothing.
    """
    count = 0
    for _ in range(LOOKS):
        before = held(payments)
        count += _lines(sessions, payments, since)
        if held(payments) == before:
            return Reading(began, count, before)
        since = max(since, began - AGAIN)
    return Reading(began, count, None)


def held(payments: Payments) -> dict[str, int]:
    """Currency -> available and pending together, in minor units."""
    balance = payments.read_balance()
    currencies = {*balance.available, *balance.pending}
    return {each: balance.available.get(each, 0) + balance.pending.get(each, 0) for each in currencies}


def _lines(sessions: Sessions, payments: Payments, since: datetime) -> int:
    count = 0
    for piece in _pieces(payments.balance_lines(since)):
        with transaction(sessions) as session:
            count += _keep(session, piece)
    for group in _pieces(payments.transfers(since)):
        with transaction(sessions) as session:
            _name(session, group)
    return count


def _pieces(rows: Iterator[T]) -> Iterator[list[T]]:
    while piece := list(islice(rows, PIECE)):
        yield piece


def _keep(session: Session, piece: Sequence[BalanceLine]) -> int:
    """Write what is new; what the service says differently now is taken over.  Answers how many are new."""
    known = queries.lines(session, [line.id for line in piece])
    count = 0
    for line in piece:
        columns = _columns(line)
        kept = known.get(line.id)
        if kept is None:
            count += insert_once(session, ProviderLine, id=line.id, **columns)
            continue
        for name, value in columns.items():
            setattr(kept, name, value)
    return count


def _columns(line: BalanceLine) -> dict[str, object]:
    return {
        "type": line.type,
        "reporting_category": line.reporting_category,
        "amount_minor": line.amount_minor,
        "fee_minor": line.fee_minor,
        "net_minor": line.net_minor,
        "currency": line.currency,
        "source_id": line.source_id,
        "created_at": line.created_at,
        "available_at": line.available_at,
    }


def _name(session: Session, transfers: Sequence[TransferState]) -> None:
    """Write beside the lines of transfers whose payout each says it is, and where it went."""
    said = {transfer.id: transfer for transfer in transfers}
    for line in queries.lines_about(session, said.keys()):
        transfer = said[str(line.source_id)]
        line.group_id = _payout(transfer.transfer_group)
        line.destination = transfer.destination


def _payout(group: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(group) if group else None
    except ValueError:
        return None
