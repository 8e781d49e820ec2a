"""Statements of a company: money in less money out is what it holds and what its projects spent (I12)."""

import csv
import io
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from marketplace.companies.models import Company
from marketplace.kit import clock, ids
from marketplace.ledger import queries as books
from marketplace.ledger import service as ledger
from marketplace.ledger.models import PLATFORM, Kind
from marketplace.ledger.service import Entry
from marketplace.projects.models import Project
from marketplace.statements import service
from marketplace.statements.policy import Period, Statement
from tests.factories import ledger as money
from tests.factories.companies import make_company, make_member
from tests.factories.ledger import FEE, PRICE, REVIEW, STRIPE, Parties, leg
from tests.factories.projects import make_project
from tests.pages import Pages

DISPUTED = (Kind.DISPUTES_RECEIVABLE, PLATFORM)


def now() -> Period:
    """The running month."""
    return Period(clock.now().year, clock.now().month)


def parts(statement: Statement) -> dict[str, int]:
    return {part.title: part.minor for part in (*statement.parts, statement.total)}


@pytest.fixture
def busy(session: Session) -> tuple[Company, Project, Parties]:
    """1,100 dollars in, 1,000 of them in the project; one task approved, one reserved; refund, lost dispute."""
    company = make_company(session)
    project = make_project(session, company=company)
    who = Parties(company=company.id, project=project.id)
    money.deposit(session, who, 10_000)
    done, open_claim, review = (ids.new_id() for _ in range(3))
    ledger.post_all(session, [money.reserve(who, done), money.reserve(who, open_claim)])
    ledger.post_all(
        session,
        [money.review_paid(who, done, review), money.end(who, done, "approve", pay=PRICE, fee=FEE, rest=0)],
    )
    coming = (Kind.COMPANY_REFUND_IN_TRANSIT, company.id)
    frozen = (Kind.COMPANY_DISPUTE_HOLD, company.id)
    for kind, legs in (
        ("refund_start", [leg(who.wallet, coming, 5_000)]),
        ("refund_done", [leg(coming, STRIPE, 5_000)]),
        ("dispute_opened", [leg(DISPUTED, STRIPE, 1_100), leg(who.wallet, frozen, 1_100)]),
        ("dispute_lost", [leg(frozen, DISPUTED, 700)]),
    ):
        ledger.post_all(session, [Entry(kind=kind, key=f"{kind}:{company.id}", legs=legs)])
    return company, project, who


def test_a_month_adds_up_as_i12_says(session: Session, busy: tuple[Company, Project, Parties]) -> None:
    company, project, who = busy
    statement = service.company_statement(session, company, now())
    spent = PRICE + FEE + REVIEW
    assert parts(statement) == {
        "Balance before": 0,
        "Deposits": 110_000,
        "Refunds": -5_000,
        "Lost in disputes": -700,
        "Pay for work": -PRICE,
        "Reviews": -REVIEW,
        "Platform fees": -FEE,
        "Balance after": 104_300 - spent,
    }
    held = books.balances(
        session,
        [
            who.wallet,
            who.budget,
            who.reserved,
            (Kind.COMPANY_DISPUTE_HOLD, company.id),
            (Kind.COMPANY_REFUND_IN_TRANSIT, company.id),
        ],
    )
    assert statement.total.minor == sum(held.values())
    by_project, where = ({part.title: part.minor for part in table} for _, table in statement.tables)
    assert by_project == {project.title: spent}
    assert where == {
        "In the wallet": 3_900,
        "In projects, not claimed yet": 100_000 - 2 * money.UNIT,
        "Reserved for work under way and as bonuses": money.UNIT,
        "Frozen while a dispute is open": 400,
    }


def test_the_file_has_every_payment(session: Session, busy: tuple[Company, Project, Parties]) -> None:
    statement = service.company_statement(session, busy[0], now())
    rows = list(csv.DictReader(io.StringIO(service.csv_of(statement).decode("utf-8-sig"), newline="")))
    assert sum(int(row["amount_minor"]) for row in rows) == statement.total.minor
    assert len(rows) == len(statement.lines) + len(statement.details) == 7
    assert {row["project"] for row in rows if row["what"] == "Pay for work"} == {busy[1].title}


def test_a_debit_on_its_way_is_not_counted(session: Session) -> None:
    company = make_company(session)
    pending = (Kind.COMPANY_PENDING, company.id)
    coming = (Kind.STRIPE_PENDING, PLATFORM)
    ledger.post_all(
        session, [Entry(kind="deposit_pending", key="deposit:x:pending", legs=[leg(coming, pending, 900)])]
    )
    assert parts(service.company_statement(session, company, now()))["Balance after"] == 0
    deposit_id = ids.new_id()
    wallet = (Kind.COMPANY_WALLET, company.id)
    ledger.post_all(
        session,
        [
            Entry(
                kind="deposit_succeeded",
                key="deposit:x:succeeded",
                legs=[leg(STRIPE, wallet, 900), leg(pending, coming, 900)],
                ref_type="deposit",
                ref_id=deposit_id,
            )
        ],
    )
    statement = service.company_statement(session, company, now())
    assert parts(statement)["Deposits"] == 900
    assert [line.code for line in statement.lines] == [ids.code("D", deposit_id)]
    assert [line.path for line in statement.lines] == [f"/company/billing/deposits/{deposit_id}"]


def test_the_next_month_begins_where_this_one_ends(
    session: Session, busy: tuple[Company, Project, Parties]
) -> None:
    this = service.company_statement(session, busy[0], now())
    with clock.shifted(timedelta(days=40)):
        after = now()
        later = service.company_statement(session, busy[0], after)
        listed = service.company_months(session, busy[0], Period(after.year), clock.now())
    assert later.parts[0].minor == later.total.minor == this.total.minor
    assert listed[0][0] == after


def test_members_read_their_own(
    session: Session, pages: Pages, busy: tuple[Company, Project, Parties]
) -> None:
    company, project, _ = busy
    pages.enter(make_member(session, company).user)
    assert "$1,100.00" in pages.get("company_statements.index").text
    page = pages.get("company_statements.period", slug=now().slug)
    assert project.title in page.text
    assert "$60.66" in page.text
    assert f"/company/projects/{project.id}" in {node.get("href") for node in page.all("a")}
    assert "every single payment of them is in the CSV" in page.text
    assert pages.get("company_statements.period_csv", slug=now().slug).status == 200
    assert pages.get("company_statements.period_pdf", slug=Period(now().year).slug).answer.data.startswith(
        b"%PDF-"
    )
    assert pages.get("company_statements.period", slug="2026-13").status == 404
    pages.enter(make_member(session, make_company(session)).user)
    other = pages.get("company_statements.period", slug=now().slug)
    assert "Nothing moved" in other.text
    assert project.title not in other.text
