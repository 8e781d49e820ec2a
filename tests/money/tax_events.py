"""Tax that a law withholds from payouts, and what is handed to the authority."""

import uuid
from datetime import date

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy.orm import Session

from marketplace.identity.models import User
from marketplace.payouts import service
from tests.money import model as m
from tests.money.base import PICK, Act, MoneyMachine

WHY = "The authority says that the tax number is wrong."
DAY = date(2026, 11, 2)


class TaxEvents(MoneyMachine):
    """Who is on backup withholding, and what leaves for the authority."""

    @precondition(lambda self: self.with_nothing_unsent())
    @rule(pick=PICK, how=st.sampled_from(["approve", "approve", "refuse", "withdraw"]))
    def withholding(self, pick: int, how: str) -> None:
        """Somebody is put on it, or nearly; whoever is on it already is let go."""
        known = self.with_nothing_unsent()
        person = known[pick % len(known)]
        if person in self.model.taxed:
            lifted = self.model.taxed.pop(person)
            self.once(self.on_row(lifted, "lift", by=0))
            self.step("withholding_lifted")
            return
        row = self.inside(
            lambda session: (
                service.propose_withholding(
                    session, person, by=self.finance(session, 0), reason=WHY, letter_on=DAY
                ).id
            )
        )()
        self.compare()
        self.refused(self.on_row(row, "approve", by=0))  # who proposed it approves nothing
        self.once(self.on_row(row, how, by=0 if how == "withdraw" else 1))
        if how == "approve":
            self.model.taxed[person] = row
        self.step(f"withholding_{how}")

    @precondition(lambda self: self.model.to_hand_over)
    @rule(well=st.booleans())
    def remittance(self, well: bool) -> None:
        tag = str(uuid.uuid4())
        record = self.inside(
            lambda session: (
                service.record_remittance(
                    session, by=self.finance(session, 0), bank_reference=tag, paid_on=DAY
                ).id
            )
        )
        row = record()
        self.compare()
        self.refused(record)
        self.refused(self.on_remittance(row, "confirm", by=0))
        if well:
            minor = sum(self.model.withheld[payout] for payout in self.model.to_hand_over)
            self.model.handed_over |= {*self.model.to_hand_over}
            self.model.to_hand_over = []
            self.deliver(self.on_remittance(row, "confirm", by=1), self.model.post([(m.LAW, m.BANK, minor)]))
            self.refused(self.on_remittance(row, "drop", by=1))
        else:
            self.once(self.on_remittance(row, "drop", by=0))
        self.step("tax_remitted" if well else "remittance_dropped")

    def with_nothing_unsent(self) -> list[uuid.UUID]:
        """People none of whose payouts would be cancelled and prepared anew."""
        runs = [*self.model.prepared.values(), *self.model.for_bank.values()]
        waiting = {*self.model.to_send, *(payout for inside in runs for payout in inside)}
        busy = {self.model.payouts[payout] for payout in waiting}
        return [person for person in self.world.people if person not in busy]

    def once(self, act: Act) -> None:
        """A decision that moves nothing, and the same one again too late."""
        act()
        self.compare()
        self.refused(act)

    def finance(self, session: Session, by: int) -> User:
        return session.get_one(User, self.world.finance[by])

    def on_row(self, row: uuid.UUID, how: str, *, by: int) -> Act:
        def verb(session: Session) -> None:
            user = self.finance(session, by)
            if how == "approve":
                service.approve_withholding(session, row, by=user)
            elif how == "withdraw":
                service.withdraw_withholding(session, row, by=user)
            elif how == "refuse":
                service.refuse_withholding(session, row, by=user, reason=WHY)
            else:
                service.lift_withholding(session, row, by=user, reason=WHY)

        return self.inside(verb)

    def on_remittance(self, row: uuid.UUID, how: str, *, by: int) -> Act:
        def verb(session: Session) -> None:
            user = self.finance(session, by)
            (service.confirm_remittance if how == "confirm" else service.drop_remittance)(
                session, row, by=user
            )

        return self.inside(verb)
