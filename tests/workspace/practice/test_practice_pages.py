"""Practice over HTTP, without scripts and without signing up: right, wrong, incomplete, hostile."""

import html5lib
import pytest
from sqlalchemy import func, select

from marketplace.kit.database import Base
from tests.contracts.test_task_type_templates import fields
from tests.factories.practice import slipped
from workspace.practice import service

ITEMS = service.items()
HOSTILE = [
    "rank-x",
    "rank-",
    "score-x",
    "mark-1",
    "outcome-2",
    "span",
    "anchor-0",
    "hunk",
    "met-c1",
    "step_text",
]
items = pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.slug)


def typed(app, item, raw):
    """What a browser without scripts sends when the page shows this answer."""
    with app.test_request_context():
        template = app.jinja_env.from_string(
            "{% import 'workspace/task_types/' ~ kind.folder ~ '/work.html' as type %}"
            "{{ type.material(screen, {}, true) }}{{ type.panel(screen, {}) }}"
        )
        html = template.render(kind=item.kind, screen=item.kind.screen(item.payload, raw))
    return fields(html5lib.parse(html))


def path(item):
    return f"/learn/practice/{item.slug}"


def rows(session):
    return [session.scalar(select(func.count()).select_from(table)) for table in Base.metadata.sorted_tables]


def test_the_list_leads_to_every_task(pages):
    page = pages.get("/learn/practice")
    links = {link.get("href") for link in page.all("a")}
    assert {path(item) for item in ITEMS} <= links
    for link in links:
        assert pages.get(link.partition("#")[0] or "/learn/practice").status == 200, link


@items
def test_a_task_opens_for_everybody(pages, item):
    page = pages.get(path(item))
    assert page.status == 200
    assert item.title in page.text
    assert all(f"{clause.number} {clause.title}." in page.text for clause in item.clauses)
    assert not any(point.why in page.text for point in item.points), "it tells nothing before"
    assert all(not node.get("action", "").startswith("http") for node in page.all("form"))


@items
def test_a_good_answer_is_explained(app, pages, item):
    page = pages.post(path(item), typed(app, item, item.answer))
    assert page.status == 200, page.errors()
    assert "Not yet" not in page.text
    assert all(point.question in page.text for point in item.points)
    assert all(f"Clause {point.clause.number}: {point.clause.title}" in page.text for point in item.points)
    scored = sum(point.gold is not None for point in item.points)
    assert (f"{scored} of {scored} right" if scored else "Compare for yourself") in page.text
    anchors = {link.get("href", "") for link in page.all("a")}
    ids = {node.get("id") for node in page.tree.iter()}
    assert {anchor[1:] for anchor in anchors if anchor.startswith("#clause-")} <= ids


@items
def test_a_slip_is_explained(app, pages, item):
    page = pages.post(path(item), typed(app, item, slipped(item)))
    assert page.status == 200, page.errors()
    assert ("Judge for yourself" if item.kind.slug == "golden_response" else "Not yet") in page.text


@items
def test_an_answer_that_says_nothing_is_told_what_is_missing(pages, item):
    page = pages.post(path(item), {})
    assert page.status == 422
    assert "There is a problem" in page.text
    assert page.all("title")[0].text.startswith("Error: ")
    assert page.errors()
    assert not any(point.why in page.text for point in item.points)


@items
def test_hostile_fields_are_no_accident(app, pages, item):
    form = typed(app, item, item.answer)
    said = ["<script>", "9" * 300, '{"a":' * 50, "../../x", "-1"]
    for name in form:
        page = pages.post(path(item), {**form, name: said})
        assert page.status in {200, 422}, name
    assert pages.post(path(item), {**form, **dict.fromkeys(HOSTILE, said)}).status in {200, 422}


def test_what_was_typed_stays(pages):
    page = pages.post("/learn/practice/ranking-lease", {"why": "Too short <b>"})
    assert page.status == 422
    assert page.value("why") == "Too short <b>"


def test_nothing_is_kept(app, session, pages):
    before = rows(session)
    for item in ITEMS:
        pages.post(path(item), typed(app, item, item.answer))
    assert rows(session) == before


@pytest.mark.parametrize("slug", ["nothing", "..", "steps-jacket.toml", "x" * 300])
def test_a_task_nobody_wrote_is_not_found(pages, slug):
    assert pages.get(f"/learn/practice/{slug}").status == 404
    assert pages.post(f"/learn/practice/{slug}", {}).status == 404


def test_titles_differ(pages):
    said = [pages.get(path(item)) for item in ITEMS]
    titles = {page.all("title")[0].text for page in said}
    described = {
        node.get("content") for page in said for node in page.all("meta") if node.get("name") == "description"
    }
    assert len(titles) == len(described) == len(ITEMS)
