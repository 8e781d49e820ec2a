"""Every task type can be drawn, without a database: to work on, to read, to compare, to explain."""

import json
import re
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import html5lib  # type: ignore[import-untyped]
import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from marketplace.kit import filters
from workspace.task_types import registry
from workspace.task_types.base import Invalid, TaskType

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "templates"
_HTML = "{http://www.w3.org/1999/xhtml}"
LISTED = [*registry.ALL.values(), registry.get("poetry_slam")]
kinds = pytest.mark.parametrize("kind", LISTED, ids=lambda kind: kind.slug)
ERRORS = {
    "response_ranking": ["groups", "strengths", "seen", "why", "none_good_reason", "dimensions.accuracy"],
    "response_editing": ["edited", "hunks", "hunks[0].source", "summary", "no_edit_reason"],
    "golden_response": [
        "text",
        "constraints[1].met",
        "constraints[0].why",
        "sources",
        "sources[0].url",
        "ai_statement",
    ],
    "rating": [
        "scores",
        "cannot_assess",
        "not_applicable",
        "justifications",
        "scores.correctness",
        "justifications.correctness",
        "overall",
        "why",
        "marks",
    ],
    "hallucination_flagging": [
        "spans",
        "spans[0].text",
        "spans[0].type",
        "spans[0].severity",
        "spans[0].correction",
        "spans[0].evidence",
        "none_found",
        "sentences_checked",
        "verdict",
    ],
    "chain_of_thought": [
        "steps",
        "steps[0].rating",
        "steps[2].critique",
        "steps[2].correction",
        "first_error",
        "final_answer",
        "finish",
        "progress",
    ],
    "red_teaming": [
        "turns",
        "turns[0].tactics",
        "turns[1].outcome",
        "resisted",
        "categories",
        "severity",
        "severity_why",
        "success",
        "why_harmful",
        "minimal_prompt",
        "safe_answer",
    ],
    "unknown": [],
}


@pytest.fixture(scope="module")
def jinja() -> Environment:
    """Jinja with the filters the templates use and nothing else of the application."""
    found = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    filters.install(SimpleNamespace(jinja_env=found))  # type: ignore[arg-type]  # it asks for the templates only
    found.globals["static_url"] = lambda name: f"/static/{name}"
    return found


def shown(kind: TaskType[Any, Any], raw: Any = None) -> Any:
    """The screen of the example, as one expert would see it."""
    payload = kind.read_payload(kind.example()[0])
    assert not isinstance(payload, Invalid)
    return kind.screen(kind.blind(payload, 7), kind.example()[1] if raw is None else raw)


def draw(jinja: Environment, kind: TaskType[Any, Any], call: str, **values: Any) -> str:
    """What a page would get from one template of the type."""
    name = call.partition(".")[0]
    path = f"workspace/task_types/{kind.folder}/{name}.html"
    return jinja.from_string(f"{{% import '{path}' as {name} %}}{{{{ {call} }}}}").render(**values)


def sound(html: str) -> Any:
    """The tree of it; unique ids, labelled fields, no code and no style inside."""
    tree = html5lib.parse(f"<!doctype html><title>x</title>{html}")
    nodes = list(tree.iter())
    ids = Counter(node.get("id") for node in nodes if node.get("id"))
    assert [name for name, count in ids.items() if count > 1] == []
    labelled = {node.get("for") for node in nodes if node.tag == f"{_HTML}label"}
    inside = {id(field) for node in nodes if node.tag == f"{_HTML}label" for field in node.iter()}
    for node in nodes:
        assert node.tag not in {f"{_HTML}script", f"{_HTML}style", f"{_HTML}h1"}
        assert not [name for name in node.attrib if str(name).startswith(("on", "style"))]
        if (
            node.tag in {f"{_HTML}input", f"{_HTML}select", f"{_HTML}textarea"}
            and node.get("type") != "hidden"
        ):
            assert node.get("id") in labelled or id(node) in inside, node.attrib
        for name in (node.get("aria-labelledby") or "").split() + (
            node.get("aria-describedby") or ""
        ).split():
            assert name in ids, f"{name} is named and not there"
    return tree


