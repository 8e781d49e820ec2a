"""Payouts that were our own mistake: proposed, decided, taken back once, whatever the provider answers."""

import uuid

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy.orm import Session

from marketplace.identity.models import User
from marketplace.payouts import service
from tests.money import model as m
from tests.money.base import PICK, Act, MoneyMachine
from tests.money.provider import ACCEPTED, DOWN, LATER, LOST

WHY = "It was meant for another person of the same name."
SHORT, NEVER = "short", ("refused", "withdrawn")
ENDS = (ACCEPTED, ACCEPTED, LOST, DOWN, LATER, SHORT, *NEVER)


class ReversalEvents(MoneyMachine):
    """Money that left, and is back."""

    @precondition(lambda self: self.model.stripe_paid)
    @rule(pick=PICK, how=st.sampled_from(ENDS))
    def our_mistake(self, pick: int, how: str) -> None:
        place = pick % len(self.model.stripe_paid)
        payout = self.model.stripe_paid[place]
        reversal = self.deliver(self.called_mistake(payout), m.NOTHING)
        self.refused(self.judged(reversal, "approve", by=0))  # who proposed it approves nothing
        if how in NEVER:
            self.deliver_once(self.judged(reversal, how, by=int(how == "refused")))
            self.refused(self.judged(reversal, "approve", by=1))
        else:
            self.deliver_once(self.judged(reversal, "approve", by=1))
            self.refused(self.judged(reversal, "refused", by=1))
            self.comes_back(payout, reversal, how)
            if how != SHORT:
                del self.model.stripe_paid[place]
        self.step(f"reversal_{how}")

    def comes_back(self, payout: uuid.UUID, reversal: uuid.UUID, how: str) -> None:
        """The worker's tries until it has an end."""

        def call() -> None:
            service.send_reversal(self.world.sessions, self.provider, reversal)  # type: ignore[arg-type]  # the played provider has the calls of a payout alone

        act = self.outside(call)
        self.provider.short, self.provider.how = how == SHORT, how
        if how in {LOST, DOWN, LATER}:  # nobody knows, or nothing happened: nothing moves
            act()
            self.compare()
            self.provider.how = ACCEPTED
        self.deliver(act, m.NOTHING if how == SHORT else self.model.came_back(payout, m.STRIPE))
        self.provider.short = False
        made = [one for one in self.provider.reversals.values() if one[1].reversal_id == reversal]
        assert len(made) == (how != SHORT), "a payout is taken back once"
        if how != SHORT:
            self.tally["transfer_reversed"] += 1

    def deliver_once(self, act: Act) -> None:
        """A decision, and the same one again too late."""
        act()
        self.compare()
        self.refused(act)

    def called_mistake(self, payout: uuid.UUID) -> Act:
        return self.inside(
            lambda session: (
                service.propose_reversal(
                    session, payout, by=session.get_one(User, self.world.finance[0]), reason=WHY
                ).id
            )
        )

    def judged(self, reversal: uuid.UUID, how: str, *, by: int) -> Act:
        def verb(session: Session) -> None:
            user = session.get_one(User, self.world.finance[by])
            if how == "approve":
                service.approve_reversal(session, reversal, by=user)
            elif how == "refused":
                service.refuse_reversal(session, reversal, by=user, reason=WHY)
            else:
                service.withdraw_reversal(session, reversal, by=user)

        return self.inside(verb)
