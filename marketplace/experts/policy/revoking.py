"""What may follow on the withdrawal of a credential.  Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from config.policy import PEOPLE
from marketplace.experts.models import Credential, CredentialState, Revocation, RevocationAppeal


def withdrawn(revocations: Sequence[Revocation]) -> Revocation | None:
    """The newest withdrawal two people agreed on, of `revocations` newest first."""
    return next((one for one in revocations if one.agreed), None)


def appeal_by(revocation: Revocation) -> datetime:
    """Until when a second look can be asked for; the revocation is decided."""
    return (revocation.decided_at or revocation.at) + timedelta(days=PEOPLE.credential_appeal_days)


def decide_by(appeal: RevocationAppeal) -> datetime:
    """When a second look nobody has taken is decided for the expert."""
    return appeal.at + timedelta(days=PEOPLE.credential_appeal_decide_days)


def may_appeal(
    credential: Credential, revocation: Revocation | None, appeal: RevocationAppeal | None, now: datetime
) -> bool:
    """Withdrawn lately, and not asked about yet; `appeal` is the newest about this credential."""
    if credential.state is not CredentialState.REVOKED or revocation is None:
        return False
    asked = appeal is not None and appeal.revocation_id == revocation.id
    return not asked and now <= appeal_by(revocation)
