"""How the demo is made: with the same verbs a person's clicks call, never with rows of its own."""

import io
import uuid
from datetime import date
from pathlib import Path

from sqlalchemy.orm import Session

from commands.demo.cast import COMPANY, DEPOSIT_MINOR, PASSWORD, PEOPLE, PROJECTS, DemoProject
from marketplace.billing import queries as deposits
from marketplace.billing import service as billing
from marketplace.companies import queries as companies
from marketplace.companies import service as companies_service
from marketplace.experts import queries as experts
from marketplace.experts import service as experts_service
from marketplace.experts.models import CredentialKind
from marketplace.experts.service import Claim
from marketplace.gateways import Gateways
from marketplace.gateways.storage.protocol import Stored
from marketplace.gateways.stripe.emulated import EmulatedPayments
from marketplace.gateways.stripe.emulator.payments import PaidHow, pay
from marketplace.identity import queries as identity
from marketplace.identity import service as identity_service
from marketplace.identity.models import User
from marketplace.kit import clock, ids
from marketplace.kit.database import Sessions, transaction
from marketplace.projects import queries as projects
from marketplace.projects import service as projects_service
from marketplace.projects.models import ProjectState
from marketplace.projects.policy import ClauseText, Plan
from workspace.queue import service as queue

FOLDER = Path(__file__).parent
LICENCE = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj
trailer<</Root 1 0 R>>
%%EOF
"""  # one empty page: a demo needs a file, not a forgery


def keep_evidence(gateways: Gateways) -> Stored:
    """Put the demo's scan of a licence into storage."""
    return gateways.storage.put(io.BytesIO(LICENCE), content_type="application/pdf")


def seed_people(session: Session, evidence: Stored) -> None:
    """Register everybody with confirmed addresses, give roles, introduce the two experts."""
    for person in PEOPLE.values():
        user = identity_service.register(
            session,
            name=person.name,
            email=person.email,
            password=PASSWORD,
            role=None,
            form_key=ids.new_id(),
        )
        user.email_confirmed_at = clock.database_now(session)
        for role in person.roles:
            identity_service.grant(session, user, role, by=None)
    for part in ("expert", "counsel"):
        _introduce(session, _user(session, part), part)
    _licence(session, evidence)


def seed_company(sessions: Sessions, gateways: Gateways) -> None:
    """Found the company, pay in test money at the emulator, open three projects with tasks."""
    with transaction(sessions) as session:
        companies_service.found_company(
            session,
            user=_user(session, "owner"),
            name=COMPANY,
            country="US",
            website="",
            form_key=ids.new_id(),
        )
    _deposit(sessions, gateways)
    for wanted in PROJECTS:
        _open_project(sessions, gateways, wanted)


def _user(session: Session, part: str) -> User:
    user = identity.by_email(session, PEOPLE[part].email)
    if user is None:
        raise LookupError(part)
    return user


def _deposit(sessions: Sessions, gateways: Gateways) -> None:
    key = ids.new_id()
    with transaction(sessions) as session:
        member = companies.membership(session, _user(session, "owner").id)
        if member is None:
            raise LookupError("owner")
        billing.start(session, by=member, amount_minor=DEPOSIT_MINOR, form_key=key)
    billing.open_page(sessions, gateways.stripe, key, back="/company/billing")
    with transaction(sessions, write=False) as session:
        session_id = _session_id(session, key)
    if isinstance(gateways.stripe, EmulatedPayments):
        with gateways.stripe.emulator.books() as books:
            pay(books, session_id, PaidHow.CARD)
    billing.refresh(sessions, gateways.stripe, session_id)


def _session_id(session: Session, deposit_id: uuid.UUID) -> str:
    owner = _user(session, "owner")
    deposit = deposits.for_member(session, owner.id, deposit_id)
    if deposit is None or deposit.session_id is None:
        raise LookupError("the payment page was not opened")
    return deposit.session_id


