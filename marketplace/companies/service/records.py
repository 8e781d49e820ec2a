"""What is written down about a company."""

import uuid

from sqlalchemy.orm import Session

from marketplace.audit import service as audit


def note(
    session: Session, act: str, company_id: uuid.UUID, actor_id: uuid.UUID, **detail: str | uuid.UUID
) -> None:
    """One AuditRecord about the company; `detail` holds ids and codes only."""
    audit.record(
        session,
        f"company:team:{act}",
        actor_id=actor_id,
        subject_type="company",
        subject_id=company_id,
        **detail,
    )
