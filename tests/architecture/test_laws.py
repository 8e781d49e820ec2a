"""What neither the linter nor the import contracts can say."""

import ast
import re
from pathlib import Path

import grimp
import pytest

from marketplace.kit.database import Base
from tests.architecture.sources import (
    DOORS,
    calls,
    file_of_room,
    functions,
    length,
    name,
    parsed,
    sources,
)

FILE_LINES, FUNCTION_LINES, DOOR_LINES = 300, 40, 20
BEGINS = {("marketplace/kit/database.py", "begin")}
SAVEPOINTS = {
    "marketplace/ledger/service/posting.py": "a refused posting must leave the caller's transaction usable",
    "marketplace/outbox/service.py": "a failed handler is undone, its message is not",
    "workspace/reviews/views/keeping.py": "what was typed is shown again beside the refusal, which has written nothing",
}
HIDDEN_IMPORTS = {
    "marketplace/matching/policy/vectors.py": "scikit-learn takes a second to load; few processes need it",
    "marketplace/matching/policy/sentences.py": "the same for scipy",
    "marketplace/matching/service/sentence_model.py": "an extra that is in no lock is loaded where it is installed",
    "marketplace/gateways/wiring.py": "with a real key the emulator and its pages are never loaded",
}
TYPES_ALONE = {
    "marketplace/gateways/wiring.py": "commands wire gateways without loading the web",
    "marketplace/gateways/stripe/client/deposits.py": "the types of Stripe's parameters do not exist at run time",
}
ROUTES = {"get", "post", "put", "patch", "delete", "route"}


def test_one_place_begins_and_nobody_commits() -> None:
    verbs = re.compile(r"\.(begin|commit|rollback)\(")
    found = {(name(path), verb) for path in sources() for verb in verbs.findall(path.read_text())}
    assert found == BEGINS


def test_savepoints_stand_where_a_failure_must_not_spread() -> None:
    found = {name(path) for path in sources() if ".begin_nested(" in path.read_text()}
    assert found == set(SAVEPOINTS)


@pytest.mark.parametrize("path", sources(), ids=name)
def test_a_file_can_be_read_in_one_go(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= FILE_LINES
    long = {
        function.name: length(function) for function in functions(path) if length(function) > FUNCTION_LINES
    }
    assert long == {}, f"at most {FUNCTION_LINES} lines"


@pytest.mark.parametrize("path", [path for path in sources() if file_of_room(path) in DOORS], ids=name)
def test_a_door_is_short(path: Path) -> None:
    long = {view.name: length(view) for view in functions(path) if _is_view(view)}
    assert {view: lines for view, lines in long.items() if lines > DOOR_LINES} == {}


def _is_view(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """It has a route, or is open to somebody."""
    made = [mark.func for mark in function.decorator_list if isinstance(mark, ast.Call)]
    return any(
        (isinstance(mark, ast.Attribute) and mark.attr in ROUTES)
        or (isinstance(mark, ast.Name) and mark.id == "open_to")
        for mark in made
    )


def test_the_law_of_doors_sees_the_doors() -> None:
    doors = [view for path in sources() if file_of_room(path) in DOORS for view in functions(path)]
    assert sum(_is_view(view) for view in doors) > 100


@pytest.mark.parametrize("path", [path for path in sources() if file_of_room(path) == "service"], ids=name)
def test_every_verb_says_its_effect(path: Path) -> None:
    assert _silent(parsed(path).body) == []


def _silent(body: list[ast.stmt]) -> list[str]:
    """Public functions, classes and methods without a line that says what they do."""
    found = []
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            found += [] if ast.get_docstring(node) else [node.name]
            found += _silent(node.body) if isinstance(node, ast.ClassDef) else []
    return found


def test_forms_stay_in_their_room() -> None:
    graph = grimp.build_graph("marketplace", "workspace")
    forms = {
        form
        for form in graph.modules
        if form.split(".")[2:3] == ["forms"] and form != "marketplace.kit.forms"
    }
    assert len(forms) > 5
    abroad = [
        (importer, form)
        for form in forms
        for importer in graph.find_modules_that_directly_import(form)
        if importer.split(".")[:2] != form.split(".")[:2]
    ]
    assert abroad == []


def test_imports_stand_on_top() -> None:
    found = {
        name(path)
        for path in sources()
        for function in functions(path)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert found == set(HIDDEN_IMPORTS)


def test_no_import_is_made_of_text() -> None:
    words = re.compile(r"\bimportlib\b|__import__|\bimport_string\b")
    assert [name(path) for path in sources() if words.search(path.read_text())] == []


def test_few_imports_are_for_the_type_checker_alone() -> None:
    assert {name(path) for path in sources() if "TYPE_CHECKING" in path.read_text()} == set(TYPES_ALONE)


def test_relationships_load_nothing_by_themselves() -> None:
    lazy = {
        f"{mapper.class_.__name__}.{relation.key}": relation.lazy
        for mapper in Base.registry.mappers
        for relation in mapper.relationships
        if relation.lazy != "raise"
    }
    assert len(list(Base.registry.mappers)) > 30
    assert lazy == {}


def test_relationships_point_downwards_or_stay_in_their_room() -> None:
    """A relationship needs the other model imported: seen from above, the import contracts decide.

    A name in quotes would slip past them, so both ends are compared here.
    """
    graph = grimp.build_graph("marketplace", "workspace")
    upwards = [
        f"{mapper.class_.__name__}.{relation.key}"
        for mapper in Base.registry.mappers
        for relation in mapper.relationships
        if _room(relation.entity.class_) != _room(mapper.class_)
        and relation.entity.class_.__module__
        not in graph.find_modules_directly_imported_by(mapper.class_.__module__)
    ]
    assert upwards == []


def _room(model: type) -> str:
    return ".".join(model.__module__.split(".")[:2])


def test_only_the_worker_and_the_retry_wait() -> None:
    """Sleeping in a request holds a thread, and in a test proves nothing."""
    found = {
        name(path) for path in sources() for called, _ in calls(path) if called in {"time.sleep", "sleep"}
    }
    assert {path for path in found if not path.startswith("commands/")} == {"marketplace/kit/application.py"}
