"""How the demo's people come to be: registered, given roles, their credentials checked by two others."""

import io

from sqlalchemy.orm import Session

from commands.demo.cast import AGREED, EXPERTS, PASSWORD, PEOPLE, WILLING, DemoExpert
from marketplace.care import service as care
from marketplace.experts import policy
from marketplace.experts import service as experts
from marketplace.experts.models import Credential, Expert
from marketplace.experts.service import Claim
from marketplace.gateways import Gateways
from marketplace.gateways.storage.protocol import Stored
from marketplace.identity import queries as identity
from marketplace.identity import service as identity_service
from marketplace.identity.models import User
from marketplace.kit import clock, ids

SCAN = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj
trailer<</Root 1 0 R>>
%%EOF
"""  # one empty page: a demo needs a file, not a forgery


def keep_evidence(gateways: Gateways) -> Stored:
    """Put the demo's scan of a document into storage."""
    return gateways.storage.put(io.BytesIO(SCAN), content_type="application/pdf")


def seed_people(session: Session, evidence: Stored) -> None:
    """Register everybody with confirmed addresses, give roles, introduce the experts, ask for consent."""
    for person in PEOPLE.values():
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
    for part, about in EXPERTS.items():
        _introduce(session, user(session, part), about, evidence)
    for part in WILLING:
        care.choose(session, user(session, part), AGREED)


def user(session: Session, part: str) -> User:
    """The User who plays this part."""
    found = identity.by_email(session, PEOPLE[part].email)
    if found is None:
        raise LookupError(part)
    return found


def _introduce(session: Session, person: User, about: DemoExpert, evidence: Stored) -> None:
    expert = experts.become_expert(session, person)
    experts.save_profile(
        session, expert, headline=about.headline, biography="", country="US", languages={"en": "C2"}
    )
    experts.set_specialties(session, expert, years=about.years)
    for claim in about.claims:
        _check(session, _claim(session, expert, claim, evidence))
    for claim in about.unchecked:
        _claim(session, expert, claim, evidence)


def _claim(session: Session, expert: Expert, claim: Claim, evidence: Stored) -> Credential:
    credential = experts.add_credential(session, expert, claim=claim, form_key=ids.new_id())
    experts.attach_evidence(
        session,
        credential,
        key=evidence.key,
        name="scan.pdf",
        content_type=evidence.content_type,
        byte_count=evidence.byte_count,
    )
    experts.send_for_checking(session, credential)
    return credential


def _check(session: Session, credential: Credential) -> None:
    """As many people look at it as its kind asks for."""
    for part in ("ops", "second")[: policy.checks_needed(credential.kind)]:
        staff = user(session, part)
        experts.open_check(session, credential, by=staff)
        experts.verify(session, credential, by=staff, method="Demo: looked up with the issuer")
