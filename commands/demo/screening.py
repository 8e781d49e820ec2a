"""The demo's screening: one job asks for it, once the people who work there already have joined."""

import json
import uuid
from collections.abc import Iterator
from pathlib import Path

import click

from commands.demo.people import user
from marketplace.applications import service as applications
from marketplace.applications.service import ItemText, Settings
from marketplace.kit.database import Sessions, transaction
from marketplace.projects import policy as project_policy
from marketplace.projects import queries as projects
from marketplace.projects.models import Project
from workspace.screenings import policy

JOB = "ranking_python"
FILE = Path(__file__).with_name("screening.jsonl")
MINUTES, LIMIT_MINUTES = 15, 30


def seed_screening(sessions: Sessions, project_id: uuid.UUID) -> None:
    """Write the items of the file for the project, publish them, let it ask for them."""
    with transaction(sessions) as session:
        project = projects.lock(session, project_id)
        pay_minor = project_policy.price(project.hourly_minor, MINUTES)
        plan = applications.plan_for(session, project=project)
        draft = applications.draft_of_plan(session, plan, Settings(pay_minor, LIMIT_MINUTES))
        applications.add_items(session, draft, list(_items(project)))
        applications.publish_plan(session, draft, by=user(session, "owner"))


def _items(project: Project) -> Iterator[ItemText]:
    for line in FILE.read_text().splitlines():
        item = policy.read_item(json.loads(line), task_type=project.task_type, options=project.options)
        if isinstance(item, ItemText):
            yield item
        else:
            raise click.ClickException(f"The demo cannot ask {line[:60]}: {item.errors}")
