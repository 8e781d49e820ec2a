"""Payouts that people ask for, and those by bank file: handed over, taken, not taken, sent back."""

import csv
import io
import uuid
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy.orm import Session

from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.payouts import policy, service
from marketplace.payouts.models import Payout, PayoutRun
from marketplace.payouts.service import Taken, bank_file
from tests.money import model as m
from tests.money.base import PICK, Act, MoneyMachine
from tests.money.world import SEALER

WHY = "Our bank did not take this line: the account is closed."


class BankEvents(MoneyMachine):
    """The manual rail, and runs of one."""

    # ---- on request

    @precondition(lambda self: self.may_ask())
    @rule(pick=PICK, how=st.sampled_from(["approved", "approved", "taken_back", "cancelled"]))
    def ask_payout(self, pick: int, how: str) -> None:
        known = self.may_ask()
        person = known[pick % len(known)]
        ask = self.inside(lambda session: service.ask(session, by=session.get_one(User, person)).id)
        run = ask()
        self.model.rings.append((person, self.model.day))
        (payout,) = self.inside(lambda session: [one.id for one in payouts_in(session, run)])()
        self.model.start_payout(person, payout)
        self.model.payouts[payout], self.model.prepared[run] = person, [payout]
        self.compare()
        self.refused(ask)  # everything is in it
        if how == "approved":
            self.model.let_go(run)
            self.model.asked[person] = self.model.day
            self.deliver(self.on_run(run, how), m.NOTHING)
            self.refused(self.on_run(run, "taken_back"))
        else:
            del self.model.prepared[run]
            self.deliver(self.on_run(run, how), self.model.end_payout(person, payout, to=None))
            self.refused(self.on_run(run, "approved"))
        self.step(f"asked_{how}")

    def may_ask(self) -> list[uuid.UUID]:
        """Who has enough, and has neither a request of this day that stands nor three that do not."""
        return [
            person
            for person in self.world.people
            if self.model.available(person) >= m.LEAST_PAYOUT
            and self.model.asked.get(person) != self.model.day
            and self.model.rings.count((person, self.model.day)) < m.ASKS_A_DAY
        ]

    def on_run(self, run_id: uuid.UUID, how: str) -> Act:
        def verb(session: Session) -> None:
            run, finance = session.get_one(PayoutRun, run_id), session.get_one(User, self.world.finance[1])
            if how == "approved":
                service.approve_run(session, run, by=finance)
            elif how == "cancelled":
                service.cancel_run(session, run, by=finance)
            else:
                service.take_back(session, run_id, by=session.get_one(User, run.prepared_by_id))

        return self.inside(verb)

    # ---- by bank file

    @precondition(lambda self: self.model.for_bank)
    @rule(pick=PICK)
    def bank_file(self, pick: int) -> None:
        run_id = [*self.model.for_bank][pick % len(self.model.for_bank)]
        inside = self.model.for_bank.pop(run_id)
        self.model.at_bank += inside

        def verb(session: Session) -> str:
            by = session.get_one(User, self.world.finance[1])
            return service.hand_over(session, session.get_one(PayoutRun, run_id), by=by, sealer=SEALER)

        text = self.deliver(self.inside(verb), m.NOTHING)
        assert {line.split(",")[0] for line in text.split()[1:]} >= {policy.reference(one) for one in inside}
        assert text.count("EUR") + text.count("USD") == len(inside), "one line a payout"
        assert self.inside(verb)() == text, "the newest file again"
        self.step("bank_file")

    @precondition(lambda self: self.model.at_bank)
    @rule(pick=PICK, how=st.sampled_from(["paid", "paid", "paid_and_back", "not_taken", "line_after_all"]))
    def bank_statement(self, pick: int, how: str) -> None:
        payout = self.model.at_bank.pop(pick % len(self.model.at_bank))
        person, minor = self.model.payouts[payout], self.held(payout)
        if how.startswith("paid"):
            expected = self.model.end_payout(person, payout, to=m.BANK)
            self.taken(payout, [-minor], expected, Taken(paid=1))
            self.model.bank_paid.append(payout)
            self.refused(self.not_taken(payout))
        else:
            self.deliver(self.not_taken(payout), self.model.end_payout(person, payout, to=None))
        if how == "paid_and_back":
            self.back(self.model.bank_paid.pop(), minor)
        if how == "line_after_all":  # nothing moves, and a person has to look
            self.taken(payout, [-minor], m.NOTHING, Taken(alarms=1))
            self.deliver(self.inside(lambda session: self.looked(session, payout)), m.NOTHING)
        self.step(f"bank_{how}")

    @precondition(lambda self: self.model.bank_paid)
    @rule(pick=PICK)
    def bank_sends_back(self, pick: int) -> None:
        payout = self.model.bank_paid.pop(pick % len(self.model.bank_paid))
        self.back(payout, self.held(payout))
        self.step("payout_returned")

    def back(self, payout: uuid.UUID, minor: int) -> None:
        self.taken(payout, [minor], self.model.came_back(payout), Taken(returned=1))
        other = self.statement(payout, [minor], "X")  # another number of the bank's for the same money
        self.refused(self.inside(lambda session: self.took(session, other)))

    def taken(self, payout: uuid.UUID, amounts: list[int], expected: str, taken: Taken) -> None:
        """A statement of our bank, and the same one again."""
        data = self.statement(payout, amounts)
        act = self.inside(lambda session: self.took(session, data))
        assert self.deliver(act, expected) == taken
        assert act() == Taken(known=len(amounts))

    def statement(self, payout: uuid.UUID, amounts: list[int], tag: str = "B") -> bytes:
        out, reference = io.StringIO(), policy.reference(payout)
        writer = csv.writer(out)
        writer.writerow(bank_file.WANTED)
        with clock.shifted(self.days()):
            today = f"{clock.now():%Y-%m-%d}"
        for minor in amounts:
            line = f"{tag}-{reference}-{'in' if minor > 0 else 'out'}"
            writer.writerow([line, today, reference, f"{minor / 100:.2f}"])
        return out.getvalue().encode()

    def held(self, payout: uuid.UUID) -> int:
        gross = sum(one.minor for one in self.model.earnings if one.payout == payout)
        return gross - self.model.withheld[payout]

    # ---- the verbs, on rows read for them

    def took(self, session: Session, data: bytes) -> Taken:
        return service.take_statement(session, data, by=session.get_one(User, self.world.finance[0]))

    def looked(self, session: Session, payout: uuid.UUID) -> None:
        by = session.get_one(User, self.world.finance[0])
        service.look_again(session, payout, by=by, reason="The bank has called the money back.")

    def not_taken(self, payout: uuid.UUID) -> Act:
        def verb(session: Session) -> Any:
            by = session.get_one(User, self.world.finance[0])
            return service.not_taken(session, payout, by=by, reason=WHY)

        return self.inside(verb)


def payouts_in(session: Session, run_id: uuid.UUID) -> list[Payout]:
    """What a run pays."""
    return session.query(Payout).filter(Payout.run_id == run_id).all()
