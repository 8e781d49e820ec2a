"""Claimed work, screenings and bonuses: the money half of each verb, on claims that only the books know.

The rooms' own functions write the entries; the tables around them are left out, so that a step costs
milliseconds.  `verbs.py` drives the whole verbs.
"""

import uuid
from types import SimpleNamespace
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy.orm import Session

from marketplace.applications.service import screening_money
from marketplace.kit.money import Money
from marketplace.ledger import service as ledger
from marketplace.ledger.models import PLATFORM, Kind
from marketplace.ledger.service import Entry
from marketplace.payouts import service as payouts
from marketplace.payouts.models import EarningKind
from marketplace.payouts.service import Earned
from marketplace.projects import policy as pricing
from marketplace.projects.models import ProjectState
from tests.money import model as m
from tests.money.base import PICK, Act, MoneyMachine, cents
from workspace.queue import policy as queue_policy
from workspace.queue.policy import StopTerms
from workspace.queue.service import cancelling, stopping, taking
from workspace.reviews.models import Outcome
from workspace.reviews.service import payments
from workspace.screenings.service import payments as grading


class WorkEvents(MoneyMachine):
    """Claims, verdicts and every way a claim ends."""

    # ---- claims

    @rule(pick=PICK, hourly=st.integers(900, 20_000), minutes=st.integers(1, 60))
    def claim(self, pick: int, hourly: int, minutes: int) -> None:
        claim_id, claim = uuid.uuid4(), m.Claim(self.project(pick), self.person(pick), 0, minutes)
        claim.price = m.pay_for(hourly, minutes)
        expected = self.model.claim(claim_id, claim)
        costs = pricing.costs(hourly, minutes)
        project = SimpleNamespace(id=claim.project, unit_minor=costs.unit_minor, currency="usd")
        self.deliver(self.inside(lambda session: taking._reserve(session, project, claim_id)), expected)  # type: ignore[arg-type]
        self.step("claim")

    @precondition(lambda self: any(m.open_claims(self.model, waiting=True)))
    @rule(pick=PICK, ask=st.booleans())
    def verdict(self, pick: int, ask: bool) -> None:
        claim_id, reviewer, review = self.some_claim(pick, waiting=True), self.person(pick + 1), uuid.uuid4()
        expected = self.model.verdict(claim_id, reviewer, ask=ask)
        following = uuid.uuid4() if ask else None
        about, judged = self.assignment(claim_id), self.review(claim_id, review, reviewer)

        def verb(session: Session) -> None:
            payments.pay_review(session, about, judged, next_review=following)

        self.deliver(self.inside(verb), expected)
        self.step("ask" if ask else "reject")

    @precondition(lambda self: any(m.open_claims(self.model, waiting=True)))
    @rule(pick=PICK, by_person=st.booleans(), other=PICK)
    def approve(self, pick: int, by_person: bool, other: int) -> None:
        claim_id = self.some_claim(pick, waiting=True)
        reviewer = self.person(pick + 1) if by_person else None
        expected = self.model.end(claim_id, self.model.claims[claim_id].price, reviewer=reviewer)
        self.deliver(self.paying(claim_id, reviewer), expected)
        self.ended(self.another_end(claim_id, "approve", other))
        self.conflict(self.by_ledger(claim_id, "approve", 1, 2))
        self.step("approve" if by_person else "approve_by_clock")

    @precondition(lambda self: any(m.open_claims(self.model, waiting=True)))
    @rule(pick=PICK, seconds=st.integers(1, 4_000), other=PICK)
    def stop(self, pick: int, seconds: int, other: int) -> None:
        claim_id = self.some_claim(pick, waiting=True)
        claim = self.model.claims[claim_id]
        if claim.rest != claim.price + claim.fee + m.fifth(claim.price):
            return
        expected = self.model.end(claim_id, m.half_way(claim.price, claim.minutes, seconds))
        self.deliver(self.stopping(claim_id, seconds), expected)
        self.ended(self.another_end(claim_id, "stop", other))
        self.step("stop")

    @precondition(lambda self: any(m.open_claims(self.model, waiting=True)))
    @rule(pick=PICK, seconds=st.integers(0, 4_000), other=PICK)
    def cancel(self, pick: int, seconds: int, other: int) -> None:
        """The company withdraws what is in hand: nobody has judged it, so all of its money is there."""
        claim_id = self.some_claim(pick, waiting=True)
        claim = self.model.claims[claim_id]
        if claim.rest != claim.price + claim.fee + m.fifth(claim.price):
            return
        expected = self.model.end(claim_id, m.withdrawn(claim.price, claim.minutes, seconds))
        self.deliver(self.cancelling(claim_id, seconds), expected)
        self.ended(self.another_end(claim_id, "cancel", other))
        self.step("cancel")

    @precondition(lambda self: any(m.open_claims(self.model, waiting=True)))
    @rule(pick=PICK, other=PICK)
    def release(self, pick: int, other: int) -> None:
        claim_id = self.some_claim(pick, waiting=True)
        before = self.model.claims[claim_id].rest
        expected = self.model.end(claim_id, 0)
        self.deliver(self.by_ledger(claim_id, "release", 0, before), expected)
        self.ended(self.another_end(claim_id, "release", other))
        self.step("release")

    @precondition(lambda self: any(m.open_claims(self.model, waiting=False)))
    @rule(pick=PICK, share=st.sampled_from([0, 0, 25, 50, 75, 100, 100]), judged=st.booleans(), other=PICK)
    def rejection_ends(self, pick: int, share: int, judged: bool, other: int) -> None:
        """No appeal or a lost one gives the money back; a won or late one pays, in part or in full."""
        claim_id = self.some_claim(pick, waiting=False)
        claim = self.model.claims[claim_id]
        pay = -(-claim.price * share // 100)
        judge = self.person(pick + 2) if judged or share in {25, 50, 75} else None
        expected = self.model.end(claim_id, pay, adjudicator=judge)
        about = self.assignment(claim_id)
        if share or judge:
            act = self.appealed(about, share, judge)
        else:
            act = self.inside(lambda session: payments.give_back(session, about))
        self.deliver(act, expected)
        self.ended(self.another_end(claim_id, "approve" if share else "release", other))
        if not share:
            self.model.lost.append(claim_id)
        self.step(
            ("appeal_won" if judge else "appeal_late")
            if share
            else "appeal_lost"
            if judge
            else "rejected_for_good"
        )

    # ---- screenings

    @rule(pick=PICK, pay=cents(9_000), by_person=st.booleans(), other=PICK)
    def screening(self, pick: int, pay: int, by_person: bool, other: int) -> None:
        """Offered, then released, paid by key, graded, or refused by two and then given back or paid."""
        screening_id = uuid.uuid4()
        budget, reserved = m.of_project(self.project(pick))
        fee, review = m.fifth(pay), m.fifth(pay) if by_person else 0
        expected = self.model.post([(budget, reserved, pay + fee + review)])
        thing = SimpleNamespace(
            id=screening_id,
            project_id=reserved[1],
            user_id=self.person(pick),
            currency="usd",
            pay_minor=pay,
            fee_minor=pricing.platform_fee(pay),
            review_fee_minor=pricing.review_fee(pay) if by_person else 0,
        )
        thing.held_minor = thing.pay_minor + thing.fee_minor + thing.review_fee_minor
        self.deliver(self.inside(lambda session: screening_money.reserve(session, thing)), expected)
        if expected == m.MOVED:
            end = (self.screening_released, self.screening_paid, self.screening_refused)[other % 3]
            end(thing, (budget, reserved), review, self.person(pick + 1), other)
        self.step("screening")

    def screening_released(self, thing: Any, place: Any, review: int, judge: uuid.UUID, other: int) -> None:
        budget, reserved = place
        whole = thing.pay_minor + m.fifth(thing.pay_minor) + review
        expected = self.model.post([(reserved, budget, whole)], ends=f"screening:{thing.id}")
        self.deliver(self.inside(lambda session: screening_money.release(session, [thing])), expected)
        self.ended(self.inside(lambda session: grading.pay(session, thing, [])))

    def screening_paid(self, thing: Any, place: Any, review: int, judge: uuid.UUID, other: int) -> None:
        budget, reserved = place
        graded = [SimpleNamespace(number=1, by_id=judge, fee_minor=review)] if review and other % 2 else []
        legs = [(reserved, m.pending(judge), review if graded else 0)]
        legs += [
            (reserved, m.pending(thing.user_id), thing.pay_minor),
            (reserved, m.REVENUE, m.fifth(thing.pay_minor)),
        ]
        legs += [(reserved, budget, 0 if graded else review)]
        expected = self.model.post(legs, ends=f"screening:{thing.id}")
        self.model.earn(thing.user_id, thing.pay_minor)
        self.model.earn(judge, review if graded else 0)
        self.deliver(self.inside(lambda session: grading.pay(session, thing, graded)), expected)  # type: ignore[arg-type]
        self.ended(self.inside(lambda session: screening_money.release(session, [thing])))

    def screening_refused(self, thing: Any, place: Any, review: int, judge: uuid.UUID, other: int) -> None:
        budget, reserved = place
        pay, fee = thing.pay_minor, m.fifth(thing.pay_minor)
        second = self.person(other + 2)
        graders = (judge, second) if review else ()
        for number, by in enumerate(graders, start=1):
            source = reserved if number == 1 else m.REVENUE  # nobody's project pays for a second look
            expected = self.model.post([(source, m.pending(by), review)])
            self.model.earn(by, review)
            graded = SimpleNamespace(number=number, by_id=by, fee_minor=review)
            self.deliver(
                self.inside(lambda session, g=graded: grading.pay_grading(session, thing, g)), expected
            )
        rest, won = pay + fee, other % 2
        appeal = SimpleNamespace(id=uuid.uuid4(), decided_by_id=second, fee_minor=m.fifth(pay))
        legs = (
            [(reserved, m.pending(thing.user_id), pay), (reserved, m.REVENUE, fee)]
            if won
            else [(reserved, budget, rest)]
        )
        legs += [(m.REVENUE, m.pending(second), m.fifth(pay))]
        if not review:  # nothing was graded: its money is what it always held
            appeal, legs = None, legs[:-1]
        expected = self.model.post(legs, ends=f"screening:{thing.id}")
        self.model.earn(thing.user_id, pay if won else 0)
        self.model.earn(second, m.fifth(pay) if appeal else 0)
        end, not_end = (grading.pay_after_all, grading.give_back)[:: 1 if won else -1]
        self.deliver(self.inside(lambda session: end(session, thing, appeal)), expected)  # type: ignore[arg-type]
        self.ended(self.inside(lambda session: not_end(session, thing)))

    # ---- who and what

    def project(self, pick: int) -> uuid.UUID:
        return [*self.world.projects][pick % len(self.world.projects)]

    def person(self, pick: int) -> uuid.UUID:
        return self.world.people[pick % len(self.world.people)]

    def some_claim(self, pick: int, *, waiting: bool | None) -> uuid.UUID:
        known = [*m.open_claims(self.model, waiting=waiting)]
        return known[pick % len(known)]

    def assignment(self, claim_id: uuid.UUID) -> Any:
        """What the rooms' money functions read of an assignment."""
        claim = self.model.claims[claim_id]
        return SimpleNamespace(
            id=claim_id,
            user_id=claim.person,
            project_id=claim.project,
            price_minor=claim.price,
            fee_minor=pricing.platform_fee(claim.price),
            review_fee_minor=pricing.review_fee(claim.price),
            minutes=claim.minutes,
            project=SimpleNamespace(currency="usd", state=ProjectState.OPEN),
        )

    def review(self, claim_id: uuid.UUID, review: uuid.UUID, reviewer: uuid.UUID) -> Any:
        fee = pricing.review_fee(self.model.claims[claim_id].price)
        return SimpleNamespace(id=review, reviewer_id=reviewer, fee_minor=fee)

    def paying(self, claim_id: uuid.UUID, reviewer: uuid.UUID | None) -> Act:
        about, submission = self.assignment(claim_id), uuid.uuid4()
        judged = self.review(claim_id, uuid.uuid4(), reviewer) if reviewer else None
        return self.inside(lambda session: payments.pay(session, about, judged, submission_id=submission))

    def appealed(self, about: Any, share: int, judge: uuid.UUID | None) -> Act:
        """The end of an appeal, with what the room reads of it."""
        won = Outcome.WON if share == 100 else Outcome.IN_PART
        appeal: Any = SimpleNamespace(
            id=uuid.uuid4(),
            outcome=won if share else Outcome.UPHELD,
            share=share if won is Outcome.IN_PART and share else None,
            decided_by_id=judge,
            fee_minor=pricing.review_fee(about.price_minor) if judge else 0,
        )
        submission: Any = SimpleNamespace(
            id=uuid.uuid4(), user_id=about.user_id, project_id=about.project_id, assignment=about
        )
        return self.inside(lambda session: payments.end_appeal(session, submission, appeal))

    def stopping(self, claim_id: uuid.UUID, seconds: int) -> Act:
        about = self.assignment(claim_id)
        pay = queue_policy.stop_pay(about.price_minor, about.minutes, seconds)
        terms = StopTerms(pay, seconds, "")
        return self.inside(lambda session: stopping._pay(session, about, terms))

    def cancelling(self, claim_id: uuid.UUID, seconds: int) -> Act:
        about = self.assignment(claim_id)
        pay = queue_policy.cancel_pay(about.price_minor, about.minutes, seconds)
        return self.inside(lambda session: cancelling._pay(session, about, pay, seconds))

    def another_end(self, claim_id: uuid.UUID, word: str, other: int) -> Act:
        """A different way to end the same claim, from money that is there: only `closes` refuses it."""
        about = self.assignment(claim_id)
        ways = {
            "approve": self.paying(claim_id, None),
            "release": self.inside(lambda session: payments.give_back(session, about)),
            "expire": self.by_ledger(claim_id, "expire", 1, 2),
        }
        ways.pop(word, None)
        return [*ways.values()][other % len(ways)]

    def by_ledger(self, claim_id: uuid.UUID, word: str, pay: int, rest: int) -> Act:
        """The entry of an end that no room writes yet, and the earnings beside it."""
        claim = self.model.claims[claim_id]
        reserved, budget = (Kind.PROJECT_RESERVED, claim.project), (Kind.PROJECT_BUDGET, claim.project)
        revenue = (Kind.PLATFORM_REVENUE, PLATFORM)
        fee = m.fifth(pay)
        key = f"claim:{claim_id}:{word}"
        end = Entry(
            kind=f"claim_{word}",
            key=key,
            closes=f"claim:{claim_id}",
            legs=[
                (reserved, (Kind.EXPERT_PENDING, claim.person), Money(pay)),
                (reserved, revenue, Money(fee)),
                (reserved, budget, Money(rest - pay - fee)),
            ],
            ref_type="assignment",
            ref_id=claim_id,
        )
        entries, paid = [end], [earned(claim.person, pay, key, claim.project)]
        return self.inside(lambda session: post_with_earnings(session, entries, paid))


def earned(person: uuid.UUID, minor: int, key: str, project: uuid.UUID | None = None) -> Earned:
    """The earning beside a posting."""
    return Earned(
        user_id=person,
        project_id=project,
        kind=EarningKind.BONUS,
        amount_minor=minor,
        ledger_key=key,
        ref_type="bonus",
        ref_id=uuid.uuid5(uuid.NAMESPACE_OID, key),
        reason="For careful work",
    )


def post_with_earnings(session: Session, entries: list[Entry], paid: list[Earned]) -> None:
    """Entries and the earnings they cause, as every room writes them: together."""
    ledger.post_all(session, entries)
    for one in paid:
        if one.amount_minor:
            payouts.record_earning(session, one)
