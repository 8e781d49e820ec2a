"""Payout accounts: a bank that was changed waits before anything is paid to it."""

import random
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from config.policy import MONEY
from marketplace.gateways.stripe.emulator import accounts, events
from marketplace.gateways.stripe.states import AccountState
from marketplace.handlers import provider
from marketplace.kit import clock
from marketplace.kit.application import Application
from marketplace.kit.errors import Refusal
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import LedgerTransaction
from marketplace.notifications.models import Notice
from marketplace.outbox.service import send as promise
from marketplace.payouts import queries, service
from marketplace.payouts.models import Payout, PayoutAccount, PayoutAccountState, PayoutState
from marketplace.payouts.service import wording
from tests.factories.billing import payments_of
from tests.factories.gateways import fund, ready_account
from tests.factories.payouts import (
    earn_available,
    make_account,
    make_approved_payout,
    make_expert,
    make_finance,
)
from tests.factories.provider_events import work
from tests.factories.queue import run_promises


def told(session: Session, account: PayoutAccount, last4: str | None) -> None:
    """The provider says which bank the account has now."""
    state = AccountState(
        id=str(account.external_id),
        details_submitted=True,
        transfers_enabled=last4 is not None,
        payouts_enabled=last4 is not None,
        bank_name="Test Bank" if last4 else None,
        bank_last4=last4,
    )
    service.apply_account(session, state)
    session.flush()


def test_the_first_bank_is_no_change_and_another_one_is(session: Session) -> None:
    account = make_account(session, make_expert(session))
    told(session, account, None)
    told(session, account, "6789")
    told(session, account, "6789")
    assert account.changed_at is None
    told(session, account, "4321")
    assert account.changed_at is not None


def test_a_run_prepared_while_the_bank_changed_pays_nothing_to_the_new_one(
    app: Application, session: Session
) -> None:
    payout = make_approved_payout(session)
    account = queries.account_of(session, payout.user_id)
    assert account is not None
    account.changed_at = payout.created_at - timedelta(seconds=1)  # read by the run as it was before
    session.flush()
    service.send(app.sessions, payments_of(app), payout.id)
    session.refresh(payout)
    assert payout.state is PayoutState.CANCELLED


def test_taking_the_bank_away_first_does_not_spare_the_wait(session: Session) -> None:
    account = make_account(session, make_expert(session))
    told(session, account, "6789")
    told(session, account, None)
    assert account.changed_at is None
    told(session, account, "4321")
    assert account.changed_at is not None


def test_a_bank_that_returns_a_payment_is_told_once(app: Application, session: Session) -> None:
    """The money is the person's already, at the payment service: nothing is posted."""
    ada, external = make_expert(session), ready_account(payments_of(app))
    make_account(session, ada, external)
    before = [*ledger.broken(session), session.query(LedgerTransaction).count()]
    for _ in range(2):
        hint = provider.Hint("payout.failed", "po_1", external)
        provider.CONNECT["payout.failed"](payments_of(app), app.sessions, hint)
        run_promises(app, session)
    told = session.query(Notice).filter_by(user_id=ada.id, kind="payout.bank_returned").one()
    assert "safe with the payment service" in told.body
    assert [*ledger.broken(session), session.query(LedgerTransaction).count()] == before


def test_a_bank_that_returns_a_payment_is_found_without_a_webhook(app: Application, session: Session) -> None:
    """The list of events of the house has none of an account: whoever was paid lately is asked for."""
    payments = payments_of(app)
    lately, long_ago = (make_approved_payout(session, payments) for _ in range(2))
    for payout in (lately, long_ago):
        fund(payments, payout.amount_minor)
        service.send(app.sessions, payments, payout.id)
        session.refresh(payout)
    long_ago.ended_at = clock.now() - timedelta(days=15)
    session.flush()
    with payments.emulator.books() as books:
        for number, payout in enumerate((lately, long_ago)):
            account = queries.account_of(session, payout.user_id)
            assert account is not None
            thing = {"id": f"po_{number}", "object": "payout"}
            told = events.record(books, "payout.failed", thing, account=account.external_id)
            books.sql.execute("DELETE FROM sends WHERE event_id = ?", (told["id"],))  # its webhook got lost
    for _ in range(2):
        promise(session, "stripe.sweep")
        promise(session, "payouts.follow_accounts")
        work(app, session)
    told_to = [one.user_id for one in session.query(Notice).filter_by(kind="payout.bank_returned")]
    assert told_to == [lately.user_id]


@given(st.lists(st.text(max_size=30)))
def test_whatever_is_wanted_is_said_in_words(wanted: list[str]) -> None:
    said = wording.wanted(wanted)
    assert len(said) == len(set(said)) <= len(set(wanted))
    assert all(said)


