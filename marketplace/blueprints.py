"""The doors of the marketplace, in the order of their addresses."""

from flask import Blueprint

from marketplace.applications import staff as certificate_checks
from marketplace.applications import views as applications
from marketplace.audit import staff as audit_staff
from marketplace.billing import api as billing_api
from marketplace.billing import staff as billing_staff
from marketplace.billing import views as billing
from marketplace.bonuses import staff as bonus_staff
from marketplace.bonuses import views as bonuses
from marketplace.care import views as care
from marketplace.cases import staff as case_staff
from marketplace.cases import views as cases
from marketplace.companies import views as companies
from marketplace.experts import staff as experts_staff
from marketplace.experts import views as experts
from marketplace.identity import staff as people_staff
from marketplace.identity import views as people
from marketplace.learn import views as learn
from marketplace.ledger import staff as ledger_staff
from marketplace.notifications import views as notices
from marketplace.outbox import staff as outbox_staff
from marketplace.payouts import staff as payouts_staff
from marketplace.payouts import views as payouts
from marketplace.projects import staff as projects_staff
from marketplace.projects import views as projects
from marketplace.statements import staff as tax_staff
from marketplace.statements import views as statements

ALL: list[Blueprint] = [
    applications.jobs,
    applications.bp,
    learn.bp,
    applications.certificates,
    certificate_checks.bp,
    companies.bp,
    applications.blocks,
    applications.applicants,
    projects.bp,
    bonuses.bp,
    bonus_staff.bp,
    projects_staff.bp,
    experts.bp,
    experts_staff.bp,
    people.bp,
    care.bp,
    people_staff.bp,
    notices.bp,
    ledger_staff.bp,
    ledger_staff.reconciliation,
    audit_staff.bp,
    billing.bp,
    billing_api.bp,
    billing_staff.refunds,
    billing_staff.disputes,
    billing_staff.recorded,
    cases.bp,
    case_staff.bp,
    outbox_staff.bp,
    payouts.bp,
    payouts_staff.bp,
    statements.bp,
    statements.companies,
    tax_staff.bp,
]
