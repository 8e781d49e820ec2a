"""Deposits by card and bank debit: asked for, paid, credited once, and what can go wrong on the way."""

import itertools
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from marketplace.billing import queries, service
from marketplace.billing.errors import DepositOver, OnlyOwners
from marketplace.billing.models import DEPOSIT_MOVES, ENDED, Deposit, DepositState
from marketplace.companies.models import MemberRole
from marketplace.gateways.stripe.emulator.faults import Fault
from marketplace.gateways.stripe.emulator.payments import PaidHow
from marketplace.gateways.stripe.errors import PaymentsDown
from marketplace.kit import clock, ids
from marketplace.kit.application import Application
from marketplace.kit.errors import Conflict
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import PLATFORM, Kind
from marketplace.outbox.service import Handlers, run_all
from tests.factories.billing import (
    AMOUNT_MINOR,
    BACK,
    DEBIT_FEE_MINOR,
    FEE_MINOR,
    look,
    make_deposit,
    make_payer,
    open_page,
    payments_of,
    settle,
)
from tests.factories.companies import make_company, make_member

LATER = timedelta(minutes=2)
SESSIONS = "/v1/checkout/sessions"


def books_of(session: Session, deposit: Deposit) -> tuple[int, int]:
    """What the company has in its wallet and on its way."""
    assert ledger.broken(session) == []
    owner = deposit.company_id
    return ledger.balance(session, Kind.COMPANY_WALLET, owner), ledger.balance(
        session, Kind.COMPANY_PENDING, owner
    )


def platform(session: Session, kind: Kind) -> int:
    return ledger.balance(session, kind, PLATFORM)


@pytest.fixture
def opened(app: Application, session: Session) -> Deposit:
    """A deposit whose page is open."""
    return open_page(app, session, make_deposit(session))


def test_a_card_pays_into_the_wallet_once(app: Application, session: Session, opened: Deposit) -> None:
    settle(app, session, opened)
    for _ in range(3):
        look(app, session, opened)
    assert opened.state is DepositState.SUCCEEDED
    assert opened.settled_at is not None
    assert books_of(session, opened) == (AMOUNT_MINOR, 0)
    assert platform(session, Kind.STRIPE_BALANCE) == AMOUNT_MINOR - FEE_MINOR
    assert platform(session, Kind.PROCESSOR_FEES) == FEE_MINOR


def test_looking_before_anybody_paid_changes_nothing(
    app: Application, session: Session, opened: Deposit
) -> None:
    look(app, session, opened)
    assert opened.state is DepositState.OPEN
    assert books_of(session, opened) == (0, 0)


def test_a_bank_debit_is_on_its_way_then_arrives(app: Application, session: Session, opened: Deposit) -> None:
    settle(app, session, opened, PaidHow.BANK)
    for _ in range(2):
        look(app, session, opened)
    assert opened.state is DepositState.PENDING
    assert books_of(session, opened) == (0, AMOUNT_MINOR)
    with clock.shifted(LATER):
        for _ in range(2):
            look(app, session, opened)
    assert opened.state is DepositState.SUCCEEDED
    assert books_of(session, opened) == (AMOUNT_MINOR, 0)
    assert platform(session, Kind.STRIPE_PENDING) == 0
    assert platform(session, Kind.STRIPE_BALANCE) == AMOUNT_MINOR - DEBIT_FEE_MINOR


@pytest.mark.parametrize("seen_pending", [True, False])
def test_a_bank_debit_bounces(
    app: Application, session: Session, opened: Deposit, *, seen_pending: bool
) -> None:
    settle(app, session, opened, PaidHow.BANK_RETURNED)
    if seen_pending:
        look(app, session, opened)
        assert opened.state is DepositState.PENDING
    with clock.shifted(LATER):
        for _ in range(2):
            look(app, session, opened)
    assert opened.state is DepositState.FAILED
    assert books_of(session, opened) == (0, 0)
    assert platform(session, Kind.STRIPE_PENDING) == 0


def test_a_bank_debit_nobody_looked_at_arrives_late(
    app: Application, session: Session, opened: Deposit
) -> None:
    settle(app, session, opened, PaidHow.BANK)
    with clock.shifted(timedelta(days=5)):
        look(app, session, opened)
    assert opened.state is DepositState.SUCCEEDED
    assert books_of(session, opened) == (AMOUNT_MINOR, 0)


