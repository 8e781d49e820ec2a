"""Disputes: the books follow the bank in any order, companies pay with what they have, experts never pay."""

import itertools

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.billing import queries, service
from marketplace.billing.errors import Disputed, DisputeOver, NearTheCompany, TooMuchBack, WhileDisputed
from marketplace.billing.models import Deposit, Dispute, DisputeAnswer, DisputeState, Refund
from marketplace.companies.models import Member, MemberRole
from marketplace.gateways.stripe.emulator import disputes
from marketplace.gateways.stripe.emulator.disputes import FEE
from marketplace.gateways.stripe.emulator.faults import Fault, order
from marketplace.gateways.stripe.emulator.payments import PaidHow
from marketplace.gateways.stripe.errors import PaymentsDown
from marketplace.identity.models import Role, User
from marketplace.kit import ids
from marketplace.kit.application import Application
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import PLATFORM, Kind
from marketplace.notifications.models import Notice
from marketplace.projects import service as projects
from marketplace.projects.errors import WhileDisputed as NoFunding
from tests.factories.billing import (
    AMOUNT_MINOR,
    look,
    make_deposit,
    make_payer,
    make_settled,
    open_page,
    payments_of,
    settle,
)
from tests.factories.companies import make_member
from tests.factories.disputes import decide, hear, make_dispute, take_back
from tests.factories.gateways import paid
from tests.factories.identity import make_user
from tests.factories.projects import make_project

S = DisputeState
COMPANY = (Kind.COMPANY_WALLET, Kind.COMPANY_DISPUTE_HOLD)
HOUSE = (Kind.DISPUTES_RECEIVABLE, Kind.BAD_DEBT, Kind.PROCESSOR_FEES)


@pytest.fixture(autouse=True)
def _no_accident_is_left(app: Application) -> None:
    with payments_of(app).emulator.books() as books:
        books.sql.execute("DELETE FROM faults")


@pytest.fixture
def payer(session: Session) -> Member:
    """An owner of a company."""
    return make_payer(session)


@pytest.fixture
def finance(session: Session) -> User:
    return make_user(session, roles=[Role.FINANCE])


def books_of(session: Session, payer: Member) -> tuple[int, int]:
    """What the company has free and set aside, every rule of the books kept."""
    session.flush()
    assert [*ledger.broken(session), *queries.broken(session)] == []
    wallet, hold = (ledger.balance(session, kind, payer.company_id) for kind in COMPANY)
    return wallet, hold


def house(session: Session) -> tuple[int, int, int]:
    """What disputes have out, what is lost, what was paid in fees."""
    taken, lost, fees = (ledger.balance(session, kind, PLATFORM) for kind in HOUSE)
    return taken, lost, fees


def spend(session: Session, payer: Member, amount_minor: int) -> None:
    """Give a part of the wallet to a project."""
    project = make_project(session, company=payer.company, by=payer.user, state="awaiting_funds")
    projects.fund(session, project, by=payer.user, amount_minor=amount_minor, form_key=ids.new_id())


def told(session: Session, user_id: object, kind: str) -> int:
    return session.query(Notice).filter_by(user_id=user_id, kind=kind).count()


def test_a_dispute_sets_the_money_aside_until_it_is_won(
    app: Application, session: Session, payer: Member, finance: User
) -> None:
    taken, lost, fees = house(session)
    deposit = make_settled(app, session, payer)
    fees = house(session)[2]
    dispute = make_dispute(app, session, deposit)
    assert (dispute.state, dispute.held_minor) == (S.NEEDS_RESPONSE, AMOUNT_MINOR)
    assert books_of(session, payer) == (0, AMOUNT_MINOR)
    assert house(session) == (taken + AMOUNT_MINOR, lost, fees + FEE)
    assert told(session, payer.user_id, "dispute.opened") == told(session, finance.id, "dispute.opened") == 1
    decide(app, dispute.external_id, won=True)
    dispute = hear(app, session, dispute.external_id)
    assert dispute.state is S.WON
    assert books_of(session, payer) == (AMOUNT_MINOR, 0)
    assert house(session) == (taken, lost, fees + FEE), "the provider keeps its fee"
    assert told(session, payer.user_id, "dispute.won") == told(session, finance.id, "dispute.won") == 1


