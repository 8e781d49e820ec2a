"""How the demo's people come to be: registered, given roles, their credentials checked by two others."""

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO

from pypdf import PdfWriter
from sqlalchemy.orm import Session

from commands.demo.cast import (
    AGREED,
    CROWD,
    EXPERTS,
    PASSWORD,
    PEOPLE,
    WILLING,
    DemoExpert,
    DemoPerson,
)
from marketplace.care import service as care
from marketplace.experts import policy
from marketplace.experts import service as experts
from marketplace.experts.models import Credential, EvidenceState, Expert
from marketplace.experts.service import Claim
from marketplace.gateways import Gateways
from marketplace.gateways.storage.protocol import Stored
from marketplace.identity import queries as identity
from marketplace.identity import service as identity_service
from marketplace.identity.models import User
from marketplace.kit import clock, ids

A4 = 595, 842


def keep_evidence(gateways: Gateways) -> list[Stored]:
    """Put a scan for every claim into storage: an empty page, each a little taller than the last."""
    claims = sum(len(about.claims) + len(about.unchecked) for about in _experts().values())
    return [gateways.storage.put(_scan(number), content_type="application/pdf") for number in range(claims)]


def _scan(number: int) -> BinaryIO:
    page, into = PdfWriter(), io.BytesIO()
    page.add_blank_page(width=A4[0], height=A4[1] + number)
    page.write(into)
    into.seek(0)
    return into


def seed_people(session: Session, evidence: Sequence[Stored]) -> None:
    """Register everybody with confirmed addresses, give roles, introduce the experts, ask for consent."""
    for person in _people().values():
        known = identity_service.register(
            session,
            name=person.name,
            email=person.email,
            password=PASSWORD,
            role=None,
            form_key=ids.new_id(),
        )
        known.email_confirmed_at = clock.database_now(session)
        for role in person.roles:
            identity_service.grant(session, known, role, by=None)
    scans = iter(evidence)
    for part, about in _experts().items():
        _introduce(session, user(session, part), about, scans)
    for part in WILLING:
        care.choose(session, user(session, part), AGREED)


def user(session: Session, part: str) -> User:
    """The User who plays this part."""
    found = identity.by_email(session, _people()[part].email)
    if found is None:
        raise LookupError(part)
    return found


def _people() -> Mapping[str, DemoPerson]:
    return {**PEOPLE, **{part: person for part, (person, _) in CROWD.items()}}


def _experts() -> Mapping[str, DemoExpert]:
    return {**EXPERTS, **{part: about for part, (_, about) in CROWD.items()}}


def _introduce(session: Session, person: User, about: DemoExpert, evidence: Iterator[Stored]) -> None:
    expert = experts.become_expert(session, person)
    experts.save_profile(
        session, expert, headline=about.headline, biography="", country="US", languages={"en": "C2"}
    )
    experts.set_specialties(session, expert, years=about.years)
    for claim in about.claims:
        _check(session, _claim(session, expert, claim, evidence))
    for claim in about.unchecked:
        _claim(session, expert, claim, evidence)


def _claim(session: Session, expert: Expert, claim: Claim, evidence: Iterator[Stored]) -> Credential:
    credential = experts.add_credential(session, expert, claim=claim, form_key=ids.new_id())
    file = experts.attach_evidence(session, credential, stored=next(evidence), name="scan.pdf")
    if file is None:
        raise LookupError("scan.pdf")
    file.move(EvidenceState.CLEAN)  # we wrote it ourselves a moment ago, and no worker runs yet
    experts.send_for_checking(session, credential)
    return credential


def _check(session: Session, credential: Credential) -> None:
    """As many people look at it as its kind asks for."""
    for part in ("ops", "second")[: policy.checks_needed(credential.kind)]:
        staff = user(session, part)
        experts.open_check(session, credential, by=staff)
        experts.verify(session, credential, by=staff, method="Demo: looked up with the issuer")
