"""What a company reads about people before it chooses: a code and what is verified, never who they are."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from config.fields import covers
from marketplace.applications import queries
from marketplace.applications.queries import Record
from marketplace.experts import policy as expert_policy
from marketplace.experts.models import Credential, CredentialState, Expert
from marketplace.experts.policy import Field
from marketplace.kit import clock
from marketplace.projects.models import Project
from marketplace.projects.policy import Plan

C = CredentialState
FIELDS = 4  # shown of one person, those of the project's field first
_COUNTING = {C.VERIFIED, C.EXPIRING}


@dataclass(frozen=True, slots=True)
class PublicCard:
    """One person as a company knows them."""

    expert: Expert
    here: Field  # the tier in the project's own field, and the rule that gave it
    fields: Sequence[Field]
    credentials: Sequence[Credential]
    record: Record


def public_cards(
    session: Session, experts: Sequence[Expert], project: Project
) -> Mapping[uuid.UUID, PublicCard]:
    """Expert -> card, for a page of people; four statements, however many they are."""
    ids, today = [one.id for one in experts], clock.database_now(session).date()
    credentials, years = queries.credentials_by(session, ids), queries.years_by(session, ids)
    records = queries.records_by(session, [one.user_id for one in experts], project.task_type)
    cards = {}
    for one in experts:
        held = credentials.get(one.id, ())
        fields = _fields(project, _counting(held, today), years.get(one.id, {}))
        record = records.get(one.user_id, Record())
        cards[one.id] = PublicCard(one, fields[0], fields[1 : FIELDS + 1], held, record)
    return cards


def plan_of(project: Project) -> Plan:
    """What the rules about people ask of a project, as a plan to count with."""
    return Plan(
        title=project.title,
        summary=project.summary,
        task_type=project.task_type,
        specialty=project.specialty,
        tier=project.tier,
        hourly_minor=project.hourly_minor,
        minutes=project.minutes,
        overlap=project.overlap,
        language=project.language,
        content_classes=project.classes,
        language_level=project.language_level,
        excluded_countries=tuple(filter(None, project.excluded_countries.split(","))),
        rules=project.rules,
    )


def _counting(held: Sequence[Credential], today: date) -> list[Credential]:
    return [
        one for one in held if one.state in _COUNTING and (one.expires_on is None or one.expires_on >= today)
    ]


def _fields(project: Project, verified: Sequence[Credential], years: Mapping[str, int]) -> list[Field]:
    """The project's own field first, then those near it, then the others from the highest tier."""
    asked = {project.specialty: years.get(project.specialty, 0), **years}
    found = expert_policy.fields(verified, asked)
    return sorted(
        found,
        key=lambda field: (field.slug != project.specialty, not covers(field.slug, project.specialty)),
    )
