"""What companies see of several experts, in a fixed number of statements."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from marketplace.experts.models import Credential, CredentialState, ExpertSpecialty
from marketplace.reputation.models import Reputation

C = CredentialState
SHOWN = (C.SUBMITTED, C.IN_REVIEW, C.VERIFIED, C.EXPIRING, C.EXPIRED)


@dataclass(frozen=True, slots=True)
class Record:
    """Decided work: approved, of that the first time, rejected, and approved in one type of work."""

    approved: int = 0
    first_time: int = 0
    rejected: int = 0
    of_this_type: int = 0


def credentials_by(
    session: Session, expert_ids: Sequence[uuid.UUID]
) -> Mapping[uuid.UUID, Sequence[Credential]]:
    """Expert -> credentials that count, are being checked or have ended; refused ones are not shown."""
    found: dict[uuid.UUID, list[Credential]] = defaultdict(list)
    rows = session.scalars(
        select(Credential)
        .where(Credential.expert_id.in_(expert_ids), Credential.state.in_(SHOWN))
        .order_by(Credential.id)
    )
    for row in rows:
        found[row.expert_id].append(row)
    return found


def years_by(session: Session, expert_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, Mapping[str, int]]:
    """Expert -> specialty -> years."""
    found: dict[uuid.UUID, dict[str, int]] = defaultdict(dict)
    rows = session.execute(
        select(ExpertSpecialty.expert_id, ExpertSpecialty.specialty, ExpertSpecialty.years).where(
            ExpertSpecialty.expert_id.in_(expert_ids)
        )
    )
    for expert_id, specialty, years in rows:
        found[expert_id][specialty] = years
    return found


def records_by(session: Session, user_ids: Sequence[uuid.UUID], task_type: str) -> Mapping[uuid.UUID, Record]:
    """User -> decided work over all types, with what is approved in this one."""
    of_type = case((Reputation.task_type == task_type, Reputation.approved_count), else_=0)
    rows = session.execute(
        select(
            Reputation.user_id,
            func.sum(Reputation.approved_count),
            func.sum(Reputation.first_time_count),
            func.sum(Reputation.rejected_count),
            func.sum(of_type),
        )
        .where(Reputation.user_id.in_(user_ids))
        .group_by(Reputation.user_id)
    )
    return {row[0]: Record(*(int(count) for count in row[1:])) for row in rows}
