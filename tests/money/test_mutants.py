"""Seeded mistakes: the machine finds each one, and finds nothing where there is none."""

import pytest
from sqlalchemy.orm import Session

from marketplace.kit.application import Application
from marketplace.kit.errors import Refusal
from tests.money.base import run
from tests.money.machines import Postings, on
from tests.money.mutants import IN_THE_CODE, IN_THE_SCHEMA, ON_THE_WALK
from tests.money.walk import walk

STEPS = 1_000  # most are found within the first hundred
CONTROL = 100
FOUND = (AssertionError, Refusal)  # the books differ from the model, or a verb refuses what it should do


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
@pytest.mark.parametrize("mutant", IN_THE_CODE)
def test_a_mistake_in_the_code_is_found(
    app: Application, session: Session, monkeypatch: pytest.MonkeyPatch, mutant: str
) -> None:
    machine = on(Postings, app, session)
    IN_THE_CODE[mutant](monkeypatch, session.connection())
    with pytest.raises(FOUND):
        run(machine, STEPS, shrink=False)


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_a_mistake_in_what_is_rare_is_found_on_the_walk(app: Application, session: Session) -> None:
    kind = on(Postings, app, session)
    missed = [name for name in ON_THE_WALK if not found(kind(), name, session)]
    assert missed == []


def found(machine: Postings, name: str, session: Session) -> bool:
    """Whether the walk meets this mistake."""
    mutant, steps = ON_THE_WALK[name]
    with pytest.MonkeyPatch.context() as patch:
        mutant(patch, session.connection())
        try:
            for _ in walk(machine, steps):
                pass
            machine.verify()
        except FOUND:
            return True
        finally:
            machine.savepoint.rollback()
    return False


@pytest.mark.parametrize("mutant", IN_THE_SCHEMA)
def test_a_mistake_in_the_schema_is_found(
    app: Application, session: Session, monkeypatch: pytest.MonkeyPatch, mutant: str
) -> None:
    machine = on(Postings, app, session)
    try:
        IN_THE_SCHEMA[mutant](monkeypatch, session.connection())
        with pytest.raises(FOUND):
            run(machine, STEPS, shrink=False)
    finally:  # the one thing that does not vanish with the transaction
        if session.connection().dialect.name == "sqlite":
            session.connection().exec_driver_sql("PRAGMA ignore_check_constraints=OFF")


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_nothing_is_found_where_no_mistake_is(app: Application, session: Session) -> None:
    assert run(on(Postings, app, session), CONTROL, shrink=False)["steps"] >= CONTROL
