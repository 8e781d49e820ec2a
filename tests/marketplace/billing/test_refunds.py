"""Refunds: unused money goes back the way it came, newest first, once, and large sums need a second person."""

import itertools
from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from config.policy import MONEY
from marketplace.billing import policy, queries, service
from marketplace.billing.errors import OnlyOwners, RefundOver, SecondPersonNeeded, TooMuchBack
from marketplace.billing.models import REFUND_MOVES, Deposit, Refund, RefundState
from marketplace.companies.models import Member, MemberRole
from marketplace.gateways.stripe.emulator import balance, refunds
from marketplace.gateways.stripe.emulator.faults import Fault, order
from marketplace.gateways.stripe.emulator.payments import PaidHow
from marketplace.identity.models import Role
from marketplace.kit import clock, ids
from marketplace.kit.application import Application
from marketplace.kit.errors import Conflict, NotFound
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import PLATFORM, Kind
from marketplace.notifications.models import Notice
from tests.factories.billing import AMOUNT_MINOR, make_payer, make_settled, payments_of
from tests.factories.companies import make_company, make_member
from tests.factories.identity import make_user

R = RefundState
SMALL, LARGE = 30_000, MONEY.refund_alone_minor + 1
DOOR = "/v1/refunds"
FORGOTTEN_AFTER = 24  # hours


@pytest.fixture(autouse=True)
def _no_accident_is_left(app: Application) -> None:
    with payments_of(app).emulator.books() as books:
        books.sql.execute("DELETE FROM faults")


@pytest.fixture
def payer(session: Session) -> Member:
    """An owner of a company."""
    return make_payer(session)


def ask(session: Session, payer: Member, amount_minor: int) -> Sequence[Refund]:
    return service.ask(session, by=payer, amount_minor=amount_minor, form_key=ids.new_id())


def send(app: Application, session: Session, refund: Refund) -> Refund:
    session.flush()
    service.send_refund(app.sessions, payments_of(app), refund.id)
    session.refresh(refund)
    return refund


def books_of(session: Session, payer: Member) -> tuple[int, int]:
    """What the company has in its wallet and on its way back, every rule of the books kept."""
    session.flush()
    assert [*ledger.broken(session), *queries.broken(session)] == []
    kinds = (Kind.COMPANY_WALLET, Kind.COMPANY_REFUND_IN_TRANSIT)
    wallet, coming = (ledger.balance(session, kind, payer.company_id) for kind in kinds)
    return wallet, coming


def at_provider(app: Application, session: Session, refund: Refund) -> list[int]:
    """The amounts of the refunds the provider has made of this deposit."""
    deposit = session.get(Deposit, refund.deposit_id)
    assert deposit is not None
    intent = deposit.payment_intent_id or ""
    return [one.amount_minor for one in payments_of(app).find_refunds(intent) if one.state != "failed"]


def test_a_small_sum_leaves_by_itself_and_arrives(app: Application, session: Session, payer: Member) -> None:
    make_settled(app, session, payer)
    held = ledger.balance(session, Kind.STRIPE_BALANCE, PLATFORM)
    (refund,) = ask(session, payer, SMALL)
    assert refund.state is R.APPROVED
    assert books_of(session, payer) == (AMOUNT_MINOR - SMALL, SMALL)
    for _ in range(3):
        send(app, session, refund)
    assert refund.state is R.ARRIVED
    assert books_of(session, payer) == (AMOUNT_MINOR - SMALL, 0)
    assert ledger.balance(session, Kind.STRIPE_BALANCE, PLATFORM) == held - SMALL
    assert at_provider(app, session, refund) == [SMALL]


def test_the_newest_deposit_takes_first(app: Application, session: Session, payer: Member) -> None:
    older = make_settled(app, session, payer, 20_000)
    newer = make_settled(app, session, payer, 15_000)
    asked = ask(session, payer, 25_000)
    assert [(one.deposit_id, one.amount_minor) for one in asked] == [(newer.id, 15_000), (older.id, 10_000)]
    assert service.refundable(session, payer.company_id) == 10_000
    for one in asked:
        send(app, session, one)
    assert books_of(session, payer) == (10_000, 0)


@given(st.integers(1, 10**9), st.lists(st.integers(1, 10**8), max_size=6))
def test_parts_add_up_and_no_deposit_gives_more_than_it_has(amount: int, left: list[int]) -> None:
    parts = policy.split(amount, left)
    assert sum(parts) == min(amount, sum(left))
    assert all(0 <= part <= had for part, had in zip(parts, left, strict=True))
    emptied = [part == had for part, had in zip(parts, left, strict=True)]
    assert emptied == sorted(emptied, reverse=True), (
        "an older deposit is touched when the newer ones are empty"
    )


@pytest.mark.parametrize("amount", [AMOUNT_MINOR + 1, 0, -5])
def test_more_than_the_wallet_never_goes(
    app: Application, session: Session, payer: Member, amount: int
) -> None:
    make_settled(app, session, payer)
    with pytest.raises(TooMuchBack, match=r"At most \$1,000\.00"):
        ask(session, payer, amount)
    assert books_of(session, payer) == (AMOUNT_MINOR, 0)