def test_a_lost_dispute_takes_what_is_set_aside_and_the_house_bears_the_rest(
    app: Application, session: Session, payer: Member
) -> None:
    deposit = make_settled(app, session, payer)
    spend(session, payer, 70_000)
    taken, lost, fees = house(session)
    dispute = make_dispute(app, session, deposit)
    assert books_of(session, payer) == (0, 30_000)
    assert payer.company.uncovered_minor == 70_000
    decide(app, dispute.external_id, won=False)
    for _ in range(2):
        dispute = hear(app, session, dispute.external_id)
    assert dispute.ended_at is not None
    assert books_of(session, payer) == (0, 0)
    assert house(session) == (taken, lost + 70_000, fees + FEE)
    assert payer.company.uncovered_minor == 0
    assert told(session, payer.user_id, "dispute.lost") == 1


def test_projects_keep_what_they_have_and_get_nothing_new_while_a_dispute_is_not_covered(
    app: Application, session: Session, payer: Member
) -> None:
    deposit = make_settled(app, session, payer)
    spend(session, payer, 60_000)
    dispute = make_dispute(app, session, deposit)
    make_settled(app, session, payer, 50_000)
    with pytest.raises(NoFunding, match=r"\$600\.00 of it could not be set aside"):
        spend(session, payer, 1_000)
    with pytest.raises(WhileDisputed, match=r"\$600\.00"):
        service.ask(session, by=payer, amount_minor=100, form_key=ids.new_id())
    assert service.refundable(session, payer.company_id) == 0
    assert books_of(session, payer) == (50_000, 40_000)
    decide(app, dispute.external_id, won=True)
    hear(app, session, dispute.external_id)
    spend(session, payer, 1_000)
    assert books_of(session, payer) == (89_000, 0)


def test_two_disputes_share_one_wallet(app: Application, session: Session, payer: Member) -> None:
    first, second = make_settled(app, session, payer, 60_000), make_settled(app, session, payer, 50_000)
    spend(session, payer, 40_000)
    one, two = make_dispute(app, session, first), make_dispute(app, session, second)
    assert (one.held_minor, two.held_minor) == (60_000, 10_000)
    assert payer.company.uncovered_minor == 40_000
    assert books_of(session, payer) == (0, 70_000)
    decide(app, one.external_id, won=True)
    decide(app, two.external_id, won=False)
    hear(app, session, two.external_id)
    hear(app, session, one.external_id)
    assert books_of(session, payer) == (60_000, 0)


@pytest.mark.parametrize("amount", [100_000, 70_000, 10_000])
def test_a_deposit_that_was_refunded_in_part(
    app: Application, session: Session, payer: Member, amount: int
) -> None:
    deposit = make_settled(app, session, payer)
    (refund,) = service.ask(session, by=payer, amount_minor=30_000, form_key=ids.new_id())
    session.flush()
    service.send_refund(app.sessions, payments_of(app), refund.id)
    dispute = make_dispute(app, session, deposit, amount=amount)
    held = min(amount, 70_000)
    assert books_of(session, payer) == (70_000 - held, held)
    decide(app, dispute.external_id, won=False)
    hear(app, session, dispute.external_id)
    assert books_of(session, payer) == (70_000 - held, 0)


def test_a_disputed_deposit_takes_nothing_back(
    app: Application, session: Session, payer: Member, finance: User
) -> None:
    make_settled(app, session, payer, 20_000)
    (waiting,) = _large(app, session, payer)
    dispute = make_dispute(app, session, session.get_one(Deposit, waiting.deposit_id), amount=10_000)
    with pytest.raises(Disputed):
        service.approve(session, waiting.id, by=finance)
    assert service.refundable(session, payer.company_id) == 20_000
    with pytest.raises(TooMuchBack):
        service.ask(session, by=payer, amount_minor=20_001, form_key=ids.new_id())
    decide(app, dispute.external_id, won=True)
    hear(app, session, dispute.external_id)
    service.approve(session, waiting.id, by=finance)


