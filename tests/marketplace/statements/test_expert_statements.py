"""Statements of an expert: every cent once, sums that meet the books, nobody else's."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from pypdf import PdfReader
from sqlalchemy.orm import Session

from marketplace.kit import clock, ids
from marketplace.kit.application import Application
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import Kind
from marketplace.payouts import queries as payouts
from marketplace.statements import queries, service
from marketplace.statements.errors import DoesNotAddUp
from marketplace.statements.policy import Line, Part, Period, Statement, read_period, years
from tests.factories.billing import payments_of
from tests.factories.payouts import earn, earn_available, make_expert, make_payable, make_run
from tests.factories.statements import WHY, make_paid, pay_out, take_back
from tests.pages import Pages


def month() -> Period:
    """The running one."""
    now = clock.now()
    return Period(now.year, now.month)


def parts(statement: Statement) -> dict[str, int]:
    return {part.title: part.minor for part in (*statement.parts, statement.total)}


def read_csv(raw: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


def test_a_payout_statement_is_its_payout_and_its_transfer(app: Application, session: Session) -> None:
    payments = payments_of(app)
    ada, payout = make_paid(session, app.sessions, payments, 1_234, 766, 5_000)
    statement = service.payout_statement(session, ada, payout.id)
    assert statement is not None
    assert [line.minor for line in statement.lines] == [1_234, 766, 5_000]
    assert parts(statement) == {"Earned": 7_000, "Fees": 0, "Paid out": 7_000}
    [transfer] = payments.find_transfers(str(payout.id), payout.destination)
    assert transfer.amount_minor == payout.amount_minor == statement.total.minor
    assert transfer.id in dict(statement.facts)["Reference"]


def test_only_ones_own_and_only_what_was_paid(app: Application, session: Session) -> None:
    _, payout = make_paid(session, app.sessions, payments_of(app), 5_000)
    bob = make_payable(session)
    make_run(session)
    waiting = payouts.payouts_of(session, bob.id, None).rows[0]
    assert service.payout_statement(session, bob, payout.id) is None
    assert service.payout_statement(session, bob, waiting.id) is None
    assert service.payout_statement(session, bob, ids.new_id()) is None


def test_a_statement_that_does_not_add_up_is_not_shown(app: Application, session: Session) -> None:
    ada, payout = make_paid(session, app.sessions, payments_of(app), 5_000)
    payout.amount_minor += 1
    session.flush()
    with pytest.raises(DoesNotAddUp, match="does not add up"):
        service.payout_statement(session, ada, payout.id)


def test_a_month_leads_from_one_balance_to_the_next(app: Application, session: Session) -> None:
    ada, _ = make_paid(session, app.sessions, payments_of(app), 4_000, 3_000)
    earn_available(session, ada, 250)
    take_back(session, earn(session, ada, 777))
    statement = service.period_statement(session, ada, month())
    assert parts(statement) == {
        "Balance before": 0,
        "Earned": 8_027,
        "Fees": 0,
        "Taken back or corrected": -777,
        "Paid out": -7_000,
        "Balance after": 250,
    }
    held = sum(
        ledger.balance(session, kind, ada.id)
        for kind in (Kind.EXPERT_PENDING, Kind.EXPERT_AVAILABLE, Kind.EXPERT_IN_TRANSIT)
    )
    assert statement.total.minor == held
    assert sum(line.minor for line in statement.lines) == 250
    assert WHY in [line.why for line in statement.lines]


def test_months_follow_on_each_other_and_make_the_year(app: Application, session: Session) -> None:
    payments = payments_of(app)
    ada, _ = make_paid(session, app.sessions, payments, 4_000)
    with clock.shifted(timedelta(days=-400)):
        earn(session, ada, 600)
    with clock.shifted(timedelta(days=-70)):
        earn_available(session, ada, 2_500)
    now = clock.now()
    for year in years(queries.first_earned_at(session, ada.id), now):
        whole = service.period_statement(session, ada, Period(year))
        each = [service.period_statement(session, ada, one) for one in reversed(Period(year).months(now))]
        assert each[0].parts[0].minor == whole.parts[0].minor
        assert each[-1].total.minor == whole.total.minor
        assert [one.parts[0].minor for one in each[1:]] == [one.total.minor for one in each[:-1]]
        assert sum(len(one.lines) for one in each) == len(whole.lines)
        assert sum(part.minor for part in whole.tables[0][1]) == parts(whole)["Earned"]
    assert parts(service.period_statement(session, ada, Period(now.year)))["Balance after"] == 3_100


def test_the_list_shows_months_in_which_something_moved(app: Application, session: Session) -> None:
    ada, payout = make_paid(session, app.sessions, payments_of(app), 4_000)
    now = clock.now()
    listed = service.months(session, ada, Period(now.year), now)
    assert [(one.month, sums["Earned"], sums["Paid out"]) for one, sums in listed] == [
        (now.month, 4_000, -4_000)
    ]
    year = Period(now.year)
    assert queries.payouts_of_year(session, ada.id, year.start, year.end, None).rows == [payout]
    assert queries.payouts_of_year(session, ada.id, year.end, year.end, None).rows == []


def test_files_say_the_same_as_the_page(app: Application, session: Session, pages: Pages) -> None:
    ada, payout = make_paid(session, app.sessions, payments_of(app), 1_234, 766)
    statement = service.payout_statement(session, ada, payout.id)
    assert statement is not None
    rows = read_csv(service.csv_of(statement))
    assert sum(int(row["amount_minor"]) for row in rows) == payout.amount_minor
    assert [row["amount"] for row in rows] == ["12.34", "7.66"]
    assert {row["currency"] for row in rows} == {"USD"}
    text = "\n".join(
        page.extract_text() for page in PdfReader(io.BytesIO(service.pdf_of(statement, "Assay"))).pages
    )
    page = pages.enter(ada).get("statements.payout", payout_id=payout.id)
    for said in ("$20.00", "$12.34", "$7.66", statement.number, ada.name):
        assert said in text
        assert said in page.text


def test_a_reason_cannot_be_a_formula(session: Session) -> None:
    line = Line(at=datetime(2026, 5, 1, tzinfo=UTC), what="Bonus", about="=cmd()", why="+1", minor=-5)
    total = Part("x", -5)
    statement = Statement(number="S-1", title="x", facts=(), parts=(total,), total=total, lines=(line,))
    [row] = read_csv(service.csv_of(statement))
    assert (row["project"], row["reason"], row["amount_minor"], row["amount"]) == (
        "'=cmd()",
        "'+1",
        "-5",
        "-0.05",
    )


def test_the_pages_open_for_their_owner(app: Application, session: Session, pages: Pages) -> None:
    ada, payout = make_paid(session, app.sessions, payments_of(app), 5_000)
    pages.enter(ada)
    assert ids.code("S", payout.id) in pages.get("statements.index").text
    for slug in (month().slug, Period(month().year).slug):
        assert "Balance after" in pages.get("statements.period", slug=slug).text
        assert pages.get("statements.period_csv", slug=slug).answer.mimetype == "text/csv"
        assert pages.get("statements.period_pdf", slug=slug).answer.data.startswith(b"%PDF-")
    statement = f"/earnings/statements/payouts/{payout.id}"
    assert statement in {
        node.get("href") for node in pages.get("statements.period", slug=month().slug).all("a")
    }
    (earning,) = payouts.earnings_in(session, payout.id, None).rows
    shown = pages.get("payouts.earning", earning_id=earning.id)
    assert statement in {node.get("href") for node in shown.all("a")}
    assert pages.get("statements.payout_csv", payout_id=payout.id).status == 200
    assert pages.get("statements.payout_pdf", payout_id=payout.id).status == 200
    [row] = read_csv(pages.get("statements.everything").answer.data)[:1]
    assert row["amount_minor"] == "5000"
    pages.enter(make_expert(session))
    for endpoint in ("statements.payout", "statements.payout_csv", "statements.payout_pdf"):
        assert pages.get(endpoint, payout_id=payout.id).status == 404
    assert "No payout in" in pages.get("statements.index").text
    assert "Nothing moved" in pages.get("statements.period", slug=month().slug).text


@pytest.mark.parametrize("slug", ["2026-13", "2026-00", "1999", "20260", "2999", "x", "2026-1", "٢٠٢٦"])
def test_a_period_that_is_none_is_not_found(session: Session, pages: Pages, slug: str) -> None:
    pages.enter(make_expert(session))
    assert pages.get("statements.period", slug=slug).status == 404
    assert pages.get("statements.index", year=slug).status == 404


def test_periods_are_whole_in_utc() -> None:
    assert read_period("2026-12") == Period(2026, 12)
    assert Period(2026, 12).end == Period(2027).start == datetime(2027, 1, 1, tzinfo=UTC)
    assert Period(2026, 2).end == Period(2026, 3).start
    assert (Period(2026, 2).text, Period(2026).text) == ("February 2026", "2026")
    assert [one.month for one in Period(2026).months(datetime(2026, 3, 1, tzinfo=UTC))] == [3, 2, 1]
    assert years(datetime(2024, 12, 31, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)) == [2026, 2025, 2024]


def test_a_second_payout_has_its_own_lines(app: Application, session: Session) -> None:
    payments = payments_of(app)
    ada, first = make_paid(session, app.sessions, payments, 5_000)
    earn_available(session, ada, 6_000)
    second = pay_out(session, app.sessions, payments, ada)
    for payout, minor in ((first, 5_000), (second, 6_000)):
        statement = service.payout_statement(session, ada, payout.id)
        assert statement is not None
        assert [line.minor for line in statement.lines] == [minor]