def test_the_same_form_asks_once(app: Application, session: Session, payer: Member) -> None:
    make_settled(app, session, payer)
    key = ids.new_id()
    first = service.ask(session, by=payer, amount_minor=SMALL, form_key=key)
    again = service.ask(session, by=payer, amount_minor=SMALL, form_key=key)
    assert [one.id for one in first] == [one.id for one in again]
    for other, amount in ((payer, SMALL + 1), (make_payer(session), SMALL)):
        with pytest.raises(RefundOver):
            service.ask(session, by=other, amount_minor=amount, form_key=key)
    assert books_of(session, payer) == (AMOUNT_MINOR - SMALL, SMALL)


def test_a_large_sum_waits_for_somebody_else(app: Application, session: Session, payer: Member) -> None:
    finance = make_user(session, roles=[Role.FINANCE])
    make_settled(app, session, payer)
    (refund,) = ask(session, payer, LARGE)
    assert refund.state is R.ASKED
    assert session.query(Notice).filter_by(user_id=finance.id, kind="refund.asked").count() == 1
    send(app, session, refund)
    assert refund.state is R.ASKED, "nothing leaves before somebody has agreed"
    colleague = make_member(session, payer.company, role=MemberRole.VIEWER)
    twins = [
        make_user(session, roles=[Role.FINANCE], email=one.email.replace("@", "+two@"))
        for one in (payer.user, colleague.user)
    ]
    for near in (payer.user, colleague.user, *twins):
        with pytest.raises(SecondPersonNeeded):
            service.approve(session, refund.id, by=near)
    service.approve(session, refund.id, by=finance)
    assert send(app, session, refund).state is R.ARRIVED
    with pytest.raises(RefundOver):
        service.decline(session, refund.id, by=finance, reason="too late for that now, sadly")
    assert books_of(session, payer) == (AMOUNT_MINOR - LARGE, 0)


