"""A company in public: what its past work says, and its open jobs."""

from collections.abc import Mapping
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from config.countries import COUNTRIES
from marketplace.applications.views import filters as shown
from marketplace.applications.views.board import rows
from marketplace.applications.views.door import jobs, user, visiting_expert
from marketplace.applications.views.heads import company_head
from marketplace.kit import clock
from marketplace.kit.access import anyone, open_to
from marketplace.kit.pages import Page
from marketplace.kit.web import db, found
from marketplace.matching import service as matching
from marketplace.projects import policy as project_policy
from marketplace.projects import queries as projects
from marketplace.projects.queries import Listing
from marketplace.reputation import queries as reputation
from marketplace.reputation.policy import ENOUGH


@jobs.get("/companies/<slug>")
@open_to(anyone)
def company(slug: str) -> ResponseReturnValue:
    """The company card and the open jobs of whoever has offered work here."""
    one = found(projects.public_company(db(), slug))
    mark, now = request.args.get("after"), clock.database_now(db())
    count, answers = projects.funded_answers(db(), one.id, now)
    return render_template(
        "marketplace/applications/company.html",
        company=one,
        country=COUNTRIES.get(one.country, ""),
        website=one.website if one.website.startswith(("https://", "http://")) else "",
        record=reputation.company_record(db(), one.id),
        enough=ENOUGH,
        count=count,
        answers=project_policy.answers(answers),
        **_offered(projects.jobs_of(db(), one.id, now, mark=mark)),
        **company_head(one, is_open=count > 0, mark=mark),
    )


def _offered(page: Page[Listing]) -> Mapping[str, Any]:
    """The jobs as the board shows them, with what fits a signed-in expert."""
    expert = visiting_expert()
    person = matching.candidate(db(), user(), expert) if expert and page.rows else None
    return {
        "page": page,
        "rows": rows(expert, person, page.rows, {}),
        "kinds": shown.KINDS,
        "titles": shown.TITLES,
        "fields": shown.FIELDS,
    }
