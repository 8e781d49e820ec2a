"""Backup withholding: two people begin it, payouts say it, whoever is not paid has all of it back, the authority once."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from config.policy import MONEY, PEOPLE
from config.tax import RATES, withholding_rate_bps
from marketplace.identity.models import Role, User
from marketplace.kit import clock
from marketplace.kit.application import Application
from marketplace.kit.errors import Invalid, NotFound
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import PLATFORM, Kind
from marketplace.notifications.models import Notice
from marketplace.payouts import policy, queries, service
from marketplace.payouts.errors import (
    NothingToHandOver,
    NotYourOwn,
    ReferenceUsed,
    RemittanceOver,
    SomebodyElse,
    WithholdingOver,
)
from marketplace.payouts.models import Payout, PayoutState, Remittance, Withholding, WithholdingState
from marketplace.payouts.service.returning import give_back
from marketplace.statements import service as statements
from marketplace.statements.policy import Period
from tests.factories.billing import payments_of
from tests.factories.gateways import fund
from tests.factories.identity import make_user
from tests.factories.payouts import earn_available, make_finance, make_payable, make_run
from tests.pages import Pages

WHY = "The authority says that the tax number is wrong."
ENDED = "A new W-9 with the right number was signed."
DAY, TODAY = date(2026, 11, 2), date(2026, 11, 3)
GROSS, TAX = 4_334, 1_040  # 24 % of 43.34 is 10.4016
POSTS = ("approve_withholding", "refuse_withholding", "withdraw_withholding", "lift_withholding")


def propose(session: Session, user: User, by: User | None = None) -> Withholding:
    return service.propose_withholding(
        session, user.id, by=by or make_finance(session), reason=WHY, letter_on=DAY
    )


def taxed(session: Session, user: User) -> Withholding:
    row = propose(session, user)
    service.approve_withholding(session, row.id, by=make_finance(session, "Otto Second"))
    session.flush()
    return row


def payout_of(session: Session, user: User) -> Payout:
    session.flush()
    found: Payout = queries.payouts_of(session, user.id, None).rows[0]
    return found


def send(app: Application, session: Session, payout: Payout) -> Payout:
    fund(payments_of(app), 10**8)
    session.flush()
    service.send(app.sessions, payments_of(app), payout.id)
    session.refresh(payout)
    return payout


def paid(app: Application, session: Session) -> Payout:
    """The payout of somebody on backup withholding, paid."""
    user = make_payable(session, payments_of(app))
    taxed(session, user)
    make_run(session, approved=True)
    return send(app, session, payout_of(session, user))


def books(session: Session, user_id: uuid.UUID) -> tuple[int, int, int]:
    """Available, in transit, withheld; every rule of the books kept."""
    session.flush()
    assert [*ledger.broken(session), *queries.broken(session)] == []
    places = [
        (Kind.EXPERT_AVAILABLE, user_id),
        (Kind.EXPERT_IN_TRANSIT, user_id),
        (Kind.TAX_WITHHELD, PLATFORM),
    ]
    available, moving, tax = (ledger.balance(session, *place) for place in places)
    return available, moving, tax


def hand_over(session: Session, reference: str = "SEPA-1", *, confirm: bool = True) -> Remittance:
    row = service.record_remittance(
        session, by=make_finance(session), bank_reference=reference, paid_on=TODAY
    )
    if confirm:
        service.confirm_remittance(session, row.id, by=make_finance(session, "Otto Second"))
    session.flush()
    return row


# ---- what is withheld


@pytest.mark.parametrize(("gross", "tax"), [(0, 0), (4, 0), (5, 1), (GROSS, TAX), (100_000, 24_000)])
def test_the_rate_is_rounded_down_for_the_person(gross: int, tax: int) -> None:
    assert policy.withheld(gross, clock.now()) == tax


def test_the_rate_is_a_dated_row_with_its_source() -> None:
    assert withholding_rate_bps(date(2026, 1, 1)) == 2_400
    assert all(row.source and row.read_on for row in RATES)


def test_a_payout_withholds_and_says_so(app: Application, session: Session) -> None:
    user = make_payable(session, payments_of(app))
    taxed(session, user)
    run = make_run(session, approved=True)
    payout = payout_of(session, user)
    assert (payout.amount_minor, payout.withheld_minor, run.total_minor) == (GROSS - TAX, TAX, GROSS - TAX)
    assert books(session, user.id) == (0, GROSS - TAX, TAX)
    send(app, session, payout)
    assert (payout.state, books(session, user.id)) == (PayoutState.PAID, (0, 0, TAX))
    [transfer] = payments_of(app).find_transfers(str(payout.id), payout.destination)
    assert transfer.amount_minor == GROSS - TAX
    statement = statements.payout_statement(session, user, payout.id)
    assert statement is not None
    sums = {part.title: part.minor for part in (*statement.parts, statement.total)}
    assert sums == {"Earned": GROSS, "Fees": 0, "Tax withheld": -TAX, "Paid out": GROSS - TAX}
    year = statements.period_statement(session, user, Period(clock.now().year))
    assert {part.title: part.minor for part in year.parts}["Tax withheld"] == -TAX
    [total] = statements.own_totals(session, user, [clock.now().year], "payer")
    assert (total.gross_minor, total.withheld_minor) == (GROSS, TAX)


def test_nothing_is_withheld_from_anybody_else(session: Session) -> None:
    one, other = make_payable(session), make_payable(session)
    taxed(session, one)
    propose(session, other)
    make_run(session)
    assert (payout_of(session, other).withheld_minor, books(session, other.id)[1]) == (0, GROSS)


@pytest.mark.parametrize("to", [PayoutState.CANCELLED, PayoutState.FAILED])
def test_whoever_is_not_paid_has_all_of_it_back(session: Session, to: PayoutState) -> None:
    user = make_payable(session)
    taxed(session, user)
    make_run(session, approved=True)
    payout = payout_of(session, user)
    if to is PayoutState.FAILED:
        payout.provider_key = "payout:x"
        payout.move(PayoutState.SENT)
    give_back(session, [payout], to, "account_invalid")
    assert books(session, user.id) == (GROSS, 0, 0)
    make_run(session)
    assert payout_of(session, user).withheld_minor == TAX
    books(session, user.id)


def test_what_we_take_back_is_whole_again(app: Application, session: Session) -> None:
    payout = paid(app, session)
    reversal = service.propose_reversal(session, payout.id, by=make_finance(session), reason=WHY)
    service.approve_reversal(session, reversal.id, by=make_finance(session, "Otto Second"))
    session.flush()
    service.send_reversal(app.sessions, payments_of(app), reversal.id)
    session.expire_all()
    assert books(session, payout.user_id) == (GROSS, 0, 0)
    with pytest.raises(NothingToHandOver):
        hand_over(session)


def test_what_the_authority_has_the_house_gives_back(app: Application, session: Session) -> None:
    payout = paid(app, session)
    hand_over(session)
    before = ledger.balance(session, Kind.ADJUSTMENTS, PLATFORM)
    reversal = service.propose_reversal(session, payout.id, by=make_finance(session), reason=WHY)
    service.approve_reversal(session, reversal.id, by=make_finance(session, "Otto Second"))
    session.flush()
    service.send_reversal(app.sessions, payments_of(app), reversal.id)
    session.expire_all()
    assert books(session, payout.user_id) == (GROSS, 0, 0)
    assert ledger.balance(session, Kind.ADJUSTMENTS, PLATFORM) == before - TAX


# ---- how it begins and ends


def test_what_was_not_sent_is_prepared_anew(session: Session) -> None:
    user = make_payable(session)
    make_run(session, approved=True)
    whole = payout_of(session, user)
    row = taxed(session, user)
    assert (whole.state, books(session, user.id)) == (PayoutState.CANCELLED, (GROSS, 0, 0))
    make_run(session, approved=True)
    less = payout_of(session, user)
    service.lift_withholding(session, row.id, by=make_finance(session), reason=ENDED)
    assert (less.state, row.state, books(session, user.id)) == (
        PayoutState.CANCELLED,
        WithholdingState.LIFTED,
        (GROSS, 0, 0),
    )
    make_run(session)
    assert payout_of(session, user).withheld_minor == 0
    begun, ended = (
        session.query(Notice).filter_by(user_id=user.id, kind=kind).one()
        for kind in ("withholding.begun", "withholding.ended")
    )
    assert (WHY in begun.body, "W-9" in begun.body, ENDED in ended.body) == (True, True, True)


def test_two_people_and_nobody_about_themselves(session: Session) -> None:
    user, finance = make_payable(session), make_finance(session)
    row = propose(session, user, finance)
    with pytest.raises(SomebodyElse):
        service.approve_withholding(session, row.id, by=finance)
    with pytest.raises(NotYourOwn):
        service.approve_withholding(session, row.id, by=user)
    with pytest.raises(NotYourOwn):
        propose(session, user, user)
    with pytest.raises(WithholdingOver):
        propose(session, user)
    one = {"state": WithholdingState.ACTIVE, "decided_by_id": finance.id}
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(update(Withholding).where(Withholding.id == row.id).values(one))


def test_what_nobody_decides_on_is_dropped(session: Session) -> None:
    user, owner = make_payable(session), make_finance(session)
    late = propose(session, user)
    session.flush()
    with clock.shifted(timedelta(days=MONEY.proposal_days, minutes=1)):
        with pytest.raises(WithholdingOver):
            service.approve_withholding(session, late.id, by=make_finance(session))
        service.sweep_runs(session)
    left = propose(session, user, owner)
    with pytest.raises(NotFound):
        service.withdraw_withholding(session, left.id, by=make_finance(session))
    service.withdraw_withholding(session, left.id, by=owner)
    no = propose(session, user)
    with pytest.raises(Invalid):
        service.refuse_withholding(session, no.id, by=make_finance(session), reason="No")
    service.refuse_withholding(session, no.id, by=make_finance(session), reason=ENDED)
    assert [row.state.value for row in (late, left, no)] == ["lapsed", "withdrawn", "refused"]
    assert queries.on_withholding(session, [user.id]) == set()


# ---- what is handed over


def test_all_that_was_withheld_from_paid_payouts_is_handed_over_once(
    app: Application, session: Session
) -> None:
    first = paid(app, session)
    bank = ledger.balance(session, Kind.PLATFORM_BANK, PLATFORM)
    row = hand_over(session)
    assert (row.amount_minor, books(session, first.user_id)) == (TAX, (0, 0, 0))
    assert ledger.balance(session, Kind.PLATFORM_BANK, PLATFORM) == bank - TAX
    with pytest.raises(NothingToHandOver):
        hand_over(session, "SEPA-2")
    with pytest.raises(RemittanceOver):
        service.confirm_remittance(session, row.id, by=make_finance(session))
    second = paid(app, session)
    with pytest.raises(ReferenceUsed):
        hand_over(session)
    assert hand_over(session, "SEPA-2").amount_minor == second.withheld_minor


def test_what_is_on_its_way_is_not_handed_over(session: Session) -> None:
    user = make_payable(session)
    taxed(session, user)
    make_run(session, approved=True)
    assert queries.owed_to_authority(session) == 0
    with pytest.raises(NothingToHandOver):
        hand_over(session)


def test_one_person_confirms_nothing_and_what_came_back_is_written_anew(
    app: Application, session: Session
) -> None:
    payout, finance = paid(app, session), make_finance(session)
    row = service.record_remittance(session, by=finance, bank_reference="SEPA 1", paid_on=TODAY)
    with pytest.raises(SomebodyElse):
        service.confirm_remittance(session, row.id, by=finance)
    reversal = service.propose_reversal(session, payout.id, by=finance, reason=WHY)
    service.approve_reversal(session, reversal.id, by=make_finance(session, "Otto Second"))
    session.flush()
    service.send_reversal(app.sessions, payments_of(app), reversal.id)
    session.expire_all()
    with pytest.raises(RemittanceOver):
        service.confirm_remittance(session, row.id, by=make_finance(session))
    service.drop_remittance(session, row.id, by=finance)
    assert books(session, payout.user_id) == (GROSS, 0, 0)


def test_a_remittance_nobody_confirms_is_dropped_by_the_clock(app: Application, session: Session) -> None:
    paid(app, session)
    row = hand_over(session, confirm=False)
    with clock.shifted(timedelta(days=MONEY.proposal_days, minutes=1)):
        with pytest.raises(RemittanceOver):
            service.confirm_remittance(session, row.id, by=make_finance(session))
        service.sweep_runs(session)
    session.expire_all()
    assert (row.state.value, queries.owed_to_authority(session)) == ("dropped", TAX)
    assert hand_over(session).amount_minor == TAX  # the same line again


def test_a_cent_that_is_not_withheld_is_found(app: Application, session: Session) -> None:
    payout = paid(app, session)
    payout.withheld_minor -= 1
    session.flush()
    assert any("I9 tax_withheld holds 1040, payouts say 1039" in line for line in queries.broken(session))


# ---- in a browser


def test_finance_puts_a_person_on_it_and_ends_it(app: Application, session: Session, pages: Pages) -> None:
    user = make_payable(session, payments_of(app))
    first, second = make_finance(session), make_finance(session, "Otto Second")
    page = f"/staff/payouts/withholding/{user.id}"
    desk = pages.enter(first, "finance")
    said = {"reason": WHY, "letter_on": "2026-11-02"}
    for wrong in ({**said, "reason": "No"}, {**said, "letter_on": ""}, {**said, "letter_on": "2999-01-01"}):
        assert desk.post("payout_runs.propose_withholding", wrong, user_id=user.id).status == 422
    assert desk.post("payout_runs.propose_withholding", said, user_id=user.id).location == page
    assert "You can take it back" in desk.get("payout_runs.withholding_of", user_id=user.id).text
    row = queries.withholdings_of(session, user.id)[0].id
    other = pages.enter(second, "finance")
    assert WHY in other.get("payout_runs.withholding").text
    with clock.shifted(timedelta(minutes=PEOPLE.proof_minutes, seconds=1)):
        asked = other.post("payout_runs.approve_withholding", withholding_id=row)
    assert asked.location == f"/prove?next={page}"
    assert other.post("payout_runs.approve_withholding", withholding_id=row).location == page
    make_run(session, approved=True)
    send(app, session, payout_of(session, user))
    person = pages.enter(user, "expert")
    assert "A law withheld $10.40 of $43.34" in person.get("payouts.payouts").text
    tax = person.get("statements.tax").text
    assert WHY in tax
    assert "$10.40" in tax
    desk = pages.enter(first, "finance")
    assert "Withheld by law" in desk.get("payout_runs.show", run_id=payout_of(session, user).run_id).text
    handed = {"bank_reference": "SEPA-7", "paid_on": "2026-11-03"}
    assert desk.post("payout_runs.record_remittance", {**handed, "paid_on": ""}).status == 422
    assert desk.post("payout_runs.record_remittance", handed).status == 303
    remittance = queries.remittances(session)[0].id
    assert desk.post("payout_runs.confirm_remittance", remittance_id=remittance).status == 403
    other = pages.enter(second, "finance")
    assert other.post("payout_runs.confirm_remittance", remittance_id=remittance).status == 303
    assert "Handed over" in other.get("payout_runs.withholding").text
    assert other.post("payout_runs.lift_withholding", {"reason": "No"}, withholding_id=row).status == 422
    assert other.post("payout_runs.lift_withholding", {"reason": ENDED}, withholding_id=row).status == 303
    assert "A law withholds" not in pages.enter(user, "expert").get("statements.tax").text


def test_only_finance_and_admins_see_it(session: Session, pages: Pages) -> None:
    user = make_payable(session)
    row = taxed(session, user).id
    session.flush()
    somewhere: Any = {"withholding_id": row}
    for role in (Role.EXPERT, Role.SUPPORT, Role.OPS):
        pages.enter(make_user(session, roles=[role]))
        assert pages.get("payout_runs.withholding").status == 403
        assert pages.get("payout_runs.withholding_of", user_id=user.id).status == 403
        assert pages.post("payout_runs.propose_withholding", {}, user_id=user.id).status == 403
        assert pages.post("payout_runs.record_remittance", {}).status == 403
        for verb in POSTS:
            assert pages.post(f"payout_runs.{verb}", {}, **somewhere).status == 403
        for verb in ("confirm_remittance", "drop_remittance"):
            assert pages.post(f"payout_runs.{verb}", {}, remittance_id=row).status == 403
    desk = pages.enter(make_finance(session), "finance")
    assert desk.get("payout_runs.withholding_of", user_id=uuid.uuid4()).status == 404
    for verb in POSTS:
        words = {"why": ENDED, "reason": ENDED}
        assert desk.post(f"payout_runs.{verb}", words, withholding_id=uuid.uuid4()).status == 404
    for verb in ("confirm_remittance", "drop_remittance"):
        assert desk.post(f"payout_runs.{verb}", {}, remittance_id=uuid.uuid4()).status == 404


def test_an_earning_that_came_later_is_not_touched(app: Application, session: Session) -> None:
    payout = paid(app, session)
    earn_available(session, session.get_one(User, payout.user_id), 5_000)
    assert books(session, payout.user_id) == (5_000, 0, TAX)
