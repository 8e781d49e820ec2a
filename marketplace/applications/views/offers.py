"""Applications: what became of them, and the offer to accept or decline."""

import uuid
from datetime import datetime

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from config.policy import WORK
from config.terms import TERMS
from marketplace.applications import policy, queries, service
from marketplace.applications.forms import AcceptForm
from marketplace.applications.models import Application, ApplicationState, Closed, Engagement
from marketplace.applications.views.door import bp, own, sees, visiting_expert
from marketplace.kit import clock
from marketplace.kit.access import open_to, role
from marketplace.kit.pages import Page
from marketplace.kit.web import db, found, see_other
from marketplace.matching.policy import Eligibility
from marketplace.projects import queries as projects
from marketplace.projects.models import GuidelineVersion


@bp.get("")
@open_to(role("expert"))
def index() -> ResponseReturnValue:
    """Every application, newest first."""
    expert = visiting_expert()
    empty: Page[Application] = Page([], None)
    none: Page[Engagement] = Page([], None)
    return render_template(
        "marketplace/applications/index.html",
        page=queries.applications_of(db(), expert.id, mark=request.args.get("after")) if expert else empty,
        work=queries.engagements_of(db(), expert.id, mark=request.args.get("work")) if expert else none,
        now=clock.database_now(db()),
        is_over=policy.offer_is_over,
        is_unanswered=policy.is_unanswered,
        words=policy.CLOSED_WORDS,
    )


@bp.get("/<uuid:application_id>")
@open_to(role("expert"))
def offer(application_id: uuid.UUID) -> ResponseReturnValue:
    """One application: the offer with rate, guideline and terms, or why there is none."""
    _, application = own(application_id)
    if application.state is ApplicationState.IN_SCREENING:
        screening = found(queries.screening_for(db(), application.id))
        return see_other("screenings.show", screening_id=screening.id)
    version = projects.current_guideline(db(), application.project_id)
    form = AcceptForm(formdata=None, data={"version_id": version.id if version else None})
    return _offer_page(application, version, form)


@bp.post("/<uuid:application_id>/accept")
@open_to(role("expert"))
def accept(application_id: uuid.UUID) -> ResponseReturnValue:
    """Sign and begin."""
    expert, application = own(application_id)
    version = projects.current_guideline(db(), application.project_id)
    form = AcceptForm()
    if not form.validate_on_submit() or not form.is_about(version.id if version else None):
        return _offer_page(application, version, form), 422
    service.accept(
        db(),
        application,
        expert=expert,
        version_id=form.version_id.data,
        signature=str(form.signature.data),
    )
    flash("You can work on this project now.", "ok")
    return see_other("jobs.job", slug=application.project.slug)


@bp.post("/<uuid:application_id>/decline")
@open_to(role("expert"))
def decline(application_id: uuid.UUID) -> ResponseReturnValue:
    """Say no to an offer."""
    expert, application = own(application_id)
    service.decline(db(), application, expert=expert)
    flash("Declined. You can apply again at any time.", "ok")
    return see_other("applications.index")


@bp.post("/<uuid:application_id>/withdraw")
@open_to(role("expert"))
def withdraw(application_id: uuid.UUID) -> ResponseReturnValue:
    """Take an application back."""
    expert, application = own(application_id)
    service.withdraw(db(), application, expert=expert)
    flash("Withdrawn.", "ok")
    return see_other("applications.index")


def _offer_page(application: Application, version: GuidelineVersion | None, form: AcceptForm) -> str:
    now = clock.database_now(db())
    return render_template(
        "marketplace/applications/offer.html",
        application=application,
        project=application.project,
        live=policy.has_live_offer(application, now),
        over=policy.offer_is_over(application, now),
        waiting=policy.is_waiting(application, now),
        unanswered=policy.is_unanswered(application, now),
        why=policy.why_not_chosen(application),
        again=_again(application),
        eligibility=Eligibility.from_json(application.rules),
        words=policy.CLOSED_WORDS,
        version=version,
        clauses=projects.clauses(db(), version.id) if version else [],
        sees=sees(application.project),
        terms=TERMS,
        work=WORK,
        form=form,
        screening=queries.screening_for(db(), application.id),
    )


def _again(application: Application) -> datetime | None:
    """When somebody who was not chosen may apply again; None: no try is left, or something else ended it."""
    if application.closed_reason != Closed.NOT_CHOSEN.value:
        return None
    tries = queries.failed_tries(db(), application.expert_id, [application.project_id])
    return policy.may_try_again(*tries.get(application.project_id, (0, None)))
