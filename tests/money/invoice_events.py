"""Deposits by invoice: asked for, brought to the provider, paid, bounced, voided, paid while it is voided."""

import uuid
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy.orm import Session

from marketplace.billing import queries as deposits
from marketplace.billing import service as billing
from marketplace.kit import ids
from tests.money import model as m
from tests.money.base import PICK, MoneyMachine, cents

HOW = ("paid", "paid", "bounced", "void", "paid_while_voided")


class InvoiceEvents(MoneyMachine):
    """An invoice moves money when it is paid, and at no other moment."""

    @rule(pick=PICK, minor=cents(400_000))
    def invoice(self, pick: int, minor: int) -> None:
        company, deposit = self.world.companies[pick % 2], ids.new_id()
        self.model.invoices[deposit] = [company, minor, "open"]

        def start(session: Session) -> None:
            by = self.world.member(session, company)
            billing.start_invoice(session, by=by, amount_minor=minor, form_key=deposit)

        self.deliver(self.inside(start), m.NOTHING)
        issue = self.outside(lambda: billing.issue(self.world.sessions, self.provider, deposit))  # type: ignore[arg-type]
        self.deliver(issue, m.NOTHING)
        self.step("invoice")

    @precondition(lambda self: self.open_invoices())
    @rule(pick=PICK, how=st.sampled_from(HOW), fee=st.integers(0, 900))
    def invoice_ends(self, pick: int, how: str, fee: int) -> None:
        known = self.open_invoices()
        deposit = known[pick % len(known)]
        company, minor, _ = self.model.invoices[deposit]
        expected = m.NOTHING
        if how == "bounced":  # it stays open, and can be paid later
            self.provider.somebody_pays(deposit, 0, well=False)
        if how in {"void", "paid_while_voided"}:
            self.deliver(self.inside(lambda session: self.cancelled(session, deposit)), m.NOTHING)
        if how in {"paid", "paid_while_voided"}:
            self.provider.somebody_pays(deposit, fee, well=True)
            expected = self.model.post([(m.STRIPE, m.wallet(company), minor)])
            self.model.post([(m.FEES, m.STRIPE, fee)])
            self.model.deposits[deposit] = [company, minor, "succeeded"]
        if how == "void":
            self.deliver(self.voiding(deposit), m.NOTHING)
        else:
            self.deliver(self.following(deposit), expected)
            self.again(self.voiding(deposit) if how != "bounced" else self.following(deposit))
        self.model.invoices[deposit][2] = how if how != "bounced" else "open"
        self.step(f"invoice_{how}")

    # ---- who and what

    def open_invoices(self) -> list[uuid.UUID]:
        return [deposit for deposit, one in self.model.invoices.items() if one[2] == "open"]

    def cancelled(self, session: Session, deposit: uuid.UUID) -> None:
        by = self.world.member(session, self.model.invoices[deposit][0])
        found = deposits.deposit(session, deposit)
        assert found is not None
        billing.cancel_invoice(session, found, by=by)

    def voiding(self, deposit: uuid.UUID) -> Any:
        def call() -> None:
            billing.void(self.world.sessions, self.provider, f"in_{deposit.hex}")  # type: ignore[arg-type]

        return self.outside(call)

    def following(self, deposit: uuid.UUID) -> Any:
        def call() -> None:
            billing.follow_invoice(self.world.sessions, self.provider, f"in_{deposit.hex}")  # type: ignore[arg-type]

        return self.outside(call)
