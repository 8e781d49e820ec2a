"""Writing down who did what."""

import re
import uuid
from typing import Any

from sqlalchemy.orm import Session

from marketplace.audit.models import AuditRecord
from marketplace.kit import clock

_TAG = re.compile(r"[a-z_]+:[a-z_]+:[a-z_]+")


def record(
    session: Session,
    tag: str,
    *,
    actor_id: uuid.UUID | None,
    subject_type: str,
    subject_id: uuid.UUID,
    **detail: Any,
) -> AuditRecord:
    """Write one AuditRecord in the transaction of the act; nobody can change or delete it afterwards.

    `tag` is source:subject:action; `actor_id` None is the system.  `detail` holds ids, numbers and short
    codes, never a person's name, address or text.  ValueError for a tag of another form.
    """
    if not _TAG.fullmatch(tag):
        raise ValueError(f"an audit tag is source:subject:action, not {tag!r}")
    written = AuditRecord(
        tag=tag,
        actor_id=actor_id,
        subject_type=subject_type,
        subject_id=subject_id,
        at=clock.database_now(session),
        detail={
            name: str(value) if isinstance(value, uuid.UUID) else value for name, value in detail.items()
        },
    )
    session.add(written)
    return written
