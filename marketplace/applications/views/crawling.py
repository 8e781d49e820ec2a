"""For machines that read the site: robots.txt, the sitemap, the feed of jobs."""

import re
import uuid
from typing import Any

from flask import Response, render_template, request

from config.fields import SPECIALTIES
from config.settings import Settings
from marketplace.applications import service
from marketplace.applications.forms import read_filters
from marketplace.applications.policy import filter_pairs
from marketplace.applications.views.door import jobs
from marketplace.applications.views.heads import address, with_query
from marketplace.kit import clock
from marketplace.kit.access import anyone, open_to
from marketplace.kit.errors import NotFound
from marketplace.kit.filters import iso
from marketplace.kit.money import shown
from marketplace.kit.web import db, wired
from marketplace.learn import service as learn
from marketplace.projects import queries as projects
from marketplace.projects.models import Project

SITEMAP_SIZE = 10_000
COMPANIES_SIZE = 50_000  # as many as one list may hold
FEED_SIZE = 50
FRESH_SECONDS = 600
STANDING = (
    "jobs.landing",
    "jobs.board",
    "jobs.how_pay_works",
    "jobs.for_companies",
    "identity.join",
    "practice.index",
)
CLOSED_TO_ROBOTS = ("/applications", "/confirm", "/forgot", "/login", "/reset")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@jobs.get("/robots.txt")
@open_to(anyone)
def robots() -> Response:
    """What robots may read, and where the sitemap is."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED_TO_ROBOTS)]
    text = "\n".join([*lines, "", f"Sitemap: {address('jobs.sitemap')}", ""])
    return _kept(Response(text, mimetype="text/plain"))


@jobs.get("/sitemap.xml")
@open_to(anyone)
def sitemap() -> Response:
    """The index: the standing pages, and as many lists of jobs as there are."""
    starts = projects.sitemap_starts(db(), clock.database_now(db()), size=SITEMAP_SIZE)
    lists = [address("jobs.sitemap_jobs")]
    lists += [address("jobs.sitemap_jobs", after=start) for start in starts]
    standing = [address("jobs.sitemap_pages"), address("jobs.sitemap_companies")]
    return _xml("sitemap_index.xml", lists=[*standing, *lists])


@jobs.get("/sitemap-pages.xml")
@open_to(anyone)
def sitemap_pages() -> Response:
    """Pages that stand whatever is open: the front door, the guides, the glossary."""
    library = learn.library()
    read = [(address("learn.guide", slug=one.slug), one.front.updated) for one in library.guides]
    latest = max((changed for _, changed in read), default=library.glossary.front.updated)
    read += [
        (address("learn.guides"), latest),
        (address("learn.glossary"), library.glossary.front.updated),
    ]
    rows = [(address(endpoint), "") for endpoint in STANDING]
    return _xml("sitemap.xml", rows=rows + [(url, changed.isoformat()) for url, changed in read])


@jobs.get("/sitemap-jobs.xml")
@open_to(anyone)
def sitemap_jobs() -> Response:
    """Open, funded jobs behind the id in `after`, oldest first, with their last change."""
    now = clock.database_now(db())
    found = projects.sitemap_page(db(), now, after=_after(), size=SITEMAP_SIZE)
    rows = [(address("jobs.job", slug=slug), iso(changed)) for slug, changed in found]
    return _xml("sitemap.xml", rows=rows)


@jobs.get("/sitemap-companies.xml")
@open_to(anyone)
def sitemap_companies() -> Response:
    """Companies with open jobs, the oldest first; those who offer work here are few beside their jobs."""
    found = projects.companies_with_jobs(db(), clock.database_now(db()), size=COMPANIES_SIZE)
    return _xml("sitemap.xml", rows=[(address("jobs.company", slug=slug), "") for slug in found])


@jobs.get("/jobs.atom")
@open_to(anyone)
def feed() -> Response:
    """The newest jobs that fit the board's filters, as an Atom feed (RFC 4287)."""
    filters, now = read_filters(request.args), clock.database_now(db())
    pairs = [pair for pair in filter_pairs(filters, personal=False) if pair[0] != "sort"]
    looking = service.looking(db(), filters)
    rows = projects.newest(db(), now, at_most=FEED_SIZE, filters=filters, looking=looking)
    entries = [_entry(project) for project, _ in rows]
    updated = max((entry["updated"] for entry in entries), default=iso(now))
    return _xml(
        "feed.xml",
        mimetype="application/atom+xml",
        self_url=with_query(address("jobs.feed"), pairs),
        board_url=with_query(address("jobs.board"), pairs),
        root=wired(Settings).public_url.rstrip("/") + "/",
        updated=updated,
        entries=entries,
    )


def _entry(project: Project) -> dict[str, str]:
    opened = iso(project.opened_at)
    price = shown(project.price_minor, project.currency)
    hourly = shown(project.hourly_minor, project.currency)
    pay = f"{price} a task, about {hourly} an hour, {project.minutes} minutes each."
    return {
        "id": f"urn:uuid:{project.id}",
        "url": address("jobs.job", slug=project.slug),
        "title": _plain(project.title),
        "company": _plain(project.company.name),
        "summary": _plain(f"{project.summary} {pay}"),
        "field": SPECIALTIES[project.specialty].title,
        "term": project.specialty,
        "published": opened,
        "updated": opened,
    }


def _after() -> uuid.UUID | None:
    text = request.args.get("after", "")
    if not text:
        return None
    try:
        return uuid.UUID(text)
    except ValueError:
        raise NotFound("That page does not exist.") from None


def _plain(text: str) -> str:
    """XML cannot say control characters at all."""
    return _NOT_XML.sub("", text)


def _xml(template: str, *, mimetype: str = "application/xml", **values: Any) -> Response:
    text = render_template(f"marketplace/applications/{template}", **values)
    return _kept(Response(text, mimetype=mimetype))


def _kept(answer: Response) -> Response:
    """May be kept for some minutes, and is asked for again with its ETag."""
    answer.headers["Cache-Control"] = f"public, max-age={FRESH_SECONDS}"
    answer.add_etag()
    answer.make_conditional(request)
    return answer
