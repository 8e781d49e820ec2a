"""What the database itself refuses, tried one statement at a time with real commits."""

import uuid
from typing import Any, NamedTuple

import pytest
import sqlalchemy as sa

from marketplace.kit.database import Sessions, transaction
from marketplace.ledger import queries, service
from marketplace.ledger.models import Kind
from marketplace.ledger.service import Entry
from tests.factories.ledger import ADJUSTMENTS, REASON, STRIPE, Parties, books, deposit, fund, leg

NEW = (
    "INSERT INTO ledger_transactions (kind, idempotency_key, request_hash, last_seq) "
    "VALUES ('test', 'hostile', '{hash}', {last})"
)
POSTING = (
    "INSERT INTO ledger_postings "
    "(transaction_id, seq, debit_account_id, credit_account_id, currency, amount_minor) "
    "VALUES ({transaction}, {seq}, {debit}, {credit}, '{currency}', {amount})"
)
BY_PEOPLE = (
    "INSERT INTO ledger_transactions "
    "(kind, idempotency_key, request_hash, last_seq, actor_id, approver_id, reason)"
)
NEWEST = "(SELECT max(id) FROM ledger_transactions)"
ACCOUNT = (
    "INSERT INTO ledger_accounts "
    "(kind, owner_id, currency, normal_side, allow_negative, hot, debits_minor, credits_minor) "
    "VALUES ('project_budget', '{nobody}', '{currency}', '{side}', {free}, {hot}, 0, {credits})"
)
REPLACE = "INSERT OR REPLACE INTO {0} SELECT * FROM {0} ORDER BY id DESC LIMIT 1"


class Attack(NamedTuple):
    """Statements, and the rule whose refusal we expect: a refusal for another reason proves nothing."""

    rule: str
    statements: list[str]
    only: str = ""


def new(last: int = 0) -> str:
    return NEW.format(last=last, hash="0" * 64)


def posting(**values: Any) -> str:
    usual = {
        "transaction": NEWEST,
        "seq": 0,
        "debit": "{wallet}",
        "credit": "{budget}",
        "currency": "usd",
        "amount": 1,
    }
    return POSTING.format(**{**usual, **values})


def account(**values: Any) -> str:
    usual = {
        "nobody": uuid.UUID(int=9).hex,
        "currency": "usd",
        "side": "credit",
        "free": "false",
        "hot": "false",
        "credits": 0,
    }
    return ACCOUNT.format(**{**usual, **values})


def two_people(kind: str, actor: str, approver: str, reason: str) -> list[str]:
    values = f"'{kind}', 'hostile', '{'0' * 64}', 0, {actor}, {approver}, {reason}"
    return [f"{BY_PEOPLE} VALUES ({values})", posting()]


ONE, OTHER = f"'{uuid.UUID(int=1).hex}'", f"'{uuid.UUID(int=2).hex}'"
GOOD = f"'{REASON}'"
APPEND_ONLY = "append-only|refuses this change"
FROZEN = "identity of a ledger account never changes|refuses this change"
GUARDED = "balances move only through postings|refuses this change"

