"""Money that came to our own bank goes back from there: two people, the bank's reference, to the cent."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from config.policy import PEOPLE
from marketplace.billing import queries, service
from marketplace.billing.errors import (
    RecordedOver,
    ReferenceUsed,
    RefundOver,
    SecondPersonNeeded,
    SentByHand,
    TooMuchBack,
)
from marketplace.billing.models import RecordedDeposit, Refund, RefundState
from marketplace.companies.models import Company, MemberRole
from marketplace.identity.models import Role, User
from marketplace.kit import clock, ids
from marketplace.kit.errors import NotFound
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import PLATFORM, Kind
from marketplace.notifications.models import Notice
from marketplace.statements import service as statements
from marketplace.statements.policy import Period
from tests.factories.billing import make_payer
from tests.factories.companies import make_member
from tests.factories.identity import make_user
from tests.marketplace.billing.test_recorded import AMOUNT, recorded
from tests.pages import Pages

WHY = "Their bookkeeper asked by letter, to the bank it came from."
BANK = (Kind.PLATFORM_BANK, PLATFORM)


@pytest.fixture
def company(session: Session) -> Company:
    return make_payer(session).company


@pytest.fixture
def one(session: Session) -> User:
    return make_user(session, roles=[Role.FINANCE], name="Ona First")


@pytest.fixture
def two(session: Session) -> User:
    return make_user(session, roles=[Role.FINANCE], name="Otto Second")


@pytest.fixture
def row(session: Session, company: Company, one: User, two: User) -> RecordedDeposit:
    """A transfer that is in the wallet."""
    row = recorded(session, company, one)
    service.confirm(session, row.id, by=two)
    session.flush()
    return row


def propose(session: Session, row: RecordedDeposit, by: User, minor: int = 500_000, **more: object) -> Refund:
    given = {"form_key": ids.new_id(), "amount_minor": minor, "reason": WHY, **more}
    made = service.propose_by_hand(session, row.id, by=by, **given)  # type: ignore[arg-type]
    session.flush()
    return made


def held(session: Session, company: Company) -> tuple[int, int, int]:
    session.flush()
    places = [(Kind.COMPANY_WALLET, company.id), (Kind.COMPANY_REFUND_IN_TRANSIT, company.id), BANK]
    return tuple(ledger.balances(session, places).values())  # type: ignore[return-value]


def sound(session: Session) -> None:
    session.flush()
    assert [*ledger.broken(session), *queries.broken(session)] == []


def test_it_is_set_aside_by_one_and_leaves_by_another(
    session: Session, company: Company, row: RecordedDeposit, one: User, two: User
) -> None:
    made = propose(session, row, one)
    assert held(session, company) == (AMOUNT - 500_000, 500_000, AMOUNT)
    sound(session)
    service.send_by_hand(session, made.id, by=two, bank_reference=" ft  back 1")
    assert held(session, company) == (AMOUNT - 500_000, 0, AMOUNT - 500_000)
    assert (made.state, made.external_id, made.approved_by_id) == (RefundState.ARRIVED, "FT BACK 1", two.id)
    entry = ledger.with_keys(session, [f"refund:{made.id}:done"]).popitem()[1]
    assert (entry.actor_id, entry.approver_id, entry.reason, entry.external_id) == (
        one.id, two.id, WHY, "FT BACK 1",
    )  # fmt: skip
    titles = [notice.title for notice in session.query(Notice).filter_by(kind="refund.paid")]
    assert titles == ["$5,000.00 is on its way back to you"]
    now = clock.database_now(session)
    said = statements.company_statement(session, company, Period(now.year, now.month))
    assert {part.title: part.minor for part in said.parts}["Refunds"] == -500_000
    assert queries.to_follow(session, now) == queries.unsent(session) == []
    sound(session)


def test_what_cannot_be_set_aside(
    session: Session, company: Company, row: RecordedDeposit, one: User, two: User
) -> None:
    for minor in (0, AMOUNT + 1):
        with pytest.raises(TooMuchBack):
            propose(session, row, one, minor)
    with pytest.raises(NotFound):
        service.propose_by_hand(
            session, ids.new_id(), by=one, form_key=ids.new_id(), amount_minor=1, reason=WHY
        )
    with pytest.raises(RecordedOver):
        propose(session, recorded(session, company, one, bank_reference="FT 9"), one)
    with pytest.raises(SecondPersonNeeded):
        propose(session, row, make_member(session, company, role=MemberRole.OWNER).user)
    key = ids.new_id()
    made = propose(session, row, one, form_key=key)
    assert propose(session, row, one, form_key=key) is made
    with pytest.raises(RefundOver):
        propose(session, row, one, 1, form_key=key)
    with pytest.raises(TooMuchBack, match=r"\$2,500\.00"):
        propose(session, row, two)


@pytest.mark.parametrize(
    "who",
    [
        lambda session, one, company: one,
        lambda session, one, company: make_user(session, email=one.email.replace("@", "+two@")),
        lambda session, one, company: make_member(session, company).user,
    ],
    ids=["proposer", "same mailbox", "member"],
)
def test_nobody_with_a_part_in_it_sends_it(
    session: Session, company: Company, row: RecordedDeposit, one: User, who: Callable[..., User]
) -> None:
    made = propose(session, row, one)
    with pytest.raises(SecondPersonNeeded):
        service.send_by_hand(session, made.id, by=who(session, one, company), bank_reference="FT 1")


def test_it_leaves_once_and_never_through_the_payment_service(
    session: Session, company: Company, row: RecordedDeposit, one: User, two: User
) -> None:
    first, second = propose(session, row, one, 100_000), propose(session, row, one, 100_000)
    with pytest.raises(SentByHand):
        service.approve(session, first.id, by=two)
    service.send_by_hand(session, first.id, by=two, bank_reference="FT 77")
    with pytest.raises(RefundOver):
        service.send_by_hand(session, first.id, by=two, bank_reference="FT 78")
    with pytest.raises(NotFound):
        service.send_by_hand(session, ids.new_id(), by=two, bank_reference="FT 78")
    with pytest.raises(ReferenceUsed), session.begin_nested():
        service.send_by_hand(session, second.id, by=two, bank_reference="ft 77")
    session.refresh(second)
    service.decline(session, second.id, by=two, reason="The bank they named is closed.")
    assert held(session, company) == (AMOUNT - 100_000, 0, AMOUNT - 100_000)
    notice = session.query(Notice).filter_by(kind="refund.declined", user_id=one.id).one()
    assert notice.path == "/staff/deposits"
    sound(session)


def test_the_pages_lead_from_the_deposit_to_the_bank(
    session: Session, pages: Pages, row: RecordedDeposit, one: User, two: User
) -> None:
    path = f"/staff/deposits/{row.id}/back"
    desk = pages.enter(one, "finance")
    with clock.shifted(timedelta(minutes=PEOPLE.proof_minutes, seconds=1)):
        assert desk.get(path).location == f"/prove?next={path}"
    assert "Send back" in desk.get("/staff/deposits").text
    sent = {"form_key": desk.get(path).value("form_key"), "amount": "5000", "reason": WHY}
    assert desk.post(path, {**sent, "amount": "9999999"}).status == 422
    assert desk.post(path, {**sent, "reason": "short"}).status == 422
    assert desk.post(path, sent).status == 303
    assert "Somebody else decides" in desk.get("/staff/refunds").text
    made = session.query(Refund).one()
    out = f"/staff/refunds/{made.id}/sent"
    assert desk.post(out, {"bank_reference": "FT 5"}).status == 403
    other = pages.enter(two, "finance")
    page = other.post(out, {"bank_reference": ""})
    assert page.status == 422
    assert "Enter the reference of the transfer." in page.text
    with clock.shifted(timedelta(minutes=PEOPLE.proof_minutes, seconds=1)):
        assert other.post(out, {"bank_reference": "FT 5"}).location == "/prove?next=/staff/refunds"
    assert other.post(out, {"bank_reference": "FT 5"}).status == 303
    assert other.get(f"/staff/deposits/{ids.new_id()}/back").status == 404
    assert pages.enter(make_user(session, roles=[Role.OPS])).get(path).status == 403
