"""Every SELECT about certificates."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.applications.models import Certificate, Screening, ScreeningPlan, ScreeningVersion
from marketplace.companies.models import Company
from marketplace.kit import pages
from marketplace.kit.pages import Page
from marketplace.projects.models import Project

SHOWN = 20  # on a profile


def by_code(session: Session, code: str) -> Certificate | None:
    """The certificate behind a code, revoked ones too."""
    return session.scalar(select(Certificate).where(Certificate.code == code))


def set_by(session: Session, certificate: Certificate) -> Company | None:
    """The company whose test was passed; None: the test is one of the house, for a whole field."""
    return session.scalar(
        select(Company)
        .join(Project, Project.company_id == Company.id)
        .join(ScreeningPlan, ScreeningPlan.project_id == Project.id)
        .join(ScreeningVersion, ScreeningVersion.plan_id == ScreeningPlan.id)
        .join(Screening, Screening.version_id == ScreeningVersion.id)
        .where(Screening.id == certificate.screening_id)
    )


def certificate(session: Session, certificate_id: uuid.UUID) -> Certificate | None:
    """One certificate, for staff."""
    return session.get(Certificate, certificate_id)


def lock_certificate(session: Session, certificate_id: uuid.UUID) -> Certificate | None:
    """The same, locked until the transaction ends and read anew."""
    return session.scalar(
        select(Certificate)
        .where(Certificate.id == certificate_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def certificate_of(session: Session, user_id: uuid.UUID, certificate_id: uuid.UUID) -> Certificate | None:
    """The person's own certificate."""
    return session.scalar(
        select(Certificate).where(Certificate.id == certificate_id, Certificate.user_id == user_id)
    )


def certificate_for(session: Session, screening_id: uuid.UUID) -> Certificate | None:
    """The certificate a screening gave."""
    return session.scalar(select(Certificate).where(Certificate.screening_id == screening_id))


def certificates_of(session: Session, user_id: uuid.UUID, *, mark: str | None) -> Page[Certificate]:
    """Everything a person passed, newest first."""
    return pages.page(
        session,
        select(Certificate).where(Certificate.user_id == user_id),
        [Certificate.id],
        mark=mark,
        key_of=lambda row: (row.id,),
    )


def certificates_shown(session: Session, user_id: uuid.UUID, now: datetime) -> Sequence[Certificate]:
    """What anybody may see on a profile: valid, not hidden, newest first."""
    return session.scalars(
        select(Certificate)
        .where(
            Certificate.user_id == user_id,
            Certificate.is_hidden.is_(False),
            Certificate.revoked_at.is_(None),
            Certificate.valid_until > now,
        )
        .order_by(Certificate.id.desc())
        .limit(SHOWN)
    ).all()


def all_certificates(session: Session, *, words: str, mark: str | None) -> Page[Certificate]:
    """Certificates for staff, newest first; `words` narrows by code or title."""
    statement = select(Certificate)
    if words:
        statement = statement.where(
            Certificate.code.contains(words, autoescape=True)
            | Certificate.title.contains(words, autoescape=True)
        )
    return pages.page(session, statement, [Certificate.id], mark=mark, key_of=lambda row: (row.id,))
