"""The blueprint of a company's money, and who may come in."""

import uuid

from flask import Blueprint, g

from marketplace.billing import queries
from marketplace.billing.models import Deposit
from marketplace.companies import queries as companies
from marketplace.companies.errors import NoCompany
from marketplace.companies.models import Member
from marketplace.kit.access import role
from marketplace.kit.web import db, found

bp = Blueprint("billing", __name__, url_prefix="/company/billing")
MEMBER = role("member")


def membership() -> Member:
    """The visitor's place in their company; NoCompany (404) without one."""
    return found(companies.membership(db(), g.visitor.user.id), NoCompany())


def own_deposit(deposit_id: uuid.UUID) -> Deposit:
    """A deposit of the visitor's company; 404 for others."""
    return found(queries.for_member(db(), g.visitor.user.id, deposit_id))