ATTACKS = {
    "a posting of nothing": Attack("ck_ledger_postings_amount", [new(), posting(amount=0)]),
    "a posting of less than nothing": Attack("ck_ledger_postings_amount", [new(), posting(amount=-5)]),
    "a fortune": Attack("ck_ledger_postings_amount", [new(), posting(amount=100_000_000_001)]),
    "half a cent": Attack("ck_ledger_postings_integers", [new(), posting(amount=5.5)], "sqlite"),
    "a text as an amount": Attack(
        "ck_ledger_postings_amount|ck_ledger_postings_integers", [new(), posting(amount="'many'")], "sqlite"
    ),
    "from an account to itself": Attack(
        "ck_ledger_postings_two_accounts", [new(), posting(credit="{wallet}")]
    ),
    "a currency of neither account": Attack("FOREIGN KEY|foreign key", [new(), posting(currency="eur")]),
    "an account that does not exist": Attack("FOREIGN KEY|foreign key", [new(), posting(debit=999_999)]),
    "a transaction that does not exist": Attack("FOREIGN KEY|foreign key", [posting(transaction=999_999)]),
    "a changed amount": Attack(APPEND_ONLY, ["UPDATE ledger_postings SET amount_minor = 1"]),
    "a changed direction": Attack(APPEND_ONLY, ["UPDATE ledger_postings SET debit_account_id = {budget}"]),
    "a deleted posting": Attack(APPEND_ONLY, ["DELETE FROM ledger_postings"]),
    "a changed reason": Attack(APPEND_ONLY, ["UPDATE ledger_transactions SET reason = 'another'"]),
    "a changed key": Attack(APPEND_ONLY, ["UPDATE ledger_transactions SET idempotency_key = 'x' || id"]),
    "a deleted transaction": Attack(APPEND_ONLY, ["DELETE FROM ledger_transactions"]),
    "a deleted account": Attack(
        "never deleted|refuses this change", ["DELETE FROM ledger_accounts WHERE id = {wallet}"]
    ),
    "a replaced posting": Attack("append-only|without a gap", [REPLACE.format("ledger_postings")], "sqlite"),
    "a replaced transaction": Attack("append-only", [REPLACE.format("ledger_transactions")], "sqlite"),
    "a replaced account": Attack("never deleted|starts at", [REPLACE.format("ledger_accounts")], "sqlite"),
    "truncated postings": Attack(
        "refuses this change", ["TRUNCATE ledger_postings, ledger_transactions"], "postgresql"
    ),
    "truncated accounts": Attack("refuses this change", ["TRUNCATE ledger_accounts CASCADE"], "postgresql"),
    "an id of one's own": Attack(
        "identity column|GENERATED ALWAYS",
        [new().replace("(kind", "(id, kind").replace("('test'", "(7, 'test'"), posting(transaction=7)],
        "postgresql",
    ),
    "a transaction without postings": Attack("FOREIGN KEY|complete", [new()]),
    "a transaction with a posting missing": Attack("FOREIGN KEY|complete", [new(last=1), posting()]),
    "one posting too many": Attack(
        "sealed", [posting(transaction="(SELECT min(id) FROM ledger_transactions)", seq=1)]
    ),
    "postings with a gap": Attack("without a gap", [new(last=1), posting(seq=1)]),
    "a posting twice": Attack(
        "without a gap|uq_ledger_postings_transaction_id", [new(last=1), posting(), posting()]
    ),
    "a number below zero": Attack("ck_ledger_postings_seq|without a gap", [new(last=1), posting(seq=-1)]),
    "sixty-five postings": Attack("ck_ledger_transactions_last_seq", [new(last=64)]),
    "half a posting": Attack("ck_ledger_transactions_integers", [new().replace(", 0)", ", 0.5)")], "sqlite"),
    "another owner": Attack(FROZEN, [f"UPDATE ledger_accounts SET owner_id = {ONE} WHERE id = {{wallet}}"]),
    "another kind": Attack(FROZEN, ["UPDATE ledger_accounts SET kind = 'adjustments' WHERE id = {wallet}"]),
    "another side": Attack(FROZEN, ["UPDATE ledger_accounts SET normal_side = 'debit' WHERE id = {wallet}"]),
    "another currency": Attack(FROZEN, ["UPDATE ledger_accounts SET currency = 'eur' WHERE id = {stripe}"]),
    "an account set free": Attack(
        FROZEN, ["UPDATE ledger_accounts SET allow_negative = true WHERE id = {wallet}"]
    ),
    "an account made hot": Attack(FROZEN, ["UPDATE ledger_accounts SET hot = true WHERE id = {wallet}"]),
    "an account that is born rich": Attack("starts at zero|refuses this change", [account(credits=1000)]),
    "a balance set by hand": Attack(
        GUARDED, ["UPDATE ledger_accounts SET credits_minor = credits_minor + 1 WHERE id = {wallet}"]
    ),
    "a debit forgotten by hand": Attack(
        GUARDED, ["UPDATE ledger_accounts SET debits_minor = 0 WHERE id = {wallet}"]
    ),
    "more than there is": Attack("ck_ledger_accounts_no_overdraft", [new(), posting(amount=1001)]),
    "more than there is, and back": Attack(
        "ck_ledger_accounts_no_overdraft",
        [new(last=1), posting(amount=1001), posting(seq=1, debit="{budget}", credit="{wallet}", amount=1001)],
    ),
    "the same key": Attack(
        "idempotency_key",
        [new().replace("'hostile'", "(SELECT max(idempotency_key) FROM ledger_transactions)"), posting()],
    ),
    "the same end": Attack(
        "closes",
        [
            new()
            .replace("last_seq)", "last_seq, closes)")
            .replace(", 0)", ", 0, (SELECT max(closes) FROM ledger_transactions))"),
            posting(),
        ],
    ),
    "a second reversal": Attack(
        "reverses_id",
        [
            new()
            .replace("last_seq)", "last_seq, reverses_id)")
            .replace(", 0)", ", 0, (SELECT max(reverses_id) FROM ledger_transactions))"),
            posting(),
        ],
    ),
    "a correction by one person": Attack("two_people", two_people("correction", ONE, ONE, GOOD)),
    "a correction nobody approved": Attack("two_people", two_people("correction", ONE, "NULL", GOOD)),
    "goodwill nobody asked for": Attack("two_people", two_people("goodwill", "NULL", OTHER, GOOD)),
    "an overturn without a reason": Attack("two_people", two_people("claim_overturn", ONE, OTHER, "NULL")),
    "a clawback with half a reason": Attack(
        "two_people", two_people("claim_clawback", ONE, OTHER, "'fraud'")
    ),
    "a deposit by hand alone": Attack("two_people", two_people("deposit_recorded", ONE, ONE, GOOD)),
    "an account without a side": Attack("ck_ledger_accounts_normal_side", [account(side="middle")]),
    "a currency in capitals": Attack("ck_ledger_accounts_currency", [account(currency="USD")]),
    "a hot account with a bound": Attack("ck_ledger_accounts_hot_is_unbounded", [account(hot="true")]),
    "an account twice": Attack("owner_id|uq_ledger_accounts_kind", [account(), account()]),
}


