"""SELECTs on what staff ask about credentials."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload

from marketplace.experts.models import Credential, CredentialQuestion, CredentialState


def questions_of(session: Session, credential_id: uuid.UUID) -> Sequence[CredentialQuestion]:
    """What staff asked about a credential, newest first, with who asked."""
    return session.scalars(
        select(CredentialQuestion)
        .where(CredentialQuestion.credential_id == credential_id)
        .options(joinedload(CredentialQuestion.by, innerjoin=True))
        .order_by(CredentialQuestion.asked_at.desc(), CredentialQuestion.id.desc())
    ).all()


def open_question(session: Session, credential_id: uuid.UUID) -> CredentialQuestion | None:
    """The one that waits for an answer."""
    return session.scalar(
        select(CredentialQuestion).where(
            CredentialQuestion.credential_id == credential_id, CredentialQuestion.closed_at.is_(None)
        )
    )


def question(session: Session, question_id: uuid.UUID) -> CredentialQuestion | None:
    """One question, for listeners."""
    return session.get(CredentialQuestion, question_id)


def unanswered(session: Session, before: datetime) -> Sequence[CredentialQuestion]:
    """Questions asked before this moment that still wait."""
    return session.scalars(
        select(CredentialQuestion)
        .where(CredentialQuestion.closed_at.is_(None), CredentialQuestion.asked_at < before)
        .with_for_update(skip_locked=True)
    ).all()


def questions_to(session: Session, expert_id: uuid.UUID) -> Sequence[CredentialQuestion]:
    """What waits for an answer of this Expert, the longest waiting first, with the Credentials."""
    return session.scalars(
        select(CredentialQuestion)
        .join(CredentialQuestion.credential)
        .where(
            Credential.expert_id == expert_id,
            Credential.state == CredentialState.IN_REVIEW,
            CredentialQuestion.closed_at.is_(None),
        )
        .options(contains_eager(CredentialQuestion.credential))
        .order_by(CredentialQuestion.asked_at, CredentialQuestion.id)
    ).all()