def test_what_the_payment_service_wants_is_said_in_plain_words() -> None:
    names = [
        "individual.dob.day",
        "individual.dob.month",
        "external_account",
        "individual.political_exposure",
    ]
    assert wording.wanted(names) == [
        "Your date of birth",
        "Your bank account: its IBAN or number",
        "Political exposure (the payment service explains it)",
    ]
    assert wording.disabled(None) is None
    assert "Give them" in str(wording.disabled("requirements.past_due"))
    assert "Open your page there" in str(wording.disabled("rejected.other"))


class Thief:
    """One person's money, and somebody who changes the bank, asks, prepares, approves and sends in any order."""

    def __init__(self, app: Application, session: Session, seed: int) -> None:
        self.app, self.session, self.dice = app, session, random.Random(seed)
        self.people = [make_finance(session, name) for name in ("Fin Ance", "Otto Second")]
        self.ada = make_expert(session)
        self.account = make_account(session, self.ada, ready_account(payments_of(app)))
        told(session, self.account, "0000")
        self.hours, self.steps, self.changes, self.sent = 0.0, 0, 0, 0

    def step(self) -> None:
        """One verb; a refusal is an answer."""
        often = (self.earn, self.approve, self.send, self.wait)
        verbs = (self.change, self.prepare, self.ask, self.cancel, *often, *often, *often)
        with clock.shifted(timedelta(hours=self.hours)), suppress(Refusal):
            self.dice.choice(verbs)()
            self.session.flush()

    def change(self) -> None:
        self.changes += 1
        told(self.session, self.account, f"{self.changes:04d}")

    def earn(self) -> None:
        earn_available(self.session, self.ada)

    def prepare(self) -> None:
        service.prepare_run(self.session, by=self.dice.choice(self.people))

    def ask(self) -> None:
        service.ask(self.session, by=self.ada)

    def approve(self) -> None:
        for run in queries.runs(self.session, None).rows[:2]:
            with suppress(Refusal):
                service.approve_run(self.session, run, by=self.dice.choice(self.people))

    def cancel(self) -> None:
        service.cancel_run(self.session, queries.runs(self.session, None).rows[0], by=self.people[0])

    def send(self) -> None:
        for payout_id in queries.unsettled(self.session):
            service.send(self.app.sessions, payments_of(self.app), payout_id)
            payout = self.session.get(Payout, payout_id)
            assert payout is not None
            self.session.refresh(payout)
            if payout.state is PayoutState.PAID:
                self.sent += 1
                changed = self.account.changed_at
                assert changed is None or changed <= clock.now() - timedelta(hours=MONEY.bank_change_hours)

    def wait(self) -> None:
        self.hours += self.dice.choice((0.1, 5, 30, 80))


@pytest.mark.parametrize("seed", range(4))
def test_no_order_of_things_pays_a_new_bank_too_early(app: Application, session: Session, seed: int) -> None:
    """Whatever is changed, asked, approved and sent when: nothing reaches a bank of the last 72 hours."""
    fund(payments_of(app), 10**8)
    thief = Thief(app, session, seed)
    for _ in range(
        300
    ):  # sixty steps, or more until something was paid: a walk that never pays proves nothing
        thief.step()
        thief.steps += 1
        if thief.steps >= 60 and thief.sent and thief.changes:
            break
    assert min(thief.sent, thief.changes) > 0
    assert [*ledger.broken(session), *queries.broken(session)] == []


def test_news_that_were_lost_are_found_within_a_day(app: Application, session: Session) -> None:
    """No webhook came: whoever has earned is looked at, and whoever has not is left in peace."""
    stays, changed, gone = (make_expert(session) for _ in range(3))
    idle = make_account(session, make_expert(session), ready_account(payments_of(app)))
    make_account(session, stays, ready_account(payments_of(app)))
    restricted = make_account(session, changed, ready_account(payments_of(app)))
    missing = make_account(session, gone, "acct_closed_there")
    for user in (stays, changed, gone):
        earn_available(session, user)
    with payments_of(app).emulator.books() as books:
        accounts.restrict(books, str(restricted.external_id), ["individual.verification.document"])
        accounts.restrict(books, str(idle.external_id), ["individual.verification.document"])
    promise(session, "payouts.follow_accounts")
    work(app, session)
    states = [queries.account_of(session, user.id) for user in (stays, changed, gone)]
    assert [one.state if one else None for one in states] == [
        PayoutAccountState.READY,
        PayoutAccountState.RESTRICTED,
        PayoutAccountState.RESTRICTED,
    ]
    assert missing.requirements["disabled_reason"] == "disconnected"
    assert idle.state is PayoutAccountState.READY
