"""Thousands of people with a random past, written in bulk: what is tested is what reads it."""

import random
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from config.policy import MONEY
from marketplace.gateways.stripe.emulated import EmulatedPayments
from marketplace.gateways.stripe.emulator import transfers
from marketplace.gateways.stripe.emulator.call import Call
from marketplace.identity.models import User, UserState
from marketplace.kit import clock, ids
from marketplace.ledger.models import PLATFORM, Kind, LedgerAccount, LedgerPosting, LedgerTransaction
from marketplace.payouts.models import (
    Earning,
    EarningKind,
    EarningState,
    Payout,
    PayoutAccount,
    PayoutAccountState,
    PayoutState,
    Rail,
)
from marketplace.payouts.service.sending import _Order, _transfer

AT_ONCE = 5_000
WHY = "Handed in twice under two names, case 17"
PENDING = Kind.EXPERT_PENDING
BANK = (Kind.STRIPE_BALANCE, PLATFORM)  # where the money comes from matters to nobody here
MATURED = 0.8  # of all people had their holds ended before; those of the others are for the code to end
Place = tuple[Kind, uuid.UUID]
Move = tuple[str, str, Place, Place, int]  # key, kind, debit, credit, amount


@dataclass(slots=True)
class History:
    """What one person earned: amounts that count, amounts taken back, amounts still on hold."""

    user_id: uuid.UUID
    account_id: str
    counted: list[int] = field(default_factory=list)
    taken: list[int] = field(default_factory=list)
    held: list[int] = field(default_factory=list)

    @property
    def due(self) -> int:
        """What a payout of this person is; nothing under the minimum."""
        total = sum(self.counted)
        return total if total >= MONEY.payout_minimum_minor else 0


def make_histories(
    session: Session, payments: EmulatedPayments, count: int, *, account_id: str, seed: int
) -> list[History]:
    """So many people, what they earned as rows and postings, and an account of each at the provider."""
    dice = random.Random(seed)
    histories = [_rolled(dice) for _ in range(count)]
    _people(session, histories)
    _accounts_at_provider(payments, histories, account_id)
    past = clock.now() - timedelta(days=10)
    rows = [row for history in histories for row in _earnings(history, dice, past)]
    _insert(session, Earning, rows)
    _post(
        session, [(row["ledger_key"], "bonus", BANK, _at(row, PENDING), row["amount_minor"]) for row in rows]
    )
    gone = [row for row in rows if row["state"] is EarningState.REVERSED]
    _post(
        session,
        [(_taken(row), "claim_clawback", _at(row, PENDING), BANK, row["amount_minor"]) for row in gone],
    )
    free = [row for row in rows if row["state"] is EarningState.AVAILABLE]
    ready = Kind.EXPERT_AVAILABLE
    _post(
        session,
        [(_free(row), "mature", _at(row, PENDING), _at(row, ready), row["amount_minor"]) for row in free],
    )
    return histories


def _rolled(dice: random.Random) -> History:
    def amounts(most: int) -> list[int]:
        return [dice.randint(1, 9_000) for _ in range(dice.randint(0, most))]

    who = ids.new_id()
    history = History(who, f"acct_{who.hex}", amounts(3), amounts(1), amounts(1))
    history.counted.append(dice.choice([dice.randint(1, 999), dice.randint(1_000, 400_000)]))
    return history


def _people(session: Session, histories: Sequence[History]) -> None:
    now = clock.now()
    _insert(
        session,
        User,
        [
            {
                "id": one.user_id,
                "created_at": now,
                "email": f"{one.user_id.hex}@example.org",
                "name": f"Person {number}",
                "password_hash": "none",
                "state": UserState.ACTIVE,
                "time_zone": "UTC",
                "theme": "system",
            }
            for number, one in enumerate(histories)
        ],
    )
    _insert(
        session,
        PayoutAccount,
        [
            {
                "id": ids.new_id(),
                "created_at": now,
                "user_id": one.user_id,
                "rail": Rail.STRIPE,
                "country": "US",
                "external_id": one.account_id,
                "state": PayoutAccountState.READY,
                "requirements": {},
            }
            for one in histories
        ],
    )


def _accounts_at_provider(payments: EmulatedPayments, histories: Sequence[History], like: str) -> None:
    with payments.emulator.books() as books:
        body = books.get("account", like)
        assert body is not None
        for one in histories:
            books.add({**body, "id": one.account_id})


def _earnings(history: History, dice: random.Random, past: datetime) -> Iterator[dict[str, Any]]:
    later = past + timedelta(days=60)
    over = EarningState.AVAILABLE if dice.random() < MATURED else EarningState.PENDING
    for amounts, state, until in (
        (history.counted, over, past),
        (history.taken, EarningState.REVERSED, later),
        (history.held, EarningState.PENDING, later),
    ):
        for minor in amounts:
            yield {
                "id": ids.new_id(),
                "created_at": past,
                "user_id": history.user_id,
                "kind": dice.choice(list(EarningKind)),
                "amount_minor": minor,
                "currency": "usd",
                "ledger_key": f"bonus:{ids.new_id()}",
                "ref_type": "bonus",
                "ref_id": ids.new_id(),
                "reason": "A random past",
                "state": state,
                "available_at": until,
            }


