"""A small world in which money came in, went out and went back, and ways to make its provider wrong."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from marketplace.billing import service as billing
from marketplace.companies.models import Member
from marketplace.gateways import Gateways
from marketplace.gateways.stripe.emulated import EmulatedPayments
from marketplace.gateways.stripe.emulator import balance, transfers
from marketplace.gateways.stripe.emulator.call import Call
from marketplace.gateways.stripe.emulator.payments import PaidHow
from marketplace.gateways.stripe.emulator.server import Emulator
from marketplace.gateways.stripe.emulator.store import Body, Books, Rules
from marketplace.identity.models import User
from marketplace.kit import clock, ids
from marketplace.kit.application import Application
from marketplace.kit.money import Money
from marketplace.ledger import queries, service
from marketplace.ledger.models import Kind, Reconciliation
from marketplace.ledger.service import Entry
from marketplace.payouts import queries as payout_queries
from marketplace.payouts import service as payouts
from marketplace.payouts.models import Payout
from tests.contracts.stripe_contract import Contract
from tests.factories import gateways
from tests.factories.billing import look, make_deposit, make_payer, open_page, settle
from tests.factories.payouts import REASON, earned, make_account, make_expert, make_finance, make_run

LATER = timedelta(hours=3)
DEPOSIT_MINOR, PAY_MINOR, BACK_MINOR = 100_000, 4_334, 5_000


@dataclass
class World:
    """The application, its session and a provider of its own: what others did there would be foreign."""

    app: Application
    session: Session
    payments: EmulatedPayments

    @contextmanager
    def provider(self) -> Iterator[Books]:
        """The provider's own store, to make it wrong or right."""
        with self.payments.emulator.books() as books:
            yield books

    def deposit(self, payer: Member | None = None, how: PaidHow = PaidHow.CARD) -> Member:
        """A company pays, and we have seen it."""
        payer = payer or make_payer(self.session)
        deposit = make_deposit(self.session, by=payer, amount_minor=DEPOSIT_MINOR)
        look(
            self.app,
            self.session,
            settle(self.app, self.session, open_page(self.app, self.session, deposit), how),
        )
        if how is PaidHow.BANK:
            with clock.shifted(timedelta(minutes=2)):
                look(self.app, self.session, deposit)
        return payer

    def payable(self, payer: Member, amount_minor: int = PAY_MINOR) -> User:
        """Somebody whom the company has paid, with an account that may receive it."""
        user = make_expert(self.session)
        make_account(self.session, user, gateways.ready_account(self.payments))
        what = earned(user, amount_minor)
        wallet, pending = (Kind.COMPANY_WALLET, payer.company_id), (Kind.EXPERT_PENDING, user.id)
        legs = [(wallet, pending, Money(amount_minor))]
        entry = Entry(kind="bonus", key=what.ledger_key, legs=legs, ref_type="bonus", ref_id=what.ref_id)
        service.post(self.session, entry)
        payouts.record_earning(self.session, what)
        payouts.release_hold(self.session, user.id, by=make_finance(self.session), reason=REASON)
        self.session.flush()
        return user

    def approved(self, user: User) -> Payout:
        """The person's payout in an approved run."""
        make_run(self.session, approved=True)
        payout = payout_queries.payouts_of(self.session, user.id, None).rows[0]
        assert isinstance(payout, Payout)
        return payout

    def send(self, payout: Payout) -> Payout:
        """One try to send it."""
        self.session.flush()
        payouts.send(self.app.sessions, self.payments, payout.id)
        self.session.refresh(payout)
        return payout

    def refund(self, payer: Member) -> None:
        """A part goes back to the company."""
        for refund in billing.ask(self.session, by=payer, amount_minor=BACK_MINOR, form_key=ids.new_id()):
            self.session.flush()
            billing.send_refund(self.app.sessions, self.payments, refund.id)

    def lived_in(self) -> Payout:
        """Deposits by card and by bank, a payout and a refund; answers the payout."""
        payer = self.deposit()
        self.deposit(payer, PaidHow.BANK)
        self.refund(payer)
        return self.send(self.approved(self.payable(payer)))

    def reconcile(self, after: timedelta = LATER) -> Reconciliation:
        """Ask for a comparison, run it, and read how it ended."""
        with clock.shifted(after):
            run = service.ask(self.session, by=None)
            self.session.flush()
            service.reconcile(self.app.sessions, self.payments, run.id, [payout_queries.transfers_differ])
            self.session.expire_all()
        found = queries.reconciliation(self.session, run.id)
        assert found is not None
        return found

    def open(self) -> list[tuple[str, str]]:
        """What is open: (kind, thing), in the order of the words."""
        self.session.expire_all()
        rows = queries.open_differences(self.session).rows
        return sorted((row.kind.value, row.object_id) for row in rows)


def make_world(app: Application, session: Session, folder: Path, monkeypatch: Any) -> World:
    """A provider in a fresh file, and the application's factories pointed at it."""
    emulator = Emulator(folder / "payments.sqlite", rules=Rules("http://assay.test"))
    emulator.watchers.append(Contract().watch)
    payments = EmulatedPayments(emulator)
    wired = app.extensions["assay"]
    monkeypatch.setitem(wired, Gateways, replace(wired[Gateways], stripe=payments))
    return World(app, session, payments)


def line_of(books: Books, kind: str) -> Body:
    """The newest line of this type at the provider."""
    return next(line for line in books.newest("balance_transaction") if line["type"] == kind)


def add_cents(books: Books, kind: str, cents: int) -> Body:
    """One line says so much more than what was moved."""
    line = line_of(books, kind)
    return books.save({**line, "amount": line["amount"] + cents, "net": line["net"] + cents})


def lose_line(books: Books, kind: str) -> Body:
    """The provider forgets a line, and the money in it."""
    line = line_of(books, kind)
    books.sql.execute("DELETE FROM objects WHERE id = ?", (line["id"],))
    balance.move(books, balance.PLATFORM, line["currency"], available=-line["net"])
    return line


def find_line(books: Books, line: Body) -> None:
    """The provider has it again."""
    books.sql.execute(
        "INSERT INTO objects (id, kind, body) VALUES (?, ?, ?)",
        (line["id"], "balance_transaction", json.dumps(line)),
    )
    balance.move(books, balance.PLATFORM, line["currency"], available=line["net"])


def foreign_transfer(books: Books, account_id: str, minor: int, **more: str) -> Body:
    """Somebody has sent money at the provider, past us."""
    values = {"amount": minor, "currency": "usd", "destination": account_id, **more}
    return transfers.create(Call(books, values))
