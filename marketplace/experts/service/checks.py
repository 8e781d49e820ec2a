"""What staff do with a credential: open, verify, refuse; every act leaves an AuditRecord."""

import uuid

from sqlalchemy.orm import Session

from config.policy import PEOPLE
from marketplace.audit import service as audit
from marketplace.experts import policy, queries
from marketplace.experts.errors import AlreadyChecked, CredentialEnded, OwnCredential, TooShort
from marketplace.experts.events import CredentialRejected, CredentialVerified
from marketplace.experts.models import Credential, CredentialState, Verification
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.errors import Conflict
from marketplace.kit.events import publish

C = CredentialState


def open_check(session: Session, credential: Credential, *, by: User) -> None:
    """Take a credential out of the queue to look at it; opening it again is no failure.

    Raises OwnCredential (403) and AlreadyChecked (409): the second check is for a second person.
    """
    _other_person(session, credential, by)
    if credential.state is C.IN_REVIEW:
        if credential.opened_by_id != by.id:
            raise Conflict("Somebody else has this credential open.")
        return
    credential.move(C.IN_REVIEW)
    credential.opened_at, credential.opened_by = clock.database_now(session), by
    _note(session, credential, by, "opened")


def verify(session: Session, credential: Credential, *, by: User, method: str) -> Verification:
    """Accept the claim; `method` says how it was checked.

    The last check needed makes the credential count and publishes CredentialVerified; an earlier one puts it
    back into the queue, where only somebody else can open it.
    """
    if not method.strip():
        raise TooShort("Say how you checked it.")
    _held(session, credential, by)
    now = clock.database_now(session)
    if policy.is_over(credential, now.date()):
        raise CredentialEnded("Its last day has passed. Refuse it and say that a new one is needed.")
    earlier = policy.this_round(credential, queries.checks_of(session, credential.id))
    check = Verification(credential=credential, by=by, accepted=True, method=method.strip(), at=now)
    session.add(check)
    _note(session, credential, by, "accepted", verification_id=check.id)
    credential.opened_at = credential.opened_by = None
    if len(earlier) + 1 < policy.checks_needed(credential.kind):
        credential.move(C.SUBMITTED)
        return check
    credential.move(C.VERIFIED)
    credential.verified_at = now
    publish(session, CredentialVerified(credential_id=credential.id, user_id=credential.expert.user_id))
    return check


def reject(session: Session, credential: Credential, *, by: User, reason: str, fix: str) -> Verification:
    """Refuse the claim with a reason and what would make it pass; publishes CredentialRejected.

    Raises TooShort (422) when either says nothing.
    """
    reason, fix = reason.strip(), fix.strip()
    if len(reason) < PEOPLE.refusal_minimum_characters:
        raise TooShort(f"Give a reason of at least {PEOPLE.refusal_minimum_characters} characters.")
    if not fix:
        raise TooShort("Say what would make it pass.")
    _held(session, credential, by)
    now = clock.database_now(session)
    check = Verification(
        credential=credential, by=by, accepted=False, method="", reason=reason, fix=fix, at=now
    )
    session.add(check)
    _note(session, credential, by, "refused", verification_id=check.id)
    credential.opened_at = credential.opened_by = None
    credential.move(C.REJECTED)
    publish(
        session,
        CredentialRejected(
            credential_id=credential.id, verification_id=check.id, user_id=credential.expert.user_id
        ),
    )
    return check


def note_evidence_seen(session: Session, credential: Credential, *, by: User) -> str:
    """Record that this person looks at the file, and hand back its key in storage.

    Raises OwnCredential (403): nobody checks a credential of their own, so there is nothing to look at.
    """
    if policy.is_own(credential, by.id):
        raise OwnCredential("This credential is yours. Somebody else has to check it.")
    if credential.evidence_key is None:
        raise Conflict("This credential has no file any more.")
    _note(session, credential, by, "evidence_seen")
    return credential.evidence_key


def _held(session: Session, credential: Credential, by: User) -> None:
    _other_person(session, credential, by)
    if credential.state is not C.IN_REVIEW or credential.opened_by_id != by.id:
        raise Conflict("Open this credential first; somebody else may have it by now.")


def _other_person(session: Session, credential: Credential, by: User) -> None:
    if policy.is_own(credential, by.id):
        raise OwnCredential("This credential is yours. Somebody else has to check it.")
    round_ = policy.this_round(credential, queries.checks_of(session, credential.id))
    if policy.has_checked(round_, by.id):
        raise AlreadyChecked("You have checked this credential. The second check is for somebody else.")


def _note(session: Session, credential: Credential, by: User, act: str, **detail: uuid.UUID) -> None:
    audit.record(
        session,
        f"staff:credential:{act}",
        actor_id=by.id,
        subject_type="credential",
        subject_id=credential.id,
        **detail,
    )
