"""Every code that a page prints is found by finance, and leads to its page or its entries; and back."""

import re
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from config.policy import MONEY
from marketplace.identity.models import Role
from marketplace.kit import clock, ids
from marketplace.kit.application import Application
from marketplace.ledger.models import LedgerTransaction
from marketplace.ledger.policy import Tracing
from marketplace.payouts import service as payouts
from marketplace.payouts.models import Earning
from tests.factories.billing import make_payer, make_settled, payments_of
from tests.factories.bonuses import approve, give_bonus, make_bonus
from tests.factories.disputes import make_dispute
from tests.factories.experts import make_credential, make_expert
from tests.factories.identity import make_user
from tests.factories.payouts import earn, earn_available
from tests.factories.payouts import make_expert as make_payee
from tests.factories.projects import make_project
from tests.factories.queue import engaged
from tests.factories.reviews import make_reviewer
from tests.factories.screenings import make_grading, refuse, user_of
from tests.factories.statements import make_paid
from tests.factories.submissions import make_submission
from tests.pages import Page, Pages
from workspace.screenings import service as screenings

STATEMENT = "I read every item twice and gave my reasons for each of them in whole sentences."
HOUSE = Path(__file__).parents[3]
PRINTED = re.compile(r"""\bcode\((["'])([A-Z])\1""")
HIDDEN = {("workspace/reviews/views/context.py", "X"), ("workspace/screenings/views/grading.py", "X")}


@pytest.fixture
def finance(session: Session, pages: Pages) -> Pages:
    return pages.enter(make_user(session, roles=[Role.FINANCE]))


def find(finance: Pages, text: str) -> Page:
    page = finance.get("ledger.find", q=text)
    assert page.status == 200
    return page


def links(page: Page) -> list[str]:
    return [link.get("href") or "" for link in page.all("a")]


def entries(session: Session, ref_id: uuid.UUID) -> list[str]:
    """The addresses of the entries that this thing caused."""
    rows = session.query(LedgerTransaction).filter_by(ref_id=ref_id).all()
    assert rows
    return [f"/staff/ledger/{row.id}" for row in rows]


def test_both_kinds_of_bonus(session: Session, finance: Pages) -> None:
    project, expert = make_project(session), make_expert(session)
    engaged(session, expert, project)
    rule, given = make_bonus(session, project), give_bonus(session, project, expert)
    session.flush()
    for one, page, what in (
        (rule, f"/staff/bonuses?only={rule.id}", "Promised bonus"),
        (given, f"/staff/bonuses/given?only={given.id}", "Given bonus"),
    ):
        code = ids.code("B", one.id)
        found = find(finance, code)
        assert what in found.text
        assert {page, *entries(session, one.id)} <= set(links(found))
        entry = finance.get(entries(session, one.id)[0])
        assert f"/staff/ledger/find?q={code}" in links(entry)


def test_an_earning_and_the_work_it_was_paid_for(session: Session, finance: Pages) -> None:
    handed = approve(session, make_submission(session), make_reviewer(session))
    session.flush()
    earning = session.query(Earning).filter_by(ref_type="submission", ref_id=handed.id).one()
    [paid] = session.query(LedgerTransaction).filter_by(idempotency_key=earning.ledger_key)
    claimed = entries(session, handed.assignment_id)
    assert f"/staff/ledger/{paid.id}" in claimed
    for letter, thing in (
        ("S", handed.id),
        ("R", handed.id),
        ("T", handed.task_id),
        ("C", handed.assignment_id),
    ):
        assert set(claimed) <= set(links(find(finance, ids.code(letter, thing)))), letter
    code = ids.code("E", earning.id)
    assert f"/staff/ledger/{paid.id}" in links(find(finance, code))
    back = links(finance.get("ledger.transaction", transaction_id=paid.id))
    assert f"/staff/ledger/find?q={code}" in back
    assert f"/staff/ledger/find?q={ids.code('C', handed.assignment_id)}" in back


def test_the_end_of_a_hold_and_the_earnings_it_moved(session: Session, finance: Pages, statements) -> None:
    ada, bob = make_payee(session), make_payee(session)
    first, others, foreign = (
        earn(session, ada, 101),
        [earn(session, ada) for _ in range(29)],
        earn(session, bob),
    )
    with clock.shifted(timedelta(days=MONEY.hold_days, minutes=1)):
        assert payouts.mature_due(session) == 31
    session.flush()
    [ended] = session.query(LedgerTransaction).filter_by(kind="mature", ref_id=ada.id)
    entry = f"/staff/ledger/{ended.id}"
    pages, address, counted = [], entry, set()
    while address:
        statements()
        pages.append(finance.get(address))
        counted.add(statements())
        address = next((link.get("href") for link in pages[-1].all("a") if link.get("rel") == "next"), "")
    assert (len(pages), len(counted)) == (2, 1)  # the page of 25 reads as often as the page of 5
    listed = {link for page in pages for link in links(page)}
    for earning in (first, *others):
        [paid] = session.query(LedgerTransaction).filter_by(idempotency_key=earning.ledger_key)
        assert {f"/staff/ledger/find?q={ids.code('E', earning.id)}", f"/staff/ledger/{paid.id}"} <= listed
    assert f"/staff/ledger/find?q={ids.code('E', foreign.id)}" not in listed
    assert "$1.01" in pages[1].text
    assert entry in links(find(finance, ids.code("E", first.id)))


