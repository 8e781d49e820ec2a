"""Payments that a bank takes back, more than the wallet holds too.  Nobody's pay is ever touched."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy.orm import Session

from marketplace.billing import service as billing
from marketplace.billing.models import Dispute
from marketplace.billing.service import dispute_books
from marketplace.gateways.stripe.states import DisputeState
from marketplace.kit import clock
from marketplace.ledger import service as ledger
from tests.money import model as m
from tests.money.base import PICK, MoneyMachine

FEE = 1_500


class DisputeEvents(MoneyMachine):
    """A dispute is opened, then won or lost."""

    @precondition(lambda self: self.disputable())
    @rule(pick=PICK, share=st.integers(1, 4))
    def dispute(self, pick: int, share: int) -> None:
        known = self.disputable()
        deposit = known[pick % len(known)]
        company, whole, _ = self.model.deposits[deposit]
        minor = max(1, whole * share // 4)
        held = min(minor, self.model.books[m.wallet(company)])
        legs = [
            (m.TAKEN, m.STRIPE, minor),
            (m.FEES, m.STRIPE, FEE),
            (m.wallet(company), ("company_dispute_hold", company), held),
        ]
        expected = self.model.post(legs)
        name = f"dp_{deposit.hex}"
        self.model.disputes[name] = [company, deposit, minor, held, "open"]
        said = self.said(name, "needs_response")
        self.deliver(self.inside(lambda session: billing.apply_dispute(session, said)), expected)
        self.step("dispute" if held == minor else "dispute_above_the_wallet")

    @precondition(lambda self: any(one[4] == "open" for one in self.model.disputes.values()))
    @rule(pick=PICK, won=st.booleans(), fee_back=st.booleans())
    def dispute_ends(self, pick: int, won: bool, fee_back: bool) -> None:
        known = [name for name, one in self.model.disputes.items() if one[4] == "open"]
        name = known[pick % len(known)]
        company, _, minor, held, _ = self.model.disputes[name]
        hold = ("company_dispute_hold", company)
        if won:
            legs = [
                (m.STRIPE, m.TAKEN, minor),
                (m.STRIPE, m.FEES, FEE if fee_back else 0),
                (hold, m.wallet(company), held),
            ]
        else:
            legs = [(hold, m.TAKEN, held), (m.LOSS, m.TAKEN, minor - held)]
        expected = self.model.post(legs, ends=f"dispute:{name}")
        said = self.said(name, "won" if won else "lost", fee_back=fee_back)
        self.model.disputes[name][4] = "won" if won else "lost"
        self.deliver(self.inside(lambda session: billing.apply_dispute(session, said)), expected)
        self.ended(self.inside(lambda session: self.other_way(session, name, won=not won)))
        self.step("dispute_won" if won else "dispute_lost")

    def disputable(self) -> list[object]:
        """Deposits that arrived, of which nothing went back and nobody has taken anything."""
        refunded = {one[1] for one in self.model.refunds.values()}
        disputed = {one[1] for one in self.model.disputes.values()}
        return [
            deposit
            for deposit, one in self.model.deposits.items()
            if one[2] == "succeeded" and deposit not in refunded | disputed
        ]

    def said(self, name: str, state: str, *, fee_back: bool = False) -> DisputeState:
        """What the provider says of it."""
        _, deposit, minor, _, _ = self.model.disputes[name]
        return DisputeState(
            id=name,
            state=state,
            reason="fraudulent",
            amount_minor=minor,
            currency="usd",
            charge_id=f"ch_{deposit.hex}_1",
            payment_intent_id=f"pi_{deposit.hex}_1",
            deposit_id=deposit,
            method="card",
            withdrawn_minor=minor,
            fee_minor=FEE,
            returned_minor=minor if state == "won" else 0,
            fee_returned_minor=FEE if state == "won" and fee_back else 0,
            due_at=None,
            submission_count=0,
            opened_at=clock.now(),
        )

    def other_way(self, session: Session, name: str, *, won: bool) -> None:
        """The entry of the other end of a dispute."""
        dispute = session.query(Dispute).filter(Dispute.external_id == name).one()
        other = dispute_books.won(dispute, 0) if won else dispute_books.lost(dispute)
        ledger.post_all(session, [other])
