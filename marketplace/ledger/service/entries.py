"""An entry before it is posted: what it says, and what no correct caller can ask."""

import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from marketplace.kit.money import Money
from marketplace.ledger import policy
from marketplace.ledger.errors import TwoPeopleNeeded
from marketplace.ledger.models import LARGEST_POSTING, LAST_SEQ
from marketplace.ledger.queries import Account, Place

Leg = tuple[Account, Account, Money]  # debit account, credit account, how much
# SQLite would store what is longer; PostgreSQL would refuse it late
LENGTHS = {"kind": 32, "key": 200, "closes": 80, "ref_type": 32, "external_id": 80, "reason": 400}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One LedgerTransaction to be: `key` names its cause, `closes` the thing whose money it ends.

    `ref_type` and `ref_id` are the causing row, `external_id` the id at Stripe or on a bank statement,
    `effective_at` (aware UTC) the moment it counts from when that is not now.
    """

    kind: str
    key: str
    legs: Sequence[Leg]
    closes: str | None = None
    ref_type: str | None = None
    ref_id: uuid.UUID | None = None
    external_id: str | None = None
    reverses_id: int | None = None
    actor_id: uuid.UUID | None = None
    approver_id: uuid.UUID | None = None
    reason: str | None = None
    effective_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """One posting to be: `minor` more on the debit side of one account and on the credit side of another."""

    debit: Place
    credit: Place
    minor: int


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry that passed the checks, without its legs of 0."""

    entry: Entry
    moves: Sequence[Move]
    request_hash: str


def draft(entry: Entry) -> Draft:
    """Check an entry.  TwoPeopleNeeded (422), or ValueError for what no person can cause."""
    if not policy.has_two_people(
        entry.kind, actor_id=entry.actor_id, approver_id=entry.approver_id, reason=entry.reason
    ):
        raise TwoPeopleNeeded
    for name, text in _texts(entry).items():
        if len(text or "") > LENGTHS[name]:
            raise ValueError(f"{entry.key}: {name} is longer than {LENGTHS[name]} characters")
    moves = [_move(entry, leg) for leg in entry.legs if leg[2].minor != 0]
    if len(moves) > LAST_SEQ + 1:
        raise ValueError(f"{entry.key}: more than {LAST_SEQ + 1} postings")
    if len({leg[2].currency for leg in entry.legs}) > 1:
        raise ValueError(f"{entry.key}: more than one currency")
    return Draft(entry, moves, _hash(entry, moves))


def _texts(entry: Entry) -> dict[str, str | None]:
    return {
        "kind": entry.kind,
        "key": entry.key,
        "closes": entry.closes,
        "ref_type": entry.ref_type,
        "external_id": entry.external_id,
        "reason": entry.reason,
    }


def _move(entry: Entry, leg: Leg) -> Move:
    debit, credit, money = leg
    if not 0 < money.minor <= LARGEST_POSTING:
        raise ValueError(f"{entry.key}: a posting of {money.minor} minor units")
    if debit == credit:
        raise ValueError(f"{entry.key}: a posting within one account")
    for kind, owner_id in (debit, credit):
        if not policy.may_own(kind, owner_id):
            raise ValueError(f"{entry.key}: {kind.value} cannot belong to {owner_id}")
    return Move((*debit, money.currency), (*credit, money.currency), money.minor)


def _hash(entry: Entry, moves: Sequence[Move]) -> str:
    """SHA-256 of kind, legs and references: who, why and when may differ between two tries, these not."""
    said = [
        entry.kind,
        [[*_plain(move.debit), *_plain(move.credit), move.minor] for move in moves],
        entry.closes,
        entry.ref_type,
        str(entry.ref_id),
        entry.external_id,
        entry.reverses_id,
    ]
    return hashlib.sha256(json.dumps(said, separators=(",", ":")).encode()).hexdigest()


def _plain(place: Place) -> tuple[str, str, str]:
    kind, owner_id, currency = place
    return kind.value, str(owner_id), currency
