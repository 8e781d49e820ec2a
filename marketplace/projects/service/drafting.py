"""Writing a project and its guideline."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from config.fields import TIERS
from marketplace.audit import service as audit
from marketplace.companies.models import Company
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.database import insert_once
from marketplace.kit.errors import Conflict, Invalid
from marketplace.kit.events import publish
from marketplace.projects import policy, queries
from marketplace.projects.errors import NotReady
from marketplace.projects.events import GuidelinePublished
from marketplace.projects.models import GuidelineClause, GuidelineVersion, Project, ProjectState
from marketplace.projects.policy import ClauseText, Plan

_CLOSED = {ProjectState.CLOSING, ProjectState.CLOSED, ProjectState.CANCELLED}


def create(session: Session, *, company: Company, by: User, form_key: uuid.UUID, plan: Plan) -> Project:
    """Write a draft with its price and fees (minor units); the same `form_key` finds the first one again.

    Raises Invalid when the plan does not hold together, Conflict when the key is another company's.
    """
    first = insert_once(
        session,
        Project,
        id=form_key,
        company_id=company.id,
        slug=policy.slug(plan.title, form_key),
        **_columns(plan, company),
    )
    project = queries.lock(session, form_key)
    if project.company_id != company.id:
        raise Conflict("This form was already used. Open a new one.")
    if first:
        _record(session, "create", project, by, price_minor=project.price_minor)
    return project


def update(session: Session, project: Project, *, by: User, plan: Plan) -> None:
    """Write the plan over a draft and compute its price anew; Conflict once it is no draft any more."""
    project = queries.lock(session, project.id)
    if project.state is not ProjectState.DRAFT:
        raise Conflict("Only a draft can be changed. A published rate never goes down.")
    for name, value in _columns(plan, project.company).items():
        setattr(project, name, value)
    project.slug = policy.slug(plan.title, project.id)
    _record(session, "update", project, by, price_minor=project.price_minor)


def save_guideline(
    session: Session, project: Project, clauses: Sequence[ClauseText], *, by: User, publish_now: bool = False
) -> GuidelineVersion:
    """Write the guideline's next version, numbering the clauses from 1; it binds nobody until published.

    `publish_now` publishes it in the same step.  Raises Conflict while ops read the project, and once it is
    finishing.
    """
    project = queries.lock(session, project.id)
    if project.state in _CLOSED or project.state is ProjectState.IN_CHECK:
        raise Conflict("The guideline cannot be changed while the project is being checked or finished.")
    version = queries.draft_guideline(session, project.id)
    if version is None:
        number = queries.last_guideline_number(session, project.id) + 1
        version = GuidelineVersion(project=project, number=number)
        session.add(version)
    else:
        queries.remove_clauses(session, version.id)
    version.sha256 = policy.fingerprint(clauses)
    session.add_all(
        GuidelineClause(
            version=version,
            number=number,
            title=clause.title,
            text=clause.text,
            good=clause.good,
            bad=clause.bad,
        )
        for number, clause in enumerate(clauses, start=1)
    )
    _record(session, "write_guideline", project, by, number=version.number, clauses=len(clauses))
    return publish_guideline(session, project, by=by) if publish_now else version


def publish_guideline(session: Session, project: Project, *, by: User) -> GuidelineVersion:
    """Fix the version being written; later claims are bound to it.  NotReady (409) without a clause."""
    project = queries.lock(session, project.id)
    version = queries.draft_guideline(session, project.id)
    if version is None or not queries.clauses(session, version.id):
        raise NotReady("Write at least one clause, then publish the version.")
    version.published_at = clock.database_now(session)
    _record(session, "publish_guideline", project, by, number=version.number, sha256=version.sha256)
    publish(
        session,
        GuidelinePublished(project_id=project.id, version_id=version.id, number=version.number),
    )
    return version


def _columns(plan: Plan, company: Company) -> dict[str, Any]:
    problem = policy.plan_problem(plan)
    if problem:
        raise Invalid(problem)
    costs = policy.costs(plan.hourly_minor, plan.minutes)
    classes = sorted(set(plan.content_classes))
    return {
        "title": plan.title,
        "summary": plan.summary,
        "description": plan.description,
        "task_type": plan.task_type,
        **_people(plan, company),
        "minutes": plan.minutes,
        "hourly_minor": plan.hourly_minor,
        "price_minor": costs.price_minor,
        "fee_minor": costs.fee_minor,
        "review_fee_minor": costs.review_fee_minor,
        "overlap": plan.overlap,
        "auto_approve_hours": plan.auto_approve_hours,
        "options": {**plan.options, **({"content_classes": classes} if classes else {})},
        "content_classes": ",".join(classes),
        "content_note": plan.content_note if classes else "",
    }


def _people(plan: Plan, company: Company) -> dict[str, Any]:
    """The columns that say who may do the work."""
    tree = policy.read_rules(plan.rules)
    return {
        "specialty": plan.specialty,
        "tier": plan.tier,
        "tier_rank": TIERS[plan.tier].rank,
        "language": plan.language,
        "language_level": plan.language_level,
        "excluded_countries": ",".join(sorted(set(plan.excluded_countries))),
        "rules": tree.to_json(),
        "rules_key": policy.rules_key(
            tree, specialty=plan.specialty, level=plan.language_level, company_id=company.id
        ),
        "quota": plan.quota,
        "by_hand": plan.by_hand,
    }


def _record(session: Session, action: str, project: Project, by: User, **detail: Any) -> None:
    audit.record(
        session,
        f"company:project:{action}",
        actor_id=by.id,
        subject_type="project",
        subject_id=project.id,
        **detail,
    )