def test_a_page_that_ran_out_is_opened_again_under_the_next_number(
    app: Application, session: Session, opened: Deposit
) -> None:
    first = opened.session_id
    with clock.shifted(timedelta(hours=24)):
        look(app, session, opened)
        assert opened.state is DepositState.EXPIRED
        open_page(app, session, opened)
        assert opened.state is DepositState.OPEN
        assert opened.session_id != first
        assert opened.session_number == 2
        settle(app, session, opened)
        look(app, session, opened)
    assert opened.state is DepositState.SUCCEEDED
    assert books_of(session, opened) == (AMOUNT_MINOR, 0)


def test_the_end_of_the_old_page_says_nothing_about_the_new_one(
    app: Application, session: Session, opened: Deposit
) -> None:
    first = opened.session_id
    assert first is not None
    with clock.shifted(timedelta(hours=24)):
        look(app, session, opened)
        open_page(app, session, opened)
        service.refresh(app.sessions, payments_of(app), first)  # its webhook comes late
        session.refresh(opened)
    assert opened.state is DepositState.OPEN


def test_opening_twice_keeps_the_first_page(app: Application, session: Session, opened: Deposit) -> None:
    first = opened.session_id
    open_page(app, session, opened)
    assert opened.session_id == first
    assert opened.session_number == 1


@pytest.mark.parametrize("fault", [Fault.STICKY_ERROR, Fault.STICKY_AFTER])
def test_a_page_that_could_not_be_opened_is_opened_by_the_next_try(
    app: Application, session: Session, fault: Fault
) -> None:
    """The provider keeps its answer under the key, so the next try needs another one."""
    deposit = make_deposit(session)
    payments_of(app).emulator.order(fault, path=SESSIONS)
    with pytest.raises(PaymentsDown):
        service.open_page(app.sessions, payments_of(app), deposit.id, back=BACK)
    with clock.shifted(timedelta(hours=1)):
        open_page(app, session, deposit)
    assert deposit.state is DepositState.OPEN
    settle(app, session, deposit)
    look(app, session, deposit)
    assert books_of(session, deposit) == (AMOUNT_MINOR, 0)


def test_a_lost_answer_leaves_one_page(app: Application, session: Session) -> None:
    deposit = make_deposit(session)
    payments_of(app).emulator.order(Fault.LOST_RESPONSE, path=SESSIONS)
    open_page(app, session, deposit)
    with payments_of(app).emulator.books() as books:
        mine = [
            page
            for page in books.newest("checkout.session")
            if page["metadata"]["deposit_id"] == str(deposit.id)
        ]
    assert [page["id"] for page in mine] == [deposit.session_id]


def test_a_second_payment_of_one_deposit_is_credited_too(
    app: Application, session: Session, opened: Deposit
) -> None:
    """Money that came is the company's, whatever made it come."""
    settle(app, session, opened)
    look(app, session, opened)
    state = payments_of(app).read_session(str(opened.session_id))
    again = replace(
        state,
        id="cs_test_other",
        payment_intent_id="pi_other",
        charge_id="ch_other",
        balance_transaction_id="txn_other",
    )
    for _ in range(2):
        service.apply(session, again)
    assert books_of(session, opened) == (2 * AMOUNT_MINOR, 0)
    assert opened.payment_intent_id == state.payment_intent_id


def test_a_fee_that_is_known_later_is_booked_later(
    app: Application, session: Session, opened: Deposit
) -> None:
    settle(app, session, opened)
    state = payments_of(app).read_session(str(opened.session_id))
    service.apply(session, replace(state, fee_minor=None, balance_transaction_id=None))
    session.flush()
    assert platform(session, Kind.PROCESSOR_FEES) == 0
    handlers = app.extensions["assay"][Handlers]
    run_all(app.sessions, handlers)
    assert platform(session, Kind.PROCESSOR_FEES) == 0  # too early
    with clock.shifted(timedelta(minutes=2)):
        run_all(app.sessions, handlers)
    session.expire_all()
    assert platform(session, Kind.PROCESSOR_FEES) == FEE_MINOR
    service.settle_fee(app.sessions, payments_of(app), str(state.charge_id))
    assert platform(session, Kind.PROCESSOR_FEES) == FEE_MINOR
    assert books_of(session, opened) == (AMOUNT_MINOR, 0)


def test_a_fee_that_is_unknown_is_asked_for_again(
    app: Application, session: Session, opened: Deposit
) -> None:
    settle(app, session, opened, PaidHow.BANK)
    state = payments_of(app).read_session(str(opened.session_id))
    with pytest.raises(PaymentsDown):
        service.settle_fee(app.sessions, payments_of(app), str(state.charge_id))


