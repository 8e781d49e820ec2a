"""Every promise has somebody who keeps it, and facts carry nothing private."""

import ast
import dataclasses
import sys
import types
import typing
import uuid
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

import marketplace.handlers
import marketplace.listeners
import marketplace.schedule
import workspace.handlers
import workspace.listeners
import workspace.schedule
from app import create_app
from marketplace.gateways import Gateways
from marketplace.kit.application import Application
from marketplace.kit.events import Bus, Event
from marketplace.kit.signing import Signer
from marketplace.matching.service import SentenceModel
from marketplace.outbox.service import Handlers
from marketplace.outbox.worker import Entry
from tests.architecture.sources import calls, file_of_room, name, parsed, sources
from tests.conftest import settings_for

OUTBOX = "marketplace/outbox/service.py"  # `receive` and `fire` name what others listed
STRIPE_RECEIVED = "stripe.received"  # f"{source}.received", said with the source
CODES = {  # short codes in facts, each from a fixed list
    "RoleGranted.role": "one of the roles",
    "RoleRevoked.role": "one of the roles",
}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Application:
    """The product, wired; no database is opened."""
    folder = tmp_path_factory.mktemp("var")
    return create_app(settings_for(f"sqlite:///{folder}/none.db", folder))


@pytest.fixture(scope="module")
def handlers(house: Application) -> Handlers:
    """Both tables."""
    return house.extensions["assay"][Handlers]


def promises() -> list[tuple[str, ast.Call]]:
    """Every call of `outbox.send`, with its file."""
    return [
        (name(path), call)
        for path in sources()
        for called, call in calls(path)
        if called == "outbox.send" or (called == "send" and "outbox" in path.parts and name(path) != OUTBOX)
    ]


def test_the_outbox_has_one_name_in_the_house() -> None:
    """Else a promise could be made under another name, past the next test."""
    other = [
        (name(path), ast.unparse(node))
        for path in sources()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if (node.module == "marketplace.outbox" and alias.name == "service" and alias.asname != "outbox")
        or (node.module == "marketplace.outbox.service" and alias.name in {"send", "receive", "fire"})
    ]
    assert other == []


def test_every_promise_names_its_handler(handlers: Handlers) -> None:
    named = set()
    for where, call in promises():
        said = call.args[1] if len(call.args) > 1 else None
        assert isinstance(said, ast.Constant), f"{where}:{call.lineno}: name the handler literally"
        named.add(str(said.value))
    assert len(named) > 5
    assert named <= {*handlers.local, *handlers.remote}


def test_every_scheduled_name_has_a_handler(house: Application, handlers: Handlers) -> None:
    entries = house.extensions["assay"][list[Entry]]
    names = [entry.name for entry in entries]
    assert len(names) == len(set(names))
    assert set(names) <= {*handlers.local, *handlers.remote}


def test_every_handler_is_promised_by_somebody(house: Application, handlers: Handlers) -> None:
    """A handler nobody calls is dead code, or its caller says its name wrong."""
    named = {str(call.args[1].value) for _, call in promises() if isinstance(call.args[1], ast.Constant)}
    ticked = {entry.name for entry in house.extensions["assay"][list[Entry]]}
    assert {*handlers.local, *handlers.remote} - named - ticked == {STRIPE_RECEIVED}


def test_two_handlers_may_not_share_a_name(house: Application, handlers: Handlers) -> None:
    wired = house.extensions["assay"]
    settings = settings_for("sqlite://", Path("var"))
    mine = marketplace.handlers.make(settings, wired[Gateways], wired[Signer], wired[SentenceModel])
    theirs = workspace.handlers.make(settings, wired[Gateways], wired[Signer])
    assert not {*mine.local, *mine.remote} & {*theirs.local, *theirs.remote}
    with pytest.raises(RuntimeError, match="share a name"):
        _ = handlers + handlers


def facts() -> list[type[Event]]:
    """Every kind of fact the house knows."""
    found, left = [], [Event]
    while left:
        for kind in left.pop().__subclasses__():
            found.append(kind)
            left.append(kind)
    # a dataclass with slots is made twice; the module keeps the second
    return sorted(
        {kind for kind in found if vars(sys.modules[kind.__module__]).get(kind.__name__) is kind}, key=str
    )


def test_facts_hold_ids_numbers_and_codes_only() -> None:
    """They leave the room: a name, a text or an address would be told to whoever listens."""
    assert len(facts()) > 20
    plain = {uuid.UUID, int, bool, type(None)}
    strange = {
        f"{kind.__name__}.{field.name}": str(hints[field.name])
        for kind in facts()
        for hints in [typing.get_type_hints(kind)]
        for field in dataclasses.fields(kind)
        if f"{kind.__name__}.{field.name}" not in CODES and not _kinds(hints[field.name]) <= plain
    }
    assert strange == {}


def _kinds(hint: object) -> set[object]:
    """The types in a union, or the one type there is."""
    return set(typing.get_args(hint)) if isinstance(hint, types.UnionType) else {hint}


def test_facts_are_frozen_and_have_names_of_their_own() -> None:
    names = [kind.name for kind in facts()]
    assert len(names) == len(set(names))
    assert [kind for kind in facts() if not kind.__dataclass_params__.frozen] == []  # type: ignore[attr-defined]
    assert [fact for fact in names if fact.count(".") != 1] == []


def test_facts_stand_in_the_events_of_their_room() -> None:
    assert [kind for kind in facts() if kind.__module__.split(".")[2:] != ["events"]] == []


def test_nobody_listens_to_a_fact_that_nobody_tells() -> None:
    heard = {*marketplace.listeners.LISTENERS, *workspace.listeners.LISTENERS}
    published = {
        ast.unparse(node.func).rpartition(".")[2]
        for path in sources()
        if file_of_room(path) == "service"
        for called, call in calls(path)
        if called in {"publish", "events.publish"}
        for node in ast.walk(call)
        if isinstance(node, ast.Call)
    }
    assert {kind.__name__ for kind in heard} - published == set()


def test_a_listener_may_not_publish() -> None:
    class Told(Event):
        name = "test.told"

    def tell_again(session: Session, fact: Event) -> None:
        bus.publish(session, fact)

    session, bus = Session(info={}), Bus([{Told: [tell_again]}])
    with pytest.raises(RuntimeError, match="may not publish"):
        bus.publish(session, Told())
