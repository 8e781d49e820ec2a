"""SELECTs by which staff find credentials again: by where they stand, the person, the kind, the issuer."""

import enum
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, String, and_, cast, func, not_, or_, select, true
from sqlalchemy.orm import Session, contains_eager, joinedload

from marketplace.experts.models import (
    Credential,
    CredentialKind,
    CredentialQuestion,
    CredentialState,
    Expert,
)
from marketplace.experts.queries.credentials import COUNTING, counting
from marketplace.identity.models import User
from marketplace.kit import clock, ids
from marketplace.kit.pages import Page, page

C = CredentialState
PEOPLE_FOUND = 50  # so many people one search speaks of


class Tab(enum.Enum):
    """Where a credential stands, as the desk sorts them."""

    WAITING = "waiting"
    ASKED = "asked"
    VERIFIED = "verified"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What staff look for; what is empty says nothing.  `person`: a code, or a part of name or e-mail."""

    person: str = ""
    kind: CredentialKind | None = None
    issuer: str = ""


def in_tab(session: Session, tab: Tab, wanted: Wanted, mark: str | None) -> Page[Credential]:
    """The credentials of a tab with Expert and User: waiting ones the longest first, others newest first."""
    today = clock.database_now(session).date()
    statement = _all().where(_standing(today)[tab], *_asked_for(session, wanted))
    if tab is Tab.WAITING:
        keys = [Credential.submitted_at, Credential.id]
        return page(
            session, statement, keys, mark=mark, key_of=lambda one: (one.submitted_at, one.id), ascending=True
        )
    return page(session, statement, [Credential.id], mark=mark, key_of=lambda one: [one.id])


def tab_counts(session: Session, wanted: Wanted) -> Mapping[Tab, int]:
    """How many credentials each tab has, in one statement."""
    standing = _standing(clock.database_now(session).date())
    counts = [func.count().filter(condition) for condition in standing.values()]
    asked = _asked_for(session, wanted)
    row = session.execute(
        select(*counts).select_from(Credential).join(Credential.expert).join(Expert.user).where(*asked)
    ).one()
    return dict(zip(standing, row, strict=True))


def with_digest(session: Session, digests: Sequence[str]) -> Sequence[Credential]:
    """Credentials staff may see whose number has one of these fingerprints, newest first."""
    return session.scalars(
        _all()
        .where(Credential.number_digest.in_(digests), Credential.state.not_in((C.UNVERIFIED, C.DELETED)))
        .order_by(Credential.id.desc())
        .limit(PEOPLE_FOUND)
    ).all()


def of_user(session: Session, user_id: uuid.UUID) -> Sequence[Credential]:
    """What this User has sent, newest first, for staff; policy caps how many there can be."""
    return session.scalars(
        _all()
        .where(Expert.user_id == user_id, Credential.state.not_in((C.UNVERIFIED, C.DELETED)))
        .order_by(Credential.id.desc())
    ).all()


def _all() -> Select[Credential]:
    return (
        select(Credential)
        .join(Credential.expert)
        .join(Expert.user)
        .options(
            contains_eager(Credential.expert).contains_eager(Expert.user), joinedload(Credential.opened_by)
        )
    )


def _standing(today: date) -> dict[Tab, ColumnElement[bool]]:
    asked = Credential.id.in_(
        select(CredentialQuestion.credential_id).where(CredentialQuestion.closed_at.is_(None))
    )
    in_time, reviewed = and_(*counting(today)), Credential.state == C.IN_REVIEW
    over = and_(Credential.state.in_(COUNTING), not_(in_time))
    return {
        Tab.WAITING: or_(Credential.state == C.SUBMITTED, and_(reviewed, not_(asked))),
        Tab.ASKED: and_(reviewed, asked),
        Tab.VERIFIED: in_time,
        Tab.REFUSED: Credential.state == C.REJECTED,
        Tab.WITHDRAWN: Credential.state == C.REVOKED,
        Tab.EXPIRED: or_(Credential.state == C.EXPIRED, over),
    }


def _asked_for(session: Session, wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [true()]
    if wanted.person:
        found.append(_person(session, wanted.person))
    if wanted.kind:
        found.append(Credential.kind == wanted.kind)
    if wanted.issuer:
        found.append(func.lower(Credential.issuer).contains(wanted.issuer.lower(), autoescape=True))
    return found


def _person(session: Session, text: str) -> ColumnElement[bool]:
    code = text.upper()
    tail = ids.code_tail(code)
    if tail is not None:
        here = session.scalars(select(Expert.id).where(cast(Expert.id, String).endswith(tail)))
        return Credential.expert_id.in_([one for one in here if ids.code("E", one) == code][:PEOPLE_FOUND])
    low = text.lower()
    return or_(
        User.email.contains(low, autoescape=True), func.lower(User.name).contains(low, autoescape=True)
    )
