"""A company's money: deposits, fees, refunds, budgets (docs/money.md)."""

import uuid
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy.orm import Session

from marketplace.billing import service as billing
from marketplace.billing.models import Deposit, DepositState
from marketplace.gateways.stripe.states import RefundState, SessionState
from marketplace.identity.models import User
from marketplace.kit import ids
from marketplace.kit.database import insert_once
from marketplace.projects import queries as projects
from marketplace.projects import service as funding
from marketplace.projects.service.funding import defund
from tests.money import model as m
from tests.money.base import PICK, MoneyMachine, cents
from tests.money.provider import ACCEPTED, CALLS, REFUSED

ALONE = 50_000  # cents that go back to a company without somebody of the house
GONE = {"declined", "cancelled", "failed", "returned"}


class CompanyEvents(MoneyMachine):
    """What a company pays in, takes back and gives to projects."""

    # ---- deposits

    @rule(pick=PICK, minor=cents(400_000), fee=st.integers(0, 900))
    def card_deposit(self, pick: int, minor: int, fee: int) -> None:
        company = self.company(pick)
        deposit = ids.new_id()
        self.model.deposits[deposit] = [company, minor, "succeeded"]
        said = paid(deposit, minor, fee=fee)
        assert self.model.post([(m.STRIPE, m.wallet(company), minor)]) == m.MOVED
        self.model.post([(m.FEES, m.STRIPE, fee)])
        self.model.fee_unknown += [] if fee else [deposit]
        self.deliver(self.inside(lambda session: self.told(session, deposit, said)), m.MOVED)
        self.again(self.inside(lambda session: billing.apply(session, bounced(deposit, minor))))
        if pick % 4 == 0:  # somebody paid the same deposit on another page as well
            more = paid(deposit, minor, number=2)
            expected = self.model.post([(m.STRIPE, m.wallet(company), minor)])
            self.deliver(self.inside(lambda session: billing.apply(session, more)), expected)
        self.step("card_deposit")

    @rule(pick=PICK, minor=cents(400_000))
    def bank_debit(self, pick: int, minor: int) -> None:
        company = self.company(pick)
        deposit = ids.new_id()
        self.model.deposits[deposit] = [company, minor, "pending"]
        expected = self.model.post([(m.COMING, ("company_pending", company), minor)])
        said = coming(deposit, minor)
        self.deliver(self.inside(lambda session: self.told(session, deposit, said)), expected)
        self.step("bank_debit")

    @precondition(lambda self: any(one[2] == "pending" for one in self.model.deposits.values()))
    @rule(pick=PICK, well=st.booleans())
    def bank_debit_ends(self, pick: int, well: bool) -> None:
        known = [deposit for deposit, one in self.model.deposits.items() if one[2] == "pending"]
        deposit = known[pick % len(known)]
        company, minor, _ = self.model.deposits[deposit]
        self.model.deposits[deposit][2] = "succeeded" if well else "failed"
        legs = [(m.STRIPE, m.wallet(company), minor)] if well else []
        back = (("company_pending", company), m.COMING, minor)
        expected = self.model.post([*legs, back], ends=f"deposit:{deposit}")
        good, bad = paid(deposit, minor), bounced(deposit, minor)
        first, second = (good, bad) if well else (bad, good)
        self.deliver(self.inside(lambda session: billing.apply(session, first)), expected)
        self.again(self.inside(lambda session: billing.apply(session, second)))
        self.step("bank_debit_ends")

    # ---- budgets

    @rule(pick=PICK, minor=cents(300_000))
    def fund(self, pick: int, minor: int) -> None:
        project = [*self.world.projects][pick % 3]
        company, form = self.world.projects[project], ids.new_id()
        if self.model.uncovered(company):
            expected = m.SHORT
        else:
            expected = self.model.post([(m.wallet(company), m.of_project(project)[0], minor)])

        def verb(session: Session) -> None:
            by = session.get_one(User, self.world.owners[company])
            funding.fund(session, locked(session, project), by=by, amount_minor=minor, form_key=form)

        self.deliver(self.inside(verb), expected)
        self.step("fund")

    @precondition(lambda self: self.model.books[m.of_project([*self.world.projects][-1])[0]])
    @rule()
    def defund(self) -> None:
        project = [*self.world.projects][-1]
        company, budget = self.world.projects[project], m.of_project(project)[0]
        expected = self.model.post([(budget, m.wallet(company), self.model.books[budget])])
        self.deliver(self.inside(lambda session: defund(session, locked(session, project))), expected)
        self.step("defund")

    # ---- refunds

    @precondition(lambda self: any(one[2] == "succeeded" for one in self.model.deposits.values()))
    @rule(pick=PICK, minor=cents(150_000))
    def ask_refund(self, pick: int, minor: int) -> None:
        company, form = self.company(pick), ids.new_id()
        left = {deposit: self.left(deposit) for deposit in sorted(self.model.deposits, reverse=True)}
        mine = {key: most for key, most in left.items() if most and self.model.deposits[key][0] == company}
        wallet = m.wallet(company)
        if self.model.uncovered(company) or minor > min(sum(mine.values()), self.model.books[wallet]):
            expected = m.SHORT
        else:
            expected = self.model.post([(wallet, ("company_refund_in_transit", company), minor)])

        def verb(session: Session) -> list[tuple[uuid.UUID, uuid.UUID, int]]:
            by = self.world.member(session, company)
            made = billing.ask(session, by=by, amount_minor=minor, form_key=form)
            return [(one.id, one.deposit_id or one.deposit.id, one.amount_minor) for one in made]

        made = self.deliver(self.inside(verb), expected) or []
        parts, rest = {}, minor
        for deposit, most in mine.items() if made else ():
            parts[deposit] = min(most, rest)
            rest -= parts[deposit]
        assert {deposit: part for _, deposit, part in made} == {
            key: part for key, part in parts.items() if part
        }
        for refund, deposit, part in made:
            self.model.refunds[refund] = [company, deposit, part, "asked" if minor > ALONE else "approved"]
        self.step("ask_refund")

    @precondition(lambda self: any(one[3] == "asked" for one in self.model.refunds.values()))
    @rule(pick=PICK, how=st.sampled_from(["approved", "approved", "declined", "cancelled"]))
    def decide_refund(self, pick: int, how: str) -> None:
        refund, one = self.some_refund(pick, "asked")
        one[3] = how
        expected = m.NOTHING if how == "approved" else self.refund_back(refund)

        def verb(session: Session) -> None:
            finance = session.get_one(User, self.world.finance[0])
            if how == "approved":
                billing.approve(session, refund, by=finance)
            elif how == "declined":
                billing.decline(session, refund, by=finance, reason="The payment is being looked at.")
            else:
                billing.cancel(session, refund, by=self.world.member(session, one[0]))

        self.deliver(self.inside(verb), expected)
        self.step("decide_refund")

    @precondition(lambda self: any(one[3] == "approved" for one in self.model.refunds.values()))
    @rule(pick=PICK, how=st.sampled_from(CALLS), hides=st.booleans())
    def send_refund(self, pick: int, how: str, hides: bool) -> None:
        refund, one = self.some_refund(pick, "approved")
        call = self.outside(lambda: billing.send_refund(self.world.sessions, self.provider, refund))  # type: ignore[arg-type]
        self.provider.how, self.provider.hides = how, False
        if how not in {ACCEPTED, REFUSED}:  # nobody knows: nothing moves, and it is looked for first
            call()
            self.compare()
            self.provider.how, self.provider.hides = ACCEPTED, hides
        if how == REFUSED:
            one[3], expected = "failed", self.refund_back(refund)
        else:
            one[3] = "paid"
            way = ("company_refund_in_transit", one[0])
            expected = self.model.post([(way, m.STRIPE, one[2])], ends=f"refund:{refund}")
        self.deliver(call, expected)
        assert sum(made.refund_id == refund for _, made in self.provider.refunds.values()) == (how != REFUSED)
        self.step("send_refund")

    @precondition(lambda self: any(one[3] == "paid" for one in self.model.refunds.values()))
    @rule(pick=PICK)
    def refund_comes_back(self, pick: int) -> None:
        refund, one = self.some_refund(pick, "paid")
        one[3] = "returned"
        expected = self.model.post([(m.STRIPE, m.wallet(one[0]), one[2])])
        (made,) = (made for _, made in self.provider.refunds.values() if made.refund_id == refund)
        state = RefundState(id=made.id, state="failed", amount_minor=one[2], currency="usd", refund_id=refund)
        self.deliver(self.inside(lambda session: billing.apply_refund(session, state)), expected)
        self.step("refund_comes_back")

    # ---- who and what

    def company(self, pick: int) -> uuid.UUID:
        return self.world.companies[pick % len(self.world.companies)]

    def left(self, deposit: uuid.UUID) -> int:
        _, minor, state = self.model.deposits[deposit]
        taken = sum(one[2] for one in self.model.refunds.values() if one[1] == deposit and one[3] not in GONE)
        disputed = any(one[1] == deposit and one[4] != "won" for one in self.model.disputes.values())
        return minor - taken if state == "succeeded" and not disputed else 0

    def some_refund(self, pick: int, state: str) -> tuple[uuid.UUID, list[Any]]:
        known = [refund for refund, one in self.model.refunds.items() if one[3] == state]
        return known[pick % len(known)], self.model.refunds[known[pick % len(known)]]

    def refund_back(self, refund: uuid.UUID) -> str:
        company, _, minor, _ = self.model.refunds[refund]
        legs = [(("company_refund_in_transit", company), m.wallet(company), minor)]
        return self.model.post(legs, ends=f"refund:{refund}")

    def told(self, session: Session, deposit: uuid.UUID, said: SessionState) -> None:
        company, minor, _ = self.model.deposits[deposit]
        insert_once(
            session,
            Deposit,
            id=deposit,
            company_id=company,
            by_id=self.world.owners[company],
            amount_minor=minor,
            currency="usd",
            state=DepositState.CREATED,
            session_number=0,
        )
        billing.apply(session, said)


