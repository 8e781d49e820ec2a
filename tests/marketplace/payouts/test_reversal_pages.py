"""Taking a payout back, in a browser: finance proposes and decides, the person reads why, nobody else sees it."""

import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.policy import PEOPLE
from marketplace.handlers import provider
from marketplace.handlers.provider import Hint
from marketplace.identity.models import Role, User
from marketplace.kit import clock, ids
from marketplace.kit.application import Application
from marketplace.ledger import queries as books_read
from marketplace.ledger import service as books
from marketplace.ledger.errors import PayoutsStopped
from marketplace.outbox.models import OutboxMessage
from marketplace.payouts import queries, service
from marketplace.payouts.models import Payout, Reversal, ReversalState
from tests.factories.billing import payments_of
from tests.factories.gateways import fund
from tests.factories.identity import make_user
from tests.factories.payouts import make_finance, make_payable, make_run
from tests.factories.reconciling import World, make_world
from tests.pages import Pages

WHY = "It was meant for another person of the same name."
NOT = "The payout is right: it was earned in October."
AMPLE = 10_000_000
POSTS = ("approve_reversal", "refuse_reversal", "withdraw_reversal", "look_at_reversal")


@pytest.fixture
def world(app: Application, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """Books with a provider of their own."""
    return make_world(app, session, tmp_path, monkeypatch)


@pytest.fixture
def paid(app: Application, session: Session) -> Payout:
    """A payout of a run, paid."""
    fund(payments_of(app), AMPLE)
    user = make_payable(session, payments_of(app))
    make_run(session, approved=True)
    payout = queries.payouts_of(session, user.id, None).rows[0]
    service.send(app.sessions, payments_of(app), payout.id)
    session.refresh(payout)
    return payout


def where(payout: Payout) -> dict[str, uuid.UUID]:
    assert payout.run_id is not None
    return {"run_id": payout.run_id, "payout_id": payout.id}


def only(session: Session) -> Reversal:
    return session.scalars(select(Reversal).order_by(Reversal.id.desc()).limit(1)).one()


def test_a_payout_says_what_it_is_made_of(session: Session, pages: Pages, paid: Payout) -> None:
    desk = pages.enter(make_finance(session), "finance")
    (earning,) = queries.earnings_in(session, paid.id, None).rows
    page = desk.get("payout_runs.payout", **where(paid))
    assert ids.code("E", earning.id) in page.text
    entry = next(node.get("href") for node in page.all("a") if node.text == ids.code("E", earning.id))
    assert entry == f"/staff/ledger/find?q={earning.ledger_key}"
    (made,) = books_read.with_cause(session, "payout", paid.id)[:1]
    back = {node.get("href") for node in desk.get("ledger.transaction", transaction_id=made.id).all("a")}
    assert f"/staff/payouts/{paid.run_id}/payouts/{paid.id}" in back


def test_a_first_payout_stays_one_when_it_was_paid(session: Session, pages: Pages, paid: Payout) -> None:
    run = pages.enter(make_finance(session), "finance").get("payout_runs.show", run_id=paid.run_id)
    assert "First payout" in run.text
    assert "As usual" not in run.text


def test_finance_proposes_and_another_takes_it_back(
    app: Application, session: Session, pages: Pages, paid: Payout
) -> None:
    first, second = make_finance(session), make_finance(session, "Otto Second")
    payee, at, page = (
        session.get_one(User, paid.user_id),
        where(paid),
        f"/staff/payouts/{paid.run_id}/payouts/{paid.id}",
    )
    desk = pages.enter(first, "finance")
    assert page in {node.get("href") for node in desk.get("payout_runs.show", run_id=paid.run_id).all("a")}
    short = desk.post("payout_runs.propose_reversal", {"reason": "Oops"}, **at)
    assert (short.status, "20" in short.errors()) == (422, True)
    assert desk.post("payout_runs.propose_reversal", {"reason": WHY}, **at).location == page
    mine = desk.get("payout_runs.payout", **at).text
    assert "You can take it back" in mine
    assert "Approve" not in mine
    reversal = only(session)
    assert desk.post("payout_runs.approve_reversal", reversal_id=reversal.id).status == 403
    other = pages.enter(second, "finance")
    assert WHY in other.get("payout_runs.index").text
    with clock.shifted(timedelta(minutes=PEOPLE.proof_minutes, seconds=1)):
        asked = other.post("payout_runs.approve_reversal", reversal_id=reversal.id)
    assert asked.location == f"/prove?next={page}"
    assert other.post("payout_runs.approve_reversal", reversal_id=reversal.id).location == page
    assert other.post("payout_runs.approve_reversal", reversal_id=reversal.id).status == 409
    session.flush()
    service.send_reversal(app.sessions, payments_of(app), reversal.id)
    session.expire_all()
    assert "Taken back" in other.get("payout_runs.payout", **at).text
    person = pages.enter(payee, "expert")
    assert WHY in person.get("payouts.earnings").text
    assert "We took it back, because it was our mistake: " + WHY in person.get("payouts.payouts").text
    year = person.get("statements.period", slug=str(clock.now().year)).text
    assert "Taken back by us" in year
    assert WHY in year


def test_a_proposal_is_refused_with_a_reason_or_left(session: Session, pages: Pages, paid: Payout) -> None:
    first = make_finance(session)
    pages.enter(first, "finance").post("payout_runs.propose_reversal", {"reason": WHY}, **where(paid))
    desk, one = pages.enter(make_finance(session), "finance"), only(session).id
    assert desk.post("payout_runs.withdraw_reversal", reversal_id=one).status == 404
    assert desk.post("payout_runs.refuse_reversal", {"why": "No"}, reversal_id=one).status == 422
    assert desk.post("payout_runs.refuse_reversal", {"why": NOT}, reversal_id=one).status == 303
    assert NOT in desk.get("payout_runs.payout", **where(paid)).text
    back = pages.enter(first, "finance")
    back.post("payout_runs.propose_reversal", {"reason": WHY}, **where(paid))
    assert back.post("payout_runs.withdraw_reversal", reversal_id=only(session).id).status == 303
    assert only(session).state is ReversalState.WITHDRAWN


def test_an_alarm_is_looked_at_again(session: Session, pages: Pages, paid: Payout) -> None:
    reversal = service.propose_reversal(session, paid.id, by=make_finance(session), reason=WHY)
    reversal.alarm = "2 reversals found"
    session.flush()
    desk = pages.enter(make_finance(session), "finance")
    assert "2 reversals found" in desk.get("payout_runs.payout", **where(paid)).text
    assert desk.post("payout_runs.look_at_reversal", {"reason": ""}, reversal_id=reversal.id).status == 422
    assert desk.post("payout_runs.look_at_reversal", {"reason": WHY}, reversal_id=reversal.id).status == 303
    session.expire_all()
    assert only(session).alarm is None


def test_only_finance_and_admins_see_it(session: Session, pages: Pages, paid: Payout) -> None:
    reversal = service.propose_reversal(session, paid.id, by=make_finance(session), reason=WHY).id
    session.flush()
    for role in (Role.EXPERT, Role.REVIEWER, Role.SUPPORT, Role.OPS):
        pages.enter(make_user(session, roles=[role]))
        assert pages.get("payout_runs.payout", **where(paid)).status == 403
        assert pages.post("payout_runs.propose_reversal", {"reason": WHY}, **where(paid)).status == 403
        for verb in POSTS:
            assert (
                pages.post(f"payout_runs.{verb}", {"why": NOT, "reason": WHY}, reversal_id=reversal).status
                == 403
            )


def test_what_does_not_exist_is_not_found(session: Session, pages: Pages, paid: Payout) -> None:
    desk = pages.enter(make_finance(session), "finance")
    nowhere = {"run_id": uuid.uuid4(), "payout_id": paid.id}
    assert desk.get("payout_runs.payout", **nowhere).status == 404
    assert desk.post("payout_runs.propose_reversal", {"reason": WHY}, **nowhere).status == 404
    for verb in POSTS:
        assert (
            desk.post(f"payout_runs.{verb}", {"why": NOT, "reason": WHY}, reversal_id=uuid.uuid4()).status
            == 404
        )


# ---- the payment service tells, and the books are compared


def test_one_of_ours_reconciles_to_zero(world: World) -> None:
    payout = world.lived_in()
    taken_back(world, payout)
    world.reconcile(timedelta(0))
    world.reconcile()
    assert world.open() == []


def test_one_of_the_dashboard_is_a_difference_that_stops_payouts(world: World) -> None:
    payout = world.lived_in()
    world.payments.reverse_transfer(
        str(payout.external_id), reversal_id=uuid.uuid4(), amount_minor=100, idempotency_key="somebody"
    )
    world.reconcile()
    assert [kind for kind, _ in world.open()] == ["only_there"]
    with pytest.raises(PayoutsStopped):
        books.require_right_books(world.session)


def test_a_fact_about_a_reversal_looks_at_ours_and_asks_for_a_comparison(world: World) -> None:
    payout = world.lived_in()
    reversal = approved(world, payout)
    hint = Hint("transfer.reversed", str(payout.external_id), None)
    provider.PLATFORM["transfer.reversed"](world.payments, world.app.sessions, hint)
    asked = {
        (row.handler, row.payload.get("reversal_id")) for row in world.session.scalars(select(OutboxMessage))
    }
    assert ("payouts.send_reversal", str(reversal.id)) in asked
    assert "ledger.reconcile" in {handler for handler, _ in asked}


def approved(world: World, payout: Payout) -> Reversal:
    reversal = service.propose_reversal(world.session, payout.id, by=make_finance(world.session), reason=WHY)
    service.approve_reversal(world.session, reversal.id, by=make_finance(world.session, "Otto Second"))
    world.session.flush()
    return reversal


def taken_back(world: World, payout: Payout) -> None:
    service.send_reversal(world.app.sessions, world.payments, approved(world, payout).id)
    world.session.expire_all()
