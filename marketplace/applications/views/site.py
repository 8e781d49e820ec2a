"""Pages for everybody: the front door, how pay works, what companies get."""

from dataclasses import dataclass

from flask import render_template
from flask.typing import ResponseReturnValue

from config import policy
from config.fields import SPECIALTIES, TIERS
from marketplace.applications.views.door import jobs
from marketplace.applications.views.heads import head
from marketplace.kit import clock
from marketplace.kit.access import anyone, open_to
from marketplace.kit.web import db
from marketplace.projects import policy as project_policy
from marketplace.projects import queries as projects
from marketplace.projects.models import Project

SHOWN = 3
EXAMPLE_TIER, EXAMPLE_MINUTES = "board_certified", 7


@dataclass(frozen=True, slots=True)
class JobCard:
    """A job as the front door shows it; amounts in minor units, `funded` in words."""

    slug: str
    title: str
    company: str
    price_minor: int
    hourly_minor: int
    minutes: int
    tier_title: str
    specialty_title: str
    funded: str


@dataclass(frozen=True, slots=True)
class Example:
    """One worked price, in minor units."""

    hourly_minor: int
    minutes: int
    price_minor: int
    platform_fee_minor: int
    review_fee_minor: int


@jobs.get("/")
@open_to(anyone)
def landing() -> ResponseReturnValue:
    """The front door: two ways in, live jobs, what it pays."""
    found = projects.newest(db(), clock.database_now(db()), at_most=SHOWN)
    return render_template(
        "marketplace/public/landing.html",
        jobs=[_card(project, funded) for project, funded in found],
        **head("jobs.landing"),
        **_printed(),
    )


@jobs.get("/how-pay-works")
@open_to(anyone)
def how_pay_works() -> ResponseReturnValue:
    """How a price is made and where the money is at every moment."""
    return render_template(
        "marketplace/public/how_pay_works.html", **head("jobs.how_pay_works"), **_printed()
    )


@jobs.get("/for-companies")
@open_to(anyone)
def for_companies() -> ResponseReturnValue:
    """What a company gets, and what it costs."""
    return render_template(
        "marketplace/public/for_companies.html", **head("jobs.for_companies"), **_printed()
    )


def _card(project: Project, funded: int) -> JobCard:
    return JobCard(
        slug=project.slug,
        title=project.title,
        company=project.company.name,
        price_minor=project.price_minor,
        hourly_minor=project.hourly_minor,
        minutes=project.minutes,
        tier_title=TIERS[project.tier].title,
        specialty_title=SPECIALTIES[project.specialty].title,
        funded=project_policy.funded_words(funded),
    )


def _printed() -> dict[str, object]:
    """The rules and rates these pages print, and one worked example."""
    hourly = TIERS[EXAMPLE_TIER].low_minor
    costs = project_policy.costs(hourly, EXAMPLE_MINUTES)
    return {
        "tiers": list(TIERS.values()),
        "policy": policy,
        "example": Example(
            hourly, EXAMPLE_MINUTES, costs.price_minor, costs.fee_minor, costs.review_fee_minor
        ),
    }
