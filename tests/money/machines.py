"""The machines: which events live in one world, from what they start, and what is verified of them."""

from collections import Counter

from sqlalchemy.orm import Session

from marketplace.billing import queries as billing
from marketplace.cases import queries as cases
from marketplace.kit.application import Application
from marketplace.ledger import queries as ledger
from marketplace.ledger.service import Checks
from marketplace.payouts import queries as payouts
from tests.money.bank_events import BankEvents
from tests.money.base import MoneyMachine
from tests.money.company_events import CompanyEvents
from tests.money.dispute_events import DisputeEvents
from tests.money.expert_events import ExpertEvents
from tests.money.house_events import HouseEvents
from tests.money.invoice_events import InvoiceEvents
from tests.money.model import Model
from tests.money.promise_events import PromiseEvents
from tests.money.reversal_events import ReversalEvents
from tests.money.tax_events import TaxEvents
from tests.money.verb_events import Job, VerbEvents
from tests.money.world import World

WALLET, BUDGET = 3_000_000, 900_000


class Postings(
    CompanyEvents,
    InvoiceEvents,
    DisputeEvents,
    PromiseEvents,
    ExpertEvents,
    BankEvents,
    ReversalEvents,
    TaxEvents,
    HouseEvents,
):
    """Every event of the table, by the functions of the rooms that write the entries."""

    checks = (ledger.broken, payouts.broken, billing.broken, cases.broken)

    def begin(self) -> Model:
        """A funded world, with work under way and money in every place: an empty one hardly reaches a payout."""
        for place in range(2):
            self.card_deposit(pick=place + 1, minor=WALLET, fee=0)
            self.card_deposit(pick=place + 1, minor=200_000, fee=30)  # refunds go to the newest one
            self.bank_debit(pick=place, minor=40_000)
        for place in range(3):
            self.fund(pick=place, minor=BUDGET)
            for number in range(2):
                self.claim(pick=place + 3 * number, hourly=13_000, minutes=20)
        self.verdict(pick=0, ask=False)
        self.verdict(pick=0, ask=True)
        for place in range(5):
            self.bonus(pick=place, minor=20_000 + place)
        self.days_pass()
        self.prepare()
        self.approve_or_cancel(pick=0, well=1)
        for place in range(5):
            self.bonus(pick=place, minor=9_000 + place)
        self.days_pass()
        self.bonus(pick=1, minor=4_334)
        self.ask_refund(pick=0, minor=45_000)
        self.ask_refund(pick=1, minor=60_000)
        self.dispute(pick=0, share=4)  # more than the wallet has left
        return self.kept()


def on(kind: type[Postings], app: Application, session: Session) -> type[Postings]:
    """The machine on a world of its own; `session` holds the outer transaction in which all of it vanishes."""
    world = World.make(app.sessions, session.connection())
    shared = {"world": world, "start": Model(by_bank={*world.by_bank}), "tally": Counter()}
    machine = type(kind.__name__, (kind,), shared)
    machine.start = machine().begin()
    return machine


def at_a_job(app: Application, session: Session) -> type[VerbEvents]:
    """The machine of whole verbs, on a project with experts at work; every rule of `ledger verify` is asked."""
    world = Job.make(app.sessions, session.connection())
    checks: Checks = app.extensions["assay"][Checks]
    shared = {"world": world, "start": world.begun(), "tally": Counter(), "checks": (checks.broken,)}
    return type("Verbs", (VerbEvents,), shared)


__all__ = ["MoneyMachine", "Postings", "at_a_job", "on"]
