"""A company in public: one page, reached from every job of it, and only once it has offered work."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from marketplace.projects import service as projects
from tests.factories.companies import make_company
from tests.factories.experts import make_expert
from tests.factories.projects import make_project
from tests.pages import Page, Pages


def titles(page: Page) -> list[str]:
    return ["".join(node.itertext()) for node in page.all("h2") if node.get("class") == "job-title"]


def link(page: Page, rel: str) -> str:
    return str(next(node.get("href") for node in page.all("link") if node.get("rel") == rel))


def test_board_job_and_card_lead_to_one_page(pages: Pages, session: Session) -> None:
    company = make_company(session, name="Häldén Health", country="SE", website="https://halden.example")
    project = make_project(session, company=company, title="Order answers", budget_minor=2_800, wanted=40)
    make_project(session, title="Of somebody else")
    path = f"/companies/{company.slug}"
    for page in (pages.get("jobs.board"), pages.get("jobs.job", slug=project.slug)):
        assert path in [node.get("href") for node in page.all("a")]
    page = pages.get(path)
    assert titles(page) == ["Order answers"]
    assert "10 answers funded in 1 open job. Sweden" in page.text
    assert "Figures stand here once" in page.text
    assert link(page, "canonical").endswith(path)
    assert path in pages.get("/sitemap-companies.xml").answer.text
    assert "/sitemap-companies.xml" in pages.get("/sitemap.xml").answer.text


def test_an_expert_sees_there_what_fits(pages: Pages, session: Session) -> None:
    company = make_company(session)
    make_project(session, company=company, tier="licensed", specialty="medicine")
    mine = pages.enter(make_expert(session).user, "expert")
    assert "This job needs a verified credential" in mine.get("jobs.company", slug=company.slug).text


@pytest.mark.parametrize("state", [None, "draft", "in_check", "awaiting_funds"])
def test_a_company_without_a_public_job_is_not_found(
    pages: Pages, session: Session, state: str | None
) -> None:
    company = make_company(session)
    if state is not None:
        make_project(session, company=company, state=state)
    assert pages.get("jobs.company", slug=company.slug).status == 404
    assert pages.get("/companies/nobody").status == 404


def test_a_company_whose_jobs_are_over_asks_to_be_left_out(pages: Pages, session: Session) -> None:
    company = make_company(session)
    make_project(session, company=company, state="closed")
    page = pages.get("jobs.company", slug=company.slug)
    assert "No open jobs at the moment" in page.text
    assert "noindex" in page.answer.text
    assert company.slug not in pages.get("/sitemap-companies.xml").answer.text


def test_unfunded_jobs_are_not_shown_there(pages: Pages, session: Session) -> None:
    project = make_project(session, budget_minor=280)
    slug = project.company.slug
    projects.defund(session, project)
    session.flush()
    page = pages.get("jobs.company", slug=slug)
    assert (page.status, titles(page)) == (200, [])


def test_the_page_costs_the_same_however_many_jobs(
    pages: Pages, session: Session, statements: Callable[[], int]
) -> None:
    company = make_company(session)
    mine = pages.enter(make_expert(session).user, "expert")
    counts = []
    for _ in range(2):
        for _ in range(3):
            make_project(session, company=company)
        mine.get("jobs.company", slug=company.slug)
        statements()
        mine.get("jobs.company", slug=company.slug)
        counts.append(statements())
    assert counts[0] == counts[1]
