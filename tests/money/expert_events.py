"""Experts' money: bonuses, holds, runs, payouts (docs/money.md)."""

import uuid
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy.orm import Session

from marketplace.bonuses.policy import Gift
from marketplace.bonuses.service import giving
from marketplace.identity.models import User
from marketplace.kit.money import Money
from marketplace.ledger.models import PLATFORM, Kind
from marketplace.ledger.service import Entry
from marketplace.payouts import queries, service
from marketplace.payouts.models import Payout, PayoutRun
from tests.money import model as m
from tests.money.base import PICK, MoneyMachine, cents
from tests.money.provider import ACCEPTED, CALLS, REFUSED
from tests.money.work_events import earned, post_with_earnings

WHY = "The bank holiday would have delayed it by a week."


class ExpertEvents(MoneyMachine):
    """What a person is paid beside claims, and how it reaches them."""

    @rule(pick=PICK, minor=cents(40_000))
    def bonus(self, pick: int, minor: int) -> None:
        """Given by a company: whole to the person, the fee on top."""
        project, person = [*self.world.projects][pick % 3], self.world.people[pick % 5]
        budget, given_id = m.of_project(project)[0], uuid.uuid4()
        expected = self.model.post([(budget, m.pending(person), minor), (budget, m.REVENUE, m.fifth(minor))])
        if expected == m.MOVED:
            self.model.earn(person, minor)
        gift = Gift(user_id=person, amount_minor=minor, reason="Sources for every claim")
        about: Any = SimpleNamespace(id=project, currency="usd")
        entry = giving.entry_of(about, self.world.finance[0], gift, given_id)
        paid = [earned(person, minor, entry.key)]
        self.deliver(self.inside(lambda session: post_with_earnings(session, [entry], paid)), expected)
        if expected == m.MOVED:
            more = giving.entry_of(
                about, self.world.finance[0], replace(gift, amount_minor=minor + 1), given_id
            )
            self.conflict(self.inside(lambda session: post_with_earnings(session, [more], [])))
        self.step("bonus")

    # ---- holds

    @precondition(lambda self: self.model.waiting())
    @rule()
    def days_pass(self) -> None:
        self.model.day += m.HOLD_DAYS
        expected = self.model.mature()
        self.deliver(self.inside(service.mature_due), expected)
        self.step("days_pass")

    @precondition(lambda self: self.model.waiting())
    @rule(pick=PICK)
    def release_hold(self, pick: int) -> None:
        known = self.model.waiting()
        person = known[pick % len(known)]
        expected = self.model.mature(person)
        by = self.world.finance[0]
        self.deliver(self.inside(lambda session: release(session, person, by)), expected)
        self.step("release_hold")

    # ---- runs

    def due(self) -> list[tuple[uuid.UUID, int]]:
        """Who can be paid out, and how much."""
        has = [(person, self.model.available(person)) for person in self.world.people]
        return [(person, minor) for person, minor in has if minor >= m.LEAST_PAYOUT]

    @precondition(lambda self: self.due())
    @rule()
    def prepare(self) -> None:
        def verb(session: Session) -> PayoutRun:
            return service.prepare_run(session, by=session.get_one(User, self.world.finance[0]))

        run = self.inside(verb)()
        made = self.inside(lambda session: self.payouts_in(session, run.id))()
        assert sorted(made.values()) == sorted(self.due())
        for payout, (person, minor) in made.items():
            assert self.model.start_payout(person, payout) == minor
            self.model.payouts[payout] = person
        self.model.prepared[run.id] = [*made]
        self.compare()
        self.again(self.inside(verb))  # everything is in it: nobody is left for a second run
        self.step("prepare")

    @precondition(lambda self: self.model.prepared)
    @rule(pick=PICK, well=st.integers(0, 3))
    def approve_or_cancel(self, pick: int, well: int) -> None:
        run_id = [*self.model.prepared][pick % len(self.model.prepared)]
        inside = self.model.prepared[run_id]
        one_person = self.inside(lambda session: self.decided(session, run_id, approve=True, by=0))
        self.again(one_person)  # who prepared it approves nothing
        if well:
            self.model.let_go(run_id)
            expected = m.NOTHING
        else:
            del self.model.prepared[run_id]
            for payout in inside:
                expected = self.model.end_payout(self.model.payouts[payout], payout, to=None)
        self.deliver(
            self.inside(lambda session: self.decided(session, run_id, approve=bool(well), by=1)), expected
        )
        self.again(self.inside(lambda session: self.decided(session, run_id, approve=not well, by=1)))
        self.step("approve_run" if well else "cancel_run")

    @precondition(lambda self: self.model.to_send)
    @rule(pick=PICK)
    def send_well(self, pick: int) -> None:
        self.send(pick, ACCEPTED, hides=False)

    @precondition(lambda self: self.model.to_send)
    @rule(pick=PICK, how=st.sampled_from(CALLS), hides=st.booleans())
    def send_somehow(self, pick: int, how: str, hides: bool) -> None:
        self.send(pick, how, hides=hides)

    def send(self, pick: int, how: str, *, hides: bool) -> None:
        payout = self.model.to_send.pop(pick % len(self.model.to_send))
        person = self.model.payouts[payout]
        call = self.outside(lambda: service.send(self.world.sessions, self.provider, payout))  # type: ignore[arg-type]
        self.provider.how, self.provider.hides = how, False
        if how not in {ACCEPTED, REFUSED}:  # nobody knows: nothing moves, and it is looked for first
            call()
            self.compare()
            self.provider.how, self.provider.hides = ACCEPTED, hides
        to = None if how == REFUSED else m.STRIPE
        self.deliver(call, self.model.end_payout(person, payout, to=to))
        self.ended(self.inside(lambda session: self.other_end_of_payout(session, payout)))
        group = [one for one in self.provider.sent.values() if one.transfer_group == str(payout)]
        assert len(group) == (how != REFUSED), "a payout is one transfer"
        if to:
            self.model.stripe_paid.append(payout)
        self.step(f"send_{how}")

    # ---- who and what

    def payouts_in(self, session: Session, run_id: uuid.UUID) -> dict[uuid.UUID, tuple[uuid.UUID, int]]:
        found = session.query(Payout).filter(Payout.run_id == run_id)
        return {one.id: (one.user_id, one.gross_minor) for one in found}

    def decided(self, session: Session, run_id: uuid.UUID, *, approve: bool, by: int) -> None:
        run, user = session.get_one(PayoutRun, run_id), session.get_one(User, self.world.finance[by])
        (service.approve_run if approve else service.cancel_run)(session, run, by=user)

    def other_end_of_payout(self, session: Session, payout_id: uuid.UUID) -> None:
        """Whatever end it had: the ledger takes no other."""
        payout = queries.lock_payout(session, payout_id)
        assert payout is not None
        place = (Kind.EXPERT_IN_TRANSIT, payout.user_id)
        legs = [(place, (Kind.PLATFORM_BANK, PLATFORM), Money(payout.amount_minor))]
        closes = f"payout:{payout_id}"
        post_with_earnings(session, [Entry(kind="payout_x", key=f"{closes}:x", closes=closes, legs=legs)], [])


def release(session: Session, person: uuid.UUID, by: uuid.UUID) -> None:
    """Somebody of finance ends a person's hold early."""
    service.release_hold(session, person, by=session.get_one(User, by), reason=WHY)