def _open_project(sessions: Sessions, gateways: Gateways, wanted: DemoProject) -> None:
    with transaction(sessions) as session:
        project_id = _write(session, wanted)
    _import(sessions, gateways, project_id, FOLDER / wanted.file)
    with transaction(sessions) as session:
        owner, ops = _user(session, "owner"), _user(session, "ops")
        project = projects.lock(session, project_id)
        projects_service.submit(session, project, by=owner, check="first", has_tasks=True)
        if project.state is ProjectState.IN_CHECK:
            projects_service.pass_check(session, project, by=ops)
        projects_service.fund(
            session, project, by=owner, amount_minor=wanted.budget_minor, form_key=ids.new_id()
        )


def _write(session: Session, wanted: DemoProject) -> uuid.UUID:
    owner = _user(session, "owner")
    member = companies.membership(session, owner.id)
    if member is None:
        raise LookupError("owner")
    ranking = wanted.task_type == "response_ranking"
    plan = Plan(
        title=wanted.title,
        summary=wanted.summary,
        task_type=wanted.task_type,
        specialty=wanted.specialty,
        tier=wanted.tier,
        hourly_minor=wanted.hourly_minor,
        minutes=wanted.minutes,
        overlap=wanted.overlap,
        options={"why_min_words": 20} if ranking else {},
    )
    project = projects_service.create(
        session, company=member.company, by=owner, form_key=ids.new_id(), plan=plan
    )
    clauses = [ClauseText(*clause) for clause in wanted.clauses]
    projects_service.save_guideline(session, project, clauses, by=owner)
    return project.id


def _import(sessions: Sessions, gateways: Gateways, project_id: uuid.UUID, path: Path) -> None:
    data = path.read_bytes()
    kept = gateways.storage.put(io.BytesIO(data), content_type="application/jsonl")
    with transaction(sessions) as session:
        owner, project = _user(session, "owner"), projects.project(session, project_id)
        if project is None:
            raise LookupError(path.name)
        looked = queue.look_over(
            data, "jsonl", task_type=project.task_type, preset=project.options, chosen={}
        )
        found = queue.check_import(
            session,
            project,
            by=owner,
            file=queue.KeptFile(path.name, kept.key, kept.sha256),
            looked=looked,
        )
        session.flush()  # the confirmation locks the row that was just written
        queue.confirm_import(session, found, by=owner, checked=looked.checked)


def _introduce(session: Session, user: User, part: str) -> None:
    expert = experts_service.become_expert(session, user)
    experts_service.save_profile(
        session,
        expert,
        headline="Practises contract law" if part == "counsel" else "Cooks, codes and reads closely",
        biography="",
        country="US",
        languages={"en": "C2"},
    )
    fields = {"law.contracts": 9} if part == "counsel" else {"software.python": 6}
    experts_service.set_specialties(session, expert, years=fields)


def _licence(session: Session, evidence: Stored) -> None:
    """A licence that two people have checked, so that one demo expert may do licensed work."""
    counsel = _user(session, "counsel")
    expert = experts.for_user(session, counsel.id)
    if expert is None:
        raise LookupError("counsel")
    claim = Claim(
        kind=CredentialKind.LICENCE,
        specialty="law.contracts",
        title="Licence to practise law",
        issuer="Demo Bar",
        country="US",
        issued_on=date(2017, 5, 2),
    )
    credential = experts_service.add_credential(session, expert, claim=claim, form_key=ids.new_id())
    experts_service.attach_evidence(
        session,
        credential,
        key=evidence.key,
        name="licence.pdf",
        content_type=evidence.content_type,
        byte_count=evidence.byte_count,
    )
    experts_service.send_for_checking(session, credential)
    for part in ("ops", "second"):
        staff = _user(session, part)
        experts_service.open_check(session, credential, by=staff)
        experts_service.verify(session, credential, by=staff, method="Demo: looked up with the issuer")
