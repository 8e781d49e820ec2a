"""Posting: each entry once, all entries of a call or none, never below zero."""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.kit import clock
from marketplace.kit.database import insert_once
from marketplace.kit.errors import Conflict, Refusal
from marketplace.kit.money import Money
from marketplace.ledger import policy, queries
from marketplace.ledger.errors import AlreadySettled, IdempotencyConflict, Overdraft
from marketplace.ledger.models import Kind, LedgerAccount, LedgerPosting, LedgerTransaction
from marketplace.ledger.queries import Place
from marketplace.ledger.service.entries import Draft, Entry, draft

# PostgreSQL names a constraint, SQLite the column of a UNIQUE one
_ONCE = (
    "uq_ledger_transactions_closes",
    "ledger_transactions.closes",
    "uq_ledger_transactions_reverses_id",
    "ledger_transactions.reverses_id",
)


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of an entry: None for one that moved nothing, `created` False for a repetition."""

    transaction: LedgerTransaction | None
    created: bool


def post(session: Session, entry: Entry) -> Posted:
    """Post one entry, once for its key.  Raises what `post_all` raises."""
    return post_all(session, [entry])[0]


def post_all(session: Session, entries: Sequence[Entry]) -> list[Posted]:
    """Post every entry, once for its key, or none of them; legs of 0 are left out.

    A verb calls this once: two calls in one transaction lock accounts in two steps and can deadlock.
    Raises Overdraft (409) when a bounded account holds too little, IdempotencyConflict (409) when a key was
    used for other inputs, AlreadySettled (409) when another entry closed or reversed the same thing,
    TwoPeopleNeeded (422), and ValueError for what no person can cause.
    """
    drafts = [draft(entry) for entry in entries]
    places = _open_accounts(session, drafts)
    queries.lock(session, places.values())
    while True:  # every lost race turns one more entry into a repetition, so this ends
        known = queries.with_keys(session, [each.entry.key for each in drafts])
        fresh = _fresh(drafts, known)
        try:
            with session.begin_nested():
                written = _write(session, fresh, places)
        except IntegrityError as error:
            if queries.with_keys(session, fresh.keys()):
                continue
            refusal = _refusal(session, error, fresh.values())
            if refusal is None:
                raise
            raise refusal from error
        return _answers(drafts, known, written)


def reverse(
    session: Session,
    transaction: LedgerTransaction,
    *,
    key: str,
    actor_id: uuid.UUID,
    approver_id: uuid.UUID,
    reason: str,
) -> Posted:
    """Take a LedgerTransaction back, leg by leg with the sides swapped, once, by two people with a reason.

    Raises Conflict (409) for a reversal of a reversal, AlreadySettled (409) when it was taken back before,
    Overdraft (409) when the money has gone on since, TwoPeopleNeeded (422).
    """
    if transaction.reverses_id is not None:
        raise Conflict("This takes another entry back. Write a new correction instead.")
    legs = [
        (
            (posting.credit_kind, posting.credit_owner_id),
            (posting.debit_kind, posting.debit_owner_id),
            Money(posting.amount_minor, posting.currency),
        )
        for posting in queries.postings_of(session, transaction.id)
    ]
    entry = Entry(
        kind="correction",
        key=key,
        legs=legs,
        ref_type=transaction.ref_type,
        ref_id=transaction.ref_id,
        reverses_id=transaction.id,
        actor_id=actor_id,
        approver_id=approver_id,
        reason=reason,
    )
    return post(session, entry)


def _open_accounts(session: Session, drafts: Sequence[Draft]) -> dict[Place, int]:
    """The ids of all accounts of these drafts; first use creates them, in one order, so nobody deadlocks."""
    wanted = {place for each in drafts for move in each.moves for place in (move.debit, move.credit)}
    places = queries.find(session, wanted) if wanted else {}
    missing = sorted(wanted - places.keys(), key=lambda place: (place[0].value, place[1], place[2]))
    for kind, owner_id, currency in missing:
        insert_once(
            session,
            LedgerAccount,
            kind=kind,
            owner_id=owner_id,
            currency=currency,
            normal_side=kind.side,
            allow_negative=not kind.bounded,
            hot=kind.hot,
        )
    return queries.find(session, wanted) if missing else places


def _fresh(drafts: Sequence[Draft], known: Mapping[str, LedgerTransaction]) -> dict[str, Draft]:
    """The drafts to write, by key.  IdempotencyConflict when a key was used for other inputs."""
    hashes = {key: transaction.request_hash for key, transaction in known.items()}
    fresh: dict[str, Draft] = {}
    for each in drafts:
        key = each.entry.key
        if hashes.setdefault(key, each.request_hash) != each.request_hash:
            raise IdempotencyConflict
        if each.moves and key not in known:
            fresh.setdefault(key, each)
    return fresh


def _write(
    session: Session, fresh: Mapping[str, Draft], places: Mapping[Place, int]
) -> dict[str, LedgerTransaction]:
    written = {key: _transaction(each) for key, each in fresh.items()}
    if not written:
        return {}
    session.add_all(written.values())
    session.flush()  # the postings need the ids, and the constraints judge inside the savepoint
    rows = [
        {
            "transaction_id": written[key].id,
            "seq": seq,
            "debit_account_id": places[move.debit],
            "credit_account_id": places[move.credit],
            "currency": move.debit[2],
            "amount_minor": move.minor,
        }
        for key, each in fresh.items()
        for seq, move in enumerate(each.moves)
    ]
    session.execute(sa.insert(LedgerPosting), rows)
    return written


def _transaction(each: Draft) -> LedgerTransaction:
    entry, now = each.entry, clock.now()
    return LedgerTransaction(
        kind=entry.kind,
        idempotency_key=entry.key,
        request_hash=each.request_hash,
        last_seq=len(each.moves) - 1,
        closes=entry.closes,
        reverses_id=entry.reverses_id,
        ref_type=entry.ref_type,
        ref_id=entry.ref_id,
        external_id=entry.external_id,
        actor_id=entry.actor_id,
        approver_id=entry.approver_id,
        reason=entry.reason,
        effective_at=entry.effective_at or now,
        created_at=now,
    )


def _answers(
    drafts: Sequence[Draft],
    known: Mapping[str, LedgerTransaction],
    written: Mapping[str, LedgerTransaction],
) -> list[Posted]:
    created = set(written)
    answers = []
    for each in drafts:
        key = each.entry.key
        answers.append(Posted(known.get(key) or written.get(key), created=key in created))
        created.discard(key)  # the same entry twice in one call: the second is a repetition
    return answers


def _refusal(session: Session, error: IntegrityError, drafts: Iterable[Draft]) -> Refusal | None:
    """What a person is told, decided by the name of the constraint; None for what is our own mistake."""
    said = str(error.orig)
    if "ck_ledger_accounts_no_overdraft" in said:
        return Overdraft(policy.shortage(next(_too_short(session, drafts), None)))
    if any(name in said for name in _ONCE):
        return AlreadySettled()
    return None


def _too_short(session: Session, drafts: Iterable[Draft]) -> Iterator[Kind]:
    """Walk the postings as the database did: the kinds of the accounts that would go below zero."""
    left: dict[Place, int] = {}
    for move in (move for each in drafts for move in each.moves):
        for place, sign in ((move.debit, -1), (move.credit, 1)):  # every bounded kind grows by credits
            if place[0].bounded:
                before = left.get(place)
                before = queries.balance(session, *place) if before is None else before
                left[place] = before + sign * move.minor
                if left[place] < 0:
                    yield place[0]
