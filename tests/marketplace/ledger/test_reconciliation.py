"""The books against the provider's own list, to the cent, through the real client."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.billing.models import Deposit
from marketplace.billing.service import settling
from marketplace.gateways.stripe.emulator import balance
from marketplace.gateways.stripe.emulator.faults import Fault
from marketplace.gateways.stripe.errors import PaymentsDown
from marketplace.identity.models import Role
from marketplace.kit import clock
from marketplace.kit.application import Application
from marketplace.kit.money import Money
from marketplace.ledger import queries, service
from marketplace.ledger.errors import PayoutsStopped, UnderWay
from marketplace.ledger.models import (
    PLATFORM,
    Difference,
    Kind,
    LedgerTransaction,
    ProviderLine,
    ReconciliationState,
)
from marketplace.ledger.service import Entry, reading
from marketplace.notifications.models import Notice
from marketplace.payouts import service as payouts
from marketplace.payouts.models import PayoutState
from tests.factories.disputes import decide, hear, make_dispute
from tests.factories.identity import make_user
from tests.factories.ledger import REASON
from tests.factories.payouts import make_finance
from tests.factories.reconciling import (
    LATER,
    PAY_MINOR,
    World,
    add_cents,
    find_line,
    foreign_transfer,
    line_of,
    lose_line,
    make_world,
)


@pytest.fixture
def world(app: Application, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return make_world(app, session, tmp_path, monkeypatch)


def entries(session: Session, kind: str) -> list[LedgerTransaction]:
    return list(session.scalars(select(LedgerTransaction).where(LedgerTransaction.kind == kind)))


def test_a_quiet_world_has_no_difference(world: World) -> None:
    payout = world.lived_in()
    assert payout.state is PayoutState.PAID
    run = world.reconcile()
    assert run.state is ReconciliationState.DONE
    assert (run.difference_count, run.waiting_count, world.open()) == (0, 0, [])
    assert (run.line_count, run.matched_count) == (4, 4)  # two deposits, one payout, one refund
    sums = run.balances["usd"]
    assert sums["held"] == sums["lines"] == sums["books"]
    assert service.stop(world.session) is None


def test_the_same_again_finds_nothing_new(world: World) -> None:
    world.lived_in()
    first = world.reconcile()
    before = world.session.scalar(select(func.count()).select_from(LedgerTransaction))
    second = world.reconcile()
    assert (second.line_count, second.booked_count, second.difference_count) == (0, 0, 0)
    assert second.matched_count == first.matched_count
    assert world.session.scalar(select(func.count()).select_from(LedgerTransaction)) == before


def test_empty_books_and_an_empty_provider_agree(world: World) -> None:
    run = world.reconcile()
    assert (run.line_count, run.matched_count, run.difference_count) == (0, 0, 0)


@pytest.mark.parametrize("cents", [1, -1])
@pytest.mark.parametrize("kind", ["charge", "transfer", "payment_refund"])
def test_one_cent_is_found_at_once(world: World, kind: str, cents: int) -> None:
    world.lived_in()
    with world.provider() as books:
        line = add_cents(books, kind, cents)
    run = world.reconcile(timedelta(0))
    assert world.open() == [("amount_differs", line["source"]), ("balance_differs", "balance in usd")]
    row = queries.oldest_open(world.session)
    assert row is not None
    assert row.there_minor - row.ours_minor == cents
    assert (run.difference_count, row.found_in_id) == (2, run.id)


def test_a_lost_line_is_found_after_two_hours(world: World) -> None:
    world.lived_in()
    with world.provider() as books:
        line = lose_line(books, "charge")
    assert world.reconcile(timedelta(0)).waiting_count == 2  # the payment, and the fee that stood in its line
    assert world.open() == []
    world.reconcile()
    assert world.open() == [("only_ours", line["source"]), ("only_ours", line["id"])]


def test_a_payment_we_never_heard_of_is_found_after_two_hours(world: World) -> None:
    with world.provider() as books:
        balance.line(books, "charge", 700, None, fee=50)
    assert world.reconcile(timedelta(0)).waiting_count == 1
    run = world.reconcile()
    assert [kind for kind, _ in world.open()] == ["only_there"]
    assert entries(world.session, "processor_fee") == []  # nobody knows whose fee it is
    assert run.balances["usd"] == {"held": 650, "lines": 650, "books": 0}


def test_a_foreign_transfer_is_found_at_once(world: World) -> None:
    payout = world.lived_in()
    with world.provider() as books:
        foreign = foreign_transfer(books, payout.destination, 250)
    world.reconcile(timedelta(0))
    assert world.open() == [("transfer_unknown", foreign["id"])]


def test_a_second_transfer_of_a_paid_payout_is_found(world: World) -> None:
    payout = world.lived_in()
    with world.provider() as books:
        twice = foreign_transfer(books, payout.destination, PAY_MINOR, transfer_group=str(payout.id))
    world.reconcile(timedelta(0))
    assert world.open() == [("transfer_unknown", twice["id"])]


def test_a_transfer_that_went_elsewhere_is_found(world: World) -> None:
    payout = world.lived_in()
    with world.provider() as books:
        transfer = books.get("transfer", str(payout.external_id))
        assert transfer is not None
        books.save({**transfer, "destination": "acct_of_somebody_else"})
    world.reconcile(timedelta(0))
    assert world.open() == [("transfer_unknown", payout.external_id)]


def test_an_answer_that_got_lost_waits_and_is_then_adopted(world: World) -> None:
    payer = world.deposit()
    payout = world.approved(world.payable(payer))
    for _ in range(3):  # the attempt and both repetitions of the client
        world.payments.emulator.order(Fault.LOST_RESPONSE)
    world.send(payout)
    assert payout.state is PayoutState.SENT
    assert world.reconcile(timedelta(0)).waiting_count == 1
    world.reconcile()
    assert [kind for kind, _ in world.open()] == ["only_there"]
    with clock.shifted(LATER):
        world.send(payout)  # a stop does not keep us from searching
    assert payout.state is PayoutState.PAID
    world.reconcile()
    assert world.open() == []


def test_a_difference_stops_the_run_and_its_end_lets_it_go(world: World) -> None:
    payer = world.deposit()
    world.send(world.approved(world.payable(payer)))
    with world.provider() as books:
        line = add_cents(books, "transfer", -1)
    world.payable(payer)
    run = payouts.prepare_run(world.session, by=make_finance(world.session))
    world.session.flush()
    world.reconcile()
    finance = make_finance(world.session)
    entry = next(one for one in entries(world.session, "payout_paid"))
    for verb in (
        lambda: payouts.prepare_run(world.session, by=finance),
        lambda: payouts.approve_run(world.session, run, by=finance),
    ):
        with pytest.raises(PayoutsStopped, match=f"entry no. {entry.id}") as stopped:
            verb()
        assert line["source"] in stopped.value.message
    with world.provider() as books:
        add_cents(books, "transfer", 1)
    world.reconcile()
    assert world.open() == []
    payouts.approve_run(world.session, run, by=finance)


def test_what_was_approved_before_waits_while_a_difference_is_open(world: World) -> None:
    payer = world.deposit()
    payout = world.approved(world.payable(payer))
    with world.provider() as books:
        line = lose_line(books, "charge")
        balance.move(books, balance.PLATFORM, "usd", available=line["net"])  # enough to send it
    world.reconcile()
    assert world.send(payout).state is PayoutState.APPROVED
    with world.provider() as books:
        find_line(books, line)
        balance.move(books, balance.PLATFORM, "usd", available=-line["net"])
    world.reconcile()
    assert world.send(payout).state is PayoutState.PAID


def test_a_correction_by_two_people_explains_a_foreign_transfer(world: World) -> None:
    payout = world.lived_in()
    with world.provider() as books:
        foreign = foreign_transfer(books, payout.destination, 250)
    world.reconcile()
    legs = [((Kind.ADJUSTMENTS, PLATFORM), (Kind.STRIPE_BALANCE, PLATFORM), Money(250))]
    first, second = make_finance(world.session), make_finance(world.session)
    service.post(
        world.session,
        Entry(
            kind="correction",
            key="adj:1",
            legs=legs,
            external_id=foreign["id"],
            actor_id=first.id,
            approver_id=second.id,
            reason=REASON,
        ),
    )
    run = world.reconcile()
    assert (run.difference_count, world.open()) == (0, [])
    (row,) = world.session.scalars(select(Difference)).all()
    assert (row.resolved_in_id, row.found_in_id != run.id) == (run.id, True)


def test_a_reversal_speaks_of_the_same_thing(world: World) -> None:
    payer = world.deposit()
    world.send(world.approved(world.payable(payer)))
    (entry,) = entries(world.session, "payout_paid")
    service.reverse(
        world.session,
        entry,
        key="adj:2",
        actor_id=make_finance(world.session).id,
        approver_id=make_finance(world.session).id,
        reason=REASON,
    )
    world.reconcile()
    assert world.open() == [("amount_differs", entry.external_id)]
    assert queries.open_differences(world.session).rows[0].ours_minor == 0


def test_fees_and_our_own_payouts_are_booked_once(world: World) -> None:
    world.deposit()
    with world.provider() as books:
        balance.line(books, "stripe_fee", -200, None)
        out = {"id": "po_1", "object": "payout", "currency": "usd", "description": None}
        balance.line(books, "payout", -10_000, out, fee=25)
        balance.line(books, "payout_failure", 10_000, out)
    before = queries.balance(world.session, Kind.PROCESSOR_FEES, PLATFORM)
    assert world.reconcile(timedelta(0)).booked_count == 4
    assert world.reconcile(timedelta(0)).booked_count == 0
    assert world.open() == []
    assert queries.balance(world.session, Kind.PROCESSOR_FEES, PLATFORM) == before + 225
    assert queries.balance(world.session, Kind.PLATFORM_BANK, PLATFORM) == 0
    keys = {one.idempotency_key for one in entries(world.session, "platform_payout")}
    assert keys == {"po:po_1", "po:po_1:returned"}


@pytest.mark.parametrize("won", [True, False])
def test_a_dispute_agrees_while_it_is_open_and_when_it_has_ended(world: World, won: bool) -> None:
    world.deposit()
    (deposit,) = world.session.scalars(select(Deposit)).all()
    dispute = make_dispute(world.app, world.session, deposit)
    assert (world.reconcile().difference_count, world.open()) == (0, [])
    decide(world.app, dispute.external_id, won=won)
    hear(world.app, world.session, dispute.external_id)
    run = world.reconcile()
    assert (run.difference_count, run.waiting_count, world.open()) == (0, 0, [])
    assert run.balances["usd"]["held"] == run.balances["usd"]["books"]


def test_a_fee_booked_here_is_the_one_the_deposit_would_have_booked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:  # the provider does not know the fee of a payment at once
        patched.setattr(settling, "_fee", lambda *_: [])
        world.deposit()
    assert entries(world.session, "processor_fee") == []
    assert world.reconcile(timedelta(0)).booked_count == 1
    (deposit,) = world.session.scalars(select(Deposit)).all()
    (paid,) = entries(world.session, "deposit_succeeded")
    settling.settle_fee(world.app.sessions, world.payments, str(paid.external_id))
    (fee,) = entries(world.session, "processor_fee")
    assert (fee.ref_type, fee.ref_id) == ("deposit", deposit.id)


def test_a_wrong_fee_is_found(world: World) -> None:
    world.deposit()
    with world.provider() as books:
        line = line_of(books, "charge")
        books.save({**line, "amount": line["amount"] + 1, "fee": line["fee"] + 1})  # the same net
    world.reconcile(timedelta(0))
    assert world.open() == [("amount_differs", line["source"])]


@pytest.mark.parametrize("step", ["balance_lines", "transfers", "read_balance"])
def test_a_service_that_is_down_fails_the_run_and_the_next_one_goes_on(
    world: World, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    world.lived_in()

    def down(*_: Any) -> Any:
        raise PaymentsDown

    with monkeypatch.context() as patched:
        patched.setattr(world.payments, step, down)
        with pytest.raises(PaymentsDown):
            world.reconcile()
    world.session.expire_all()
    failed = queries.reconciliations(world.session, None).rows[0]
    assert failed.state is ReconciliationState.FAILED
    assert "does not answer" in failed.failure
    service.reconcile(world.app.sessions, world.payments, failed.id)  # the message is tried again
    world.session.refresh(failed)
    assert (failed.state, failed.matched_count) == (ReconciliationState.DONE, 4)


def test_a_crash_between_reading_and_keeping_loses_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.lived_in()
    keep, seen = reading._keep, []

    def die_late(session: Session, piece: Any) -> int:
        seen.append(piece)
        if len(seen) == 3:
            raise RuntimeError("the power went")
        return keep(session, piece)

    monkeypatch.setattr(reading, "PIECE", 1)
    monkeypatch.setattr(reading, "_keep", die_late)
    with pytest.raises(RuntimeError, match="power"):
        world.reconcile()
    assert len(world.session.scalars(select(ProviderLine)).all()) == 2
    monkeypatch.setattr(reading, "_keep", keep)
    run = world.reconcile()
    assert (run.line_count, run.matched_count, run.difference_count) == (2, 4, 0)


def test_a_balance_that_moves_meanwhile_is_read_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.lived_in()
    lines, moved = world.payments.balance_lines, []

    def pay_meanwhile(since: Any) -> Any:
        found = list(lines(since))
        if not moved:
            with world.provider() as books:
                moved.append(balance.line(books, "stripe_fee", -200, None))
        return iter(found)

    monkeypatch.setattr(world.payments, "balance_lines", pay_meanwhile)
    run = world.reconcile(timedelta(0))
    assert (run.line_count, run.booked_count, run.difference_count) == (5, 1, 0)


def test_one_at_a_time_and_the_clock_once_a_day(world: World) -> None:
    first = service.ask(world.session, by=make_finance(world.session))
    with pytest.raises(UnderWay):
        service.ask(world.session, by=make_finance(world.session))
    service.ask_daily(world.session)
    assert len(queries.under_way(world.session)) == 1
    world.session.flush()
    service.reconcile(world.app.sessions, world.payments, first.id)
    world.session.expire_all()
    for _ in range(2):
        service.ask_daily(world.session)
        world.session.flush()
    (daily,) = queries.under_way(world.session)
    assert daily.by_id is None


def test_what_a_dead_worker_left_is_given_up_for_a_new_one(world: World) -> None:
    first = service.ask(world.session, by=None)
    first.move(ReconciliationState.RUNNING)
    first.started_at = clock.now()
    world.session.flush()
    with clock.shifted(timedelta(minutes=31)):
        second = service.ask(world.session, by=None)
    assert first.state is ReconciliationState.FAILED
    assert "half way" in first.failure
    assert second.id != first.id


def test_one_that_never_began_is_given_up_as_well(world: World) -> None:
    first = service.ask(world.session, by=None)
    world.session.flush()
    with clock.shifted(timedelta(minutes=29)), pytest.raises(UnderWay):
        service.ask(world.session, by=None)
    with clock.shifted(timedelta(minutes=31)):
        assert service.under_way(world.session) == []
        service.ask_daily(world.session)
        world.session.flush()
        (second,) = service.under_way(world.session)
    assert first.state is ReconciliationState.FAILED
    assert second.id != first.id


def test_the_clock_asks_again_the_same_day_after_a_failure(world: World) -> None:
    service.ask_daily(world.session)
    world.session.flush()
    (first,) = queries.under_way(world.session)
    first.move(ReconciliationState.FAILED)
    service.ask_daily(world.session)
    world.session.flush()
    (second,) = queries.under_way(world.session)
    service.reconcile(world.app.sessions, world.payments, second.id)
    world.session.expire_all()
    service.ask_daily(world.session)
    world.session.flush()
    assert queries.under_way(world.session) == []


def test_a_balance_nobody_could_look_at_resolves_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.deposit()
    with world.provider() as books:
        balance.move(books, balance.PLATFORM, "usd", available=700)
    world.reconcile()
    assert ("balance_differs", "balance in usd") in world.open()
    looks = iter(range(1, 100))
    monkeypatch.setattr(reading, "held", lambda payments: {"usd": next(looks)})
    world.reconcile()
    assert ("balance_differs", "balance in usd") in world.open()


def test_finance_is_told_once_of_what_is_new(world: World) -> None:
    finance, admin = make_finance(world.session), make_user(world.session, roles=[Role.ADMIN])
    with world.provider() as books:
        balance.line(books, "adjustment", 700, None)
    world.reconcile()
    world.reconcile()
    told = world.session.scalars(select(Notice).where(Notice.kind == "ledger.differences_found")).all()
    assert {notice.user_id for notice in told} == {finance.id, admin.id}
    assert len(told) == 2


def test_verify_says_what_is_open(world: World) -> None:
    assert queries.unresolved(world.session) == []
    with world.provider() as books:
        moved = balance.line(books, "adjustment", 700, None)
    world.reconcile()
    (line,) = queries.unresolved(world.session)
    assert line.startswith(f"I11 {moved['id']}")
