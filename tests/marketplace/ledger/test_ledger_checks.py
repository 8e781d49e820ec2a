"""`broken` names every rule that somebody broke behind the ledger's back."""

import uuid
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.ledger import queries, service
from marketplace.ledger.queries import triggers
from tests.factories.ledger import REASON, Parties, deposit, fund

PEOPLE = {"actor_id": uuid.UUID(int=1), "approver_id": uuid.UUID(int=2), "reason": REASON}


def run(session: Session, *statements: str) -> None:
    for statement in statements:
        session.connection().exec_driver_sql(statement)


def is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def unguard(session: Session, *more: str) -> None:
    """Take the guards away, as an administrator could, and the constraints named in `more`."""
    if not is_sqlite(session):
        run(
            session, "SET CONSTRAINTS ALL IMMEDIATE"
        )  # a table with deferred checks waiting cannot be altered
    run(session, *(drop_trigger(session, name) for name in expected_triggers(session)))
    if is_sqlite(session):
        run(session, "PRAGMA ignore_check_constraints=ON")
    else:
        run(
            session,
            *(f"ALTER TABLE {each.split('.')[0]} DROP CONSTRAINT {each.split('.')[1]}" for each in more),
        )


def expected_triggers(session: Session) -> list[str]:
    return [*(triggers.SQLITE if is_sqlite(session) else triggers.POSTGRESQL)]


def drop_trigger(session: Session, name: str) -> str:
    table = next(each for each in ("accounts", "transactions", "postings") if f"ledger_{each}" in name)
    return f"DROP TRIGGER {name}" + ("" if is_sqlite(session) else f" ON ledger_{table}")


@pytest.fixture(autouse=True)
def _checks_on_again(session: Session) -> object:
    yield
    if is_sqlite(session):
        run(session, "PRAGMA ignore_check_constraints=OFF")  # the connection goes back to the pool


def nothing_moved(session: Session) -> None:
    unguard(session, "ledger_postings.ck_ledger_postings_amount")
    run(
        session,
        "UPDATE ledger_postings SET amount_minor = 0 WHERE id = (SELECT max(id) FROM ledger_postings)",
    )


def one_account(session: Session) -> None:
    unguard(session, "ledger_postings.ck_ledger_postings_two_accounts")
    run(session, "UPDATE ledger_postings SET debit_account_id = credit_account_id")


def changed_balance(session: Session) -> None:
    unguard(session)
    run(session, "UPDATE ledger_accounts SET credits_minor = credits_minor + 1 WHERE kind = 'project_budget'")


def changed_amount(session: Session) -> None:
    unguard(session)
    run(session, "UPDATE ledger_postings SET amount_minor = amount_minor + 1")


def kept_hot_balance(session: Session) -> None:
    unguard(session)
    run(session, "UPDATE ledger_accounts SET debits_minor = 5 WHERE kind = 'stripe_balance'")


def below_zero(session: Session) -> None:
    unguard(session, "ledger_accounts.ck_ledger_accounts_no_overdraft")
    run(session, "UPDATE ledger_accounts SET debits_minor = credits_minor + 1 WHERE kind = 'project_budget'")


def set_free(session: Session) -> None:
    unguard(session)
    run(session, "UPDATE ledger_accounts SET allow_negative = true WHERE kind = 'project_budget'")


def unknown_kind(session: Session) -> None:
    unguard(session)
    run(session, "UPDATE ledger_accounts SET kind = 'my_pocket' WHERE kind = 'project_budget'")


def posting_lost(session: Session) -> None:
    unguard(session, "ledger_transactions.fk_ledger_transactions_complete")
    run(session, "DELETE FROM ledger_postings WHERE id = (SELECT max(id) FROM ledger_postings)")


def posting_added(session: Session) -> None:
    unguard(session)
    run(
        session,
        "INSERT INTO ledger_postings (transaction_id, seq, debit_account_id, credit_account_id, currency, "
        "amount_minor) SELECT transaction_id, seq + 1, debit_account_id, credit_account_id, currency, 1 "
        "FROM ledger_postings WHERE id = (SELECT max(id) FROM ledger_postings)",
    )


def unequal_reversal(session: Session) -> None:
    original = deposit(session, Parties(), 70).transaction
    assert original is not None
    service.reverse(session, original, key="adj:1", **PEOPLE)
    unguard(session)
    run(
        session,
        "UPDATE ledger_postings SET amount_minor = 69 WHERE id = (SELECT max(id) FROM ledger_postings)",
    )


