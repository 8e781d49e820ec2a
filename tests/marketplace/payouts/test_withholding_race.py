"""A payout run is prepared in the moment a withholding is decided: either order, the right sums, whole books."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from marketplace.identity.models import User
from marketplace.kit.database import Sessions, transaction
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import PLATFORM, Kind
from marketplace.payouts import queries, service
from marketplace.payouts.models import Payout, PayoutState
from tests.factories.payouts import (
    AMOUNT_MINOR,
    REASON,
    earn,
    make_account,
    make_expert,
    make_finance,
    make_payable,
    put_on_withholding,
)
from tests.factories.workers import until_one_waits
from tests.marketplace.payouts.test_withholding import ENDED, GROSS, TAX, propose
from tests.workspace.queue.test_queue_races import at_once

Verb = Callable[[Session], object]
TOGETHER = 6


@dataclass
class Case:
    """A person with something to be paid, what is decided about them, and two people of finance."""

    user_id: uuid.UUID
    row_id: uuid.UUID
    first_id: uuid.UUID
    second_id: uuid.UUID

    def approve(self, session: Session) -> None:
        """From now on a part is withheld."""
        service.approve_withholding(session, self.row_id, by=session.get_one(User, self.second_id))

    def lift(self, session: Session) -> None:
        """Nothing is withheld any more."""
        by = session.get_one(User, self.second_id)
        service.lift_withholding(session, self.row_id, by=by, reason=ENDED)

    def prepare(self, session: Session) -> None:
        """The weekly run."""
        service.prepare_run(session, by=session.get_one(User, self.first_id))

    def ask(self, session: Session) -> None:
        """A run of one."""
        service.ask(session, by=session.get_one(User, self.user_id))

    def end_hold(self, session: Session) -> None:
        """What was earned becomes available."""
        by = session.get_one(User, self.first_id)
        service.release_hold(session, self.user_id, by=by, reason=REASON)


def make_case(sessions: Sessions, *, active: bool = False, pending: bool = False) -> Case:
    """`active`: it is in force already.  `pending`: the money is on hold still, so nothing is available."""
    with transaction(sessions) as session:
        user = make_expert(session) if pending else make_payable(session)
        if pending:
            make_account(session, user)
            earn(session, user)
        if active:
            put_on_withholding(session, user)
            row = queries.standing_withholding(session, user.id)
            assert row is not None
        else:
            row = propose(session, user)
        session.flush()
        return Case(user.id, row.id, make_finance(session).id, make_finance(session, "Otto Second").id)


def meet(sessions: Sessions, first: Verb, *then: Verb) -> None:
    """Whoever comes then begins when the first has done everything but commit, each in its transaction."""

    def go() -> None:
        for verb in then:
            with transaction(sessions) as session:
                verb(session)

    with ThreadPoolExecutor(1) as pool:
        with transaction(sessions) as session:
            first(session)
            session.flush()
            later = pool.submit(go)
            until_one_waits(session, lambda: not later.done())
        later.result()


def payouts_of(session: Session, user_id: uuid.UUID) -> list[tuple[PayoutState, int, int]]:
    found = session.query(Payout).filter_by(user_id=user_id).order_by(Payout.id)
    return [(one.state, one.amount_minor, one.withheld_minor) for one in found]


def books(session: Session, user_id: uuid.UUID) -> tuple[int, int, int]:
    """Available, in transit, withheld from everybody; every rule of the books kept."""
    assert [*ledger.broken(session), *queries.broken(session)] == []
    places = [(Kind.EXPERT_AVAILABLE, user_id), (Kind.EXPERT_IN_TRANSIT, user_id)]
    available, moving = (ledger.balance(session, *place) for place in places)
    return available, moving, ledger.balance(session, Kind.TAX_WITHHELD, PLATFORM)


RUNS = pytest.mark.parametrize("run", [Case.prepare, Case.ask], ids=["weekly", "asked for"])
TAXED = (PayoutState.SCHEDULED, GROSS - TAX, TAX)
WHOLE = (PayoutState.SCHEDULED, GROSS, 0)


def expects(sessions: Sessions, case: Case, *payouts: tuple[PayoutState, int, int]) -> None:
    """These payouts and no others, and the books as their sums say."""
    with transaction(sessions, write=False) as session:
        assert payouts_of(session, case.user_id) == list(payouts)
        moving = sum(minor for state, minor, _ in payouts if state is PayoutState.SCHEDULED)
        tax = sum(minor for state, _, minor in payouts if state is PayoutState.SCHEDULED)
        assert books(session, case.user_id) == (GROSS - moving - tax, moving, tax)


@RUNS
def test_a_run_before_the_decision_is_undone_by_it(clean: Sessions, run: Callable[..., None]) -> None:
    case = make_case(clean)
    meet(clean, lambda session: run(case, session), case.approve)
    gone = (PayoutState.CANCELLED, GROSS, 0)
    expects(clean, case, gone)
    with transaction(clean) as session:
        case.prepare(session)
    expects(clean, case, gone, TAXED)


@RUNS
def test_a_run_after_the_decision_withholds(clean: Sessions, run: Callable[..., None]) -> None:
    case = make_case(clean)
    meet(clean, case.approve, lambda session: run(case, session))
    expects(clean, case, TAXED)


@RUNS
def test_it_withholds_too_from_what_became_available_meanwhile(
    clean: Sessions, run: Callable[..., None]
) -> None:
    """Nothing was there for the decision to lock."""
    case = make_case(clean, pending=True)
    meet(clean, case.approve, case.end_hold, lambda session: run(case, session))
    expects(clean, case, TAXED)


def test_a_run_before_it_is_lifted_is_undone_by_that(clean: Sessions) -> None:
    case = make_case(clean, active=True)
    meet(clean, case.prepare, case.lift)
    expects(clean, case, (PayoutState.CANCELLED, GROSS - TAX, TAX))


@pytest.mark.parametrize("pending", [False, True], ids=["available", "on hold"])
def test_a_run_after_it_is_lifted_pays_whole(clean: Sessions, pending: bool) -> None:
    case = make_case(clean, active=True, pending=pending)
    before = [case.end_hold] if pending else []
    meet(clean, case.lift, *before, case.prepare)
    expects(clean, case, WHOLE)


def test_a_cancelled_run_s_money_is_prepared_anew_with_its_part(clean: Sessions) -> None:
    """In transit when the decision looks, available when the next run does."""
    case = make_case(clean)
    with transaction(clean) as session:
        old = service.prepare_run(session, by=session.get_one(User, case.first_id)).id

    def cancel(session: Session) -> None:
        run = queries.run(session, old)
        assert run is not None
        service.cancel_run(session, run, by=session.get_one(User, case.first_id))

    meet(clean, cancel, case.approve)
    with transaction(clean) as session:
        case.prepare(session)
    expects(clean, case, (PayoutState.CANCELLED, GROSS, 0), TAXED)


def test_many_decisions_and_two_runs_at_once(clean: Sessions) -> None:
    """Whatever order they come in, nothing unsent goes out whole and nobody's cent is lost."""
    cases = [make_case(clean) for _ in range(TOGETHER)]

    def said(verb: Verb) -> Callable[[Session], str]:
        return lambda session: str(verb(session) or "done")

    done = at_once(clean, [said(cases[0].prepare), said(cases[0].prepare), *(said(c.approve) for c in cases)])
    assert done["done"] + done["NothingToPay"] == TOGETHER + 2
    with transaction(clean, write=False) as session:
        tax = 0
        for case in cases:
            standing = [one for one in payouts_of(session, case.user_id) if one[0] is PayoutState.SCHEDULED]
            assert standing in ([], [TAXED])
            tax += sum(one[2] for one in standing)
            available, moving, _ = books(session, case.user_id)
            assert available + moving == AMOUNT_MINOR - (TAX if standing else 0)
        assert books(session, cases[0].user_id)[2] == tax