def test_a_payment_that_is_not_ours_is_ignored(app: Application, session: Session, opened: Deposit) -> None:
    settle(app, session, opened)
    state = payments_of(app).read_session(str(opened.session_id))
    for foreign in (None, uuid.uuid4()):
        service.apply(session, replace(state, deposit_id=foreign))
    assert books_of(session, opened) == (0, 0)


@pytest.mark.parametrize("order", list(itertools.permutations(["open", "processing", "paid"])))
def test_what_is_told_in_any_order_ends_the_same(
    app: Application, session: Session, opened: Deposit, order: tuple[str, ...]
) -> None:
    """Each state twice, old ones after new ones: the books are the same."""
    said = {"open": payments_of(app).read_session(str(opened.session_id))}
    settle(app, session, opened, PaidHow.BANK)
    said["processing"] = payments_of(app).read_session(str(opened.session_id))
    with clock.shifted(LATER):
        said["paid"] = payments_of(app).read_session(str(opened.session_id))
    for name in order:
        for _ in range(2):
            service.apply(session, said[name])
    assert opened.state is DepositState.SUCCEEDED
    assert books_of(session, opened) == (AMOUNT_MINOR, 0)
    assert platform(session, Kind.STRIPE_PENDING) == 0


def test_the_same_form_makes_one_deposit(session: Session) -> None:
    payer, key = make_payer(session), ids.new_id()
    first = service.start(session, by=payer, amount_minor=5_000, form_key=key)
    again = service.start(session, by=payer, amount_minor=5_000, form_key=key)
    assert first is again
    assert first.state is DepositState.CREATED
    assert len(queries.of_company(session, payer.company_id, None).rows) == 1


def test_a_form_sent_again_with_another_amount_is_refused(session: Session) -> None:
    payer, key = make_payer(session), ids.new_id()
    first = service.start(session, by=payer, amount_minor=AMOUNT_MINOR, form_key=key)
    with pytest.raises(DepositOver):
        service.start(session, by=payer, amount_minor=AMOUNT_MINOR + 1, form_key=key)
    assert first.amount_minor == AMOUNT_MINOR


def test_a_form_of_another_company_is_refused(session: Session) -> None:
    deposit = make_deposit(session)
    with pytest.raises(DepositOver):
        service.start(session, by=make_payer(session), amount_minor=5_000, form_key=deposit.id)


@pytest.mark.parametrize("role", [MemberRole.MANAGER, MemberRole.VIEWER])
def test_only_owners_move_money(session: Session, role: MemberRole) -> None:
    company = make_company(session)
    member = make_member(session, company, role=role)
    with pytest.raises(OnlyOwners):
        service.start(session, by=member, amount_minor=5_000, form_key=ids.new_id())
    deposit = make_deposit(session, by=make_payer(session, company))
    with pytest.raises(OnlyOwners):
        service.reopen(session, deposit, by=member)


def test_reopening_belongs_to_the_company_of_the_deposit(session: Session) -> None:
    with pytest.raises(OnlyOwners):
        service.reopen(session, make_deposit(session), by=make_payer(session))


def test_a_deposit_that_is_over_is_not_opened_again(
    app: Application, session: Session, opened: Deposit
) -> None:
    payer = make_payer(session, opened.company)
    service.reopen(session, opened, by=payer)
    settle(app, session, opened)
    look(app, session, opened)
    with pytest.raises(DepositOver):
        service.reopen(session, opened, by=payer)
    before = opened.session_number
    open_page(app, session, opened)
    assert opened.session_number == before


@pytest.mark.parametrize(
    ("start", "to"), [(start, to) for start in DepositState for to in DepositState if start is not to]
)
def test_the_table_of_moves_is_kept(start: DepositState, to: DepositState) -> None:
    deposit = Deposit(company=None, by=None, amount_minor=1)  # type: ignore[arg-type]
    deposit.state = start
    if to in DEPOSIT_MOVES[start]:
        deposit.move(to)
        assert deposit.state is to
    else:
        with pytest.raises(Conflict):
            deposit.move(to)


def test_money_that_moved_never_moves_back() -> None:
    assert all(not DEPOSIT_MOVES[state] for state in ENDED)
    assert DEPOSIT_MOVES[DepositState.PENDING] == ENDED
