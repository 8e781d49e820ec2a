"""What a company reads about people before it chooses: a code and what is verified, never who they are."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from config.fields import covers
from marketplace.experts import policy as expert_policy
from marketplace.experts import queries
from marketplace.experts.models import Credential, Expert
from marketplace.experts.policy import Field
from marketplace.kit import clock
from marketplace.projects.models import Project
from marketplace.reputation import queries as reputation
from marketplace.reputation.policy import first_time_percent
from marketplace.reputation.queries import Decided

FIELDS = 4  # shown of one person, those of the project's field first


@dataclass(frozen=True, slots=True)
class PublicCard:
    """One person as a company knows them."""

    expert: Expert
    here: Field  # the tier in the project's own field, and the rule that gave it
    fields: Sequence[Field]
    credentials: Sequence[Credential]
    record: Decided

    @property
    def first_time_percent(self) -> int | None:
        """The share of all decided work that was approved the first time."""
        done = self.record
        return first_time_percent(
            approved_count=done.approved, first_time_count=done.first_time, rejected_count=done.rejected
        )


def public_cards(
    session: Session, experts: Sequence[Expert], project: Project
) -> Mapping[uuid.UUID, PublicCard]:
    """Expert -> card, for a page of people; four statements, however many they are."""
    ids, today = [one.id for one in experts], clock.database_now(session).date()
    credentials, years = queries.credentials_by(session, ids), queries.years_by(session, ids)
    records = reputation.records_by(session, [one.user_id for one in experts], project.task_type)
    cards = {}
    for one in experts:
        held = credentials.get(one.id, ())
        fields = _fields(
            project, [each for each in held if expert_policy.counts(each, today)], years.get(one.id, {})
        )
        record = records.get(one.user_id, Decided())
        cards[one.id] = PublicCard(one, fields[0], fields[1 : FIELDS + 1], held, record)
    return cards


def _fields(project: Project, verified: Sequence[Credential], years: Mapping[str, int]) -> list[Field]:
    """The project's own field first, then those near it, then the others from the highest tier."""
    asked = {project.specialty: years.get(project.specialty, 0), **years}
    found = expert_policy.fields(verified, asked)
    return sorted(
        found,
        key=lambda field: (field.slug != project.specialty, not covers(field.slug, project.specialty)),
    )
