"""Screening plans: written as a draft, published as a version that never changes, asked for by projects."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from config.fields import covers
from config.policy import WORK
from marketplace.applications import queries
from marketplace.applications.errors import PlanUnready
from marketplace.applications.models import ScreeningItem, ScreeningPlan, ScreeningVersion
from marketplace.audit import service as audit
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.database import insert_once
from marketplace.kit.errors import NotFound
from marketplace.projects.models import Project
from marketplace.reputation import service as reputation


@dataclass(frozen=True, slots=True)
class ItemText:
    """One item to be, checked by whoever knows its type; `gold` None: a reviewer marks it by the rubric."""

    task_type: str
    type_version: int
    payload: Mapping[str, Any]
    gold: Mapping[str, Any] | None = None
    passing_bps: int = 8000
    explanation: str = ""
    rubric: str = ""
    task_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """What a version asks and pays, in minor units."""

    pay_minor: int
    limit_minutes: int
    pass_mark_bps: int = WORK.screening_pass_mark_bps
    valid_months: int = WORK.screening_valid_months


def plan_for(
    session: Session, *, project: Project | None = None, specialty: str | None = None
) -> ScreeningPlan:
    """The plan of a project or of a specialty, begun now if there is none."""
    values = {"project_id": project.id} if project is not None else {"specialty": specialty}
    insert_once(session, ScreeningPlan, **values)
    found = (
        queries.plan_of_project(session, project.id)
        if project is not None
        else queries.plan_of_specialty(session, specialty or "")
    )
    if found is None:
        raise NotFound("That screening does not exist.")
    return found


def draft_of_plan(session: Session, plan: ScreeningPlan, first: Settings) -> ScreeningVersion:
    """The version being written: a copy of the newest one, or one with these settings and no items."""
    queries.plan(session, plan.id, locked=True)
    draft = queries.draft_version(session, plan.id)
    if draft is not None:
        return draft
    before = queries.current_version(session, plan.id)
    settings = first if before is None else _settings(before)
    draft = ScreeningVersion(
        plan=plan,
        number=queries.last_number(session, plan.id) + 1,
        cool_down_days=WORK.retry_days,
        tries=WORK.tries_maximum,
        pass_mark_bps=settings.pass_mark_bps,
        limit_minutes=settings.limit_minutes,
        pay_minor=settings.pay_minor,
        valid_months=settings.valid_months,
    )
    session.add(draft)
    session.flush()
    for item in queries.items(session, before.id) if before else []:
        _write(session, draft, _text(item), item.position)
    session.flush()
    return draft


def set_terms(session: Session, draft: ScreeningVersion, settings: Settings) -> None:
    """Change what a draft asks and pays."""
    locked = _open(session, draft)
    locked.pay_minor, locked.limit_minutes = settings.pay_minor, settings.limit_minutes
    locked.pass_mark_bps, locked.valid_months = settings.pass_mark_bps, settings.valid_months


def add_items(session: Session, draft: ScreeningVersion, items: list[ItemText]) -> None:
    """Put items at the end of a draft; PlanUnready (409) when they are too many."""
    locked = _open(session, draft)
    there = queries.items(session, locked.id)
    if len(there) + len(items) > WORK.screening_items_maximum:
        raise PlanUnready(f"A screening has at most {WORK.screening_items_maximum} items.")
    last = there[-1].position if there else 0
    for number, item in enumerate(items, last + 1):
        _write(session, locked, item, number)
    session.flush()


def remove_item(session: Session, draft: ScreeningVersion, item_id: uuid.UUID) -> None:
    """Take an item out of a draft."""
    queries.remove_item(session, _open(session, draft).id, item_id)


def publish_plan(session: Session, draft: ScreeningVersion, *, by: User, asks: bool = True) -> None:
    """Fix the draft: from now on it is what candidates get; whoever has started keeps their version.

    `asks`: its project asks for it from now on.
    """
    locked = _open(session, draft)
    if not queries.items(session, locked.id):
        raise PlanUnready("Add at least one item, then publish.")
    locked.published_at = clock.database_now(session)
    plan = queries.plan(session, locked.plan_id)
    if asks and plan is not None and plan.project_id is not None:
        reputation.require_screening(session, plan.project_id, plan.id)
    _record(session, "publish", locked.plan_id, by, version=locked.number)


def ask_for(session: Session, project: Project, plan: ScreeningPlan | None, *, by: User) -> None:
    """Let a project ask for its own plan, for that of its field, or for none.

    NotFound (404) for a plan of another project or field, PlanUnready (409) for one without a version.
    """
    if plan is not None and not may_ask_for(project, plan):
        raise NotFound("That screening does not exist, or it is not yours.")
    if plan is not None and queries.current_version(session, plan.id) is None:
        raise PlanUnready("Publish the screening first.")
    reputation.require_screening(session, project.id, plan.id if plan else None)
    _record(session, "ask_for", plan.id if plan else project.id, by)


def may_ask_for(project: Project, plan: ScreeningPlan) -> bool:
    """The project's own plan, or one of its field or of a field above it."""
    if plan.specialty is None:
        return plan.project_id == project.id
    return covers(plan.specialty, project.specialty)


def _open(session: Session, draft: ScreeningVersion) -> ScreeningVersion:
    queries.plan(session, draft.plan_id, locked=True)
    found = queries.draft_version(session, draft.plan_id)
    if found is None or found.id != draft.id:
        raise PlanUnready("This version is published. Load the page again to write a new one.")
    return found


def _write(session: Session, version: ScreeningVersion, item: ItemText, position: int) -> None:
    session.add(
        ScreeningItem(
            version=version,
            position=position,
            task_type=item.task_type,
            type_version=item.type_version,
            payload=dict(item.payload),
            is_keyed=item.gold is not None,
            gold=dict(item.gold or {}),
            passing_bps=item.passing_bps,
            explanation=item.explanation,
            rubric=item.rubric,
            task_id=item.task_id,
        )
    )


def _text(item: ScreeningItem) -> ItemText:
    return ItemText(
        task_type=item.task_type,
        type_version=item.type_version,
        payload=item.payload,
        gold=item.gold if item.is_keyed else None,
        passing_bps=item.passing_bps,
        explanation=item.explanation,
        rubric=item.rubric,
        task_id=item.task_id,
    )


def _settings(version: ScreeningVersion) -> Settings:
    return Settings(
        pay_minor=version.pay_minor,
        limit_minutes=version.limit_minutes,
        pass_mark_bps=version.pass_mark_bps,
        valid_months=version.valid_months,
    )


def _record(session: Session, action: str, subject_id: uuid.UUID, by: User, **detail: int) -> None:
    audit.record(
        session,
        f"company:screening_plan:{action}",
        actor_id=by.id,
        subject_type="screening_plan",
        subject_id=subject_id,
        **detail,
    )