def test_parts_of_a_large_sum_do_not_slip_through(app: Application, session: Session, payer: Member) -> None:
    for _ in range(3):
        make_settled(app, session, payer, MONEY.refund_alone_minor // 2)
    assert {one.state for one in ask(session, payer, LARGE)} == {R.ASKED}


def test_the_database_wants_two_people_too(app: Application, session: Session, payer: Member) -> None:
    make_settled(app, session, payer)
    (refund,) = ask(session, payer, LARGE)
    session.flush()
    with pytest.raises(IntegrityError, match="two_people"), session.begin_nested():
        session.execute(update(Refund).where(Refund.id == refund.id).values(approved_by_id=refund.by_id))


@pytest.mark.parametrize("how", ["cancel", "decline"])
def test_what_does_not_go_is_in_the_wallet_again(
    app: Application, session: Session, payer: Member, how: str
) -> None:
    make_settled(app, session, payer)
    (refund,) = ask(session, payer, LARGE)
    if how == "cancel":
        service.cancel(session, refund.id, by=payer)
    else:
        reason = "The card was reported as stolen."
        service.decline(session, refund.id, by=make_user(session, roles=[Role.FINANCE]), reason=reason)
    assert refund.state is (R.CANCELLED if how == "cancel" else R.DECLINED)
    assert books_of(session, payer) == (AMOUNT_MINOR, 0)
    assert service.refundable(session, payer.company_id) == AMOUNT_MINOR
    send(app, session, refund)
    assert at_provider(app, session, refund) == []


def test_owners_alone_ask_and_leave(app: Application, session: Session, payer: Member) -> None:
    make_settled(app, session, payer)
    manager = make_member(session, payer.company, role=MemberRole.MANAGER)
    with pytest.raises(OnlyOwners):
        ask(session, manager, SMALL)
    (refund,) = ask(session, payer, LARGE)
    with pytest.raises(OnlyOwners):
        service.cancel(session, refund.id, by=manager)
    with pytest.raises(NotFound):
        service.cancel(session, refund.id, by=make_payer(session, make_company(session)))


ONCE = [
    Fault.UNREACHABLE,
    Fault.LOST_RESPONSE,
    Fault.RATE_LIMIT,
    Fault.KEY_IN_USE,
    Fault.SERVER_ERROR,
    Fault.STICKY_ERROR,
    Fault.STICKY_AFTER,
]


@pytest.mark.parametrize("weather", ["fair", "a list misses", "keys are forgotten", "both"])
@pytest.mark.parametrize("fault", ONCE, ids=lambda fault: fault.value)
def test_whatever_happens_on_the_way_it_leaves_once(
    app: Application, session: Session, payer: Member, fault: Fault, weather: str
) -> None:
    """The provider makes one refund, and our books say the same."""
    make_settled(app, session, payer)
    (refund,) = ask(session, payer, SMALL)
    with payments_of(app).emulator.books() as books:
        for _ in range(1 if fault.value.startswith("sticky") else 3):  # the library repeats by itself
            order(books, fault, path=DOOR)
        if weather in {"a list misses", "both"}:
            order(books, Fault.HIDE_LISTS, method="GET", path=DOOR)
    send(app, session, refund)
    for hours in (1, 2, 25, 26, 27):
        with clock.shifted(timedelta(hours=hours)):
            if weather in {"keys are forgotten", "both"} and hours > FORGOTTEN_AFTER:
                with payments_of(app).emulator.books() as books:
                    order(books, Fault.DROP_KEYS, path=DOOR)
            send(app, session, refund)
            assert len(at_provider(app, session, refund)) <= 1
    assert refund.state is R.ARRIVED, (refund.state, refund.alarm)
    assert at_provider(app, session, refund) == [SMALL]
    assert books_of(session, payer) == (AMOUNT_MINOR - SMALL, 0)


def test_a_short_balance_waits_and_then_goes(app: Application, session: Session, payer: Member) -> None:
    make_settled(app, session, payer)
    (refund,) = ask(session, payer, SMALL)
    with payments_of(app).emulator.books() as books:
        balance.set_available(books, 0)
    send(app, session, refund)
    assert refund.state is R.SENT
    assert books_of(session, payer) == (AMOUNT_MINOR - SMALL, SMALL)
    with payments_of(app).emulator.books() as books:
        balance.set_available(books, 2 * SMALL)
    with clock.shifted(timedelta(hours=1)):
        assert send(app, session, refund).state is R.ARRIVED
    assert at_provider(app, session, refund) == [SMALL]


def test_a_refusal_for_good_gives_the_money_back(app: Application, session: Session, payer: Member) -> None:
    deposit = make_settled(app, session, payer)
    (refund,) = ask(session, payer, SMALL)
    payments_of(app).refund(
        deposit.payment_intent_id or "",
        refund_id=ids.new_id(),
        amount_minor=AMOUNT_MINOR,
        idempotency_key="x",
    )
    assert send(app, session, refund).state is R.FAILED
    assert books_of(session, payer) == (AMOUNT_MINOR, 0)


def test_two_refunds_at_the_provider_stop_it(app: Application, session: Session, payer: Member) -> None:
    deposit = make_settled(app, session, payer)
    (refund,) = ask(session, payer, SMALL)
    with payments_of(app).emulator.books() as books:
        order(books, Fault.UNREACHABLE, path=DOOR)
        order(books, Fault.UNREACHABLE, path=DOOR)
        order(books, Fault.UNREACHABLE, path=DOOR)
    send(app, session, refund)
    for key in ("a", "b"):
        payments_of(app).refund(
            deposit.payment_intent_id or "", refund_id=refund.id, amount_minor=SMALL, idempotency_key=key
        )
    with clock.shifted(timedelta(hours=1)):
        send(app, session, refund)
        send(app, session, refund)
    assert refund.state is R.SENT
    assert refund.alarm is not None
    assert "2 refunds found" in refund.alarm
    assert any("refunds found" in line for line in queries.broken(session))
    assert at_provider(app, session, refund) == [SMALL, SMALL]


def test_a_bank_may_send_it_back(app: Application, session: Session, payer: Member) -> None:
    make_settled(app, session, payer, how=PaidHow.BANK)
    (refund,) = ask(session, payer, SMALL)
    assert send(app, session, refund).state is R.PAID
    assert books_of(session, payer) == (AMOUNT_MINOR - SMALL, 0)
    external = str(refund.external_id)
    with payments_of(app).emulator.books() as books:
        refunds.fail(books, external)
    for _ in range(2):
        service.follow_refund(app.sessions, payments_of(app), external)
    session.refresh(refund)
    assert refund.state is R.RETURNED
    assert books_of(session, payer) == (AMOUNT_MINOR, 0)


@pytest.mark.parametrize("told", list(itertools.permutations(["pending", "succeeded", "failed"])))
def test_what_is_told_in_any_order_ends_the_same(
    app: Application, session: Session, payer: Member, told: tuple[str, ...]
) -> None:
    """An old state after a new one never wins: the handler reads the object again, here told thrice."""
    make_settled(app, session, payer, how=PaidHow.BANK)
    (refund,) = ask(session, payer, SMALL)
    send(app, session, refund)
    external = str(refund.external_id)
    states = {"pending": payments_of(app).read_refund(external)}
    with payments_of(app).emulator.books() as books:
        refunds.arrive(books, external)
    states["succeeded"] = payments_of(app).read_refund(external)
    with payments_of(app).emulator.books() as books:
        refunds.fail(books, external)
    states["failed"] = payments_of(app).read_refund(external)
    for name in told:
        for _ in range(2):
            service.apply_refund(session, states[name])
    assert refund.state is R.RETURNED
    assert books_of(session, payer) == (AMOUNT_MINOR, 0)


@pytest.mark.parametrize("start", list(R))
@pytest.mark.parametrize("to", list(R))
def test_the_table_of_moves_is_kept(start: RefundState, to: RefundState) -> None:
    refund = Refund(company=None, deposit=None, by=None, form_key=ids.new_id(), amount_minor=1)  # type: ignore[arg-type]  # never saved
    refund.state = start
    if to in REFUND_MOVES[start]:
        refund.move(to)
        assert refund.state is to
    else:
        with pytest.raises(Conflict):
            refund.move(to)
