"""The pages of disputes: finance answers once, the company reads what it means, others stay outside."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from config.policy import PEOPLE
from marketplace.billing import service
from marketplace.billing.models import Deposit, Dispute
from marketplace.companies.models import Member
from marketplace.identity.models import Role, User
from marketplace.kit import clock, ids
from marketplace.kit.application import Application
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import Kind
from marketplace.projects import service as projects
from tests.factories.billing import make_payer, make_settled, payments_of
from tests.factories.companies import make_member
from tests.factories.disputes import hear, make_dispute, take_back
from tests.factories.identity import make_user
from tests.factories.projects import make_project
from tests.pages import Pages

PAGE, STAFF = "/company/billing/disputes", "/staff/disputes"


@pytest.fixture
def payer(session: Session) -> Member:
    """An owner of a company."""
    return make_payer(session)


@pytest.fixture
def deposit(app: Application, session: Session, payer: Member) -> Deposit:
    return make_settled(app, session, payer)


@pytest.fixture
def finance(session: Session) -> User:
    """Somebody in finance."""
    return make_user(session, roles=[Role.FINANCE])


def row(session: Session, dispute_id: Any) -> Dispute:
    dispute = session.get(Dispute, dispute_id)
    assert dispute is not None
    return dispute


def test_finance_reads_the_evidence_and_hands_it_in_once(
    app: Application, session: Session, pages: Pages, finance: User, deposit: Deposit
) -> None:
    email, company = deposit.by.email, deposit.company.name
    dispute_id = make_dispute(app, session, deposit).id
    desk = pages.enter(finance, "finance")
    listed = desk.get(STAFF).text
    assert company in listed
    assert "$1,000.00" in listed
    page = desk.get("disputes.show", dispute_id=dispute_id)
    assert email in page.text
    assert "Not touched, whatever the end" in page.text
    answer = desk.post("disputes.hand_in", {"note": "They exported it."}, dispute_id=dispute_id)
    assert answer.status == 422
    assert "Tick this once you have read the evidence" in answer.errors()
    assert row(session, dispute_id).answer is None
    sent = {"note": "They exported it.", "sure": "y"}
    assert desk.post("disputes.hand_in", sent, dispute_id=dispute_id).status == 303
    assert desk.post("disputes.hand_in", sent, dispute_id=dispute_id).status == 409
    page = desk.get("disputes.show", dispute_id=dispute_id)
    assert "They exported it." in page.text
    assert f"Evidence was decided by {finance.name}" in page.text
    service.send_answer(app.sessions, payments_of(app), dispute_id)
    assert "The bank decides" in desk.get("disputes.show", dispute_id=dispute_id).text


def test_finance_gives_in(
    app: Application, session: Session, pages: Pages, finance: User, deposit: Deposit
) -> None:
    dispute_id = make_dispute(app, session, deposit).id
    desk = pages.enter(finance, "finance")
    assert desk.post("disputes.give_in", {}, dispute_id=dispute_id).status == 422
    with clock.shifted(timedelta(minutes=PEOPLE.proof_minutes, seconds=1)):
        asked = desk.post("disputes.give_in", {"given_in": "y"}, dispute_id=dispute_id)
        assert asked.location == f"/prove?next={STAFF}/{dispute_id}"
    assert desk.post("disputes.give_in", {"given_in": "y"}, dispute_id=dispute_id).status == 303
    assert desk.post("disputes.give_in", {"given_in": "y"}, dispute_id=dispute_id).status == 409
    service.send_answer(app.sessions, payments_of(app), dispute_id)
    assert "Lost" in desk.get("disputes.show", dispute_id=dispute_id).text


def test_an_alarm_is_put_right_with_a_reason(
    app: Application, session: Session, pages: Pages, finance: User, deposit: Deposit
) -> None:
    dispute = make_dispute(app, session, deposit)
    dispute.alarm = "the payment service says odd"
    desk, dispute_id = pages.enter(finance, "finance"), dispute.id
    assert "The payment service says odd" in desk.get("disputes.show", dispute_id=dispute_id).text
    assert desk.post("disputes.put_right", {"reason": "short"}, dispute_id=dispute_id).status == 422
    said = {"reason": "Asked the payment service, they corrected it."}
    assert desk.post("disputes.put_right", said, dispute_id=dispute_id).status == 303
    assert desk.post("disputes.put_right", said, dispute_id=dispute_id).status == 409


def test_the_company_reads_what_it_means(
    app: Application, session: Session, pages: Pages, payer: Member, deposit: Deposit
) -> None:
    project = make_project(session, company=payer.company, by=payer.user, state="awaiting_funds")
    projects.fund(session, project, by=payer.user, amount_minor=60_000, form_key=ids.new_id())
    owner, company_id, project_id = pages.enter(payer.user, "member"), payer.company_id, project.id
    assert "No payment is disputed" in owner.get(PAGE).text
    make_dispute(app, session, deposit)
    assert "$400.00 of the wallet is set aside, and $600.00 could not be" in owner.get(PAGE).text
    assert "A payment of yours is disputed" in owner.get("billing.index").text
    assert "$600.00 of it could not be set aside" in owner.get("billing.refunds").text
    assert "No money can be moved now" in owner.get("projects.fund", project_id=project_id).text
    make_settled(app, session, payer, 30_000)
    form = {"amount": "100", "form_key": str(ids.new_id())}
    refused = owner.post("projects.add_funds", form, project_id=project_id)
    assert refused.status == 409
    assert "$600.00 of it could not be set aside" in refused.errors()
    back = owner.post("/company/billing/refunds", {"amount": "100", "form_key": str(ids.new_id())})
    assert back.status == 409
    assert ledger.balance(session, Kind.COMPANY_WALLET, company_id) == 30_000
    assert ledger.balance(session, Kind.PROJECT_BUDGET, project_id) == 60_000


def test_others_stay_outside(
    app: Application, session: Session, pages: Pages, payer: Member, deposit: Deposit
) -> None:
    dispute_id = make_dispute(app, session, deposit).id
    near = make_user(session, roles=[Role.MEMBER, Role.FINANCE])
    make_member(session, payer.company, user=near)
    stranger = pages.enter(make_payer(session).user, "member")
    assert "No payment is disputed" in stranger.get(PAGE).text
    for role in (Role.MEMBER, Role.EXPERT, Role.SUPPORT):
        visitor = pages.enter(make_user(session, roles=[role]), role.value)
        assert visitor.get(STAFF).status == 403
        assert visitor.get("disputes.show", dispute_id=dispute_id).status == 403
        assert visitor.post("disputes.hand_in", {"sure": "y"}, dispute_id=dispute_id).status == 403
    own = pages.enter(near, "finance")
    assert "Somebody else of finance answers" in own.get("disputes.show", dispute_id=dispute_id).text
    assert own.post("disputes.hand_in", {"sure": "y"}, dispute_id=dispute_id).status == 403
    assert own.get("disputes.show", dispute_id=ids.new_id()).status == 404
    assert own.post("disputes.hand_in", {"sure": "y"}, dispute_id=ids.new_id()).status == 404


def test_the_list_has_pages(
    app: Application, session: Session, pages: Pages, finance: User, payer: Member
) -> None:
    heard = [take_back(app, make_settled(app, session, payer, 2_000)) for _ in range(3)]
    for external_id in heard:
        hear(app, session, external_id)
    assert desk_count(pages.enter(finance, "finance")) == 3


def desk_count(desk: Pages) -> int:
    return len(
        [link for link in desk.get(STAFF).all("a") if (link.get("href") or "").startswith(STAFF + "/")]
    )