def _large(app: Application, session: Session, payer: Member) -> list[Refund]:
    make_settled(app, session, payer, 180_000)
    return list(service.ask(session, by=payer, amount_minor=60_000, form_key=ids.new_id()))


def test_a_refund_on_its_way_comes_back_when_the_bank_was_faster(
    app: Application, session: Session, payer: Member
) -> None:
    deposit = make_settled(app, session, payer)
    (refund,) = service.ask(session, by=payer, amount_minor=30_000, form_key=ids.new_id())
    make_dispute(app, session, deposit)
    service.send_refund(app.sessions, payments_of(app), refund.id)
    session.refresh(refund)
    assert refund.reason == "charge_disputed"
    assert books_of(session, payer) == (30_000, 70_000)


def test_a_bank_debit_that_comes_back_is_opened_and_lost_in_one(
    app: Application, session: Session, payer: Member, finance: User
) -> None:
    deposit = make_settled(app, session, payer, how=PaidHow.BANK)
    spend(session, payer, 25_000)
    dispute = make_dispute(app, session, deposit)
    assert (dispute.state, dispute.method, dispute.answerable) == (S.LOST, "us_bank_account", False)
    assert books_of(session, payer) == (0, 0)
    assert told(session, payer.user_id, "dispute.lost") == 1
    assert told(session, payer.user_id, "dispute.opened") == 0
    with pytest.raises(DisputeOver):
        service.hand_in(session, dispute.id, by=finance)


def test_a_question_moves_no_money(app: Application, session: Session, payer: Member) -> None:
    deposit = make_settled(app, session, payer)
    dispute = make_dispute(app, session, deposit, inquiry=True)
    assert (dispute.state, dispute.withdrawn_minor) == (S.WARNING_NEEDS_RESPONSE, 0)
    assert books_of(session, payer) == (AMOUNT_MINOR, 0)
    with payments_of(app).emulator.books() as books:
        disputes.escalate(books, dispute.external_id)
    assert hear(app, session, dispute.external_id).held_minor == AMOUNT_MINOR
    assert books_of(session, payer) == (0, AMOUNT_MINOR)


def test_a_question_that_was_answered_and_becomes_a_dispute_is_answered_again(
    app: Application, session: Session, payer: Member, finance: User
) -> None:
    dispute = make_dispute(app, session, make_settled(app, session, payer), inquiry=True)
    for taken, state in ((1, S.WARNING_UNDER_REVIEW), (2, S.UNDER_REVIEW)):
        assert dispute.answerable
        service.hand_in(session, dispute.id, by=finance, note=f"Answer {taken}.")
        session.flush()
        assert queries.unanswered(session) == [dispute.id]
        service.send_answer(app.sessions, payments_of(app), dispute.id)
        session.expire(dispute)
        assert (dispute.state, dispute.submission_count) == (state, taken)
        assert queries.unanswered(session) == []
        if state is S.WARNING_UNDER_REVIEW:
            with payments_of(app).emulator.books() as books:
                disputes.escalate(books, dispute.external_id)
            dispute = hear(app, session, dispute.external_id)
    assert dispute.evidence["uncategorized_text"].endswith("Answer 2.")


@pytest.mark.parametrize("won", [True, False])
def test_money_that_leaves_after_a_question_was_closed_is_followed_to_its_end(
    app: Application, session: Session, payer: Member, won: bool
) -> None:
    dispute = make_dispute(app, session, make_settled(app, session, payer), inquiry=True)
    decide(app, dispute.external_id, won=True)
    assert hear(app, session, dispute.external_id).ended_at is not None
    with payments_of(app).emulator.books() as books:
        body = books.get("dispute", dispute.external_id) or {}
        books.save({**body, "status": S.WARNING_UNDER_REVIEW.value})
        disputes.escalate(books, dispute.external_id)
    dispute = hear(app, session, dispute.external_id)
    assert (dispute.state, dispute.ended_at) == (S.NEEDS_RESPONSE, None)
    assert books_of(session, payer) == (0, AMOUNT_MINOR)
    decide(app, dispute.external_id, won=won)
    assert hear(app, session, dispute.external_id).ended_at is not None
    assert books_of(session, payer) == ((AMOUNT_MINOR if won else 0), 0)


