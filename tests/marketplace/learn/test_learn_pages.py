"""The pages to read, over HTTP: found, sound, and every link leads somewhere."""

import pytest

from marketplace.identity.models import Role
from marketplace.learn import service
from tests.factories.identity import make_user
from tests.factories.projects import make_project

GUIDES = [f"/guides/{guide.slug}" for guide in service.library().guides]
PATHS = ["/guides", "/glossary", *GUIDES]


def attribute(page, tag, name, value, wanted):
    return [node.get(wanted) for node in page.all(tag) if node.get(name) == value]


@pytest.mark.parametrize("path", PATHS)
def test_a_page_says_what_it_is(pages, path):
    page = pages.get(path)
    assert page.status == 200
    assert len(attribute(page, "meta", "name", "description", "content")[0]) >= 40
    assert attribute(page, "link", "rel", "canonical", "href")[0].endswith(path)
    assert attribute(page, "link", "rel", "canonical", "href")[0].startswith("http")


def test_titles_and_descriptions_differ(pages):
    said = [
        (page.all("title")[0].text, attribute(page, "meta", "name", "description", "content")[0])
        for page in map(pages.get, PATHS)
    ]
    assert len({title for title, _ in said}) == len({text for _, text in said}) == len(PATHS)


def test_every_link_inside_leads_somewhere(pages):
    seen = {}
    for path in PATHS:
        page = pages.get(path)
        for link in page.all("a"):
            target, _, anchor = (link.get("href") or "").partition("#")
            place = target or path
            assert place.startswith("/"), link.get("href")
            if place not in seen:
                seen[place] = pages.get(place)
            assert seen[place].status == 200, f"{path} links to {place}"
            if anchor:
                ids = {node.get("id") for node in seen[place].tree.iter()}
                assert anchor in ids, f"{path} links to {place}#{anchor}"


def test_a_guide_shows_its_versions_and_its_neighbours(pages):
    first, second = GUIDES[:2]
    page = pages.get(first)
    front = service.library().guides[0].front
    assert f"Version {front.version}, changed on {front.updated.day} {front.updated:%b %Y}" in page.text
    assert "minutes to read" in page.text
    assert second in attribute(page, "a", "rel", "next", "href")
    assert attribute(page, "a", "rel", "prev", "href") == []
    assert attribute(pages.get(GUIDES[-1]), "a", "rel", "next", "href") == []


def test_a_search_shows_guides_and_terms(pages):
    page = pages.get("/guides?q=krippendorff")
    assert "Krippendorff's alpha" in page.text
    assert page.value("q") == "krippendorff"
    assert "/glossary#krippendorffs-alpha" in [link.get("href") for link in page.all("a")]


def test_the_list_leads_to_practice(pages):
    assert "/learn/practice" in [link.get("href") for link in pages.get("/guides").all("a")]


def test_a_search_that_finds_nothing_says_what_to_do(pages):
    page = pages.get("/guides?q=<b>qqq</b>")
    assert page.status == 200
    assert "0 results" in page.text
    assert "Try one word" in page.text


@pytest.mark.parametrize("slug", ["nothing", "..%2F..%2Fglossary", "HOW-YOU-ARE-PAID", "x" * 400])
def test_a_guide_nobody_wrote_is_not_found(pages, slug):
    assert pages.get(f"/guides/{slug}").status == 404


def test_everybody_finds_the_way_there(session, pages):
    visitor = pages.get("/")
    assert {"/guides", "/glossary"} <= {link.get("href") for link in visitor.all("a")}
    pages.enter(make_user(session, roles=[Role.EXPERT]))
    board = pages.get("/jobs")
    assert "/guides" in [
        link.get("href")
        for link in board.all("a")
        if (link.text or "").strip() == "Learn" or "Learn" in "".join(link.itertext())
    ]


def test_words_on_the_job_page_lead_to_the_glossary(session, pages):
    project = make_project(session)
    links = [link.get("href", "") for link in pages.get("jobs.job", slug=project.slug).all("a")]
    anchors = {term.anchor for term in service.library().glossary.terms}
    found = [link.partition("#")[2] for link in links if link.startswith("/glossary#")]
    assert {"tier", "overlap", "review", "reserved"} <= set(found) <= anchors
    assert "/guides/response-ranking" in links


@pytest.mark.parametrize("role", [Role.EXPERT, Role.MEMBER, Role.REVIEWER, Role.OPS])
@pytest.mark.parametrize("path", ["/guides", GUIDES[0], "/glossary", "/learn/practice", "/how-pay-works"])
def test_whoever_is_signed_in_keeps_the_navigation_of_their_role(pages, session, role, path):
    def bars():
        page = pages.get(path)
        found = [node for node in page.all("nav") if node.get("aria-label") in {"Main", "Main, bottom"}]
        return {link.get("href") for bar in found for link in bar.iter() if link.get("href")}, page

    public, page = bars()
    assert {"/jobs", "/guides", "/for-companies"} <= public
    assert "/join" in [link.get("href") for link in page.all("a")]
    pages.enter(make_user(session, roles=[role]))
    inside, page = bars()
    own = {
        Role.EXPERT: "/tasks",
        Role.MEMBER: "/company/projects",
        Role.REVIEWER: "/reviews",
        Role.OPS: "/staff/credentials",
    }
    assert own[role] in inside
    assert "/for-companies" not in inside
    assert "/join" not in [link.get("href") for link in page.all("a")]