def _taken(row: dict[str, Any]) -> str:
    return f"{row['ledger_key']}:clawback"


def _free(row: dict[str, Any]) -> str:
    return f"{row['ledger_key']}:mature"


def _at(row: dict[str, Any], kind: Kind) -> Place:
    return kind, row["user_id"]


def settle(session: Session, payments: EmulatedPayments, payouts: Sequence[Payout]) -> None:
    """Let the provider transfer what the sending code would ask for, and write down that it did."""
    now = clock.now()
    sent = {}
    with payments.emulator.books() as books:
        for payout in payouts:
            made = transfers.create(Call(books, _asked(payout)))
            sent[payout.id] = str(made["id"])
    session.execute(
        update(Payout),
        [
            {
                "id": payout_id,
                "state": PayoutState.PAID,
                "provider_key": f"payout:{payout_id}",
                "external_id": transfer,
                "sent_at": now,
                "ended_at": now,
            }
            for payout_id, transfer in sent.items()
        ],
    )
    session.execute(
        update(Earning)
        .where(Earning.payout_id.in_(list(sent)))
        .values(state=EarningState.PAID)
        .execution_options(synchronize_session=False)
    )
    on_its_way = Kind.EXPERT_IN_TRANSIT
    _post(
        session,
        [
            (f"payout:{one.id}:paid", "payout_paid", (on_its_way, one.user_id), BANK, one.amount_minor)
            for one in payouts
        ],
    )


def _asked(payout: Payout) -> dict[str, Any]:
    asked = _Order(payout.user_id, payout.destination, payout.amount_minor, payout.currency)
    order = _transfer(payout.id, asked, f"payout:{payout.id}")
    return {
        "amount": order.amount_minor,
        "currency": order.currency,
        "destination": order.destination,
        "description": order.description,
        "metadata": dict(order.metadata),
        "transfer_group": order.transfer_group,
    }


def _post(session: Session, moves: Sequence[Move]) -> None:
    """Entries of one posting each, in bulk."""
    accounts = _accounts(session, {place for move in moves for place in move[2:4]})
    now = clock.now()
    _insert(
        session,
        LedgerTransaction,
        [
            {
                "kind": entry,
                "idempotency_key": key,
                "request_hash": "0" * 64,
                "last_seq": 0,
                "created_at": now,
                "effective_at": now,
                "ref_type": "payout" if entry == "payout_paid" else "bonus",
                "ref_id": uuid.UUID(key.split(":")[1]),
                "actor_id": uuid.UUID(int=1),
                "approver_id": uuid.UUID(int=2),
                "reason": WHY if entry == "claim_clawback" else None,
            }
            for key, entry, *_ in moves
        ],
    )
    numbers = dict(_numbers(session, [move[0] for move in moves]))
    _insert(
        session,
        LedgerPosting,
        [
            {
                "transaction_id": numbers[key],
                "seq": 0,
                "debit_account_id": accounts[debit],
                "credit_account_id": accounts[credit],
                "currency": "usd",
                "amount_minor": minor,
            }
            for key, _, debit, credit, minor in moves
        ],
    )


def _numbers(session: Session, keys: Sequence[str]) -> Iterator[tuple[str, int]]:
    for some in _some(keys, 900):
        rows = session.execute(
            select(LedgerTransaction.idempotency_key, LedgerTransaction.id).where(
                LedgerTransaction.idempotency_key.in_(some)
            )
        )
        yield from ((row[0], row[1]) for row in rows)


def _accounts(session: Session, places: set[Place]) -> dict[Place, int]:
    known = select(LedgerAccount.kind, LedgerAccount.owner_id, LedgerAccount.id).where(
        LedgerAccount.kind.in_({kind for kind, _ in places})
    )
    found = {(row[0], row[1]): row[2] for row in session.execute(known)}
    missing = [
        {
            "kind": kind,
            "owner_id": owner,
            "currency": "usd",
            "normal_side": kind.side,
            "allow_negative": kind.hot,
            "hot": kind.hot,
            "created_at": clock.now(),
        }
        for kind, owner in places - set(found)
    ]
    if not missing:
        return found
    _insert(session, LedgerAccount, missing)
    return {(row[0], row[1]): row[2] for row in session.execute(known)}


def _insert(session: Session, table: type[Any], rows: Sequence[dict[str, Any]]) -> None:
    for some in _some(rows, AT_ONCE):
        session.execute(insert(table), some)


def _some(rows: Sequence[Any], size: int) -> Iterable[list[Any]]:
    return (list(rows[begin : begin + size]) for begin in range(0, len(rows), size))
