"""Whose screening is written: a company's for its project, or that of a specialty."""

import uuid
from dataclasses import dataclass
from typing import Any

from flask import url_for

from config.fields import SPECIALTIES, TIERS
from marketplace.applications import policy as rules
from marketplace.applications import queries as screenings
from marketplace.applications import service as applications
from marketplace.applications.models import ScreeningPlan, ScreeningVersion
from marketplace.applications.service import Settings
from marketplace.kit.web import db, found
from marketplace.projects import policy as project_policy
from marketplace.projects import queries as projects
from marketplace.projects.errors import NotYours
from marketplace.projects.models import Project
from marketplace.reputation import queries as reputation
from workspace.screenings.views.door import user

MAY_NOT = "Your role in the company does not allow this. Ask an owner."
FIRST_MINUTES = 15
GENERAL = "general"


@dataclass(frozen=True, slots=True)
class Desk:
    """Whose screening is written: of a project, or (without one) of a specialty."""

    title: str
    hourly_minor: int
    project: Project | None = None
    specialty: str = ""
    may_write: bool = True

    @property
    def plan(self) -> ScreeningPlan | None:
        """The plan, if there is one."""
        if self.project is not None:
            return screenings.plan_of_project(db(), self.project.id)
        return screenings.plan_of_specialty(db(), self.specialty)

    @property
    def task_type(self) -> str:
        """The type of an item that names none."""
        return self.project.task_type if self.project else "response_ranking"

    @property
    def is_asked(self) -> bool:
        """The project asks for its own screening."""
        plan = self.plan
        if plan is None or self.project is None:
            return False
        return reputation.required_plan(db(), self.project.id) == plan.id

    def url(self, act: str, **values: Any) -> str:
        """Where a button of this desk leads."""
        if self.project is not None:
            return url_for(f"screening_plans.{act}", project_id=self.project.id, **values)
        return url_for(f"screening_staff.{act}_field", specialty=self.specialty, **values)

    @property
    def written(self) -> ScreeningVersion | None:
        """The version being written, if there is one."""
        plan = self.plan
        return screenings.draft_version(db(), plan.id) if plan else None

    def draft(self) -> ScreeningVersion:
        """The version being written, begun now if there is none."""
        plan = applications.plan_for(
            db(), project=self.project, specialty=self.specialty if self.project is None else None
        )
        pay = project_policy.price(self.hourly_minor, FIRST_MINUTES)
        return applications.draft_of_plan(
            db(), plan, Settings(pay_minor=max(pay, rules.PAY_MINIMUM), limit_minutes=2 * FIRST_MINUTES)
        )


def company_desk(project_id: uuid.UUID, *, writing: bool = True) -> Desk:
    member = found(projects.member_for(db(), user().id, project_id))
    if writing and not project_policy.may_edit(member):
        raise NotYours(MAY_NOT)
    project = found(projects.project(db(), project_id))
    return Desk(project.title, project.hourly_minor, project, may_write=project_policy.may_edit(member))


def field_desk(specialty: str) -> Desk:
    known = found(SPECIALTIES.get(specialty))
    return Desk(known.title, TIERS[GENERAL].low_minor, specialty=known.slug)
