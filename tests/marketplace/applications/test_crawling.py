"""robots.txt, the sitemap, the feed, canonical addresses and the pictures of links."""

import io
import uuid
from collections.abc import Callable
from datetime import datetime
from xml.etree import ElementTree as ET

import pytest
from PIL import Image
from sqlalchemy.orm import Session

from marketplace.applications.views import crawling
from marketplace.kit import social
from tests.factories.projects import make_project
from tests.pages import Page, Pages

SITE = "http://127.0.0.1:8000"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
ATOM = "{http://www.w3.org/2005/Atom}"


def tree(page: Page) -> ET.Element:
    assert page.status == 200
    return ET.fromstring(page.answer.data)


def addresses(page: Page) -> list[str]:
    return [node.text or "" for node in tree(page).iter(f"{MAP}loc")]


def link(page: Page, kind: str) -> str:
    (found,) = [node.get("href") for node in page.all("link") if node.get("rel") == kind]
    return str(found)


def meta(page: Page, name: str) -> str:
    (found,) = [
        node.get("content") for node in page.all("meta") if name in {node.get("property"), node.get("name")}
    ]
    return str(found)


def test_robots_are_told_where_the_sitemap_is(pages: Pages) -> None:
    answer = pages.get("/robots.txt").answer
    assert answer.mimetype == "text/plain"
    assert f"Sitemap: {SITE}/sitemap.xml" in answer.text.splitlines()
    assert "Disallow: /applications" in answer.text


def test_every_address_of_the_sitemap_opens(pages: Pages, session: Session) -> None:
    shown = make_project(session)
    hidden = make_project(session, state="paused")
    lists = addresses(pages.get("/sitemap.xml"))
    found = [url for part in lists for url in addresses(pages.get(part.removeprefix(SITE)))]
    assert all(url.startswith(SITE) for url in found)
    assert len(found) == len(set(found))
    assert {pages.get(url.removeprefix(SITE) or "/").status for url in found} == {200}
    assert f"{SITE}/jobs/{shown.slug}" in found
    assert f"{SITE}/jobs/{hidden.slug}" not in found
    assert f"{SITE}/glossary" in found


def test_a_job_says_when_it_last_changed(pages: Pages, session: Session) -> None:
    make_project(session)
    (changed,) = [node.text for node in tree(pages.get("/sitemap-jobs.xml")).iter(f"{MAP}lastmod")]
    assert datetime.fromisoformat(str(changed)).tzinfo is not None


def test_long_lists_are_cut_by_key_and_lose_nothing(
    pages: Pages, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crawling, "SITEMAP_SIZE", 2)
    made = {make_project(session).slug for _ in range(5)}
    lists = [url for url in addresses(pages.get("/sitemap.xml")) if "jobs" in url]
    assert len(lists) == 3
    found = [addresses(pages.get(url.removeprefix(SITE))) for url in lists]
    assert [len(part) for part in found] == [2, 2, 1]
    assert {url.rpartition("/")[2] for part in found for url in part} == made


@pytest.mark.parametrize("mark", ["x", "1' OR 1=1", "00000000-0000-0000-0000-00000000000g"])
def test_a_list_that_is_none_is_not_found(pages: Pages, mark: str) -> None:
    assert pages.get("jobs.sitemap_jobs", after=mark).status == 404


def test_the_feed_is_what_rfc_4287_asks_for(pages: Pages, session: Session) -> None:
    first = make_project(session, title="Rank <b>answers</b> & more\x0b")
    second = make_project(session, title="Write proofs", specialty="mathematics")
    answer = pages.get("/jobs.atom")
    assert answer.answer.mimetype == "application/atom+xml"
    feed = tree(answer)
    assert feed.tag == f"{ATOM}feed"
    for name in ("id", "title", "updated"):
        assert len(feed.findall(f"{ATOM}{name}")) == 1
    assert feed.find(f"{ATOM}author/{ATOM}name") is not None
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}id") for entry in entries] == [
        f"urn:uuid:{second.id}",
        f"urn:uuid:{first.id}",
    ]
    assert entries[1].findtext(f"{ATOM}title") == "Rank <b>answers</b> & more"
    for entry in entries:
        for name in ("id", "title", "updated", "summary"):
            assert len(entry.findall(f"{ATOM}{name}")) == 1
        assert datetime.fromisoformat(str(entry.findtext(f"{ATOM}updated"))).tzinfo is not None
        assert uuid.UUID(str(entry.findtext(f"{ATOM}id")))
        (alternate,) = [one for one in entry.findall(f"{ATOM}link") if one.get("rel") == "alternate"]
        assert str(alternate.get("href")).startswith(f"{SITE}/jobs/")
        assert entry.findtext(f"{ATOM}author/{ATOM}name")


