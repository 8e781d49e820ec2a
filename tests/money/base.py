"""The machine under every set of events: deliver twice, compare with the model, verify the books."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test
from sqlalchemy.orm import Session

from marketplace.applications.errors import ScreeningNotNow
from marketplace.billing.errors import TooMuchBack, WhileDisputed
from marketplace.bonuses.errors import NotGiven
from marketplace.kit import clock
from marketplace.kit.errors import Refusal
from marketplace.ledger.errors import AlreadySettled, IdempotencyConflict, Overdraft
from marketplace.projects.errors import WhileDisputed as NoMoneyWhileDisputed
from tests.money.model import ENDED, MOVED, NOTHING, SHORT, Model
from tests.money.provider import Played
from tests.money.world import World, quickly
from workspace.queue.errors import BudgetUsedUp

PICK = st.integers(0, 11)
STEPS_AN_EXAMPLE, EXAMPLES_A_SEED = 50, 10
TOO_LITTLE = (
    Overdraft,
    NotGiven,
    BudgetUsedUp,
    ScreeningNotNow,
    TooMuchBack,
    WhileDisputed,
    NoMoneyWhileDisputed,
)
Act = Callable[[], Any]


def cents(most: int) -> st.SearchStrategy[int]:
    """An amount, small ones too: that is where rounding bites."""
    return st.one_of(st.integers(1, 30), st.integers(1, most))


class MoneyMachine(RuleBasedStateMachine):
    """One example begins in the funded world, and everything it did vanishes at its end."""

    world: ClassVar[World]
    start: ClassVar[Model]
    checks: ClassVar[tuple[Callable[[Session], list[str]], ...]]
    tally: ClassVar[Counter[str]]
    verified_every: ClassVar[int | None] = None  # steps; None: at the end of each example alone

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = self.world.connection.begin_nested()
        self.model = self.start.copied()
        self.provider = Played()
        self.steps = 0

    def teardown(self) -> None:
        try:
            self.verify()
        finally:
            self.savepoint.rollback()
            self.tally["examples"] += 1

    def kept(self) -> Model:
        """What was done stays, as the world that examples start from."""
        self.verify()
        self.savepoint.commit()
        self.world.begins_here()
        return self.model

    # ---- acting

    def inside(self, verb: Callable[[Session], Any]) -> Act:
        """A verb in a transaction of its own, on the model's day."""
        return lambda: self.world.do(verb, day=self.model.day)

    def outside(self, call: Act) -> Act:
        """A call that makes its own transactions, on the model's day."""

        def act() -> Any:
            with clock.shifted(self.days()):
                return call()

        return act

    def days(self) -> timedelta:
        """How much later the model's day is."""
        return timedelta(days=self.model.day)

    def deliver(self, act: Act, expected: str) -> Any:
        """Do it twice: the first time as the model says, the second time nothing moves."""
        said, result = self.answer(act)
        assert said == ("done" if expected in {MOVED, NOTHING} else expected), f"{said}, not {expected}"
        self.compare()
        self.again(act)
        self.tally[expected] += 1
        return result

    def again(self, act: Act) -> None:
        """Once more, or another end of what has ended: refused or not, nothing moves."""
        self.answer(act, late=True)
        self.compare()

    def refused(self, act: Act) -> None:
        """A person who may not, or somebody who was too slow: a sentence, and nothing moves."""
        said, _ = self.answer(act, late=True)
        assert said == "refused", said
        self.compare()

    def ended(self, act: Act) -> None:
        """Another end of what has ended is refused."""
        said, _ = self.answer(act)
        assert said == ENDED, said
        self.compare()
        self.tally["other end"] += 1

    def conflict(self, act: Act) -> None:
        """The same key with other inputs is refused."""
        said, _ = self.answer(act)
        assert said == "conflict", said
        self.compare()
        self.tally["conflict"] += 1

    def answer(self, act: Act, *, late: bool = False) -> tuple[str, Any]:
        try:
            return "done", act()
        except TOO_LITTLE:
            return SHORT, None
        except AlreadySettled:
            return ENDED, None
        except IdempotencyConflict:
            return "conflict", None
        except Refusal:
            if not late:
                raise
            return "refused", None

    # ---- judging

    def step(self, name: str) -> None:
        """One event was made and judged."""
        self.steps += 1
        self.tally["steps"] += 1
        self.tally[name] += 1
        if self.verified_every and self.steps % self.verified_every == 0:
            self.verify()

    def compare(self) -> None:
        """Every balance there is, against the model; nothing may stand in neither."""
        said, has = {place: minor for place, minor in self.model.books.items() if minor}, self.world.books()
        differ = {place: (has.get(place, 0), said.get(place, 0)) for place in {*has, *said}}
        assert has == said, {place: both for place, both in differ.items() if both[0] != both[1]}

    def verify(self) -> None:
        """Every invariant of `ledger verify` that speaks of what this machine does."""
        self.model.checked()
        self.tally["verified"] += 1
        broken = self.inside(lambda session: [line for check in self.checks for line in check(session)])()
        assert broken == []


def run(machine: type[MoneyMachine], steps: int, *, first_seed: int = 1, shrink: bool = True) -> Counter[str]:
    """Run seed after seed until so many steps were made; the same steps each time.  What was met."""
    machine.tally = Counter()
    phases = [Phase.generate, Phase.shrink] if shrink else [Phase.generate]
    quiet = settings(
        max_examples=min(EXAMPLES_A_SEED, 1 + steps // STEPS_AN_EXAMPLE),
        stateful_step_count=min(STEPS_AN_EXAMPLE, steps),
        phases=phases,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    number = first_seed
    with quickly(machine.world.connection):
        while machine.tally["steps"] < steps:
            run_state_machine_as_test(seed(number)(machine), settings=quiet)
            number += 1
    machine.tally["seeds"] = number - first_seed
    return machine.tally
