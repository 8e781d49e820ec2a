"""A random walk over the events of docs/money.md against a model that knows only sums.

Every entry is sent twice, every claim is ended twice in different ways, disputes may exceed the wallet.
The walk starts from a funded world: an empty one hardly ever reaches a payout.
"""

import random
import uuid
from collections import Counter
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from marketplace.ledger import queries, service
from marketplace.ledger.errors import AlreadySettled, Overdraft
from marketplace.ledger.models import PLATFORM, Kind, Side
from marketplace.ledger.queries import Account
from marketplace.ledger.service import Entry, Leg
from tests.factories.ledger import ADJUSTMENTS, FEE, PRICE, REASON, REVENUE, REVIEW, STRIPE, leg

STEPS = 150
PENDING = (Kind.STRIPE_PENDING, PLATFORM)
BANK = (Kind.PLATFORM_BANK, PLATFORM)
LOSS = (Kind.BAD_DEBT, PLATFORM)
RECEIVABLE = (Kind.DISPUTES_RECEIVABLE, PLATFORM)
FEES = (Kind.PROCESSOR_FEES, PLATFORM)


class Walk:
    """The world of one walk: what the books should hold, and what may happen next."""

    def __init__(self, session: Session, seed: int) -> None:
        self.session, self.random = session, random.Random(seed)
        self.model: Counter[Account] = Counter()
        self.ended: set[str] = set()
        self.companies = [uuid.UUID(int=self.random.getrandbits(128)) for _ in range(2)]
        self.projects = [uuid.UUID(int=self.random.getrandbits(128)) for _ in [1, 2, 4]]
        self.people = [uuid.UUID(int=self.random.getrandbits(128)) for _ in range(4)]
        self.claims: dict[uuid.UUID, tuple[uuid.UUID, int]] = {}  # claim -> (project, what it still holds)
        self.payouts: list[tuple[uuid.UUID, uuid.UUID, int]] = []
        self.disputes: list[tuple[uuid.UUID, uuid.UUID, int, int]] = []
        self.outcomes: Counter[str] = Counter()
        for company in self.companies:
            self.deposit(company, 3_000_000)
        for project in self.projects:
            self.fund(project, 1_000_000)

    # ---- the model: sums in Python, nothing of the ledger

    def expect(self, legs: list[Leg]) -> bool:
        """Apply the legs if no bounded account would go below zero on the way."""
        after = Counter(self.model)
        for debit, credit, money in legs:
            for (kind, owner), side in ((debit, Side.DEBIT), (credit, Side.CREDIT)):
                after[kind, owner] += money.minor if kind.side is side else -money.minor
                if kind.bounded and after[kind, owner] < 0:
                    return False
        self.model = after
        return True

    def send(self, kind: str, key: str, legs: list[Leg], closes: str | None = None, **more: object) -> bool:
        """Post twice; the ledger must agree with the model about whether it may be."""
        entry = Entry(kind=kind, key=key, legs=legs, closes=closes, **more)  # type: ignore[arg-type]
        moves = any(money.minor for _, _, money in legs)
        if closes in self.ended and moves:
            with pytest.raises(AlreadySettled):
                service.post(self.session, entry)
            return self.count("ended before", False)
        if not self.expect(legs):
            with pytest.raises(Overdraft):
                service.post(self.session, entry)
            return self.count("refused", False)
        assert service.post(self.session, entry).created is moves
        assert not service.post(self.session, entry).created
        if closes and moves:
            self.ended.add(closes)
        return self.count(kind, True)

    def count(self, outcome: str, result: bool) -> bool:
        self.outcomes[outcome] += 1
        return result

    def check(self) -> None:
        places = list(self.model)
        assert queries.balances(self.session, places) == {place: self.model[place] for place in places}
        for project in self.projects:
            held = {
                ("assignment", claim): rest
                for claim, (its, rest) in self.claims.items()
                if its == project and rest
            }
            assert queries.promised(self.session, project) == held

    # ---- the events

    def id(self) -> uuid.UUID:
        return uuid.UUID(int=self.random.getrandbits(128))

    def deposit(self, company: uuid.UUID | None = None, minor: int = 0) -> None:
        wallet = (Kind.COMPANY_WALLET, company or self.random.choice(self.companies))
        minor = minor or self.random.randint(1, 200_000)
        payment, waiting = self.id(), (Kind.COMPANY_PENDING, wallet[1])
        closes = f"deposit:{payment}"
        if self.random.random() < 0.5:
            self.send("deposit_succeeded", f"{closes}:succeeded", [leg(STRIPE, wallet, minor)], closes)
            return
        self.send("deposit_pending", f"{closes}:pending", [leg(PENDING, waiting, minor)])
        back = leg(waiting, PENDING, minor)
        if self.random.random() < 0.5 or company:
            self.send("deposit_succeeded", f"{closes}:succeeded", [leg(STRIPE, wallet, minor), back], closes)
        else:
            self.send("deposit_failed", f"{closes}:failed", [back], closes)

    def fund(self, project: uuid.UUID | None = None, minor: int = 0) -> None:
        project = project or self.random.choice(self.projects)
        wallet, budget = (
            (Kind.COMPANY_WALLET, self.random.choice(self.companies)),
            (Kind.PROJECT_BUDGET, project),
        )
        away = not minor and self.random.random() < 0.15
        minor = minor or self.random.randint(1, 400_000)
        if away:
            self.send("defund", f"project:{project}:defund:{self.id()}", [leg(budget, wallet, minor)])
        else:
            self.send("fund", f"project:{project}:fund:{self.id()}", [leg(wallet, budget, minor)])

    def claim(self) -> None:
        project, claim = self.random.choice(self.projects), self.id()
        unit = PRICE + FEE + REVIEW
        legs = [leg((Kind.PROJECT_BUDGET, project), (Kind.PROJECT_RESERVED, project), unit)]
        if self.send("claim_reserve", f"claim:{claim}:reserve", legs, ref_type="assignment", ref_id=claim):
            self.claims[claim] = (project, unit)

    def some_claim(self) -> uuid.UUID | None:
        """Mostly one that has not ended."""
        live = [claim for claim in self.claims if f"claim:{claim}" not in self.ended]
        known = live if live and self.random.random() < 0.8 else list(self.claims)
        return self.random.choice(known) if known else None

    def review(self) -> None:
        claim = self.some_claim()
        if claim is None or self.claims[claim][1] < REVIEW or f"claim:{claim}" in self.ended:
            return
        project, rest = self.claims[claim]
        review, reserved = self.id(), (Kind.PROJECT_RESERVED, project)
        paid = [leg(reserved, (Kind.EXPERT_PENDING, self.random.choice(self.people)), REVIEW)]
        about = {"ref_type": "assignment", "ref_id": claim}
        if self.send("review_pay", f"review:{review}:pay", paid, **about):
            self.claims[claim] = (project, rest - REVIEW)
        if self.random.random() < 0.4:  # changes were asked: the next review is reserved
            more = [leg((Kind.PROJECT_BUDGET, project), reserved, REVIEW)]
            if self.send("review_reserve", f"review:{self.id()}:reserve", more, **about):
                self.claims[claim] = (project, self.claims[claim][1] + REVIEW)

    def end(self) -> None:
        claim = self.some_claim()
        if claim is None:
            return
        project, rest = self.claims[claim]
        percent = self.random.choice([0, 0, 25, 30, 50, 75, 100, 100, 100])
        pay = min(-(-PRICE * percent // 100), rest)
        fee = min(FEE * percent // 100, rest - pay)
        reserved = (Kind.PROJECT_RESERVED, project)
        legs = [
            leg(reserved, (Kind.EXPERT_PENDING, self.random.choice(self.people)), pay),
            leg(reserved, REVENUE, fee),
            leg(reserved, (Kind.PROJECT_BUDGET, project), rest - pay - fee),
        ]
        word = self.random.choice(["approve", "approve", "approve", "release", "stop", "cancel"])
        closes = f"claim:{claim}"
        known = closes in self.ended
        key = f"{closes}:{word}:{self.id()}" if known else f"{closes}:{word}"
        if known:  # another end of the same claim: all of it once more, from money that is there
            legs = [leg(reserved, (Kind.PROJECT_BUDGET, project), 1)]
        if self.send(f"claim_{word}", key, legs, closes, ref_type="assignment", ref_id=claim):
            self.claims[claim] = (project, 0)

    def bonus(self) -> None:
        project, minor = self.random.choice(self.projects), self.random.randint(1, 90_000)
        budget, person = (Kind.PROJECT_BUDGET, project), self.random.choice(self.people)
        legs = [leg(budget, (Kind.EXPERT_PENDING, person), minor), leg(budget, REVENUE, minor * 20 // 100)]
        self.send("bonus", f"bonus:{self.id()}", legs)

    def by_two_people(self) -> None:
        person, minor = (Kind.EXPERT_PENDING, self.random.choice(self.people)), self.random.randint(1, 9_000)
        kind, legs = self.random.choice(
            [
                ("goodwill", [leg(ADJUSTMENTS, person, minor)]),
                ("claim_clawback", [leg(person, (Kind.PROJECT_BUDGET, self.projects[0]), minor)]),
            ]
        )
        two = {"actor_id": uuid.UUID(int=1), "approver_id": uuid.UUID(int=2), "reason": REASON}
        self.send(kind, f"{kind}:{self.id()}", legs, **two)

    def mature(self) -> None:
        person = max(self.people, key=lambda person: self.model[Kind.EXPERT_PENDING, person])
        held = self.model[Kind.EXPERT_PENDING, person]
        minor = held + self.random.choice([0, 0, 0, 1])
        legs = [leg((Kind.EXPERT_PENDING, person), (Kind.EXPERT_AVAILABLE, person), minor)]
        self.send("mature", f"expert:{person}:mature:{self.id()}", legs)

    def start_payout(self) -> None:
        payout = self.id()
        person = max(self.people, key=lambda person: self.model[Kind.EXPERT_AVAILABLE, person])
        minor = self.model[Kind.EXPERT_AVAILABLE, person] + self.random.choice([0, 0, 0, 1])
        legs = [leg((Kind.EXPERT_AVAILABLE, person), (Kind.EXPERT_IN_TRANSIT, person), minor)]
        if self.send("payout_start", f"payout:{payout}:start", legs) and minor:
            self.payouts.append((payout, person, minor))

    def end_payout(self) -> None:
        if not self.payouts:
            return
        payout, person, minor = self.payouts.pop()
        transit, closes = (Kind.EXPERT_IN_TRANSIT, person), f"payout:{payout}"
        paid = ("payout_paid", f"{closes}:paid", [leg(transit, self.random.choice([STRIPE, BANK]), minor)])
        failed = ("payout_failed", f"{closes}:failed", [leg(transit, (Kind.EXPERT_AVAILABLE, person), minor)])
        first, second = (paid, failed) if self.random.random() < 0.7 else (failed, paid)
        self.send(*first, closes=closes)
        self.send(*second, closes=closes)  # too late, and in another way

    def refund(self) -> None:
        company, refund = self.random.choice(self.companies), self.id()
        wallet, way = (Kind.COMPANY_WALLET, company), (Kind.COMPANY_REFUND_IN_TRANSIT, company)
        minor, closes = self.random.randint(1, 300_000), f"refund:{refund}"
        if self.send("refund_start", f"{closes}:start", [leg(wallet, way, minor)]):
            to = self.random.choice([STRIPE, wallet])
            self.send("refund_done", f"{closes}:done", [leg(way, to, minor)], closes)

    def dispute(self) -> None:
        company, dispute = self.random.choice(self.companies), self.id()
        wallet, hold = (Kind.COMPANY_WALLET, company), (Kind.COMPANY_DISPUTE_HOLD, company)
        amount = self.random.randint(1, 5_000_000)
        held = min(amount, self.model[wallet])
        legs = [leg(RECEIVABLE, STRIPE, amount), leg(FEES, STRIPE, 1500), leg(wallet, hold, held)]
        self.send("dispute_opened", f"dispute:{dispute}:opened", legs)
        self.disputes.append((dispute, company, amount, held))

    def end_dispute(self) -> None:
        if not self.disputes:
            return
        dispute, company, amount, held = self.disputes.pop()
        wallet, hold = (Kind.COMPANY_WALLET, company), (Kind.COMPANY_DISPUTE_HOLD, company)
        closes = f"dispute:{dispute}"
        if self.random.random() < 0.5:
            legs = [leg(STRIPE, RECEIVABLE, amount), leg(hold, wallet, held)]
            self.send("dispute_won", f"{closes}:won", legs, closes)
        else:
            legs = [leg(hold, RECEIVABLE, held), leg(LOSS, RECEIVABLE, amount - held)]
            self.send("dispute_lost", f"{closes}:lost", legs, closes)


EVENTS: list[tuple[Callable[[Walk], None], int]] = [
    (Walk.claim, 8),
    (Walk.review, 5),
    (Walk.end, 8),
    (Walk.mature, 3),
    (Walk.start_payout, 3),
    (Walk.end_payout, 4),
    (Walk.deposit, 2),
    (Walk.fund, 2),
    (Walk.bonus, 2),
    (Walk.by_two_people, 2),
    (Walk.refund, 1),
    (Walk.dispute, 2),
    (Walk.end_dispute, 2),
]


@pytest.mark.parametrize("seed", [1, 2, 4])
def test_the_books_agree_with_the_model_at_every_step(session: Session, seed: int) -> None:
    walk = Walk(session, seed)
    events, weights = zip(*EVENTS, strict=True)
    for step, event in enumerate(walk.random.choices(events, weights, k=STEPS)):
        event(walk)
        if step % 10 == 0:
            walk.check()
    walk.check()
    assert queries.broken(session) == []
    for wanted in ("refused", "ended before", "claim_approve", "review_pay", "payout_paid", "dispute_lost"):
        assert walk.outcomes[wanted], f"the walk never met: {wanted}"
