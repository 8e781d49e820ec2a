"""The guideline of a job, version by version, with what changed and what was asked."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from marketplace.applications.views.door import jobs, sees
from marketplace.applications.views.heads import head
from marketplace.kit.access import anyone, open_to
from marketplace.kit.web import db, found
from marketplace.projects import queries as projects
from marketplace.projects import service
from marketplace.projects.models import GuidelineVersion, Project


@jobs.get("/jobs/<slug>/guideline")
@open_to(anyone)
def guideline(slug: str) -> ResponseReturnValue:
    """One version (`version`, else the newest) beside an older one (`since`, else the one before)."""
    project = found(projects.by_slug_public(db(), slug))
    versions = projects.guideline_versions(db(), project.id)
    chosen = found(_chosen(versions, "version") or next(iter(versions), None))
    older = [version for version in versions if version.number < chosen.number]
    since = _chosen(older, "since") or next(iter(older), None)
    return render_template(
        "marketplace/applications/guideline.html",
        project=project,
        versions=versions,
        older=older,
        version=chosen,
        since=since,
        **_compared(since or chosen, chosen),  # beside itself, nothing has changed
        **_around(project),
    )


def _compared(old: GuidelineVersion, new: GuidelineVersion) -> Mapping[str, Any]:
    changes = service.compare(projects.clauses(db(), old.id), projects.clauses(db(), new.id))
    return {"changes": changes, "changed": service.changed(changes)}


def _around(project: Project) -> Mapping[str, Any]:
    sure = sees(project)
    answers = projects.answers(db(), project.id) if sure else []
    return {"sees": sure, "answers": answers, **head("jobs.guideline", slug=project.slug)}


def _chosen(versions: Sequence[GuidelineVersion], name: str) -> GuidelineVersion | None:
    """The version whose number stands in the address, if it is one of these."""
    number = request.args.get(name, type=int)
    return next((version for version in versions if version.number == number), None)