def test_the_end_of_a_hold_before_earnings_named_it_says_so(session: Session, finance: Pages) -> None:
    earning = earn_available(session, make_payee(session))
    [ended] = session.query(LedgerTransaction).filter_by(idempotency_key=earning.matured_key)
    earning.matured_key = None
    session.flush()
    assert "was not kept" in finance.get("ledger.transaction", transaction_id=ended.id).text


def test_a_payout_by_every_number_it_has(app: Application, session: Session, finance: Pages) -> None:
    ada, payout = make_paid(session, app.sessions, payments_of(app), 5_000)
    there = f"/staff/payouts/{payout.run_id}/payouts/{payout.id}"
    for code in (ids.code("O", payout.id), ids.code("S", payout.id)):
        assert {there, *entries(session, payout.id)} <= set(links(find(finance, code)))
    assert f"/staff/payouts/{payout.run_id}" in links(find(finance, ids.code("N", payout.run_id)))
    [earning] = session.query(Earning).filter_by(user_id=ada.id)
    assert there in links(find(finance, ids.code("E", earning.id)))


def test_statements_of_a_month_lead_to_the_accounts_of_their_owner(
    app: Application, session: Session, finance: Pages
) -> None:
    ada, _ = make_paid(session, app.sessions, payments_of(app), 5_000)
    code = ids.code("S", ada.id)
    for text in (f"{code}-2026-11", f"{code}-all", code.lower(), f"Statement {code}", ids.code("U", ada.id)):
        assert f"/staff/ledger/accounts/expert_available/{ada.id}?currency=usd" in links(find(finance, text))


def test_what_companies_read(app: Application, session: Session, finance: Pages) -> None:
    deposit = make_settled(app, session, make_payer(session))
    dispute = make_dispute(app, session, deposit)
    assert set(entries(session, deposit.id)) <= set(links(find(finance, ids.code("D", deposit.id))))
    found = links(find(finance, ids.code("X", dispute.id)))
    assert {f"/staff/disputes/{dispute.id}", *entries(session, dispute.id)} <= set(found)
    company = deposit.company_id
    for letter in "CS":
        wallet = f"/staff/ledger/accounts/company_wallet/{company}?currency=usd"
        assert wallet in links(find(finance, ids.code(letter, company)))


def test_people_projects_and_what_moves_no_money(session: Session, finance: Pages) -> None:
    project, expert = make_project(session), make_expert(session)
    proof = make_credential(session, expert)
    session.flush()
    budget = f"/staff/ledger/accounts/project_budget/{project.id}?currency=usd"
    assert budget in links(find(finance, ids.code("P", project.id)))
    assert expert.user.name in find(finance, f"Expert {ids.code('E', expert.id)}").text
    assert "It moves no money itself" in find(finance, ids.code("C", proof.id)).text


def test_an_appeal_against_a_refused_screening(session: Session, finance: Pages) -> None:
    screening, judge = make_grading(session), make_user(session, roles=[Role.OPS])
    refuse(session, screening)
    appeal = screenings.appeal(session, screening, user=user_of(session, screening), statement=STATEMENT)
    session.flush()
    screenings.decide_appeal(session, appeal, by=judge, won=True, reasons=STATEMENT)
    session.flush()
    assert set(entries(session, screening.id)) <= set(links(find(finance, ids.code("A", appeal.id))))


def test_a_code_that_fits_nothing_says_so(finance: Pages) -> None:
    for code in ("B-000000", "K-7QK4M2", "S-ZZZZZZ-2026-11"):
        assert f"Nothing has the code {code[:8]}" in find(finance, code).text
    for text in ("B-00000", "B-OOOOOO", "B 000000"):  # no code of ours
        assert "Nothing was posted under that" in find(finance, text).text


def test_the_code_has_to_fit_whole(session: Session, finance: Pages) -> None:
    """The same sign of a person under another letter names nothing of theirs."""
    ada = make_user(session, name="Ada Byron")
    session.flush()
    assert "Ada Byron" in find(finance, ids.code("U", ada.id)).text
    assert "Nothing has the code" in find(finance, ids.code("B", ada.id)).text


def test_every_letter_that_is_printed_can_be_found(app: Application) -> None:
    known = set(app.extensions["assay"][Tracing].finders)
    files = [
        *HOUSE.glob("templates/**/*"),
        *HOUSE.glob("marketplace/**/*.py"),
        *HOUSE.glob("workspace/**/*.py"),
    ]
    printed = {
        (str(path.relative_to(HOUSE)), letter)
        for path in files
        if path.is_file()
        for _, letter in PRINTED.findall(path.read_text())
    }
    assert len(printed) > 50
    assert {(path, letter) for path, letter in printed - HIDDEN if letter not in known} == set()
