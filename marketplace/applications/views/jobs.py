"""The page of one job, and what an expert does there."""

from collections.abc import Mapping
from typing import Any

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from config.fields import SPECIALTIES, TIERS
from config.languages import LANGUAGES
from config.policy import MONEY, WORK
from config.task_types import TASK_TYPES
from marketplace.applications import policy, queries, service
from marketplace.applications.forms import AcknowledgeForm
from marketplace.applications.models import ApplicationState
from marketplace.applications.views.door import jobs, sees, user, visiting_expert
from marketplace.applications.views.heads import job_head
from marketplace.experts import service as experts
from marketplace.kit import clock
from marketplace.kit.access import anyone, open_to, role
from marketplace.kit.errors import Invalid
from marketplace.kit.web import db, found, see_other
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import Kind
from marketplace.projects import policy as project_policy
from marketplace.projects import queries as projects
from marketplace.projects.models import GuidelineVersion, Project, ProjectState
from marketplace.reputation import queries as reputation
from marketplace.reputation.policy import ENOUGH


@jobs.get("/jobs/<slug>")
@open_to(anyone)
def job(slug: str) -> ResponseReturnValue:
    """What it pays, what it asks, who may do it, and the one thing to do next."""
    project = found(projects.by_slug_public(db(), slug))
    version = projects.current_guideline(db(), project.id)
    return render_template(
        "marketplace/applications/job.html",
        project=project,
        version=version,
        clauses=projects.clauses(db(), version.id) if version else [],
        answers=projects.answers(db(), project.id) if sees(project) else [],
        sees=sees(project),
        **_offered(project),
        **_words(project),
        **_standing(project, version),
    )


@jobs.post("/jobs/<slug>/apply")
@open_to(role("expert"))
def apply(slug: str) -> ResponseReturnValue:
    """Apply; the rules answer at once."""
    project = found(projects.by_slug_public(db(), slug))
    expert = visiting_expert() or experts.become_expert(db(), user())
    application = service.apply(db(), expert=expert, project=project)
    if application.state is ApplicationState.OFFERED:
        flash("You fit. Here is your offer.", "ok")
    if application.state is ApplicationState.IN_SCREENING:
        flash("You fit. One paid screening stands before your offer.", "ok")
    return see_other("applications.offer", application_id=application.id)


@jobs.post("/jobs/<slug>/acknowledge")
@open_to(role("expert"))
def acknowledge(slug: str) -> ResponseReturnValue:
    """Note that the new guideline version was read."""
    project = found(projects.by_slug_public(db(), slug))
    expert = found(visiting_expert())
    engagement = found(queries.active_engagement(db(), expert.id, project.id))
    form = AcknowledgeForm()
    if not form.validate_on_submit():
        raise Invalid("Load the page again and send it once more.")
    service.acknowledge(db(), engagement, expert=expert, version_id=form.version_id.data)
    flash("Noted. You can start.", "ok")
    return see_other("jobs.job", slug=slug)


@jobs.post("/jobs/<slug>/leave")
@open_to(role("expert"))
def leave(slug: str) -> ResponseReturnValue:
    """End the right to work on this project."""
    project = found(projects.by_slug_public(db(), slug))
    expert = found(visiting_expert())
    engagement = found(queries.active_engagement(db(), expert.id, project.id))
    service.leave(db(), engagement, expert=expert)
    flash("You have left this project. Work in review is still decided and paid.", "ok")
    return redirect(url_for("applications.index"), 303)


def _offered(project: Project) -> Mapping[str, Any]:
    """Whether there is work now, how much of it is paid for, and what else there is once it is over."""
    now, budget = clock.database_now(db()), ledger.balance(db(), Kind.PROJECT_BUDGET, project.id)
    wanted = projects.free_answers(db(), project.id)
    funded = project_policy.funded(budget, project, wanted)
    takes_work = project_policy.takes_work(project, budget, now)
    over = project.state in {ProjectState.CLOSING, ProjectState.CLOSED}
    return {
        "screening": service.asked_version(db(), project),
        "funded": funded,
        "offered": project_policy.offer_words(funded, wanted),
        "takes_work": takes_work,
        "record": reputation.company_record(db(), project.company_id),
        "enough": ENOUGH,
        "similar": projects.similar(db(), project, now) if over else [],
        **job_head(project, takes_work=takes_work),
    }


def _words(project: Project) -> dict[str, object]:
    """What the codes of a project mean, and the rules the page prints."""
    return {
        "kind": TASK_TYPES[project.task_type],
        "tier": TIERS[project.tier],
        "specialty": SPECIALTIES[project.specialty],
        "language": LANGUAGES.get(project.language, project.language),
        "asks": project_policy.summary(project_policy.read_rules(project.rules)),
        "work": WORK,
        "money_rules": MONEY,
    }


def _standing(project: Project, version: GuidelineVersion | None) -> dict[str, object]:
    """The tick list and the next step of a signed-in expert; nothing for everybody else."""
    expert = visiting_expert()
    is_expert = g.visitor.user is not None and "expert" in g.visitor.roles
    saved = is_expert and queries.saved_job(db(), user().id, project.id) is not None
    if expert is None:
        return {"is_expert": is_expert, "standing": None, "changes": [], "saved": saved}
    standing = service.standing(db(), user=user(), expert=expert, project=project, version=version)
    changes = []
    if standing.step is policy.Step.ACKNOWLEDGE and standing.engagement and version:
        before = projects.clauses(db(), standing.engagement.acknowledged_id)
        changes = policy.changes(before, projects.clauses(db(), version.id))
    return {"is_expert": True, "standing": standing, "changes": changes, "saved": saved}
