"""An expert asks a third person to look at the withdrawal of a credential; late is decided for the expert."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from config.policy import PEOPLE
from marketplace.experts import policy, queries
from marketplace.experts.errors import AlreadyChecked, NothingAsked, TooShort
from marketplace.experts.events import RevocationReviewed
from marketplace.experts.models import Credential, CredentialState, RevocationAppeal
from marketplace.experts.policy import Connected
from marketplace.experts.service import checks
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.errors import Conflict
from marketplace.kit.events import publish

C = CredentialState
LATE = "Nobody looked at it in time, so it is decided for you."


def appeal(session: Session, credential: Credential, *, reason: str) -> RevocationAppeal:
    """Ask for a second look at the withdrawal, by somebody who had no part in it.

    Sending it again changes nothing.  Raises Conflict (409) when it is too late, TooShort (422).
    """
    known = queries.appeal_of(session, credential.id)
    if known is not None and known.decided_at is None:
        return known
    now = clock.database_now(session)
    withdrawn = policy.withdrawn(queries.revocations_of(session, credential.id))
    if not policy.may_appeal(credential, withdrawn, known, now) or withdrawn is None:
        raise Conflict("Nothing can be asked about this credential any more. Send it again with other files.")
    if len(reason.strip()) < PEOPLE.refusal_minimum_characters:
        raise TooShort(f"Write at least {PEOPLE.refusal_minimum_characters} characters.")
    made = RevocationAppeal(revocation=withdrawn, reason=reason.strip(), at=now)
    session.add(made)
    session.flush()
    return made


def decide_appeal(
    session: Session,
    credential: Credential,
    *,
    by: User,
    restored: bool,
    answer: str,
    connected: Connected | None = None,
) -> None:
    """Let the credential count again, or leave it withdrawn; the expert reads `answer`.

    Raises NothingAsked (409), TooShort (422), AlreadyChecked (409) for the two who withdrew it,
    OwnCredential and ConflictOfInterest (403).
    """
    found = queries.appeal_of(session, credential.id)
    if found is None or found.decided_at is not None or credential.state is not C.REVOKED:
        raise NothingAsked("Nobody waits for a second look at this credential any more.")
    checks.other_circle(session, credential, by, connected)
    if by.id in {found.revocation.by_id, found.revocation.decided_by_id}:
        raise AlreadyChecked("You have withdrawn this credential. Somebody else takes the second look.")
    if len(answer.strip()) < PEOPLE.refusal_minimum_characters:
        raise TooShort(f"Write at least {PEOPLE.refusal_minimum_characters} characters.")
    found.decided_by = by
    checks.note(session, credential, by, "restored" if restored else "kept_withdrawn", appeal_id=found.id)
    _close(session, credential, found, restored=restored, answer=answer.strip())


def restore_late(session: Session, now: datetime) -> None:
    """Decide for the expert what nobody has decided in time."""
    for found in queries.late_appeals(session, now - timedelta(days=PEOPLE.credential_appeal_decide_days)):
        _close(session, found.revocation.credential, found, restored=True, answer=LATE)


def _close(
    session: Session, credential: Credential, found: RevocationAppeal, *, restored: bool, answer: str
) -> None:
    found.restored, found.answer, found.decided_at = restored, answer, clock.database_now(session)
    if restored:
        credential.move(C.VERIFIED)
    publish(
        session,
        RevocationReviewed(
            credential_id=credential.id, appeal_id=found.id, user_id=credential.expert.user_id
        ),
    )
