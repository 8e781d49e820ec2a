"""Jobs as search engines read them: sound, honest, and never a way into the page."""

import re

import pytest
from sqlalchemy.orm import Session

from marketplace.kit import clock
from tests.factories.companies import make_company
from tests.factories.projects import make_project
from tests.marketplace.applications.schema_org import faults, published
from tests.pages import Page, Pages

HOSTILE = "</script><script>alert(1)</script><!-- “Rank” & 'sort'"


def posting(page: Page) -> dict[str, object]:
    (found,) = [one for one in published(page) if one["@type"] == "JobPosting"]
    return found


def test_a_job_passes_the_rules_of_schema_org(pages: Pages, session: Session) -> None:
    project = make_project(
        session, specialty="medicine", tier="licensed", minutes=7, description="**Rank** them."
    )
    page = pages.get("jobs.job", slug=project.slug)
    assert [one["@type"] for one in published(page)] == ["BreadcrumbList", "JobPosting"]
    assert [fault for one in published(page) for fault in faults(one)] == []
    said = posting(page)
    assert said["title"] == project.title
    assert said["employmentType"] == "CONTRACTOR"
    assert said["identifier"] == {"@type": "PropertyValue", "name": "Assay", "value": str(project.id)}
    assert said["baseSalary"]["value"] == {"@type": "QuantitativeValue", "value": 130, "unitText": "HOUR"}  # type: ignore[index]
    assert said["baseSalary"]["currency"] == "USD"  # type: ignore[index]
    assert "<strong>Rank</strong>" in str(said["description"])
    assert str(said["url"]).endswith(f"/jobs/{project.slug}")


def test_an_end_is_said_and_the_website_of_the_company(pages: Pages, session: Session) -> None:
    company = make_company(session, website="https://northwind.example")
    project = make_project(session, company=company)
    project.ends_at = clock.now().replace(microsecond=0).replace(year=clock.now().year + 1)
    session.flush()
    said = posting(pages.get("jobs.job", slug=project.slug))
    assert faults(said) == []
    assert said["validThrough"] == project.ends_at.isoformat(timespec="seconds")
    assert said["hiringOrganization"]["sameAs"] == "https://northwind.example"  # type: ignore[index]


def test_countries_the_company_asks_for_are_said(pages: Pages, session: Session) -> None:
    rules = {"all": [{"fact": "country", "op": "in", "value": ["US", "CA"]}]}
    said = posting(pages.get("jobs.job", slug=make_project(session, rules=rules).slug))
    assert faults(said) == []
    names = [one["name"] for one in said["applicantLocationRequirements"]]  # type: ignore[attr-defined]
    assert sorted(names) == ["Canada", "United States"]
    either = {
        "any": [
            {"fact": "country", "op": "eq", "value": "US"},
            {"fact": "tier", "op": "ge", "value": "skilled"},
        ]
    }
    said = posting(pages.get("jobs.job", slug=make_project(session, rules=either).slug))
    assert "applicantLocationRequirements" not in said


@pytest.mark.parametrize("state", ["paused", "closing", "closed"])
def test_a_job_that_takes_no_work_is_no_posting(pages: Pages, session: Session, state: str) -> None:
    project = make_project(session, state=state)
    page = pages.get("jobs.job", slug=project.slug)
    assert [one["@type"] for one in published(page)] == ["BreadcrumbList"]
    assert "noindex" in page.answer.text


def test_an_unfunded_or_ended_job_is_no_posting(pages: Pages, session: Session) -> None:
    project = make_project(session)
    project.ends_at = clock.now()
    session.flush()
    assert [one["@type"] for one in published(pages.get("jobs.job", slug=project.slug))] == ["BreadcrumbList"]


def test_no_text_of_a_company_ends_the_script(pages: Pages, session: Session) -> None:
    project = make_project(session, title=HOSTILE, summary=HOSTILE, description=HOSTILE)
    answer = pages.get("jobs.job", slug=project.slug)
    assert posting(answer)["title"] == HOSTILE
    assert "<script>alert" not in answer.answer.text
    for script in answer.all("script"):
        assert "alert" not in (script.text or "") or script.get("type") == "application/ld+json"


def test_the_data_carries_the_nonce_of_its_answer(pages: Pages, session: Session) -> None:
    page = pages.get("jobs.job", slug=make_project(session).slug)
    (nonce,) = set(re.findall(r"'nonce-([^']+)'", page.answer.headers["Content-Security-Policy"]))
    data = [script for script in page.all("script") if script.get("type") == "application/ld+json"]
    assert {script.get("nonce") for script in data} == {nonce}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"title": ""}, "JobPosting.title"),
        ({"datePosted": "yesterday"}, "JobPosting.datePosted"),
        ({"datePosted": "2026-11-25T10:00:00"}, "JobPosting.datePosted"),
        ({"employmentType": "FREELANCE"}, "JobPosting.employmentType"),
        ({"directApply": "yes"}, "JobPosting.directApply"),
        ({"hiringOrganization": "Northwind"}, "JobPosting.hiringOrganization"),
        ({"baseSalary": {"@type": "MonetaryAmount", "currency": "usd"}}, "JobPosting.baseSalary"),
        ({"salary": 3}, "JobPosting.salary"),
    ],
)
def test_the_rules_themselves_see(
    pages: Pages, session: Session, changed: dict[str, object], said: str
) -> None:
    found = posting(pages.get("jobs.job", slug=make_project(session).slug))
    assert any(fault.startswith(said) for fault in faults({**found, **changed}))