@pytest.mark.parametrize(
    ("harm", "rules"),
    [
        (nothing_moved, {"I1", "I2"}),
        (one_account, {"I1", "I2", "I6"}),
        (changed_balance, {"I2", "I6"}),
        (changed_amount, {"I2", "I6"}),
        (kept_hot_balance, {"I2"}),
        (below_zero, {"I2", "I3", "I6"}),
        (set_free, {"I3"}),
        (unknown_kind, {"I3"}),
        (posting_lost, {"I2", "I4"}),
        (posting_added, {"I4"}),
        (unequal_reversal, {"I2", "I5", "I6"}),
    ],
)
def test_every_rule_speaks_when_it_is_broken(
    session: Session, harm: Callable[[Session], None], rules: set[str]
) -> None:
    fund(session, Parties(), 500)
    assert queries.broken(session) == []
    harm(session)
    said = queries.broken(session)
    assert {line.partition(":")[0] for line in said} >= rules | {"I13"}, said
    assert len(said) == len(set(said))


def test_a_line_names_the_offenders_but_not_all(session: Session) -> None:
    for _ in range(7):
        fund(session, Parties(), 500)
    changed_amount(session)
    line = next(line for line in queries.broken(session) if line.startswith("I2"))
    assert line.endswith(", and more")
    assert line.count(",") == 5


def test_every_guard_that_is_missing_is_named(session: Session) -> None:
    names = expected_triggers(session)
    for gone, name in enumerate(names, start=1):
        run(session, drop_trigger(session, name))
        assert [*queries.schema_faults(session)][gone - 1] == f"trigger {name} is missing"
    assert len(queries.schema_faults(session)) == len(names) > 9


def test_a_changed_guard_is_named(session: Session) -> None:
    name = "ledger_accounts_frozen"
    run(session, drop_trigger(session, name))
    if is_sqlite(session):
        text = triggers.SQLITE[name].replace("allow_negative, ", "")
    else:
        text = triggers.POSTGRESQL[name].replace("allow_negative, ", "")
    run(session, f"CREATE TRIGGER {name} {text}")
    assert queries.schema_faults(session) == [f"trigger {name} is changed or switched off"]


def test_a_guard_that_does_not_belong_here_is_named(session: Session) -> None:
    if is_sqlite(session):
        text = "AFTER INSERT ON ledger_postings BEGIN DELETE FROM ledger_guard; END"
    else:
        text = "AFTER INSERT ON ledger_postings FOR EACH ROW EXECUTE FUNCTION ledger_refuse()"
    run(session, f"CREATE TRIGGER helpful {text}")
    assert queries.schema_faults(session) == ["trigger helpful does not belong here"]


def test_what_only_one_of_the_databases_can_hide(session: Session) -> None:
    if is_sqlite(session):
        run(session, "INSERT INTO ledger_guard VALUES (1)")
        assert queries.schema_faults(session) == ["rows are left in ledger_guard"]
        return
    run(session, "ALTER TABLE ledger_postings DISABLE TRIGGER ledger_postings_append_only")
    assert queries.schema_faults(session) == [
        "trigger ledger_postings_append_only is changed or switched off"
    ]
    run(session, "ALTER TABLE ledger_postings ENABLE TRIGGER ledger_postings_append_only")
    body = "CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$"
    run(session, body)
    assert queries.schema_faults(session) == ["function ledger_refuse is changed or switched off"]


def test_constraints_that_are_missing_or_changed_are_named(session: Session) -> None:
    name, table = "ck_ledger_postings_amount", "ledger_postings"
    if is_sqlite(session):
        sql = session.execute(
            sa.text("SELECT sql FROM sqlite_master WHERE name = 'ledger_postings'")
        ).scalar_one()
        run(session, f"DROP TABLE {table}", sql.replace("amount_minor >= 1", "amount_minor >= -1"))
        faults = [fault for fault in queries.schema_faults(session) if fault.startswith("constraint")]
        assert faults == [f"constraint {name} is missing or changed"]
        return
    run(session, f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    assert queries.schema_faults(session) == [f"constraint {name} is missing"]
    run(session, f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK (amount_minor >= -1)")
    assert queries.schema_faults(session) == [f"constraint {name} is changed or switched off"]
    run(session, f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    honest = "CHECK (amount_minor >= 1 AND amount_minor <= 100000000000)"
    run(session, f"ALTER TABLE {table} ADD CONSTRAINT {name} {honest} NOT VALID")
    assert queries.schema_faults(session) == [f"constraint {name} is changed or switched off"]
    run(session, f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")
    assert queries.schema_faults(session) == []
