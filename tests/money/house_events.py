"""What people of the house do by hand, two of them for each: corrections, goodwill, deposits, clawbacks."""

import uuid
from typing import Any

import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy.orm import Session

from marketplace.billing import service as billing
from marketplace.billing.models import RecordedDeposit
from marketplace.cases import service as cases
from marketplace.cases.service import Wish
from marketplace.companies import queries as companies
from marketplace.gateways.stripe.states import BalanceLine
from marketplace.identity.models import User
from marketplace.kit import clock, ids
from marketplace.ledger import service as ledger
from marketplace.ledger.models import PLATFORM, Kind, LedgerTransaction
from marketplace.ledger.service import booking, reading
from marketplace.ledger.service.reconciling import BEGINNING
from marketplace.payouts.models import Earning
from tests.money import model as m
from tests.money.base import PICK, MoneyMachine, cents

WHY = "Our outage of Monday cost two hours, and the sum was agreed."
EVIDENCE = "Forty answers are word for word those of another account, see S-1 to S-40."
ANSWER_DAYS, CLAWBACK_DAYS = 3, 30
HOW = st.sampled_from(["approved", "approved", "approved", "refused", "withdrawn"])


class HouseEvents(MoneyMachine):
    """Nothing moves when one person proposes; the money moves once, when another agrees."""

    # ---- corrections and goodwill

    @rule(pick=PICK, place=st.integers(0, 7), minor=cents(30_000), adds=st.booleans(), how=HOW)
    def correction(self, pick: int, place: int, minor: int, adds: bool, how: str) -> None:
        account = self.correctable(place, pick)
        adds = adds or account[0] == "expert_pending"  # nothing is taken from a person this way
        other = m.ADJUSTMENTS
        leg = (account, other, minor) if adds is (account[0] in m.DEBIT) else (other, account, minor)
        kind, owner = Kind(account[0]), account[1]

        def propose(session: Session) -> None:
            cases.propose_correction(
                session, self.wish(session, form, minor), kind=kind, owner_id=owner, adds=adds
            )

        form = ids.new_id()
        self.deliver(self.inside(propose), m.NOTHING)
        expected = self.by_two(form, how, leg)
        if expected == m.MOVED and account[0] == "expert_pending":
            self.model.earn(owner, minor)
        if expected == m.MOVED and owner == PLATFORM:
            self.reversed(form, leg)
        self.step("correction")

    @rule(pick=PICK, minor=cents(40_000), how=HOW)
    def goodwill(self, pick: int, minor: int, how: str) -> None:
        person, form = self.world.people[pick % 5], ids.new_id()

        def propose(session: Session) -> None:
            cases.propose_goodwill(session, self.wish(session, form, minor), user_id=person)

        self.deliver(self.inside(propose), m.NOTHING)
        if self.by_two(form, how, (m.ADJUSTMENTS, m.pending(person), minor)) == m.MOVED:
            self.model.earn(person, minor)
        self.step("goodwill")

    def by_two(self, form: uuid.UUID, how: str, leg: m.Leg) -> str:
        """Not by who proposed it; by another one, once.  What the account does not hold is not moved."""
        self.refused(self.deciding(form, "approved", by=0))
        expected = self.model.post([leg]) if how == "approved" else m.NOTHING
        self.deliver(self.deciding(form, how, by=1), expected)
        if expected == m.SHORT:  # it stands until somebody ends it
            self.deliver(self.deciding(form, "withdrawn", by=0), m.NOTHING)
        self.refused(self.deciding(form, "refused" if how == "approved" else "approved", by=1))
        return expected

    def reversed(self, form: uuid.UUID, leg: m.Leg) -> None:
        """A correction was wrong itself: the ledger takes it back, leg by leg, once."""
        debit, credit, minor = leg

        def back(session: Session, word: str = "back") -> None:
            of = session.scalars(sa.select(LedgerTransaction).filter_by(ref_id=form, reverses_id=None)).one()
            two = dict(zip(("actor_id", "approver_id"), self.world.finance, strict=True))
            ledger.reverse(session, of, key=f"adj:{form}:{word}", reason=WHY, **two)

        self.deliver(self.inside(back), self.model.post([(credit, debit, minor)]))
        self.ended(self.inside(lambda session: back(session, "again")))

    def correctable(self, place: int, pick: int) -> m.Account:
        return (
            m.wallet(self.world.companies[pick % 2]),
            m.of_project([*self.world.projects][pick % 3])[0],
            m.pending(self.world.people[pick % 5]),
            m.STRIPE,
            m.BANK,
            m.FEES,
            m.LOSS,
            m.REVENUE,
        )[place]

    # ---- pay that is taken back

    @precondition(lambda self: self.pay_on_hold())
    @rule(pick=PICK)
    def clawback(self, pick: int) -> None:
        """Somebody proposes it; its person answers or lets the days pass; nothing matures meanwhile."""
        known = self.pay_on_hold()
        earning, form = known[pick % len(known)], ids.new_id()
        earning.asked_back = True
        self.model.clawbacks[form] = [earning, self.model.day + ANSWER_DAYS]
        self.deliver(self.inside(lambda session: self.ask_back(session, earning.claim, form)), m.NOTHING)
        self.refused(self.inside(lambda session: self.ask_back(session, earning.claim, ids.new_id())))
        self.refused(self.deciding(form, "approved", by=1))  # its person can still answer
        if pick % 2:
            self.model.clawbacks[form][1] = self.model.day
            self.deliver(self.inside(lambda session: self.answered(session, form)), m.NOTHING)
        self.step("clawback")

    @precondition(lambda self: self.answered_clawbacks())
    @rule(pick=PICK, how=HOW)
    def decide_clawback(self, pick: int, how: str) -> None:
        known = self.answered_clawbacks()
        form = known[pick % len(known)]
        if how == "approved":
            expected = self.model.taken_back(form)
        else:
            expected = m.NOTHING
            self.model.clawbacks.pop(form)[0].asked_back = False
        self.deliver(self.deciding(form, how, by=1), expected)
        self.step("clawback_approved" if how == "approved" else "clawback_dropped")

    @precondition(lambda self: self.model.clawbacks)
    @rule()
    def clawbacks_lapse(self) -> None:
        self.model.day += CLAWBACK_DAYS
        for earning, _ in self.model.clawbacks.values():
            earning.asked_back = False
        self.model.clawbacks.clear()
        self.deliver(self.inside(lambda session: cases.lapse_due(session, {})), m.NOTHING)
        self.step("clawback_lapsed")

    def pay_on_hold(self) -> list[m.Earning]:
        return [one for one in self.model.on_hold() if one.claim]

    def answered_clawbacks(self) -> list[uuid.UUID]:
        return [form for form, (_, until) in self.model.clawbacks.items() if until <= self.model.day]

    def ask_back(self, session: Session, claim: uuid.UUID | None, form: uuid.UUID) -> None:
        pay = sa.select(Earning).where(Earning.ledger_key.like(f"claim:{claim}:%"))
        by = session.get_one(User, self.world.finance[0])
        found = session.scalars(pay).one()
        cases.propose_clawback(session, found.id, by=by, form_key=form, reason=WHY, evidence=EVIDENCE)

    def answered(self, session: Session, form: uuid.UUID) -> None:
        person = self.model.clawbacks[form][0].person
        cases.answer(session, form, by=session.get_one(User, person), said="They are my own words.")

    # ---- deposits recorded by hand

    @rule(pick=PICK, minor=cents(300_000), well=st.integers(0, 3))
    def recorded(self, pick: int, minor: int, well: int) -> None:
        company, line = self.world.companies[pick % 2], f"LINE {uuid.uuid4()}"
        self.deliver(self.inside(lambda session: self.written_down(session, company, line, minor)), m.NOTHING)
        row = self.inside(lambda session: self.row_of(session, line))()
        confirm = self.inside(lambda session: billing.confirm(session, row, by=self.finance(session, 1)))
        drop = self.inside(lambda session: billing.drop(session, row, by=self.finance(session, 1)))
        self.refused(self.inside(lambda session: billing.confirm(session, row, by=self.finance(session, 0))))
        if well:
            self.deliver(confirm, self.model.post([(m.BANK, m.wallet(company), minor)]))
        else:
            self.deliver(drop, m.NOTHING)
        self.refused(drop if well else confirm)
        self.step("deposit_recorded" if well else "deposit_dropped")

    def written_down(self, session: Session, company: uuid.UUID, line: str, minor: int) -> None:
        billing.record(
            session,
            companies.company(session, company),  # type: ignore[arg-type]
            by=self.finance(session, 0),
            amount_minor=minor,
            bank_reference=line,
            arrived_on=clock.now().date(),
            reason=WHY,
        )

    def row_of(self, session: Session, line: str) -> uuid.UUID:
        reference = RecordedDeposit.bank_reference == line.upper()
        return session.scalars(sa.select(RecordedDeposit.id).where(reference)).one()

    # ---- what only the provider's list tells

    @rule(pick=PICK, minor=cents(50_000))
    def provider_tells(self, pick: int, minor: int) -> None:
        """A payout to our own bank, one that comes back, a lone fee, one given back, a fee told late."""
        tag, late = uuid.uuid4().hex, self.model.fee_unknown
        kind, amount, fee, leg = (
            ("payout", -minor, 0, (m.BANK, m.STRIPE, minor)),
            ("payout_failure", minor, 0, (m.STRIPE, m.BANK, minor)),
            ("stripe_fee", -minor, 0, (m.FEES, m.STRIPE, minor)),
            ("stripe_fee", minor, 0, (m.STRIPE, m.FEES, minor)),
            ("charge", 2 * minor, minor, (m.FEES, m.STRIPE, minor)),
        )[pick % (5 if late else 4)]
        charge = late.pop(0).hex if kind == "charge" else ""
        line, source = (f"txn_{charge}_1", f"ch_{charge}_1") if charge else (f"txn_{tag}", f"po_{tag}")
        self.provider.lines.append(listed(line, kind, amount, fee, source))
        self.deliver(self.outside(self.booked), self.model.post([leg]))
        self.step({"payout": "platform_payout", "charge": "late_fee"}.get(kind, kind))

    def booked(self) -> None:
        """The two steps of a comparison that can move money."""
        sessions, now = self.world.sessions, clock.now()
        reading.read(sessions, self.provider, since=BEGINNING, began=now)  # type: ignore[arg-type]
        booking.book(sessions)

    # ---- who and what

    def finance(self, session: Session, number: int) -> User:
        return session.get_one(User, self.world.finance[number])

    def wish(self, session: Session, form: uuid.UUID, minor: int) -> Wish:
        return Wish(by=self.finance(session, 0), form_key=form, amount_minor=minor, reason=WHY)

    def deciding(self, form: uuid.UUID, how: str, *, by: int) -> Any:
        def verb(session: Session) -> None:
            if how == "withdrawn":
                cases.withdraw(session, form, by=self.finance(session, 0))
            elif how == "refused":
                cases.refuse(session, form, by=self.finance(session, by), reason=WHY)
            else:
                cases.approve(session, form, by=self.finance(session, by))

        return self.inside(verb)


def listed(line: str, kind: str, amount: int, fee: int, source: str) -> BalanceLine:
    """One movement as the provider lists it."""
    now = clock.now()
    return BalanceLine(
        id=line,
        type=kind,
        reporting_category=kind,
        amount_minor=amount,
        fee_minor=fee,
        net_minor=amount - fee,
        currency="usd",
        source_id=source,
        created_at=now,
        available_at=now,
    )
