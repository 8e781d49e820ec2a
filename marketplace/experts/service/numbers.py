"""Numbers of credentials: sealed, recognised when claimed twice, opened for whoever checks."""

import uuid
from collections.abc import Sequence

from sqlalchemy.orm import Session

from config.countries import COUNTRIES
from marketplace.audit import service as audit
from marketplace.experts import policy, queries
from marketplace.experts.models import Credential, CredentialKind, CredentialState
from marketplace.identity.models import User
from marketplace.kit.errors import Conflict
from marketplace.kit.sealing import CannotOpen, Sealer

PURPOSE = "credential"


class NumberLost(Conflict):
    """No secret of ours opens the number any more."""


def keep_number(
    session: Session, credential: Credential, *, scheme: str, number: str, sealer: Sealer
) -> None:
    """Seal the number under this credential; an empty one leaves what is kept.  The form has judged it."""
    if not number:
        return
    plain = policy.normal(scheme, number)
    credential.scheme = scheme
    credential.number_sealed = sealer.seal(_purpose(credential.id), plain)
    credential.number_tail = policy.tail(scheme, number)
    credential.number_digest = sealer.digest(PURPOSE, _claimed(credential, plain))


def forget_number(credential: Credential) -> None:
    """Keep no number, and nothing to recognise it by."""
    credential.scheme = credential.number_sealed = credential.number_tail = ""
    credential.number_digest = None


def number_of(credential: Credential, sealer: Sealer) -> str:
    """The whole number, for whoever checks it; empty: none was given.  NumberLost (409)."""
    if not credential.number_sealed:
        return ""
    try:
        return sealer.open(_purpose(credential.id), credential.number_sealed)
    except CannotOpen:
        raise NumberLost("The number cannot be read any more. The expert has to enter it again.") from None


def is_lost(credential: Credential, sealer: Sealer) -> bool:
    """Whether a number is kept that no secret of ours opens: its expert has to enter it again."""
    try:
        number_of(credential, sealer)
    except NumberLost:
        return True
    return False


def claimed_by_others(session: Session, credential: Credential, sealer: Sealer) -> list[Credential]:
    """Other people's credentials of the same kind, country and number: evidence, never a verdict.

    A number that is lost is like no other.
    """
    if not credential.number_digest or is_lost(credential, sealer):
        return []
    plain = number_of(credential, sealer)
    digests = sealer.digests(PURPOSE, _claimed(credential, plain))
    return list(queries.same_number(session, credential, digests))


def with_number(
    session: Session, *, scheme: str, number: str, sealer: Sealer, by: User
) -> Sequence[Credential]:
    """Credentials with exactly this number, whatever their kind and country; every search is written down."""
    plain = policy.normal(scheme, number)
    claimed = [f"{kind.value}:{country}:{scheme}:{plain}" for kind in CredentialKind for country in COUNTRIES]
    audit.record(
        session,
        "staff:credential:number_searched",
        actor_id=by.id,
        subject_type="user",
        subject_id=by.id,
    )
    return queries.with_digest(session, [one for text in claimed for one in sealer.digests(PURPOSE, text)])


def redigest(credential: Credential, sealer: Sealer) -> None:
    """After kind or country changed: the fingerprint says what is claimed now."""
    if credential.number_sealed:
        credential.number_digest = sealer.digest(PURPOSE, _claimed(credential, number_of(credential, sealer)))


def reseal_numbers(session: Session, sealer: Sealer) -> int:
    """Seal every number with the newest secret, so that the older one can go; how many were sealed anew."""
    found = queries.with_number(session)
    for credential in found:
        plain = number_of(credential, sealer)
        credential.number_sealed = sealer.seal(_purpose(credential.id), plain)
        credential.number_digest = sealer.digest(PURPOSE, _claimed(credential, plain))
    return len(found)


def may_see_number(credential: Credential, user_id: uuid.UUID) -> bool:
    """The person who has it open for checking, and nobody else."""
    return credential.state is CredentialState.IN_REVIEW and credential.opened_by_id == user_id


def _claimed(credential: Credential, plain: str) -> str:
    return f"{credential.kind.value}:{credential.country}:{credential.scheme}:{plain}"


def _purpose(credential_id: uuid.UUID) -> str:
    """One for each credential: a sealed number copied to another row is worthless there."""
    return f"{PURPOSE}.{credential_id}"
