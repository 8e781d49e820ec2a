"""What everybody may see, without signing in: each page says what it is, once."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from config import policy
from marketplace.kit import access
from marketplace.kit.application import Application
from tests.factories.projects import make_project
from tests.pages import Pages

NOT_PAGES = {  # open to everybody, and no HTML
    "static", "favicon", "healthz", "readyz",
    "jobs.card", "jobs.site_card", "jobs.feed", "jobs.robots", "jobs.sitemap", "jobs.sitemap_jobs",
    "jobs.sitemap_companies", "jobs.sitemap_pages",
}  # fmt: skip
BY_LINK = {
    "identity.confirm",
    "identity.reset",
    "jobs.stop_page",
    "certificates.show",
}  # somebody was given it
PLAYED = (
    "gateway.",
    "provider_invoices.",
    "provider_disputes.",
)  # the payment provider on fresh machines, never in production
VALUES = {
    "identity.join_as": {"kind": "expert"},
    "identity.join_sent": {"kind": "expert"},
    "practice.show": {"slug": "ranking-lease"},
    "learn.guide": {"slug": "getting-started"},
}


def public(app: Flask) -> list[str]:
    """Every endpoint a visitor may GET."""
    open_ones = {name for name, rule in access.read_policy(policy.ACCESS).items() if rule == "anyone"}
    readable = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or set())}
    return sorted(one for one in (open_ones & readable) - NOT_PAGES - BY_LINK if not one.startswith(PLAYED))


def said(page: object, name: str) -> list[str]:
    return [node.get("content", "") for node in page.all("meta") if node.get("name") == name]  # type: ignore[attr-defined]


def test_every_public_page_has_title_description_and_one_h1(
    pages: Pages, app: Application, session: Session
) -> None:
    project = make_project(session)
    job, company = {"slug": project.slug}, {"slug": project.company.slug}
    values = {**VALUES, "jobs.job": job, "jobs.guideline": job, "jobs.company": company}
    found = {}
    for endpoint in public(app):
        page = pages.get(endpoint, **values.get(endpoint, {}))
        assert page.status == 200, endpoint
        assert len(page.all("h1")) == 1, endpoint
        (title,) = page.all("title")
        (description,) = said(page, "description")
        assert 20 <= len(description) <= 320, f"{endpoint}: {description}"
        found[endpoint] = (title.text or "").strip()
    assert len(found) > 10
    assert all(found.values())
    lasting = [title for endpoint, title in found.items() if not endpoint.endswith("_sent")]
    assert len(set(lasting)) == len(lasting), f"two pages of one title: {found}"


@pytest.mark.parametrize("path", ["/", "/jobs", "/how-pay-works", "/for-companies", "/guides", "/glossary"])
def test_pages_to_be_found_have_an_address_and_a_picture(pages: Pages, path: str) -> None:
    page = pages.get(path)
    (canonical,) = [node.get("href") for node in page.all("link") if node.get("rel") == "canonical"]
    assert canonical.endswith(path)
    named = {node.get("property"): node.get("content") for node in page.all("meta") if node.get("property")}
    assert named["og:url"] == canonical
    assert named["og:image"].endswith("/card.png")
