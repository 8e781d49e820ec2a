"""No event is left out, whatever chance does: each is walked once, delivered twice, and compared."""

import ast
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

from sqlalchemy.orm import Session

from marketplace.cases import policy as cases
from marketplace.cases.models import ProposalKind
from marketplace.kit.application import Application
from marketplace.ledger.models.books import TWO_PEOPLE
from tests.money.base import MoneyMachine
from tests.money.machines import Postings, at_a_job, on
from tests.money.test_machine import MET, MET_BY_VERBS
from tests.money.walk import POSTINGS, VERBS, walk

HOUSE = Path(__file__).parent.parent.parent
SAID = {  # where a room does not write the kind out
    "kind": ("fund", "defund"),
    "f'deposit_{word}'": ("pending", "failed"),
    "f'dispute_{word}'": ("opened", "won", "lost"),
    "f'refund_{word}'": ("start", "done", "failed", "returned"),
}
BY_PROPOSAL = "policy.ledger_kind(proposal)"


def test_every_event_of_the_table_is_walked(app: Application, session: Session) -> None:
    kind = on(Postings, app, session)
    machine = kind()
    walked = {*walk(machine, POSTINGS)}
    posted = {*session.connection().exec_driver_sql("SELECT kind FROM ledger_transactions").scalars()}
    machine.teardown()
    assert rules(kind) - walked == set()
    assert {event for event in MET if not kind.tally[event]} == set()
    assert kinds_of_the_house() - posted == set()


def test_every_verb_of_claimed_work_is_walked(app: Application, session: Session) -> None:
    kind = at_a_job(app, session)
    machine = kind()
    walked = {*walk(machine, VERBS)}
    machine.teardown()
    assert rules(kind) - walked == set()
    assert {event for event in MET_BY_VERBS if not kind.tally[event]} == set()


def test_the_kinds_of_the_house_are_read_from_its_rooms() -> None:
    assert kinds_of_the_house() >= {*TWO_PEOPLE, "mature", "claim_approve", "deposit_failed"}


def rules(kind: type[MoneyMachine]) -> set[str]:
    """The names of all rules of a machine."""
    return {name for name in dir(kind) if hasattr(getattr(kind, name), "hypothesis_stateful_rule")}


def kinds_of_the_house() -> set[str]:
    """Every kind of LedgerTransaction that a room can write."""
    files = [path for room in ("marketplace", "workspace") for path in (HOUSE / room).rglob("*.py")]
    return {kind for path in files if "Entry(" in (text := path.read_text()) for kind in kinds_in(text)}


def kinds_in(text: str) -> Iterator[str]:
    for call in ast.walk(ast.parse(text)):
        if not isinstance(call, ast.Call) or ast.unparse(call.func) != "Entry":
            continue
        for said in (word.value for word in call.keywords if word.arg == "kind"):
            yield from kinds_said(said)


def kinds_said(said: ast.expr) -> Iterator[str]:
    """What one `kind=` can be; a new way to say it has to be taught here."""
    if isinstance(said, ast.Constant):
        yield str(said.value)
    elif (written := ast.unparse(said)) == BY_PROPOSAL:
        yield from (cases.ledger_kind(SimpleNamespace(kind=kind)) for kind in ProposalKind)  # type: ignore[arg-type]
    else:
        before = written[2:].partition("{")[0] if isinstance(said, ast.JoinedStr) else ""
        yield from (before + word for word in SAID[written])