def locked(session: Session, project: uuid.UUID) -> Any:
    """The project as a verb takes it."""
    return projects.lock(session, project)


def paid(deposit: uuid.UUID, minor: int, *, fee: int = 0, number: int = 1) -> SessionState:
    """Somebody paid on the page."""
    tag = f"{deposit.hex}_{number}"
    return SessionState(
        id=f"cs_{tag}",
        status="complete",
        payment_status="paid",
        url=None,
        amount_minor=minor,
        currency="usd",
        deposit_id=deposit,
        payment_intent_id=f"pi_{tag}",
        payment_state="succeeded",
        charge_id=f"ch_{tag}",
        balance_transaction_id=f"txn_{tag}",
        fee_minor=fee,
    )


def coming(deposit: uuid.UUID, minor: int, state: str = "processing") -> SessionState:
    """A bank debit is on its way, or in another state."""
    return SessionState(
        id=f"cs_{deposit.hex}_1",
        status="complete",
        payment_status="unpaid",
        url=None,
        amount_minor=minor,
        currency="usd",
        deposit_id=deposit,
        payment_intent_id=f"pi_{deposit.hex}_1",
        payment_state=state,
    )


def bounced(deposit: uuid.UUID, minor: int) -> SessionState:
    """The bank sent the debit back."""
    return coming(deposit, minor, "requires_payment_method")