@pytest.fixture
def places(clean: Sessions) -> dict[str, int]:
    """A wallet of 1000, a budget of 5000 and one reversal, all committed; the ids of the accounts."""
    who, people = Parties(), {"actor_id": uuid.UUID(int=1), "approver_id": uuid.UUID(int=2), "reason": REASON}
    with transaction(clean) as session:
        fund(session, who, 5000)
        deposit(session, who, 1000)
        goodwill = Entry(
            kind="goodwill",
            key="goodwill:1",
            legs=[leg(ADJUSTMENTS, (Kind.EXPERT_PENDING, who.expert), 7)],
            **people,
        )
        given = service.post(session, goodwill).transaction
        assert given is not None
        service.reverse(session, given, key="adj:1", **people)
        wanted = {"wallet": (*who.wallet, "usd"), "budget": (*who.budget, "usd"), "stripe": (*STRIPE, "usd")}
        found = queries.find(session, wanted.values())
        return {name: found[place] for name, place in wanted.items()}


def run(engine: sa.Engine, statements: list[str]) -> None:
    """One transaction with its commit, which may be what fails."""
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def try_it(engine: sa.Engine, attack: Attack, places: dict[str, int]) -> None:
    before = books(engine)
    with pytest.raises(sa.exc.DBAPIError, match=attack.rule):
        run(engine, [statement.format(**places) for statement in attack.statements])
    assert books(engine) == before


@pytest.mark.parametrize("name", [name for name, attack in ATTACKS.items() if not attack.only])
def test_both_databases_refuse(clean: Sessions, places: dict[str, int], name: str) -> None:
    try_it(clean.kw["bind"], ATTACKS[name], places)


def test_each_database_refuses_what_only_it_can_be_asked(clean: Sessions, places: dict[str, int]) -> None:
    engine = clean.kw["bind"]
    own = [attack for attack in ATTACKS.values() if attack.only == engine.dialect.name]
    assert len(own) > 2
    for attack in own:
        try_it(engine, attack, places)


def test_the_same_statements_pass_when_they_are_honest(clean: Sessions, places: dict[str, int]) -> None:
    honest = [
        new(last=1),
        posting(amount=999),
        posting(seq=1, amount=1, debit="{budget}", credit="{stripe}"),
        account(),
        *[each.replace("'hostile'", "'honest'") for each in two_people("correction", ONE, OTHER, GOOD)],
    ]
    run(clean.kw["bind"], [statement.format(**places) for statement in honest])
    with transaction(clean, write=False) as session:
        assert queries.broken(session) == []
