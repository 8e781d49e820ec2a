"""Promised bonuses, and rejections found wrong later: the money half of each, as their rooms write it."""

import uuid
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy.orm import Session

from marketplace.bonuses.policy import Promise
from marketplace.bonuses.service import paying, publishing
from marketplace.kit import clock
from marketplace.ledger import service as ledger
from tests.money import model as m
from tests.money.base import PICK, cents
from tests.money.work_events import WorkEvents, earned, post_with_earnings
from workspace.reviews.service import overturn_money
from workspace.reviews.service.overturn_money import TwoPeople

WHY = "The reviewer read the wrong version of the guideline."


class PromiseEvents(WorkEvents):
    """What is reserved for many is paid to each once, and the rest goes back; a wrong rejection is paid."""

    # ---- promised bonuses

    @rule(pick=PICK, minor=cents(9_000), places=st.integers(1, 4))
    def promise(self, pick: int, minor: int, places: int) -> None:
        promise = Promise(
            amount_minor=minor, answers=20, places=places, ends_at=clock.now() + timedelta(days=7)
        )
        rule_ = SimpleNamespace(
            id=uuid.uuid4(),
            project_id=self.project(pick),
            currency="usd",
            amount_minor=minor,
            fee_minor=promise.fee_minor,
            maximum_minor=promise.maximum_minor,
            answers=promise.answers,
            places=places,
            ends_at=promise.ends_at,
        )
        budget, reserved = m.of_project(rule_.project_id)
        expected = self.model.post([(budget, reserved, (minor + m.fifth(minor)) * places)])
        by: Any = SimpleNamespace(id=self.world.finance[0])
        self.deliver(
            self.inside(lambda session: ledger.post(session, publishing._reserve(rule_, by))), expected
        )  # type: ignore[arg-type]
        if expected == m.MOVED:
            self.model.promises.append([rule_, places])
        self.step("promise")

    @precondition(lambda self: any(left for _, left in self.model.promises))
    @rule(pick=PICK)
    def promise_met(self, pick: int) -> None:
        """One place more is taken, by anybody."""
        open_ones = [one for one in self.model.promises if one[1]]
        found = open_ones[pick % len(open_ones)]
        rule_, person = found[0], self.person(pick)
        payment: Any = SimpleNamespace(id=uuid.uuid4(), user_id=person, place=rule_.places - found[1] + 1)
        _, reserved = m.of_project(rule_.project_id)
        minor = rule_.amount_minor
        expected = self.model.post(
            [(reserved, m.pending(person), minor), (reserved, m.REVENUE, m.fifth(minor))]
        )
        self.model.earn(person, minor)
        found[1] -= 1

        def verb(session: Session) -> None:
            paid = earned(person, minor, f"bonus:{payment.id}", rule_.project_id)
            post_with_earnings(session, [paying._pay(rule_, payment)], [paid])

        self.deliver(self.inside(verb), expected)
        self.step("promise_met")

    @precondition(lambda self: any(left for _, left in self.model.promises))
    @rule(pick=PICK)
    def promise_over(self, pick: int) -> None:
        """The places that nobody took go back to the budget; another rest under the same key is refused."""
        open_ones = [one for one in self.model.promises if one[1]]
        found = open_ones[pick % len(open_ones)]
        rule_, left = found
        found[1] = 0
        budget, reserved = m.of_project(rule_.project_id)
        rest = (rule_.amount_minor + m.fifth(rule_.amount_minor)) * left
        expected = self.model.post([(reserved, budget, rest)], ends=f"bonus_rule:{rule_.id}")
        self.deliver(
            self.inside(lambda session: ledger.post(session, paying._release(rule_, rest))), expected
        )
        self.conflict(self.inside(lambda session: ledger.post(session, paying._release(rule_, rest + 1))))
        self.step("promise_over")

    # ---- rejections found wrong later

    @precondition(lambda self: self.model.lost)
    @rule(pick=PICK)
    def overturn(self, pick: int) -> None:
        """Its whole price from the budget with the fee; from the house without one when the budget is short."""
        claim_id = self.model.lost.pop(pick % len(self.model.lost))
        claim = self.model.claims[claim_id]
        budget, _ = m.of_project(claim.project)
        covered = self.model.books[budget] >= claim.price + claim.fee
        legs = [(budget if covered else m.ADJUSTMENTS, m.pending(claim.person), claim.price)]
        legs += [(budget, m.REVENUE, claim.fee)] if covered else []
        expected = self.model.post(legs)
        self.model.earn(claim.person, claim.price)
        about: Any = SimpleNamespace(
            id=uuid.uuid5(claim_id, "submission"),
            user_id=claim.person,
            project_id=claim.project,
            assignment=self.assignment(claim_id),
        )
        two = TwoPeople(*self.world.finance, WHY)

        def verb(session: Session) -> None:
            entry = overturn_money._entry(about, two, {about.id} if covered else ())
            ledger.post_all(session, [entry])
            overturn_money._record(session, about, WHY)

        self.deliver(self.inside(verb), expected)
        self.step("overturned" if covered else "overturned_by_house")
