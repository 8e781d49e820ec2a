"""Experts and credentials in any state, without the way there."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from marketplace.experts.models import Credential, CredentialKind, CredentialState, Expert
from marketplace.identity.models import Role, User
from marketplace.kit import clock
from tests.factories.evidence import make_file
from tests.factories.identity import make_user

K = CredentialKind
PROOF = {
    "general": (),
    "skilled": (K.CERTIFICATE,),
    "specialist": (K.DEGREE,),
    "professional": (K.DEGREE, K.EMPLOYMENT),
    "licensed": (K.LICENCE,),
    "board_certified": (K.BOARD_CERTIFICATION,),
}


def make_expert(
    session: Session,
    *,
    user: User | None = None,
    tier: str = "general",
    specialty: str = "medicine",
    **columns: Any,
) -> Expert:
    """An Expert who has `tier` in `specialty` through verified credentials; speaks English, lives in the US."""
    values = {"country": "US", "languages": {"en": "native"}, "headline": "Clinician", **columns}
    expert = Expert(user=user or make_user(session, roles=[Role.EXPERT]), **values)
    session.add(expert)
    for kind in PROOF[tier]:
        make_credential(session, expert, kind=kind, specialty=specialty)
    session.flush()
    return expert


def make_credential(
    session: Session,
    expert: Expert,
    *,
    kind: CredentialKind = K.DEGREE,
    state: CredentialState = CredentialState.VERIFIED,
    ends_in_days: int | None = None,
    with_file: bool = True,
    **columns: Any,
) -> Credential:
    """A credential in this state, by default with a clean file; `ends_in_days` may be negative."""
    now = clock.database_now(session)
    values = {
        "specialty": "medicine",
        "title": f"Doctor’s {kind.value.replace('_', ' ')}",
        "issuer": "University of Ibadan",
        "country": "NG",
        "issued_on": date(2015, 6, 1),
        "submitted_at": None if state is CredentialState.UNVERIFIED else now,
        "verified_at": now if state in {CredentialState.VERIFIED, CredentialState.EXPIRING} else None,
        "expires_on": None if ends_in_days is None else now.date() + timedelta(days=ends_in_days),
        **columns,
    }
    credential = Credential(expert=expert, kind=kind, **values)
    credential.state = state
    session.add(credential)
    session.flush()
    if with_file:
        make_file(session, credential)
    return credential
