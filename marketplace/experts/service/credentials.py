"""What the expert does with a credential: add, change, send, delete."""

import uuid
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from config.policy import PEOPLE
from marketplace.audit import service as audit
from marketplace.experts import policy, queries
from marketplace.experts.errors import NotReady, TooManyCredentials
from marketplace.experts.models import Credential, CredentialKind, CredentialState, Expert
from marketplace.experts.service.evidence import forget_all
from marketplace.experts.service.numbers import forget_number
from marketplace.experts.service.revoking import end
from marketplace.kit import clock
from marketplace.kit.database import insert_once
from marketplace.kit.errors import Conflict, NotFound

C = CredentialState


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What the expert says the credential is; `country` is ISO 3166 alpha-2."""

    kind: CredentialKind
    specialty: str
    title: str
    issuer: str
    country: str
    issued_on: date
    expires_on: date | None = None


def add_credential(session: Session, expert: Expert, *, claim: Claim, form_key: uuid.UUID) -> Credential:
    """Write a credential nobody has checked; the same `form_key` finds the row instead of a second one.

    Raises TooManyCredentials (409), and NotFound (404) for a key that is somebody else's row.
    """
    queries.lock(session, expert.id)  # two windows must not both find the last place free
    if len(queries.credentials_of(session, expert.id)) >= PEOPLE.credentials_maximum:
        raise TooManyCredentials("You have as many credentials as we can keep. Delete one first.")
    insert_once(session, Credential, id=form_key, expert_id=expert.id, **_columns(claim))
    credential = queries.lock_credential_of(session, expert.user_id, form_key)
    if credential is None:
        raise NotFound("That page does not exist, or it is not yours.")
    return credential


def change_credential(session: Session, credential: Credential, *, claim: Claim) -> None:
    """Replace what the expert says; Conflict (409) while it is being checked or counts."""
    _settle(session, credential, _today(session))
    _editable(session, credential)
    for name, value in _columns(claim).items():
        setattr(credential, name, value)


def send_for_checking(session: Session, credential: Credential) -> None:
    """Put the credential into the queue of the staff.  NotReady (409) says what is missing.

    Sending what waits already does nothing, so that a repeated POST is no failure.
    """
    if credential.state in policy.WAITING:
        return
    today = _today(session)
    _settle(session, credential, today)
    reason = policy.missing(credential, queries.files_of(session, credential.id), today)
    if reason:
        raise NotReady(reason)
    credential.move(C.SUBMITTED)
    credential.submitted_at = clock.database_now(session)
    credential.verified_at = credential.reminded_days = None


def delete(session: Session, credential: Credential) -> None:
    """Take a credential back: it disappears for everybody, with its number and its files."""
    _settle(session, credential, _today(session))
    credential.move(C.DELETED)
    forget_all(session, credential)
    forget_number(credential)
    owner = credential.expert.user_id
    audit.record(
        session,
        "expert:credential:deleted",
        actor_id=owner,
        subject_type="credential",
        subject_id=credential.id,
    )


def _columns(claim: Claim) -> dict[str, Any]:
    return {**asdict(claim), "country": claim.country.upper()}


def _today(session: Session) -> date:
    return clock.database_now(session).date()


def _settle(session: Session, credential: Credential, today: date) -> None:
    """Past its last day it is expired, even before the sweep has said so."""
    if policy.state_on(credential, today) is C.EXPIRED and credential.state is not C.EXPIRED:
        end(session, credential)


def _editable(session: Session, credential: Credential) -> None:
    if not policy.may_edit(credential, _today(session)):
        raise Conflict("This credential is being checked or counts already; it cannot be changed now.")
