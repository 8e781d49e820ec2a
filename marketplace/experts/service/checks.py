"""What staff do with a credential: open, verify, refuse; every act leaves an AuditRecord."""

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from config.policy import PEOPLE
from marketplace.audit import service as audit
from marketplace.experts import policy, queries
from marketplace.experts.errors import (
    AlreadyChecked,
    ConflictOfInterest,
    CredentialEnded,
    OwnCredential,
    TooShort,
)
from marketplace.experts.events import CredentialRejected, CredentialVerified
from marketplace.experts.models import Credential, CredentialState, Verification
from marketplace.experts.policy import Connected
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.errors import Conflict
from marketplace.kit.events import publish

C = CredentialState


def open_check(
    session: Session, credential: Credential, *, by: User, connected: Connected | None = None
) -> None:
    """Take a credential out of the queue to look at it; opening it again is no failure.

    Raises OwnCredential and ConflictOfInterest (403), AlreadyChecked (409): the second check is for a second
    person.  `connected` says who shares a company with whom, which this room does not know.
    """
    _other_person(session, credential, by)
    _no_tie(session, credential, by, connected)
    if credential.state is C.IN_REVIEW:
        if credential.opened_by_id != by.id:
            raise Conflict("Somebody else has this credential open.")
        return
    credential.move(C.IN_REVIEW)
    credential.opened_at, credential.opened_by = clock.database_now(session), by
    note(session, credential, by, "opened")


def put_back(session: Session, credential: Credential, *, by: User) -> None:
    """Let somebody else check it: it stands in the queue again, at its old place.

    Raises Conflict (409) when this person does not have it open, or a question of theirs waits for an answer.
    """
    if credential.state is not C.IN_REVIEW or credential.opened_by_id != by.id:
        raise Conflict("You do not have this credential open.")
    if queries.open_question(session, credential.id) is not None:
        raise Conflict("Your question is with the expert. It comes back to you with the answer.")
    note(session, credential, by, "put_back")
    _let_go(session, credential, clock.database_now(session))
    credential.move(C.SUBMITTED)


def verify(
    session: Session, credential: Credential, *, by: User, method: str, connected: Connected | None = None
) -> Verification:
    """Accept the claim; `method` says how it was checked.

    The last check needed makes the credential count and publishes CredentialVerified; an earlier one puts it
    back into the queue, where only somebody else can open it.
    """
    if not method.strip():
        raise TooShort("Say how you checked it.")
    held(session, credential, by)
    _no_tie(session, credential, by, connected)
    now = clock.database_now(session)
    if policy.is_over(credential, now.date()):
        raise CredentialEnded("Its last day has passed. Refuse it and say that a new one is needed.")
    earlier = policy.this_round(credential, queries.checks_of(session, credential.id))
    check = Verification(credential=credential, by=by, accepted=True, method=method.strip(), at=now)
    session.add(check)
    note(session, credential, by, "accepted", verification_id=check.id)
    _let_go(session, credential, now)
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
    held(session, credential, by)
    now = clock.database_now(session)
    check = Verification(
        credential=credential, by=by, accepted=False, method="", reason=reason, fix=fix, at=now
    )
    session.add(check)
    note(session, credential, by, "refused", verification_id=check.id)
    _let_go(session, credential, now)
    credential.move(C.REJECTED)
    publish(
        session,
        CredentialRejected(
            credential_id=credential.id, verification_id=check.id, user_id=credential.expert.user_id
        ),
    )
    return check


def tie(
    session: Session, credential: Credential, *, by: User, connected: Connected | None = None
) -> str | None:
    """What ties this person to the expert, as a sentence; None when nothing does."""
    if connected is not None and connected(session, by.id, credential.expert.user_id):
        return "You and this expert know each other from a company here. Somebody else has to check it."
    owner = credential.expert.user
    return policy.tie(
        policy.Circle(by.email, queries.places_of(session, by.id)),
        policy.Circle(owner.email, queries.places_of(session, owner.id)),
        credential.issuer,
    )


def held(session: Session, credential: Credential, by: User) -> None:
    """Nothing, or why this person may not decide: Conflict and AlreadyChecked (409), OwnCredential (403)."""
    _other_person(session, credential, by)
    if credential.state is not C.IN_REVIEW or credential.opened_by_id != by.id:
        raise Conflict("Open this credential first; somebody else may have it by now.")


def other_circle(session: Session, credential: Credential, by: User, connected: Connected | None) -> None:
    """Nothing, or why this person may not look: OwnCredential, ConflictOfInterest (403)."""
    if policy.is_own(credential, by.id):
        raise OwnCredential("This credential is yours. Somebody else has to check it.")
    _no_tie(session, credential, by, connected)


def _other_person(session: Session, credential: Credential, by: User) -> None:
    if policy.is_own(credential, by.id):
        raise OwnCredential("This credential is yours. Somebody else has to check it.")
    round_ = policy.this_round(credential, queries.checks_of(session, credential.id))
    if policy.has_checked(round_, by.id):
        raise AlreadyChecked("You have checked this credential. The second check is for somebody else.")


def _no_tie(session: Session, credential: Credential, by: User, connected: Connected | None) -> None:
    found = tie(session, credential, by=by, connected=connected)
    if found is not None:
        raise ConflictOfInterest(found)


def _let_go(session: Session, credential: Credential, now: datetime) -> None:
    """It is with nobody any more, and no question about it waits."""
    credential.opened_at = credential.opened_by = None
    asked = queries.open_question(session, credential.id)
    if asked is not None:
        asked.closed_at = now


def note(session: Session, credential: Credential, by: User, act: str, **detail: uuid.UUID) -> None:
    """Write the AuditRecord of an act of staff."""
    audit.record(
        session,
        f"staff:credential:{act}",
        actor_id=by.id,
        subject_type="credential",
        subject_id=credential.id,
        **detail,
    )
