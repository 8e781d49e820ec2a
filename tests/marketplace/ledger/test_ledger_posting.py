"""The verbs: what is posted, what is a repetition, what is refused."""

import dataclasses
import uuid
from collections.abc import Collection
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.kit.errors import Conflict
from marketplace.kit.money import Money
from marketplace.ledger import queries, service
from marketplace.ledger.errors import AlreadySettled, IdempotencyConflict, Overdraft, TwoPeopleNeeded
from marketplace.ledger.models import LARGEST_POSTING, PLATFORM, Kind, LedgerPosting, LedgerTransaction
from marketplace.ledger.service import Entry
from marketplace.ledger.service.entries import LENGTHS
from tests.factories.ledger import (
    ADJUSTMENTS,
    REASON,
    REVENUE,
    STRIPE,
    UNIT,
    Parties,
    deposit,
    end,
    fund,
    leg,
    reserve,
)

ANNA, BEN = uuid.UUID(int=1), uuid.UUID(int=2)


def rows(session: Session) -> tuple[int, int]:
    """How many LedgerTransactions and postings there are."""
    counts = [
        session.scalar(sa.select(sa.func.count()).select_from(model))
        for model in (LedgerTransaction, LedgerPosting)
    ]
    return counts[0] or 0, counts[1] or 0


def test_an_entry_is_kept_as_it_was_said(session: Session) -> None:
    who, cause = Parties(), uuid.uuid4()
    entry = Entry(
        kind="deposit_succeeded",
        key="deposit:pi_1:succeeded",
        legs=[leg(STRIPE, who.wallet, 500), leg(STRIPE, who.wallet, 0), leg(STRIPE, who.wallet, 7)],
        closes="deposit:pi_1",
        ref_type="deposit",
        ref_id=cause,
        external_id="pi_1",
        actor_id=ANNA,
        approver_id=BEN,
        reason="as promised",
        effective_at=datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
    )
    posted = service.post(session, entry)
    assert posted.created
    assert posted.transaction is not None
    session.expire_all()
    kept = queries.transaction(session, posted.transaction.id)
    assert kept is not None
    assert (kept.kind, kept.idempotency_key, kept.closes) == (entry.kind, entry.key, entry.closes)
    assert (kept.ref_type, kept.ref_id, kept.external_id) == ("deposit", cause, "pi_1")
    assert (kept.actor_id, kept.approver_id, kept.reason) == (ANNA, BEN, "as promised")
    assert kept.effective_at == entry.effective_at
    assert kept.created_at > entry.effective_at
    assert kept.last_seq == 1
    assert [
        (p.seq, p.amount_minor, p.debit_kind, p.credit_kind) for p in queries.postings_of(session, kept.id)
    ] == [
        (0, 500, Kind.STRIPE_BALANCE, Kind.COMPANY_WALLET),
        (1, 7, Kind.STRIPE_BALANCE, Kind.COMPANY_WALLET),
    ]


def test_the_same_entry_again_is_a_repetition(session: Session) -> None:
    who = Parties()
    fund(session, who, UNIT)
    entry = reserve(who, uuid.uuid4())
    first, second = service.post(session, entry), service.post(session, entry)
    later = dataclasses.replace(entry, actor_id=ANNA, reason="said differently")
    third = service.post(session, later)
    assert (first.created, second.created, third.created) == (True, False, False)
    assert first.transaction is second.transaction is third.transaction
    assert queries.balance(session, *who.reserved) == UNIT


def test_the_same_entry_twice_in_one_call_counts_once(session: Session) -> None:
    who = Parties()
    fund(session, who, UNIT)
    entry = reserve(who, uuid.uuid4())
    first, second = service.post_all(session, [entry, entry])
    assert (first.created, second.created) == (True, False)
    assert first.transaction is second.transaction
    assert queries.balance(session, *who.budget) == 0


