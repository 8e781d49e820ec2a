"""Withdrawing a credential that counts: one person says why, a second one agrees."""

from sqlalchemy.orm import Session

from config.policy import PEOPLE
from marketplace.experts import policy, queries
from marketplace.experts.errors import AlreadyChecked, OwnCredential, TooShort
from marketplace.experts.events import CredentialRevoked
from marketplace.experts.models import Credential, CredentialState, Revocation
from marketplace.experts.policy import Connected
from marketplace.experts.service import checks
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.errors import Conflict
from marketplace.kit.events import publish

C = CredentialState


def propose_revocation(
    session: Session,
    credential: Credential,
    *,
    by: User,
    reason: str,
    case_text: str,
    connected: Connected | None = None,
) -> Revocation:
    """Say why a credential must not count; it counts until a second person agrees.

    Raises TooShort (422), OwnCredential and ConflictOfInterest (403), Conflict (409) when it does not count
    or somebody was first.  `connected` says who shares a company with whom.
    """
    _may_touch(credential, by)
    checks.other_circle(session, credential, by, connected)
    if min(len(reason.strip()), len(case_text.strip())) < PEOPLE.refusal_minimum_characters:
        raise TooShort(f"Write at least {PEOPLE.refusal_minimum_characters} characters in each box.")
    if queries.open_revocation(session, credential.id) is not None:
        raise Conflict("Somebody has proposed this already. A second person decides it.")
    proposed = Revocation(
        credential=credential,
        by=by,
        reason=reason.strip(),
        case_text=case_text.strip(),
        at=clock.database_now(session),
    )
    session.add(proposed)
    session.flush()
    checks.note(session, credential, by, "revocation_proposed", revocation_id=proposed.id)
    return proposed


def decide_revocation(
    session: Session, credential: Credential, *, by: User, agreed: bool, connected: Connected | None = None
) -> None:
    """Agree, and the credential is withdrawn and its owner told; or drop the proposal, and nothing changes.

    Raises AlreadyChecked (409) for the person who proposed it, ConflictOfInterest (403) for somebody whom
    something ties to the expert; both may only drop it.
    """
    _may_touch(credential, by)
    if agreed:
        checks.other_circle(session, credential, by, connected)
    proposed = queries.open_revocation(session, credential.id)
    if proposed is None:
        raise Conflict("Nobody has proposed to withdraw this credential, or it is decided already.")
    if agreed and proposed.by_id == by.id:
        raise AlreadyChecked("You have proposed this. A second person decides it.")
    proposed.decided_by, proposed.decided_at = by, clock.database_now(session)
    proposed.agreed = agreed
    checks.note(
        session, credential, by, "revoked" if agreed else "revocation_dropped", revocation_id=proposed.id
    )
    if agreed:
        credential.move(C.REVOKED)
        publish(
            session,
            CredentialRevoked(
                credential_id=credential.id, revocation_id=proposed.id, user_id=credential.expert.user_id
            ),
        )


def end(session: Session, credential: Credential) -> None:
    """Its last day has passed: it counts no more, and there is nothing left to withdraw."""
    credential.move(C.EXPIRED)
    proposed = queries.open_revocation(session, credential.id)
    if proposed is not None:
        proposed.decided_at = clock.database_now(session)  # by nobody: `agreed` stays empty


def _may_touch(credential: Credential, by: User) -> None:
    if policy.is_own(credential, by.id):
        raise OwnCredential("This credential is yours. Somebody else has to decide it.")
    if credential.state not in policy.COUNTING:
        raise Conflict("Only a credential that counts can be withdrawn.")