@kinds
def test_the_four_templates_draw_the_example(jinja: Environment, kind: TaskType[Any, Any]) -> None:
    screen = shown(kind)
    work = draw(jinja, kind, "work.material(screen, {}, none)", screen=screen)
    work += f"<form id=answer>{draw(jinja, kind, 'work.panel(screen, {})', screen=screen)}</form>"
    work += draw(jinja, kind, "work.dock(screen)", screen=screen)
    sound(work)
    read = draw(jinja, kind, "read.material(screen)", screen=screen) + draw(
        jinja, kind, "read.answer(screen)", screen=screen
    )
    sound(read)
    others = [("Opinion 1", screen), ("Opinion 2", shown(kind, {}))]
    sound(draw(jinja, kind, "compare.opinions(screen, others)", screen=screen, others=others))
    assert draw(jinja, kind, "guide.how()").strip()
    sound(f"<table>{draw(jinja, kind, 'guide.keys()')}</table>")


@kinds
def test_a_draft_that_says_nothing_can_be_drawn(jinja: Environment, kind: TaskType[Any, Any]) -> None:
    for raw in ({}, {"groups": [["r9"]], "constraints": 4, "text": None, "why": 7, "sources": [{}]}):
        screen = shown(kind, raw)
        sound(draw(jinja, kind, "work.material(screen, {}, none)", screen=screen))
        sound(draw(jinja, kind, "work.panel(screen, {})", screen=screen))
        sound(draw(jinja, kind, "read.answer(screen)", screen=screen))


@kinds
def test_no_template_names_a_model(jinja: Environment, kind: TaskType[Any, Any]) -> None:
    raw, answer = kind.example()
    marked = re.sub(r'"model": "[^"]*"', '"model": "secret-model-9"', json.dumps(raw))
    payload = kind.read_payload(json.loads(marked))
    assert not isinstance(payload, Invalid)
    screen = kind.screen(kind.blind(payload, 7), answer)
    for call in (
        "work.material(screen, {}, none)",
        "work.panel(screen, {})",
        "read.material(screen)",
        "read.answer(screen)",
    ):
        assert "secret-model-9" not in draw(jinja, kind, call, screen=screen)


@kinds
def test_errors_stand_at_their_fields(jinja: Environment, kind: TaskType[Any, Any]) -> None:
    errors = {place: f"Problem of {place}." for place in places(kind)}
    html = draw(jinja, kind, "work.material(screen, errors, none)", screen=shown(kind), errors=errors)
    html += draw(jinja, kind, "work.panel(screen, errors)", screen=shown(kind), errors=errors)
    visible = {
        node.get("data-error"): "".join(node.itertext())
        for node in sound(html).iter()
        if node.get("data-error") and node.get("hidden") is None
    }
    assert set(visible) == set(errors)
    for place, sentence in errors.items():
        assert sentence in visible[place]


def places(kind: TaskType[Any, Any]) -> list[str]:
    """Where this type complains: what is listed here, else what it says of an answer that says nothing."""
    if kind.folder in ERRORS:
        return ERRORS[kind.folder]
    payload = kind.read_payload(kind.example()[0])
    silent = kind.read_answer(payload, {})
    assert isinstance(silent, Invalid), "an answer that says nothing is no answer"
    return list(silent.errors)


@kinds
def test_the_form_posts_what_the_screen_shows(jinja: Environment, kind: TaskType[Any, Any]) -> None:
    screen = shown(kind)
    html = draw(jinja, kind, "work.material(screen, {}, none)", screen=screen) + draw(
        jinja, kind, "work.panel(screen, {})", screen=screen
    )
    payload = kind.read_payload(kind.example()[0])
    posted = kind.read_answer(payload, kind.from_form(fields(sound(html))))
    direct = kind.read_answer(payload, kind.example()[1])
    if kind.folder != "unknown":
        assert posted == direct


def fields(tree: Any) -> dict[str, list[str]]:
    """What a browser without scripts would send."""
    form: dict[str, list[str]] = {}
    for node in tree.iter():
        name, tag = node.get("name"), node.tag.removeprefix(_HTML)
        if not name or (node.get("type") in {"radio", "checkbox"} and node.get("checked") is None):
            continue
        value = node.get("value", "")
        if tag == "textarea":
            value = (node.text or "").removeprefix("\n")
        if tag == "select":
            chosen = [option for option in node.iter(f"{_HTML}option") if option.get("selected") is not None]
            value = chosen[0].get("value", "".join(chosen[0].itertext())) if chosen else ""
        form.setdefault(name, []).append(value)
    return form
