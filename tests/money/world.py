"""A funded world: companies that have paid, projects with budgets, people at work, two of finance."""

import gc
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.companies import queries as companies
from marketplace.companies.models import Member
from marketplace.identity.models import Role
from marketplace.kit import clock
from marketplace.kit.database import Sessions, transaction
from marketplace.kit.sealing import Sealer
from marketplace.payouts.service import BankDetails, give_bank
from tests.factories.companies import make_company
from tests.factories.identity import make_user
from tests.factories.payouts import make_account
from tests.factories.projects import make_owner, make_project
from tests.money.model import Account

SEALER = Sealer("", "a key of tests")
BANK = BankDetails(holder="Ada Byron", number="DE89370400440532013000", code="COBADEFF", bank="Commerzbank")
ACCOUNTS = "SELECT id, kind, owner_id, hot, normal_side, debits_minor, credits_minor FROM ledger_accounts"
SUMS = """
SELECT id, sum(debit), sum(credit) FROM (
  SELECT debit_account_id AS id, amount_minor AS debit, 0 AS credit FROM ledger_postings WHERE id > {since}
  UNION ALL
  SELECT credit_account_id, 0, amount_minor FROM ledger_postings WHERE id > {since}) AS sides GROUP BY id
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
    by_bank: list[uuid.UUID] = field(default_factory=list)  # the people who are paid by bank file
    finance: list[uuid.UUID] = field(default_factory=list)
    since: int = 0  # the last posting of the world that examples start from: none before it ever changes
    before: dict[int, tuple[int, int]] = field(default_factory=dict)  # account -> debits, credits until then
    named: dict[Any, Account] = field(default_factory=dict)

    @classmethod
    def make(cls, sessions: Sessions, connection: sa.Connection) -> "World":
        """Two companies, three projects that take money, five people, two of them paid by bank file, and two
        of finance.
        """
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
            self.people.append(user.id)
            if len(self.people) % 2:
                make_account(session, user)
            else:
                give_bank(session, user=user, country="de", details=BANK, sealer=SEALER)
                self.by_bank.append(user.id)
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

    def begins_here(self) -> None:
        """Examples start from what was posted until now."""
        self.before = self._sums()
        self.since = self.connection.exec_driver_sql("SELECT max(id) FROM ledger_postings").scalar_one()

    def books(self) -> dict[Account, int]:
        """Every balance that is not 0, read twice: as it is kept, and as the postings add up."""
        found: dict[Account, int] = {}
        sums = self._sums()
        for number, kind, owner, hot, side, *kept in self.connection.exec_driver_sql(ACCOUNTS):
            debits, credits_ = sums.get(number, (0, 0))
            assert hot or kept == [debits, credits_], f"{kind} is kept wrongly"
            balance = debits - credits_ if side == "debit" else credits_ - debits
            if balance:
                found[self._name(kind, owner)] = balance
        return found

    def _sums(self) -> dict[int, tuple[int, int]]:
        """Account -> debits and credits of all its postings; those the world began with are read once."""
        sums = dict(self.before)
        for number, debits, credits_ in self.connection.exec_driver_sql(SUMS.format(since=self.since)):
            known = sums.get(number, (0, 0))
            sums[number] = (known[0] + int(debits), known[1] + int(credits_))
        return sums

    def _name(self, kind: str, owner: Any) -> Account:
        """Whose account it is; SQLite says ids as text."""
        name = self.named.get((kind, owner))
        if name is None:
            name = kind, owner if isinstance(owner, uuid.UUID) else uuid.UUID(owner)
            self.named[kind, owner] = name
        return name


@contextmanager
def quickly(connection: sa.Connection) -> Iterator[None]:
    """Savepoints without SQLAlchemy's compiler on SQLite, and no search for garbage in what tests have loaded.

    Every verb of a test is a savepoint, and so is every posting: the same statements, sent by the driver.
    """
    dialect = connection.dialect
    words = (
        {"do_savepoint": "SAVEPOINT", "do_release_savepoint": "RELEASE"} if dialect.name == "sqlite" else {}
    )
    for name, word in words.items():
        setattr(dialect, name, partial(_say, word))
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
        for name in words:
            delattr(dialect, name)


def _say(word: str, connection: sa.Connection, name: str) -> None:
    connection.connection.cursor().execute(f"{word} {name}")