@pytest.mark.parametrize(
    "change",
    [
        {"legs": [leg(STRIPE, (Kind.COMPANY_WALLET, ANNA), 2)]},
        {"legs": [leg(STRIPE, (Kind.COMPANY_WALLET, BEN), 1)]},
        {"legs": [leg(STRIPE, (Kind.COMPANY_PENDING, ANNA), 1)]},
        {"legs": [(STRIPE, (Kind.COMPANY_WALLET, ANNA), Money(1, "eur"))]},
        {"kind": "another"},
        {"closes": "deposit:2"},
        {"ref_type": "refund"},
        {"ref_id": BEN},
        {"external_id": "pi_2"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_key_with_other_inputs_is_refused(session: Session, change: dict[str, object]) -> None:
    entry = Entry(
        kind="deposit",
        key="deposit:1",
        legs=[leg(STRIPE, (Kind.COMPANY_WALLET, ANNA), 1)],
        ref_type="deposit",
        ref_id=ANNA,
    )
    service.post(session, entry)
    before = rows(session)
    with pytest.raises(IdempotencyConflict) as refusal:
        service.post(session, dataclasses.replace(entry, **change))
    assert refusal.value.status_code == 409
    assert rows(session) == before


def test_a_key_with_other_inputs_in_one_call_is_refused(session: Session) -> None:
    entry = Entry(kind="deposit", key="deposit:1", legs=[leg(STRIPE, (Kind.COMPANY_WALLET, ANNA), 1)])
    other = dataclasses.replace(entry, legs=[leg(STRIPE, (Kind.COMPANY_WALLET, ANNA), 2)])
    with pytest.raises(IdempotencyConflict):
        service.post_all(session, [entry, other])
    assert rows(session) == (0, 0)


@pytest.mark.parametrize(
    ("debit", "sentence"),
    [
        (Kind.PROJECT_BUDGET, "The budget is used up. Add money to the project to go on."),
        (Kind.COMPANY_WALLET, "The wallet holds less than that. Add money, or choose a smaller amount."),
        (Kind.COMPANY_DISPUTE_HOLD, "There is not enough money for this, so nothing was moved."),
    ],
)
def test_an_overdraft_says_what_is_short(session: Session, debit: Kind, sentence: str) -> None:
    service.post(session, Entry(kind="test", key="1", legs=[leg(STRIPE, (debit, ANNA), 100)]))
    with pytest.raises(Overdraft) as refusal:
        service.post(
            session, Entry(kind="test", key="2", legs=[leg((debit, ANNA), (Kind.EXPERT_PENDING, BEN), 101)])
        )
    assert str(refusal.value) == sentence
    assert refusal.value.status_code == 409
    assert queries.balance(session, debit, ANNA) == 100


def test_an_overdraft_in_one_entry_takes_all_entries_back(session: Session) -> None:
    who, claim = Parties(), uuid.uuid4()
    fund(session, who, UNIT)
    before = rows(session)
    with pytest.raises(Overdraft, match="budget is used up"):
        service.post_all(session, [reserve(who, claim), reserve(who, uuid.uuid4())])
    assert rows(session) == before
    assert queries.balance(session, *who.budget) == UNIT
    assert service.post(session, reserve(who, claim)).created  # the session goes on, the key is still free


def test_money_may_not_be_borrowed_from_a_later_leg(session: Session) -> None:
    who = Parties()
    entry = Entry(
        kind="test",
        key="1",
        legs=[leg(who.wallet, who.budget, 5), leg(STRIPE, who.wallet, 5)],
    )
    with pytest.raises(Overdraft, match="wallet"):
        service.post(session, entry)
    turned = dataclasses.replace(entry, legs=[*entry.legs][::-1])
    assert service.post(session, turned).created


def test_money_from_an_earlier_leg_counts(session: Session) -> None:
    who = Parties()
    legs = [leg(STRIPE, who.wallet, 5), leg(who.wallet, who.budget, 6)]
    with pytest.raises(Overdraft, match="wallet"):
        service.post(session, Entry(kind="test", key="1", legs=legs))
    legs[1] = leg(who.wallet, who.budget, 5)
    assert service.post(session, Entry(kind="test", key="1", legs=legs)).created


def test_a_lost_race_is_a_repetition(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """The winner commits between our look for the key and our INSERT: only the unique key speaks."""
    who = Parties()
    fund(session, who, 3 * UNIT)
    lost, won = reserve(who, uuid.uuid4()), reserve(who, uuid.uuid4())
    service.post(session, lost)
    look, looks = queries.with_keys, []

    def too_early(session: Session, keys: Collection[str]) -> dict[str, LedgerTransaction]:
        looks.append(keys)
        return look(session, keys) if len(looks) > 1 else {}

    monkeypatch.setattr(queries, "with_keys", too_early)
    assert [posted.created for posted in service.post_all(session, [won, lost])] == [True, False]
    assert len(looks) == 3
    assert queries.balance(session, *who.reserved) == 2 * UNIT
    assert queries.broken(session) == []


def test_accounts_are_locked_in_the_order_of_their_ids(session: Session) -> None:
    who = Parties()
    sent: list[str] = []
    fund(session, who, 5)
    engine = session.get_bind().engine

    def note(*given: object) -> None:
        sent.append(str(given[2]))

    sa.event.listen(engine, "before_cursor_execute", note)
    service.post(session, Entry(kind="defund", key="1", legs=[leg(who.budget, who.wallet, 5)]))
    sa.event.remove(engine, "before_cursor_execute", note)
    locks = [statement for statement in sent if "FOR UPDATE" in statement]
    wanted = 0 if engine.dialect.name == "sqlite" else 1
    assert len(locks) == wanted  # SQLite's writing transaction is the lock
    assert all("ORDER BY ledger_accounts.id FOR UPDATE" in " ".join(each.split()) for each in locks)


def test_a_mistake_of_ours_is_not_dressed_up(session: Session) -> None:
    entry = Entry(kind="test", key="1", legs=[leg(STRIPE, ADJUSTMENTS, 1)], reverses_id=999_999)
    with pytest.raises(sa.exc.IntegrityError):
        service.post(session, entry)
    assert rows(session) == (0, 0)


def test_a_shortage_nobody_can_name_has_a_plain_sentence(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "balance", lambda *_: 1_000_000)
    with pytest.raises(Overdraft, match="not enough money for this, so nothing was moved"):
        service.post(session, reserve(Parties(), uuid.uuid4()))


def test_unbounded_accounts_go_below_zero(session: Session) -> None:
    service.post(
        session, Entry(kind="appeal_pay", key="1", legs=[leg(REVENUE, (Kind.EXPERT_PENDING, ANNA), 9)])
    )
    assert queries.balance(session, *REVENUE) == -9


def test_a_thing_ends_once(session: Session) -> None:
    who, claim = Parties(), uuid.uuid4()
    fund(session, who, 2 * UNIT)
    service.post_all(session, [reserve(who, claim), reserve(who, uuid.uuid4())])
    service.post(session, end(who, claim, "release", pay=0, fee=0, rest=UNIT))
    with pytest.raises(AlreadySettled) as refusal:
        service.post(session, end(who, claim, "approve", pay=4334, fee=866, rest=866))
    assert refusal.value.status_code == 409
    assert queries.balance(session, *who.reserved) == UNIT


def test_an_entry_that_moves_nothing_leaves_nothing(session: Session) -> None:
    who = Parties()
    empty = Entry(kind="test", key="1", legs=[leg(STRIPE, who.wallet, 0)], closes="deposit:1")
    real = Entry(kind="test", key="2", legs=[leg(STRIPE, who.wallet, 1)])
    nothing, something = service.post_all(session, [empty, real])
    assert nothing == service.Posted(None, created=False)
    assert something.created
    assert service.post_all(session, []) == []
    assert rows(session) == (1, 1)


@pytest.mark.parametrize(
    ("entry", "complaint"),
    [
        (Entry(kind="t", key="k", legs=[leg(STRIPE, ADJUSTMENTS, -1)]), "-1 minor units"),
        (Entry(kind="t", key="k", legs=[leg(STRIPE, ADJUSTMENTS, LARGEST_POSTING + 1)]), "minor units"),
        (Entry(kind="t", key="k", legs=[leg(STRIPE, STRIPE, 1)]), "within one account"),
        (Entry(kind="t", key="k", legs=[leg(STRIPE, (Kind.PROJECT_BUDGET, PLATFORM), 1)]), "cannot belong"),
        (Entry(kind="t", key="k", legs=[leg((Kind.STRIPE_BALANCE, ANNA), ADJUSTMENTS, 1)]), "cannot belong"),
        (Entry(kind="t", key="k", legs=[leg(STRIPE, ADJUSTMENTS, 1)] * 65), "more than 64"),
        (
            Entry(
                kind="t",
                key="k",
                legs=[leg(STRIPE, ADJUSTMENTS, 1), (STRIPE, ADJUSTMENTS, Money(1, "eur"))],
            ),
            "more than one currency",
        ),
        *[
            (
                dataclasses.replace(
                    Entry(kind="t", key="k", legs=[leg(STRIPE, ADJUSTMENTS, 1)]), **{name: "x" * (length + 1)}
                ),
                f"{name} is longer than {length}",
            )
            for name, length in LENGTHS.items()
        ],
    ],
)
def test_what_no_person_can_cause_is_a_mistake_of_ours(
    session: Session, entry: Entry, complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        service.post(session, entry)
    assert rows(session) == (0, 0)


def test_sixty_four_postings_fit(session: Session) -> None:
    legs = [leg(STRIPE, (Kind.EXPERT_PENDING, uuid.UUID(int=n + 1)), n + 1) for n in range(64)]
    posted = service.post(session, Entry(kind="test", key="1", legs=legs))
    assert posted.transaction is not None
    assert [p.amount_minor for p in queries.postings_of(session, posted.transaction.id)] == list(range(1, 65))


def test_money_is_never_a_fraction() -> None:
    for wrong in (5.5, True, "5"):
        with pytest.raises(TypeError):
            Money(wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "kind", ["correction", "goodwill", "claim_overturn", "claim_clawback", "deposit_recorded"]
)
@pytest.mark.parametrize(
    "people",
    [
        {},
        {"actor_id": ANNA, "approver_id": ANNA, "reason": REASON},
        {"actor_id": ANNA, "reason": REASON},
        {"approver_id": BEN, "reason": REASON},
        {"actor_id": ANNA, "approver_id": BEN},
        {"actor_id": ANNA, "approver_id": BEN, "reason": "too short"},
    ],
)
def test_two_people_stand_behind_it(session: Session, kind: str, people: dict[str, object]) -> None:
    entry = Entry(kind=kind, key="1", legs=[leg(ADJUSTMENTS, (Kind.EXPERT_PENDING, ANNA), 5)], **people)  # type: ignore[arg-type]
    with pytest.raises(TwoPeopleNeeded) as refusal:
        service.post(session, entry)
    assert refusal.value.status_code == 422
    allowed = dataclasses.replace(entry, actor_id=ANNA, approver_id=BEN, reason=REASON)
    assert service.post(session, allowed).created


def test_a_reversal_mirrors_its_original_once(session: Session) -> None:
    who = Parties()
    original = deposit(session, who, 700).transaction
    assert original is not None
    behind = {"actor_id": ANNA, "approver_id": BEN, "reason": REASON}
    back = service.reverse(session, original, key="adj:1", **behind)
    assert back.created
    assert back.transaction is not None
    assert back.transaction.reverses_id == original.id
    assert (back.transaction.ref_type, back.transaction.ref_id) == (original.ref_type, original.ref_id)
    assert queries.balances(session, [STRIPE, who.wallet]) == {STRIPE: 0, who.wallet: 0}
    assert queries.reversal_of(session, original.id) is back.transaction
    assert not service.reverse(session, original, key="adj:1", **behind).created
    deposit(session, who, 700)  # there is money again, so only the rule refuses
    with pytest.raises(AlreadySettled):
        service.reverse(session, original, key="adj:2", **behind)
    with pytest.raises(Conflict, match="new correction"):
        service.reverse(session, back.transaction, key="adj:3", **behind)
    assert queries.broken(session) == []


def test_a_reversal_needs_the_money_to_be_there(session: Session) -> None:
    who = Parties()
    fund(session, who, 700)
    original = session.scalars(
        sa.select(LedgerTransaction).where(LedgerTransaction.kind == "deposit_succeeded")
    ).one()
    with pytest.raises(Overdraft):
        service.reverse(session, original, key="adj:1", actor_id=ANNA, approver_id=BEN, reason=REASON)


def test_a_reversal_needs_two_people(session: Session) -> None:
    original = deposit(session, Parties(), 700).transaction
    assert original is not None
    with pytest.raises(TwoPeopleNeeded):
        service.reverse(session, original, key="adj:1", actor_id=ANNA, approver_id=ANNA, reason=REASON)


def test_currencies_are_kept_apart(session: Session) -> None:
    who = Parties()
    for currency, minor in (("usd", 500), ("jpy", 70)):
        entry = Entry(
            kind="deposit", key=f"deposit:{currency}", legs=[(STRIPE, who.wallet, Money(minor, currency))]
        )
        service.post(session, entry)
    assert queries.balance(session, *who.wallet) == 500
    assert queries.balance(session, *who.wallet, "jpy") == 70
    with pytest.raises(Overdraft):
        service.post(session, Entry(kind="fund", key="f", legs=[(who.wallet, who.budget, Money(71, "jpy"))]))
    assert queries.broken(session) == []