def test_a_dispute_heard_of_before_its_payment_looks_at_the_payment_first(
    app: Application, session: Session, payer: Member
) -> None:
    deposit = settle(app, session, open_page(app, session, make_deposit(session, by=payer)))
    with payments_of(app).emulator.books() as books:
        charge = next(iter(books.newest("charge")))
        external_id = disputes.open_on(books, charge["id"])["id"]
    dispute = hear(app, session, external_id)
    assert dispute.deposit_id == deposit.id
    assert books_of(session, payer) == (0, AMOUNT_MINOR)
    look(app, session, deposit)
    assert books_of(session, payer) == (0, AMOUNT_MINOR)


def test_a_payment_that_is_not_ours_is_left_alone(app: Application, session: Session) -> None:
    stranger = paid(payments_of(app))
    with payments_of(app).emulator.books() as books:
        external_id = disputes.open_on(books, stranger.charge_id or "")["id"]
    service.follow_dispute(app.sessions, payments_of(app), external_id)
    assert session.scalar(select(Dispute).where(Dispute.external_id == external_id)) is None


EVENTS = ("created", "updated", "funds_withdrawn", "funds_reinstated", "closed")


@pytest.mark.parametrize("won", [True, False])
@pytest.mark.parametrize("first", EVENTS)
def test_every_order_of_the_events_ends_in_the_same_books(
    app: Application, session: Session, payer: Member, first: str, won: bool
) -> None:
    """Old and new answers of the provider, in every order, each twice: 24 orders for each first one."""
    deposit = make_settled(app, session, payer)
    payments = payments_of(app)
    external_id = take_back(app, deposit)
    states = {
        "created": payments.read_dispute(external_id),
        "funds_withdrawn": payments.read_dispute(external_id),
    }
    evidence = {"uncategorized_text": "They used it."}
    states["updated"] = payments.submit_dispute_evidence(external_id, evidence, idempotency_key=external_id)
    decide(app, external_id, won=won)
    states["closed"] = states["funds_reinstated"] = payments.read_dispute(external_id)
    rest, before = [name for name in EVENTS if name != first], house(session)
    end = (AMOUNT_MINOR, 0) if won else (0, 0)
    for later in itertools.permutations(rest):
        savepoint = session.begin_nested()
        for name in (first, *later):
            for _ in range(2):
                service.apply_dispute(session, states[name])
        dispute = session.execute(select(Dispute).where(Dispute.external_id == external_id)).scalar_one()
        assert (dispute.state, dispute.alarm) == (S.WON if won else S.LOST, None)
        assert tuple(ledger.balance(session, kind, payer.company_id) for kind in COMPANY) == end
        assert house(session) == (before[0], before[1], before[2] + FEE)
        savepoint.rollback()
    service.apply_dispute(session, states["closed"])
    assert books_of(session, payer) == end


def test_an_end_that_changes_calls_for_a_person_and_posts_nothing(
    app: Application, session: Session, payer: Member, finance: User
) -> None:
    dispute = make_dispute(app, session, make_settled(app, session, payer))
    decide(app, dispute.external_id, won=False)
    dispute = hear(app, session, dispute.external_id)
    with payments_of(app).emulator.books() as books:
        body = books.get("dispute", dispute.external_id) or {}
        books.save({**body, "status": "won"})
    dispute = hear(app, session, dispute.external_id)
    assert dispute.alarm == "it ended as lost, and the payment service now says won"
    assert any("now says won" in line for line in queries.broken(session))
    service.put_right(session, dispute.id, by=finance, reason="Corrected by hand, see adj.")
    dispute = hear(app, session, dispute.external_id)
    assert dispute.alarm is None, "the same thing calls once"
    assert books_of(session, payer) == (0, 0)


def test_a_word_nobody_knows_calls_for_a_person(app: Application, session: Session, payer: Member) -> None:
    dispute = make_dispute(app, session, make_settled(app, session, payer))
    with payments_of(app).emulator.books() as books:
        body = books.get("dispute", dispute.external_id) or {}
        books.save({**body, "status": "appeal_under_review"})
    assert hear(app, session, dispute.external_id).alarm == "the payment service says appeal_under_review"


