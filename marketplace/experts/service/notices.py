"""What the roof's listeners call: profiles begin with a role, experts hear about their credentials."""

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from config.policy import PEOPLE
from marketplace.experts import policy, queries
from marketplace.experts.events import (
    CredentialAnswered,
    CredentialExpired,
    CredentialExpiring,
    CredentialQuestioned,
    CredentialRejected,
    CredentialRevoked,
    CredentialVerified,
    EvidenceRefused,
    RevocationReviewed,
)
from marketplace.experts.models import Credential
from marketplace.experts.service.profiles import become_expert
from marketplace.identity import queries as identity
from marketplace.identity.events import RoleGranted, UserRegistered
from marketplace.identity.models import Role
from marketplace.notifications import service as notifications
from marketplace.notifications.policy import Letter


def begin_profile(session: Session, fact: UserRegistered | RoleGranted) -> None:
    """Begin the profile of a User who is an expert now; everybody else's facts pass by."""
    user = identity.user(session, fact.user_id)
    if user is not None and Role.EXPERT.value in identity.roles_of(session, user.id):
        become_expert(session, user)


def tell_verified(session: Session, fact: CredentialVerified) -> None:
    """The expert hears that it counts."""
    credential = _credential(session, fact.credential_id)
    _tell(
        session,
        fact.user_id,
        credential,
        kind="credential_verified",
        title=f"“{credential.title}” is verified",
        body="It counts from now on. Your profile shows the tier it gives you and why.",
    )


def tell_rejected(session: Session, fact: CredentialRejected) -> None:
    """The expert hears why, and what would make it pass."""
    credential = _credential(session, fact.credential_id)
    check = queries.check(session, fact.verification_id)
    _tell(
        session,
        fact.user_id,
        credential,
        kind="credential_rejected",
        title=f"“{credential.title}” was not accepted",
        body=f"{check.reason} What would make it pass: {check.fix}" if check else "",
    )


def tell_expiring(session: Session, fact: CredentialExpiring) -> None:
    """The expert hears how long it still counts."""
    credential = _credential(session, fact.credential_id)
    days = "today" if fact.days_left == 0 else f"in {fact.days_left} day{'s' if fact.days_left > 1 else ''}"
    _tell(
        session,
        fact.user_id,
        credential,
        kind="credential_expiring",
        title=f"“{credential.title}” ends {days}",
        body="Add the new one before that, and your tier stays as it is.",
        due=policy.end_of(credential),
    )


def tell_expired(session: Session, fact: CredentialExpired) -> None:
    """The expert hears that it counts no more."""
    credential = _credential(session, fact.credential_id)
    _tell(
        session,
        fact.user_id,
        credential,
        kind="credential_expired",
        title=f"“{credential.title}” has ended",
        body="It counts no more. What you have begun stays yours. Send the new one to get your tier back.",
    )


def tell_questioned(session: Session, fact: CredentialQuestioned) -> None:
    """The expert hears what staff want to know."""
    credential, asked = _credential(session, fact.credential_id), queries.question(session, fact.question_id)
    _tell(
        session,
        fact.user_id,
        credential,
        kind="credential_questioned",
        title=f"A question about “{credential.title}”",
        body=f"{asked.question} Answer on its page within {PEOPLE.credential_answer_days} days."
        if asked
        else "",
        due=policy.answer_by(asked) if asked else None,
    )


def tell_answered(session: Session, fact: CredentialAnswered) -> None:
    """Whoever asked hears that the answer is there."""
    credential = _credential(session, fact.credential_id)
    notifications.tell(
        session,
        fact.user_id,
        kind="credential_answered",
        title=f"Answered: “{credential.title}”",
        body="The expert has answered your question. The credential is open with you.",
        path=f"/staff/credentials/{credential.id}",
    )


def tell_revoked(session: Session, fact: CredentialRevoked) -> None:
    """The expert hears that it counts no more, and why."""
    credential = _credential(session, fact.credential_id)
    proposed = queries.revocation(session, fact.revocation_id)
    _tell(
        session,
        fact.user_id,
        credential,
        kind="credential_revoked",
        title=f"“{credential.title}” was withdrawn",
        body=f"{proposed.reason} What you have begun stays yours and is paid." if proposed else "",
    )


def tell_reviewed(session: Session, fact: RevocationReviewed) -> None:
    """The expert hears what came of the second look."""
    credential, seen = _credential(session, fact.credential_id), queries.appeal(session, fact.appeal_id)
    counts = seen is not None and seen.restored
    _tell(
        session,
        fact.user_id,
        credential,
        kind="credential_reviewed",
        title=f"“{credential.title}” counts again" if counts else f"“{credential.title}” stays withdrawn",
        body=seen.answer if seen else "",
    )


def tell_evidence_refused(session: Session, fact: EvidenceRefused) -> None:
    """The expert hears which file was not kept, and what to do instead."""
    credential, file = _credential(session, fact.credential_id), queries.file(session, fact.evidence_id)
    _tell(
        session,
        fact.user_id,
        credential,
        kind="evidence_refused",
        title=f"A file for “{credential.title}” was not kept",
        body=f"{file.name}: {file.reason}" if file else "",
    )


def _credential(session: Session, credential_id: uuid.UUID) -> Credential:
    credential = queries.credential(session, credential_id)
    if credential is None:
        raise RuntimeError("a fact about a credential that does not exist")
    return credential


def _tell(
    session: Session,
    user_id: uuid.UUID,
    credential: Credential,
    *,
    kind: str,
    title: str,
    body: str,
    due: datetime | None = None,
) -> None:
    path = f"/profile/credentials/{credential.id}"
    notifications.tell(session, user_id, kind=kind, title=title, body=body, path=path, email=Letter(due))
