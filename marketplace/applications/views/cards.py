"""The pictures other sites show beside a link to a job, or to any page of ours."""

from flask import Response, request

from config.fields import SPECIALTIES, TIERS
from config.task_types import TASK_TYPES
from marketplace.applications.views.door import jobs
from marketplace.kit import social
from marketplace.kit.access import anyone, open_to
from marketplace.kit.money import shown
from marketplace.kit.web import db, found
from marketplace.projects import queries as projects
from marketplace.projects.models import Project

DAY_SECONDS = 86_400
SLOGAN = "Teach AI what you know. Be paid for every approved task."
FACTS = ("Open work for experts", "Paid from reserved money")


@jobs.get("/card.png")
@open_to(anyone)
def site_card() -> Response:
    """The picture of pages that have none of their own."""
    return _picture(social.draw("Experts teach AI models", SLOGAN, FACTS))


@jobs.get("/jobs/<slug>/card.png")
@open_to(anyone)
def card(slug: str) -> Response:
    """The picture of one job: company, title, what it pays."""
    return _picture(social.draw(*_said(found(projects.by_slug_public(db(), slug)))))


def _said(project: Project) -> tuple[str, str, tuple[str, ...]]:
    """What stands on the picture; a title in letters we do not have gives way to kind and field of work."""
    kind, field = TASK_TYPES[project.task_type].title, SPECIALTIES[project.specialty].title
    title, company = project.title, project.company.name
    price = shown(project.price_minor, project.currency)
    hourly = shown(project.hourly_minor, project.currency).removesuffix(".00")
    return (
        company if social.can_write(company) else kind,
        title if social.can_write(title) else f"{kind}: {field}",
        (f"{price} a task", f"about {hourly} an hour", TIERS[project.tier].title),
    )


def _picture(content: bytes) -> Response:
    answer = Response(content, mimetype="image/png")
    answer.headers["Cache-Control"] = f"public, max-age={DAY_SECONDS}"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"  # it is made to be shown elsewhere
    answer.add_etag()
    answer.make_conditional(request)
    return answer
