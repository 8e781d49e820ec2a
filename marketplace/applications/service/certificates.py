"""What holders and staff do with certificates."""

from sqlalchemy.orm import Session

from config.policy import PEOPLE
from marketplace.applications import queries
from marketplace.applications.events import CertificateRevoked
from marketplace.applications.models import Certificate
from marketplace.audit import service as audit
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.errors import Conflict, Invalid
from marketplace.kit.events import publish
from marketplace.notifications import service as notifications
from marketplace.reputation import queries as reputation


def show_certificate(certificate: Certificate, *, holder: str, hidden: bool) -> None:
    """Choose the name a certificate shows, and whether it stands on the profile."""
    certificate.holder, certificate.is_hidden = holder, hidden


def revoke_certificate(session: Session, certificate: Certificate, *, by: User, reason: str) -> None:
    """Take a certificate back, with a reason its page shows; staff only, never one's own.

    The pass behind it counts no more either: jobs that ask for it ask the person again.  Conflict (409) when
    it is revoked already: the first reason stays.
    """
    queries.lock_certificate(session, certificate.id)
    if certificate.user_id == by.id:
        raise Conflict("Somebody else must revoke your own certificate.")
    if certificate.revoked_at is not None:
        raise Conflict("This certificate is withdrawn already.")
    if len(reason.strip()) < PEOPLE.refusal_minimum_characters:
        raise Invalid(f"Say why in at least {PEOPLE.refusal_minimum_characters} characters.")
    certificate.revoked_at = clock.database_now(session)
    certificate.revoked_reason, certificate.revoked_by_id = reason.strip(), by.id
    reputation.end_pass(session, certificate.screening_id, certificate.revoked_at)
    audit.record(
        session,
        "staff:certificate:revoke",
        actor_id=by.id,
        subject_type="certificate",
        subject_id=certificate.id,
        reason=reason.strip(),
    )
    publish(session, CertificateRevoked(certificate_id=certificate.id, user_id=certificate.user_id))


def tell_revoked(session: Session, fact: CertificateRevoked) -> None:
    """The holder hears that a certificate was taken back."""
    notifications.tell(
        session,
        fact.user_id,
        kind=fact.name,
        title="A certificate of yours was withdrawn",
        body="Its page says why. Jobs you have joined are not affected; others ask for the screening again.",
        path="/certificates",
    )
