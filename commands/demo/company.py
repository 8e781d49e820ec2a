"""How the demo's company comes to be: founded, funded with test money, its jobs open with tasks."""

import io
import uuid
from datetime import timedelta

from sqlalchemy.orm import Session

from commands.demo.cast import COMPANY, INVOICE_MINOR, PAGE_MINOR
from commands.demo.jobs import DemoJob, jobs
from commands.demo.people import user
from marketplace.billing import queries as deposits
from marketplace.billing import service as billing
from marketplace.companies import queries as companies
from marketplace.companies import service as companies_service
from marketplace.companies.models import Member
from marketplace.gateways import Gateways
from marketplace.gateways.stripe.emulated import EmulatedPayments
from marketplace.gateways.stripe.emulator import invoice_payments
from marketplace.gateways.stripe.emulator.payments import PaidHow, pay
from marketplace.kit import clock, ids
from marketplace.kit.database import Sessions, transaction
from marketplace.projects import queries as projects
from marketplace.projects import service as projects_service
from marketplace.projects.models import ProjectState
from workspace.queue import service as queue

DEBIT = timedelta(minutes=5)  # longer than the played bank takes


def seed_company(sessions: Sessions, gateways: Gateways) -> dict[str, uuid.UUID]:
    """Found the company, pay in test money at the emulator, open every job; the ids by name."""
    with transaction(sessions) as session:
        companies_service.found_company(
            session,
            user=user(session, "owner"),
            name=COMPANY,
            country="US",
            website="",
            form_key=ids.new_id(),
        )
    _by_page(sessions, gateways, PAGE_MINOR)
    _by_invoice(sessions, gateways, INVOICE_MINOR)
    return {job.name: _open(sessions, gateways, job) for job in jobs()}


def _member(session: Session) -> Member:
    member = companies.membership(session, user(session, "owner").id)
    if member is None:
        raise LookupError("owner")
    return member


def _by_page(sessions: Sessions, gateways: Gateways, amount_minor: int) -> None:
    key = ids.new_id()
    with transaction(sessions) as session:
        billing.start(session, by=_member(session), amount_minor=amount_minor, form_key=key)
    billing.open_page(sessions, gateways.stripe, key, back="/company/billing")
    with transaction(sessions, write=False) as session:
        session_id = _session_id(session, key)
    if isinstance(gateways.stripe, EmulatedPayments):
        with gateways.stripe.emulator.books() as books:
            pay(books, session_id, PaidHow.CARD)
    billing.refresh(sessions, gateways.stripe, session_id)


def _by_invoice(sessions: Sessions, gateways: Gateways, amount_minor: int) -> None:
    """More than a new company may pay on a page in a week; a bank debit takes a while, so it began before."""
    key = ids.new_id()
    with clock.shifted(-DEBIT):
        with transaction(sessions) as session:
            billing.start_invoice(session, by=_member(session), amount_minor=amount_minor, form_key=key)
        billing.issue(sessions, gateways.stripe, key)
        with transaction(sessions, write=False) as session:
            invoice = deposits.invoice_of(session, key)
        if invoice is None or invoice.external_id is None:
            raise LookupError("the invoice was not sent")
        if isinstance(gateways.stripe, EmulatedPayments):
            with gateways.stripe.emulator.books() as books:
                invoice_payments.pay(books, invoice.external_id, PaidHow.BANK)
    billing.look(sessions, gateways.stripe, key)


def _session_id(session: Session, deposit_id: uuid.UUID) -> str:
    deposit = deposits.for_member(session, user(session, "owner").id, deposit_id)
    if deposit is None or deposit.session_id is None:
        raise LookupError("the payment page was not opened")
    return deposit.session_id


def _open(sessions: Sessions, gateways: Gateways, job: DemoJob) -> uuid.UUID:
    with transaction(sessions) as session:
        project_id = _write(session, job)
    _import(sessions, gateways, project_id, job)
    with transaction(sessions) as session:
        owner, ops = user(session, "owner"), user(session, "ops")
        project = projects.lock(session, project_id)
        projects_service.submit(session, project, by=owner, check="first", has_tasks=True)
        if project.state is ProjectState.IN_CHECK:
            projects_service.pass_check(session, project, by=ops)
        projects_service.fund(
            session, project, by=owner, amount_minor=job.budget_minor, form_key=ids.new_id()
        )
    return project_id


def _write(session: Session, job: DemoJob) -> uuid.UUID:
    member = _member(session)
    project = projects_service.create(
        session, company=member.company, by=member.user, form_key=ids.new_id(), plan=job.plan
    )
    projects_service.save_guideline(session, project, job.clauses, by=member.user)
    return project.id


def _import(sessions: Sessions, gateways: Gateways, project_id: uuid.UUID, job: DemoJob) -> None:
    data = job.tasks.read_bytes()
    kept = gateways.storage.put(io.BytesIO(data), content_type="application/jsonl")
    with transaction(sessions) as session:
        owner, project = user(session, "owner"), projects.project(session, project_id)
        if project is None:
            raise LookupError(job.name)
        looked = queue.look_over(
            data, "jsonl", task_type=project.task_type, preset=project.options, chosen={}
        )
        found = queue.check_import(
            session,
            project,
            by=owner,
            file=queue.KeptFile(job.tasks.name, kept.key, kept.sha256),
            looked=looked,
        )
        session.flush()  # the confirmation locks the row that was just written
        queue.confirm_import(session, found, by=owner, checked=looked.checked)
