"""What the books should hold, in whole numbers, written from the table of docs/money.md alone.

Nothing of the product is used here: an error of the product cannot hide in its own judge.
"""

import copy
import uuid
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

PLATFORM = uuid.UUID(int=0)
DEBIT = {
    "stripe_balance",
    "stripe_pending",
    "platform_bank",
    "processor_fees",
    "bad_debt",
    "disputes_receivable",
}
MAY_BE_NEGATIVE = DEBIT | {"platform_revenue", "adjustments"}
HOLD_DAYS, LEAST_PAYOUT, ASKS_A_DAY = 3, 1_000, 3

Account = tuple[str, uuid.UUID]
Leg = tuple[Account, Account, int]  # debit, credit, minor units

STRIPE, COMING, BANK = ("stripe_balance", PLATFORM), ("stripe_pending", PLATFORM), ("platform_bank", PLATFORM)
FEES, LOSS = ("processor_fees", PLATFORM), ("bad_debt", PLATFORM)
TAKEN, REVENUE = ("disputes_receivable", PLATFORM), ("platform_revenue", PLATFORM)
ADJUSTMENTS, LAW = ("adjustments", PLATFORM), ("tax_withheld", PLATFORM)

MOVED, NOTHING, SHORT, ENDED = "moved", "nothing", "short", "ended"


def fifth(minor: int) -> int:
    """20 %, rounded down: the platform's fee and a review's fee."""
    return minor * 20 // 100


def by_law(minor: int) -> int:
    """24 %, rounded down: what a law withholds from whoever it applies to."""
    return minor * 24 // 100


