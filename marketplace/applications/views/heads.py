"""What the head of a public page says to search engines and to sites that show links to it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import url_for
from markupsafe import escape

from config.countries import COUNTRIES
from config.fields import SPECIALTIES, TIERS, path
from config.settings import Settings
from config.task_types import TASK_TYPES
from marketplace.companies.models import Company
from marketplace.kit.markdown import render_markdown
from marketplace.kit.money import EXPONENTS
from marketplace.kit.web import wired
from marketplace.projects.models import Project
from marketplace.projects.policy import Leaf, read_rules

Data = dict[str, Any]


def address(endpoint: str, **values: Any) -> str:
    """The whole address of a page, as people outside reach it."""
    return wired(Settings).public_url.rstrip("/") + url_for(endpoint, **values)


def with_query(url: str, pairs: Sequence[tuple[str, str]]) -> str:
    """The address with this query, in this order."""
    return f"{url}?{urlencode(pairs)}" if pairs else url


def head(
    endpoint: str, *, data: Sequence[Data] = (), query: Sequence[tuple[str, str]] = (), **values: str
) -> Mapping[str, Any]:
    """The canonical address of a page and its structured data, for the template."""
    return {"canonical": with_query(address(endpoint, **values), query), "structured_data": data}


def job_head(project: Project, *, takes_work: bool) -> Mapping[str, Any]:
    """The head of a job's page; it is offered as a job only while it takes work."""
    data = [breadcrumbs(project), job_posting(project)] if takes_work else [breadcrumbs(project)]
    return {
        **head("jobs.job", slug=project.slug, data=data),
        "picture": address("jobs.card", slug=project.slug),
        "hidden_from_search": not takes_work,
    }


def job_posting(project: Project) -> Data:
    """The job as schema.org's JobPosting."""
    branch = path(project.specialty)[0]
    posting = {
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "title": project.title,
        "description": _described(project),
        "url": address("jobs.job", slug=project.slug),
        "datePosted": _iso(project.opened_at or project.created_at),
        "employmentType": "CONTRACTOR",
        "hiringOrganization": _company(project),
        "jobLocationType": "TELECOMMUTE",
        "baseSalary": _pay(project),
        "identifier": {"@type": "PropertyValue", "name": "Assay", "value": str(project.id)},
        "directApply": True,
        "industry": SPECIALTIES[branch].title,
        "qualifications": TIERS[project.tier].rule,
        "skills": SPECIALTIES[project.specialty].title,
        "image": address("jobs.card", slug=project.slug),
    }
    codes = SPECIALTIES[project.specialty].isco
    if codes:
        posting["occupationalCategory"] = [
            {"@type": "CategoryCode", "inCodeSet": "ISCO-08", "codeValue": code} for code in codes
        ]
    countries = _countries(project)
    if countries:
        posting["applicantLocationRequirements"] = [
            {"@type": "Country", "name": COUNTRIES[country]} for country in countries
        ]
    if project.ends_at is not None:
        posting["validThrough"] = _iso(project.ends_at)
    return posting


def company_head(company: Company, *, is_open: bool, mark: str | None) -> Mapping[str, Any]:
    """The head of a company's page; it is found from outside while it has open jobs."""
    organisation = {"@context": "https://schema.org", "@type": "Organization", "name": company.name}
    query = [("after", mark)] if mark else []
    return {
        **head("jobs.company", slug=company.slug, query=query, data=[organisation]),
        "hidden_from_search": bool(mark) or not is_open,
    }


def breadcrumbs(project: Project) -> Data:
    """The way to a job: the board, its branch of the fields, the job."""
    branch = path(project.specialty)[0]
    steps = [
        ("Jobs", address("jobs.board")),
        (SPECIALTIES[branch].title, address("jobs.board", specialty=branch)),
        (project.title, address("jobs.job", slug=project.slug)),
    ]
    return {
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": name, "item": item}
            for place, (name, item) in enumerate(steps, start=1)
        ],
    }


def _described(project: Project) -> str:
    """What the job's page says of the work, as HTML without scripts."""
    kind = TASK_TYPES[project.task_type]
    facts = f"{kind.title}. {kind.work} About {project.minutes} minutes for one task. "
    rules = f"Every task is reviewed within {project.auto_approve_hours} hours, or approved by itself."
    written = render_markdown(project.description) if project.description else ""
    return f"<p>{escape(project.summary)}</p>{written}<p>{escape(facts + rules)}</p>"


def _countries(project: Project) -> Sequence[str]:
    """Where applicants have to live, when the company asks for certain countries in any case."""
    rules = read_rules(project.rules)
    if rules.join != "all":
        return ()
    asked = (part for part in rules.parts if isinstance(part, Leaf) and part.fact == "country")
    return next((leaf.slugs for leaf in asked if leaf.op in {"eq", "in"}), ())


def _company(project: Project) -> Data:
    company = {"@type": "Organization", "name": project.company.name}
    website = project.company.website
    return {**company, "sameAs": website} if website.startswith(("https://", "http://")) else company


def _pay(project: Project) -> Data:
    exponent = EXPONENTS[project.currency]
    value = project.hourly_minor / 10**exponent if exponent else project.hourly_minor
    return {
        "@type": "MonetaryAmount",
        "currency": project.currency.upper(),
        "value": {"@type": "QuantitativeValue", "value": value, "unitText": "HOUR"},
    }


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
