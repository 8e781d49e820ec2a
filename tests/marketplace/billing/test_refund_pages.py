"""The pages of refunds: an owner asks and leaves, finance lets go or declines, others stay outside."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from config.policy import MONEY, PEOPLE
from marketplace.billing import queries, service
from marketplace.billing.models import Refund, RefundState
from marketplace.companies.models import Member, MemberRole
from marketplace.identity.models import Role, User
from marketplace.kit import clock, ids
from tests.factories.billing import AMOUNT_MINOR, make_payer
from tests.factories.companies import make_member
from tests.factories.identity import make_user
from tests.pages import Page, Pages

LARGE = MONEY.refund_alone_minor + 1
PAGE, STAFF = "/company/billing/refunds", "/staff/refunds"
REASON = "The card was reported as stolen."


def refunds(session: Session, company_id: Any) -> list[Refund]:
    return list(queries.refunds_of(session, company_id, None).rows)


def asked(session: Session, payer: Member, minor: int = LARGE) -> Any:
    """The id of a refund that was just asked for."""
    (made,) = service.ask(session, by=payer, amount_minor=minor, form_key=ids.new_id())
    session.flush()
    return made.id


def state_of(session: Session, refund_id: Any) -> RefundState:
    refund = session.get(Refund, refund_id)
    assert refund is not None
    return refund.state


def take_back(pages: Pages, amount: str) -> Page:
    return pages.post(PAGE, {"amount": amount, "form_key": str(ids.new_id())})


def test_what_cannot_go_back_is_said_also_when_nothing_can(session: Session, pages: Pages) -> None:
    payer = make_payer(session)
    first, second = (make_user(session, roles=[Role.FINANCE]) for _ in range(2))
    service.record(
        session,
        payer.company,
        by=first,
        amount_minor=750_000,
        bank_reference="FT 2611",
        arrived_on=clock.now().date(),
        reason="Sent to our bank although no invoice was open.",
    )
    row = queries.recorded_deposits(session, None).rows[0]
    service.confirm(session, row.id, by=second)
    session.flush()
    text = pages.enter(payer.user).get("billing.refunds").text
    assert "$7,500.00 in the wallet cannot go back by itself" in text
    assert "Write to us" in text


def test_an_owner_takes_back_what_is_unused(session: Session, pages: Pages, payer: Member) -> None:
    company_id = payer.company_id
    owner = pages.enter(payer.user, "member")
    assert "Up to $1,000.00 can go back now" in owner.get(PAGE).text
    assert take_back(owner, "300").location == PAGE
    assert "$300.00 goes back the way it came" in owner.get(PAGE).text
    found = [(one.amount_minor, one.state) for one in refunds(session, company_id)]
    assert found == [(30_000, RefundState.APPROVED)]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Enter how much should go back."),
        ("abc", "Enter an amount"),
        ("0.50", "Enter $1.00 or more."),
        ("1000.01", "At most $1,000.00 can go back now."),
    ],
)
def test_bad_amounts_are_said_at_the_field(
    session: Session, pages: Pages, payer: Member, typed: str, said: str
) -> None:
    company_id = payer.company_id
    answer = take_back(pages.enter(payer.user, "member"), typed)
    assert answer.status == 422
    assert said in answer.errors()
    assert answer.value("amount") == typed
    assert refunds(session, company_id) == []


def test_a_large_sum_can_be_left_again(session: Session, pages: Pages, payer: Member) -> None:
    company_id = payer.company_id
    owner = pages.enter(payer.user, "member")
    take_back(owner, "500.01")
    assert "A person looks at it first" in owner.get(PAGE).text
    refund_id = refunds(session, company_id)[0].id
    owner.post("billing.leave", refund_id=refund_id)
    assert "is in the wallet again" in owner.get(PAGE).text
    assert state_of(session, refund_id) is RefundState.CANCELLED
    assert owner.post("billing.leave", refund_id=refund_id).status == 409


def test_members_look_and_do_not_take(session: Session, pages: Pages, payer: Member) -> None:
    company_id = payer.company_id
    viewer = pages.enter(make_member(session, payer.company, role=MemberRole.VIEWER).user, "member")
    page = viewer.get(PAGE)
    assert "Only an owner of the company can take money back" in page.text
    assert not [node for node in page.all("form") if node.get("action") == PAGE]
    assert take_back(viewer, "300").status == 403
    assert refunds(session, company_id) == []


def test_another_company_meets_nothing(session: Session, pages: Pages, payer: Member) -> None:
    refund_id = asked(session, payer)
    stranger = pages.enter(make_payer(session).user, "member")
    assert "Nothing can go back now" in stranger.get(PAGE).text
    assert stranger.post("billing.leave", refund_id=refund_id).status == 404
    assert state_of(session, refund_id) is RefundState.ASKED


def test_finance_declines_with_a_reason(session: Session, pages: Pages, payer: Member, finance: User) -> None:
    refund_id, owner, company = asked(session, payer), payer.user, payer.company.name
    staff = pages.enter(finance, "finance")
    assert f"to {company}" in staff.get(STAFF).text
    short = staff.post("refunds.decline", {"reason": "no"}, refund_id=refund_id)
    assert short.status == 422
    assert "20 to 400 characters" in short.errors()
    assert staff.post("refunds.decline", {"reason": REASON}, refund_id=refund_id).location == STAFF
    assert "No refund waits" in staff.get(STAFF).text
    assert REASON in pages.enter(owner, "member").get(PAGE).text
    assert state_of(session, refund_id) is RefundState.DECLINED


def test_finance_lets_go(session: Session, pages: Pages, payer: Member, finance: User) -> None:
    refund_id, finance_id = asked(session, payer), finance.id
    staff = pages.enter(finance, "finance")
    with clock.shifted(timedelta(minutes=PEOPLE.proof_minutes, seconds=1)):
        assert staff.post("refunds.approve", refund_id=refund_id).location == f"/prove?next={STAFF}"
        assert state_of(session, refund_id) is RefundState.ASKED
    staff.post("refunds.approve", refund_id=refund_id)
    assert "goes back the way it came" in staff.get(STAFF).text
    refund = session.get(Refund, refund_id)
    assert refund is not None
    assert (refund.state, refund.approved_by_id) == (RefundState.APPROVED, finance_id)


def test_who_belongs_to_the_company_does_not_decide(
    session: Session, pages: Pages, payer: Member, finance: User
) -> None:
    refund_id, company_id = asked(session, payer), payer.company_id
    make_member(session, payer.company, user=finance, role=MemberRole.VIEWER)
    staff = pages.enter(finance, "finance")
    assert "Somebody else decides" in staff.get(STAFF).text
    assert staff.post("refunds.approve", refund_id=refund_id).status == 403
    assert state_of(session, refund_id) is RefundState.ASKED
    assert service.refundable(session, company_id) == AMOUNT_MINOR - LARGE


def test_an_alarm_waits_for_a_person_with_a_reason(
    session: Session, pages: Pages, payer: Member, finance: User
) -> None:
    refund_id = asked(session, payer, 30_000)
    refund = session.get(Refund, refund_id)
    assert refund is not None
    refund.alarm = "2 refunds found: re_1 of 300 and re_2 of 300"
    session.flush()
    staff = pages.enter(finance, "finance")
    assert "re_1 of 300" in staff.get(STAFF).text
    assert staff.post("refunds.look_again", {"reason": ""}, refund_id=refund_id).status == 422
    assert staff.post("refunds.look_again", {"reason": REASON}, refund_id=refund_id).status == 303
    refund = session.get(Refund, refund_id)
    assert refund is not None
    assert refund.alarm is None
    assert staff.post("refunds.look_again", {"reason": REASON}, refund_id=refund_id).status == 409


@pytest.mark.parametrize("page", [PAGE, STAFF])
def test_lists_cost_the_same_however_long(
    pages: Pages, payer: Member, finance: User, statements: Callable[[], int], page: str
) -> None:
    """Five refunds need the statements that one needs."""
    session = pages.session
    assert session is not None
    company_wide = page == PAGE
    pages.enter(payer.user if company_wide else finance, "member" if company_wide else "finance")
    asked(session, payer)
    session.flush()
    pages.get(page)
    statements()
    pages.get(page)
    few = statements()
    for deposit in queries.sources(session, payer.company_id):
        for _ in range(4):
            session.add(
                Refund(
                    company=payer.company,
                    deposit=deposit.deposit,
                    by=payer.user,
                    form_key=ids.new_id(),
                    amount_minor=1,
                )
            )
    session.flush()
    statements()
    pages.get(page)
    assert statements() == few