def pay_for(hourly: int, minutes: int) -> int:
    """The price of a task, rounded up."""
    return -(-hourly * minutes // 60)


def half_way(price: int, minutes: int, active_seconds: int) -> int:
    """What stopping pays: half of the share of the estimate worked, rounded up."""
    return -(-price * min(active_seconds, 60 * minutes) // (2 * 60 * minutes))


def withdrawn(price: int, minutes: int, active_seconds: int) -> int:
    """What a company pays for work it withdraws: the share worked, a quarter at least, rounded up."""
    share = -(-price * min(active_seconds, 60 * minutes) // (60 * minutes))
    return max(-(-price // 4), share)


@dataclass
class Claim:
    """A claim and what it still holds."""

    project: uuid.UUID
    person: uuid.UUID
    price: int
    minutes: int
    rest: int = 0
    waits: bool = True  # for a verdict: the fee of its next review is reserved

    @property
    def fee(self) -> int:
        return fifth(self.price)


@dataclass
class Earning:
    """What a person was paid for one thing, and where it is."""

    person: uuid.UUID
    minor: int
    due: int  # day on which its hold is over
    claim: uuid.UUID | None = None  # whose pay it is
    state: str = "pending"
    payout: Hashable = None
    asked_back: bool = False  # it waits for a decision, and nothing else moves it


@dataclass
class Model:
    """All the books: sums by account, what has ended, who was promised what."""

    books: Counter[Account] = field(default_factory=Counter)
    ended: set[str] = field(default_factory=set)
    claims: dict[uuid.UUID, Claim] = field(default_factory=dict)
    earnings: list[Earning] = field(default_factory=list)
    deposits: dict[uuid.UUID, list[Any]] = field(default_factory=dict)  # company, minor, state
    refunds: dict[uuid.UUID, list[Any]] = field(default_factory=dict)  # company, deposit, minor, state
    disputes: dict[str, list[Any]] = field(default_factory=dict)  # company, deposit, minor, held, state
    at_work: dict[uuid.UUID, uuid.UUID] = field(default_factory=dict)  # User -> claim
    handed_in: list[uuid.UUID] = field(default_factory=list)
    to_change: list[uuid.UUID] = field(default_factory=list)
    rejected: list[uuid.UUID] = field(default_factory=list)
    prepared: dict[uuid.UUID, list[uuid.UUID]] = field(default_factory=dict)  # run -> its payouts
    to_send: list[uuid.UUID] = field(default_factory=list)  # payouts of approved runs
    payouts: dict[uuid.UUID, uuid.UUID] = field(default_factory=dict)  # payout -> person
    by_bank: set[uuid.UUID] = field(default_factory=set)  # people who are paid by bank file
    for_bank: dict[uuid.UUID, list[uuid.UUID]] = field(default_factory=dict)  # run -> payouts in no file yet
    at_bank: list[uuid.UUID] = field(default_factory=list)  # payouts in a file
    bank_paid: list[uuid.UUID] = field(default_factory=list)
    stripe_paid: list[uuid.UUID] = field(default_factory=list)
    taxed: dict[uuid.UUID, uuid.UUID] = field(default_factory=dict)  # person -> what is in force for them
    withheld: Counter[Hashable] = field(default_factory=Counter)  # by payout
    to_hand_over: list[Hashable] = field(default_factory=list)  # paid payouts with something withheld
    handed_over: set[Hashable] = field(default_factory=set)
    asked: dict[uuid.UUID, int] = field(default_factory=dict)  # person -> day of a request that stands
    rings: list[tuple[uuid.UUID, int]] = field(default_factory=list)  # (person, day) of every request
    invoices: dict[uuid.UUID, list[Any]] = field(default_factory=dict)  # company, minor, state
    fee_unknown: list[uuid.UUID] = field(default_factory=list)  # deposits
    clawbacks: dict[uuid.UUID, list[Any]] = field(default_factory=dict)  # Earning, last day of an answer
    promises: list[list[Any]] = field(default_factory=list)  # rule, places that nobody has taken
    lost: list[uuid.UUID] = field(default_factory=list)  # claims that were rejected for good
    day: int = 0

    def copied(self) -> "Model":
        """The same world, to go on from more than once."""
        return copy.deepcopy(self)

    def post(self, legs: Sequence[Leg], *, ends: str | None = None) -> str:
        """Apply all legs in their order or none of them; what the ledger has to answer."""
        legs = [leg for leg in legs if leg[2]]
        if not legs:
            return NOTHING
        if ends in self.ended:
            return ENDED
        after = Counter(self.books)
        for debit, credit, minor in legs:
            for account, sign in ((debit, 1), (credit, -1)):
                after[account] += sign * minor if account[0] in DEBIT else -sign * minor
                if after[account] < 0 and account[0] not in MAY_BE_NEGATIVE:
                    return SHORT
        self.books = after
        if ends:
            self.ended.add(ends)
        return MOVED

    def uncovered(self, company: uuid.UUID) -> int:
        """What open disputes of a company took and its wallet did not have."""
        mine = [one for one in self.disputes.values() if (one[0], one[4]) == (company, "open")]
        return sum(one[2] - one[3] for one in mine)

    def earn(self, person: uuid.UUID, minor: int, claim: uuid.UUID | None = None) -> None:
        """A person was paid, and waits for the end of the hold."""
        if minor:
            self.earnings.append(Earning(person, minor, self.day + HOLD_DAYS, claim))

    # ---- claimed work (4.2)

    def claim(self, claim_id: uuid.UUID, claim: Claim) -> str:
        budget, reserved = of_project(claim.project)
        unit = claim.price + claim.fee + fifth(claim.price)
        answer = self.post([(budget, reserved, unit)])
        if answer == MOVED:
            claim.rest = unit
            self.claims[claim_id] = claim
        return answer

    def verdict(self, claim_id: uuid.UUID, reviewer: uuid.UUID, *, ask: bool) -> str:
        """Ask for changes or reject: the review is paid, the next one reserved when changes are asked."""
        claim = self.claims[claim_id]
        budget, reserved = of_project(claim.project)
        fee = fifth(claim.price)
        legs = [(reserved, pending(reviewer), fee), (budget, reserved, fee if ask else 0)]
        answer = self.post(legs)
        if answer == MOVED:
            claim.rest -= 0 if ask else fee
            claim.waits = ask
            self.earn(reviewer, fee)
        return answer

    def end(
        self,
        claim_id: uuid.UUID,
        pay: int,
        *,
        reviewer: uuid.UUID | None = None,
        adjudicator: uuid.UUID | None = None,
    ) -> str:
        """Pay this much for it, 20 % of it to the platform, and give the rest back; whoever judged is paid."""
        claim = self.claims[claim_id]
        budget, reserved = of_project(claim.project)
        review = fifth(claim.price)
        fee = claim.fee if pay == claim.price else fifth(pay)
        rest = claim.rest - pay - fee - (review if reviewer else 0)
        legs: list[Leg] = [(reserved, pending(reviewer), review)] if reviewer else []
        legs += [
            (reserved, pending(claim.person), pay),
            (reserved, REVENUE, fee),
            (reserved, budget, rest),
        ]
        legs += [(REVENUE, pending(adjudicator), review)] if adjudicator else []
        answer = self.post(legs, ends=f"claim:{claim_id}")
        if answer == MOVED:
            claim.rest, claim.waits = 0, False
            self.earn(claim.person, pay, claim_id)
            for judge in (reviewer, adjudicator):
                if judge:
                    self.earn(judge, review)
        return answer

    # ---- expert money (4.3)

    def mature(self, person: uuid.UUID | None = None) -> str:
        """Everything whose hold is over, or all that a person has, becomes available."""
        ready = [one for one in self.on_hold() if (one.person == person if person else one.due <= self.day)]
        legs = [(pending(one.person), available(one.person), one.minor) for one in ready]
        answer = self.post(legs)
        for one in ready:
            one.state = "available"
        return answer

    def on_hold(self) -> list[Earning]:
        """What waits for its day and for nobody's decision."""
        return [one for one in self.earnings if one.state == "pending" and not one.asked_back]

    def taken_back(self, proposal: uuid.UUID) -> str:
        """Pay of a claim goes back to the project it came from."""
        one, _ = self.clawbacks.pop(proposal)
        assert one.claim is not None
        budget, _ = of_project(self.claims[one.claim].project)
        one.state, one.asked_back = "reversed", False
        return self.post([(pending(one.person), budget, one.minor)])

    def available(self, person: uuid.UUID) -> int:
        """What earnings say a person could be paid now."""
        return sum(one.minor for one in self.earnings if (one.person, one.state) == (person, "available"))

    def waiting(self) -> list[uuid.UUID]:
        """Who has money in its hold."""
        return [*dict.fromkeys(one.person for one in self.on_hold())]

    def start_payout(self, person: uuid.UUID, payout: Hashable) -> int:
        """Everything a person has available goes into one payout."""
        minor = self.available(person)
        law = self.withheld[payout] = by_law(minor) if person in self.taxed else 0
        mine = available(person)
        assert self.post([(mine, in_transit(person), minor - law), (mine, LAW, law)]) == MOVED
        for one in self.earnings:
            if (one.person, one.state) == (person, "available"):
                one.state, one.payout = "in_transit", payout
        return minor

    def end_payout(self, person: uuid.UUID, payout: Hashable, *, to: Account | None) -> str:
        """It arrived (`to` is where it was taken from), or it is available again."""
        inside = [one for one in self.earnings if one.payout == payout]
        law = self.withheld[payout]
        minor = sum(one.minor for one in inside) - law
        legs = [(in_transit(person), to or available(person), minor)]
        legs += [] if to else [(LAW, available(person), law)]
        answer = self.post(legs, ends=f"payout:{payout}")
        self.to_hand_over += [payout] if to and law else []
        for one in inside if answer == MOVED else ():
            one.state, one.payout = ("paid", payout) if to else ("available", None)
        return answer

    def let_go(self, run: uuid.UUID) -> None:
        """A run was approved: a payout is sent, or waits for the file that our bank is given."""
        for payout in self.prepared.pop(run):
            if self.payouts[payout] in self.by_bank:
                self.for_bank.setdefault(run, []).append(payout)
            else:
                self.to_send.append(payout)

    def came_back(self, payout: uuid.UUID, place: Account = BANK) -> str:
        """A paid payout is in this place of ours again: its person has it available."""
        inside = [one for one in self.earnings if (one.payout, one.state) == (payout, "paid")]
        for one in inside:
            one.state, one.payout = "available", None
        person = self.payouts[payout]
        law = self.withheld[payout]
        source = ADJUSTMENTS if payout in self.handed_over else LAW
        self.to_hand_over = [one for one in self.to_hand_over if one != payout]
        minor = sum(one.minor for one in inside) - law
        return self.post([(place, available(person), minor), (source, available(person), law)])

    # ---- what must hold in any case

    def checked(self) -> None:
        """The model agrees with itself: equation, reserved money, earnings; else the judge is wrong."""
        held = sum(minor for (kind, _), minor in self.books.items() if kind in DEBIT)
        owed = sum(minor for (kind, _), minor in self.books.items() if kind not in DEBIT)
        assert held == owed
        for account, minor in self.books.items():
            assert minor >= 0 or account[0] in MAY_BE_NEGATIVE


def of_project(project: uuid.UUID) -> tuple[Account, Account]:
    """Budget and reserved money."""
    return ("project_budget", project), ("project_reserved", project)


def wallet(company: uuid.UUID) -> Account:
    """Free to spend."""
    return "company_wallet", company


def pending(person: uuid.UUID) -> Account:
    """Earned, in its hold."""
    return "expert_pending", person


def available(person: uuid.UUID) -> Account:
    """Payable."""
    return "expert_available", person


def in_transit(person: uuid.UUID) -> Account:
    """Inside a payout."""
    return "expert_in_transit", person


def open_claims(model: Model, *, waiting: bool | None = None) -> Iterator[uuid.UUID]:
    """Claims that have not ended; waiting for a verdict, or rejected."""
    for claim_id, claim in model.claims.items():
        if claim.rest and waiting in {None, claim.waits}:
            yield claim_id