def test_the_feed_takes_the_filters_of_the_board(pages: Pages, session: Session) -> None:
    make_project(session, specialty="medicine")
    wanted = make_project(session, specialty="mathematics")
    board = pages.get("jobs.board", specialty="mathematics", sort="pay")
    feed = tree(pages.get(link(board, "alternate")))
    assert [one.text for one in feed.iter(f"{ATOM}id")][1:] == [f"urn:uuid:{wanted.id}"]
    (itself,) = [one for one in feed.findall(f"{ATOM}link") if one.get("rel") == "self"]
    assert itself.get("href") == f"{SITE}/jobs.atom?specialty=mathematics"


def test_an_empty_feed_is_a_feed(pages: Pages) -> None:
    assert tree(pages.get("/jobs.atom")).findtext(f"{ATOM}updated")


def test_what_has_not_changed_is_not_sent_again(pages: Pages, session: Session) -> None:
    make_project(session)
    for path in ("/jobs.atom", "/sitemap-jobs.xml", "/card.png"):
        first = pages.get(path).answer
        assert "public" in first.headers["Cache-Control"]
        again = pages.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status, again.answer.data) == (304, b"")


@pytest.mark.parametrize(
    "asked",
    [
        "/jobs?type=rating&specialty=medicine&specialty=law",
        "/jobs?specialty=law&unknown=1&specialty=medicine&type=rating&min_hour=&q=&sort=newest",
        "/jobs?specialty=law&specialty=medicine&specialty=law&type=rating&sort=pay",
    ],
)
def test_the_same_jobs_have_one_address(pages: Pages, asked: str) -> None:
    assert link(pages.get(asked), "canonical") == f"{SITE}/jobs?specialty=law&specialty=medicine&type=rating"


def test_a_link_to_a_job_shows_title_price_and_picture(pages: Pages, session: Session) -> None:
    project = make_project(session, title="Rank “answers” by safety")
    page = pages.get("jobs.job", slug=project.slug)
    assert link(page, "canonical") == meta(page, "og:url") == f"{SITE}/jobs/{project.slug}"
    assert meta(page, "og:title") == meta(page, "twitter:title") == project.title
    assert meta(page, "og:description") == meta(page, "description") == project.summary
    assert meta(page, "twitter:card") == "summary_large_image"
    assert meta(page, "og:image") == f"{SITE}/jobs/{project.slug}/card.png"


@pytest.mark.parametrize("title", ["Rank answers", "Długi tytuł ώ", "回答を並べる", "x" * 120, "word " * 24])
def test_a_picture_is_drawn_for_every_title(pages: Pages, session: Session, title: str) -> None:
    answer = pages.get("jobs.card", slug=make_project(session, title=title.strip()).slug).answer
    assert answer.mimetype == "image/png"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    with Image.open(io.BytesIO(answer.data)) as picture:
        assert picture.size == (social.WIDTH, social.HEIGHT)
    assert len(answer.data) < 100_000


def test_a_job_nobody_may_see_has_no_picture(pages: Pages, session: Session) -> None:
    assert pages.get("jobs.card", slug=make_project(session, state="awaiting_funds").slug).status == 404


def test_the_lists_cost_the_same_however_long(
    pages: Pages, session: Session, statements: Callable[[], int]
) -> None:
    for path in ("/sitemap.xml", "/sitemap-jobs.xml", "/jobs.atom"):
        make_project(session)
        pages.get(path)
        statements()
        pages.get(path)
        few = statements()
        for _ in range(3):
            make_project(session)
        statements()
        pages.get(path)
        assert statements() == few
