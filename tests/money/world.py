"""A funded world: companies that have paid, projects with budgets, people at work, two of finance."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.companies import queries as companies
from marketplace.companies.models import Member
from marketplace.identity.models import Role
from marketplace.kit import clock
from marketplace.kit.database import Sessions, transaction
from tests.factories.companies import make_company
from tests.factories.identity import make_user
from tests.factories.payouts import make_account
from tests.factories.projects import make_owner, make_project
from tests.money.model import Account

BALANCES = """
SELECT a.kind, a.owner_id, a.hot, a.normal_side, a.debits_minor, a.credits_minor, p.debits, p.credits
FROM ledger_accounts a LEFT JOIN (
  SELECT id, sum(debit) AS debits, sum(credit) AS credits FROM (
    SELECT debit_account_id AS id, amount_minor AS debit, 0 AS credit FROM ledger_postings
    UNION ALL SELECT credit_account_id, 0, amount_minor FROM ledger_postings) AS sides GROUP BY id
) AS p ON p.id = a.id
"""


@dataclass
class World:
    """Who is there.  Ids only: every verb reads its rows in a transaction of its own."""

    sessions: Sessions
    connection: sa.Connection
    companies: list[uuid.UUID] = field(default_factory=list)
    owners: dict[uuid.UUID, uuid.UUID] = field(default_factory=dict)  # company -> User
    projects: dict[uuid.UUID, uuid.UUID] = field(default_factory=dict)  # project -> company
    people: list[uuid.UUID] = field(default_factory=list)
    finance: list[uuid.UUID] = field(default_factory=list)
    ghosts: list[uuid.UUID] = field(default_factory=lambda: [uuid.uuid4(), uuid.uuid4()])
    """People whom only the ledger knows: for events that no room causes yet."""

    @classmethod
    def make(cls, sessions: Sessions, connection: sa.Connection) -> "World":
        """Two companies, three projects that take money, five people with accounts, two of finance."""
        world = cls(sessions, connection)
        with transaction(sessions) as session:
            world._fill(session)
        return world

    def _fill(self, session: Session) -> None:
        for _ in range(2):
            company = make_company(session)
            self.owners[company.id] = make_owner(session, company).id
            self.companies.append(company.id)
        for company_id in (self.companies[0], self.companies[0], self.companies[1]):
            company = companies.company(session, company_id)
            project = make_project(session, company=company, state="awaiting_funds")
            self.projects[project.id] = company_id
        for _ in range(5):
            user = make_user(session, roles=[Role.EXPERT, Role.REVIEWER])
            make_account(session, user)
            self.people.append(user.id)
        self.finance = [make_user(session, roles=[Role.FINANCE]).id for _ in range(2)]

    def member(self, session: Session, company_id: uuid.UUID) -> Member:
        """The owner of a company, loaded as a page loads them."""
        member = companies.membership(session, self.owners[company_id])
        assert member is not None
        return member

    def do(self, verb: Callable[[Session], Any], *, day: int) -> Any:
        """One verb in one transaction on this day."""
        with clock.shifted(timedelta(days=day)), transaction(self.sessions) as session:
            return verb(session)

    def books(self) -> dict[Account, int]:
        """Every balance that is not 0, read twice: as it is kept, and as the postings add up."""
        found: dict[Account, int] = {}
        for row in self.connection.exec_driver_sql(BALANCES):
            kind, owner, hot, side, kept_debits, kept_credits, debits, credits_ = row
            debits, credits_ = int(debits or 0), int(credits_ or 0)
            assert hot or (kept_debits, kept_credits) == (debits, credits_), f"{kind} is kept wrongly"
            balance = debits - credits_ if side == "debit" else credits_ - debits
            if balance:
                found[kind, owner if isinstance(owner, uuid.UUID) else uuid.UUID(owner)] = balance
        return found