@pytest.mark.parametrize("fault", [None, *[f for f in Fault if f not in {Fault.HIDE_LISTS, Fault.DROP_KEYS}]])
def test_evidence_is_handed_in_once_whatever_happens_on_the_way(
    app: Application, session: Session, payer: Member, finance: User, fault: Fault | None
) -> None:
    dispute = make_dispute(app, session, make_settled(app, session, payer))
    service.hand_in(session, dispute.id, by=finance, note="They exported the data.")
    session.flush()
    if fault is not None:
        with payments_of(app).emulator.books() as books:
            order(books, fault, path=f"/v1/disputes/{dispute.external_id}")
    for _ in range(3):
        try:
            service.send_answer(app.sessions, payments_of(app), dispute.id)
        except PaymentsDown:
            continue
    session.expire(dispute)
    with payments_of(app).emulator.books() as books:
        body = books.get("dispute", dispute.external_id) or {}
    if fault is Fault.REFUSED:  # nothing was taken, and it may be decided on anew
        assert (dispute.state, dispute.answer, dispute.answer_error) == (
            S.NEEDS_RESPONSE,
            None,
            "account_invalid",
        )
        assert body["evidence_details"]["submission_count"] == 0
        service.hand_in(session, dispute.id, by=finance)
        return
    sticky = fault is Fault.STICKY_ERROR  # a saved 500 is answered for a day; the sweep asks again after it
    assert body["evidence_details"]["submission_count"] == (0 if sticky else 1)
    assert dispute.state is (S.NEEDS_RESPONSE if sticky else S.UNDER_REVIEW)
    if not sticky:
        assert "They exported the data." in body["evidence"]["uncategorized_text"]
        assert body["evidence"]["customer_email_address"] == payer.user.email
    with pytest.raises(DisputeOver):
        service.hand_in(session, dispute.id, by=finance)


def test_giving_in_loses_it_at_once(app: Application, session: Session, payer: Member, finance: User) -> None:
    dispute = make_dispute(app, session, make_settled(app, session, payer))
    service.give_in(session, dispute.id, by=finance)
    session.flush()
    for _ in range(2):
        service.send_answer(app.sessions, payments_of(app), dispute.id)
    session.expire(dispute)
    assert (dispute.answer, dispute.state) == (DisputeAnswer.ACCEPT, S.LOST)
    assert books_of(session, payer) == (0, 0)


def test_an_answer_the_provider_refuses_can_be_decided_again(
    app: Application, session: Session, payer: Member, finance: User
) -> None:
    dispute = make_dispute(app, session, make_settled(app, session, payer))
    service.hand_in(session, dispute.id, by=finance)
    dispute.evidence = {"no_such_field": "x"}
    session.flush()
    service.send_answer(app.sessions, payments_of(app), dispute.id)
    session.expire(dispute)
    assert (dispute.answer, dispute.answer_error) == (None, "parameter_unknown")
    service.hand_in(session, dispute.id, by=finance)
    session.flush()
    service.send_answer(app.sessions, payments_of(app), dispute.id)
    session.expire(dispute)
    assert (dispute.state, dispute.answer_number) == (S.UNDER_REVIEW, 2)


def test_who_belongs_to_the_company_does_not_answer(
    app: Application, session: Session, payer: Member
) -> None:
    dispute = make_dispute(app, session, make_settled(app, session, payer))
    near = make_member(session, payer.company, role=MemberRole.VIEWER)
    for verb in (service.hand_in, service.give_in):
        with pytest.raises(NearTheCompany):
            verb(session, dispute.id, by=near.user)


@pytest.mark.parametrize(
    "columns",
    [
        {"held_minor": -1},
        {"held_minor": AMOUNT_MINOR + 1},
        {"withdrawn_minor": 0, "held_minor": 0},
        {"answer": DisputeAnswer.ACCEPT},
        {"amount_minor": 0},
    ],
)
def test_the_database_refuses(
    app: Application, session: Session, payer: Member, columns: dict[str, object]
) -> None:
    dispute = make_dispute(app, session, make_settled(app, session, payer))
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(update(Dispute).where(Dispute.id == dispute.id).values(**columns))
