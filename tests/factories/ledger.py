"""Money in the books: a company with funds, a project with a budget, claims of the usual price."""

import uuid
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.kit.money import Money
from marketplace.ledger import service
from marketplace.ledger.models import PLATFORM, Kind
from marketplace.ledger.service import Entry, Posted

PRICE, FEE, REVIEW = 4334, 866, 866
UNIT = PRICE + FEE + REVIEW
STRIPE = (Kind.STRIPE_BALANCE, PLATFORM)
REVENUE = (Kind.PLATFORM_REVENUE, PLATFORM)
ADJUSTMENTS = (Kind.ADJUSTMENTS, PLATFORM)
REASON = "The bank sent it twice, see the letter of Monday"


@dataclass(frozen=True)
class Parties:
    """Who takes part in the story of one claim."""

    company: uuid.UUID = field(default_factory=uuid.uuid4)
    project: uuid.UUID = field(default_factory=uuid.uuid4)
    expert: uuid.UUID = field(default_factory=uuid.uuid4)
    reviewer: uuid.UUID = field(default_factory=uuid.uuid4)
    adjudicator: uuid.UUID = field(default_factory=uuid.uuid4)

    @property
    def wallet(self) -> tuple[Kind, uuid.UUID]:
        return Kind.COMPANY_WALLET, self.company

    @property
    def budget(self) -> tuple[Kind, uuid.UUID]:
        return Kind.PROJECT_BUDGET, self.project

    @property
    def reserved(self) -> tuple[Kind, uuid.UUID]:
        return Kind.PROJECT_RESERVED, self.project

    @property
    def pending(self) -> tuple[Kind, uuid.UUID]:
        return Kind.EXPERT_PENDING, self.expert

    @property
    def reviewer_pending(self) -> tuple[Kind, uuid.UUID]:
        return Kind.EXPERT_PENDING, self.reviewer


def leg(debit: tuple[Kind, uuid.UUID], credit: tuple[Kind, uuid.UUID], minor: int) -> service.Leg:
    """One leg in US cents."""
    return debit, credit, Money(minor)


def deposit(session: Session, parties: Parties, minor: int) -> Posted:
    """The company's payment has arrived."""
    payment = uuid.uuid4()
    return service.post(
        session,
        Entry(
            kind="deposit_succeeded",
            key=f"deposit:{payment}:succeeded",
            closes=f"deposit:{payment}",
            legs=[leg(STRIPE, parties.wallet, minor)],
            ref_type="deposit",
            ref_id=payment,
            external_id=f"pi_{payment.hex[:20]}",
        ),
    )


def fund(session: Session, parties: Parties, minor: int) -> Posted:
    """A payment has arrived and all of it is given to the project."""
    deposit(session, parties, minor)
    row = uuid.uuid4()
    return service.post(
        session,
        Entry(
            kind="fund",
            key=f"project:{parties.project}:fund:{row}",
            legs=[leg(parties.wallet, parties.budget, minor)],
            ref_type="project_funding",
            ref_id=row,
        ),
    )


def reserve(parties: Parties, claim: uuid.UUID) -> Entry:
    """The entry of a claim."""
    return Entry(
        kind="claim_reserve",
        key=f"claim:{claim}:reserve",
        legs=[leg(parties.budget, parties.reserved, UNIT)],
        ref_type="assignment",
        ref_id=claim,
    )


def end(parties: Parties, claim: uuid.UUID, word: str, *, pay: int, fee: int, rest: int) -> Entry:
    """The entry that ends a claim: `word` is approve, release, stop or cancel."""
    return Entry(
        kind=f"claim_{word}",
        key=f"claim:{claim}:{word}",
        closes=f"claim:{claim}",
        legs=[
            leg(parties.reserved, parties.pending, pay),
            leg(parties.reserved, REVENUE, fee),
            leg(parties.reserved, parties.budget, rest),
        ],
        ref_type="assignment",
        ref_id=claim,
    )


def review_paid(parties: Parties, claim: uuid.UUID, review: uuid.UUID) -> Entry:
    """The entry that pays a reviewer from what the claim holds."""
    return Entry(
        kind="review_pay",
        key=f"review:{review}:pay",
        legs=[leg(parties.reserved, parties.reviewer_pending, REVIEW)],
        ref_type="assignment",
        ref_id=claim,
    )


def books(engine: sa.Engine) -> dict[str, list[Any]]:
    """Every row of the ledger as it is committed now."""
    with engine.begin() as connection:
        return {
            table: [tuple(row) for row in connection.exec_driver_sql(f"SELECT * FROM {table} ORDER BY id")]
            for table in ("ledger_accounts", "ledger_transactions", "ledger_postings")
        }
