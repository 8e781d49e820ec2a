"""Tax forms and year totals: thresholds by date, numbers sealed and never said, sums of what was really paid."""

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from config.settings import BadSettings, from_environment
from config.tax import FORMS, THRESHOLDS, threshold
from marketplace.audit.models import AuditRecord
from marketplace.identity.models import Role
from marketplace.kit import clock
from marketplace.kit.application import Application
from marketplace.kit.errors import Invalid
from marketplace.kit.sealing import CannotOpen, Sealer
from marketplace.statements import policy, queries, service
from marketplace.statements.models import Classification, TaxKind, TaxProfile
from marketplace.statements.service import Signed
from tests.factories.billing import payments_of
from tests.factories.identity import make_user
from tests.factories.payouts import earn_available, make_expert, make_finance, put_on_withholding
from tests.factories.statements import make_paid, pay_out
from tests.pages import Pages

NUMBER = "123-45-6789"
FORM: dict[str, Any] = {
    "kind": "w9",
    "classification": "individual",
    "legal_name": "Ada Byron",
    "street": "1 Lovelace Street",
    "city": "Springfield, IL",
    "postal_code": "62701",
    "country": "US",
    "number": NUMBER,
    "certified": "y",
    "signed_as": "ada byron",
}
ABROAD = {**FORM, "kind": "w8ben", "country": "DE", "number": "12 345 678 901", "born_on": "1990-03-31"}


def sealer_of(app: Application) -> Sealer:
    sealer = app.extensions["assay"][Sealer]
    assert isinstance(sealer, Sealer)
    return sealer


def signed(**changes: Any) -> Signed:
    return Signed(
        **{
            "kind": TaxKind.W9,
            "classification": Classification.INDIVIDUAL,
            "legal_name": "Ada Byron",
            "street": "1 Lovelace Street",
            "city": "Springfield, IL",
            "postal_code": "62701",
            "country": "US",
            "number": NUMBER,
            "born_on": None,
            "signed_as": "Ada Byron",
            **changes,
        }
    )


@pytest.mark.parametrize(
    ("role", "year", "minor", "payments", "reached"),
    [
        ("payer", 2025, 59_999, 1, False),
        ("payer", 2025, 60_000, 1, True),
        ("payer", 2026, 199_999, 1, False),
        ("payer", 2026, 200_000, 1, True),
        ("settlement", 2026, 2_000_000, 201, False),
        ("settlement", 2026, 2_000_001, 200, False),
        ("settlement", 2026, 2_000_001, 201, True),
    ],
)
def test_the_row_of_the_day_decides(
    role: Any, year: int, minor: int, payments: int, *, reached: bool
) -> None:
    rule = threshold(role, year)
    assert rule is not None
    assert rule.form == FORMS[role]
    assert rule.reached(minor, payments) is reached


def test_no_role_no_form() -> None:
    assert threshold("none", 2026) is None
    assert all(row.source and row.read_on <= date(2026, 12, 31) for row in THRESHOLDS)
    assert len({(row.form, row.since) for row in THRESHOLDS}) == len(THRESHOLDS)


def test_the_setting_is_one_of_three() -> None:
    given = {"SECRET_KEY": "x" * 32, "DATABASE_URL": "sqlite://"}
    assert from_environment(given).tax_role == "payer"
    assert from_environment({**given, "TAX_ROLE": "settlement"}).tax_role == "settlement"
    with pytest.raises(BadSettings, match="TAX_ROLE"):
        from_environment({**given, "TAX_ROLE": "bank"})


def test_a_number_is_sealed_and_only_its_end_is_kept(app: Application, session: Session) -> None:
    ada = make_expert(session)
    profile = service.sign(session, ada, signed(), sealer=sealer_of(app))
    session.flush()
    assert profile.number_tail == "6789"
    assert profile.number_sealed is not None
    assert "6789" not in profile.number_sealed
    assert sealer_of(app).open(f"tax:{profile.id}", profile.number_sealed) == "123456789"
    with pytest.raises(CannotOpen):
        sealer_of(app).open("tax:another", profile.number_sealed)
    record = session.scalars(select(AuditRecord).where(AuditRecord.tag == "expert:tax_profile:signed")).one()
    assert record.detail == {"kind": "w9"}


def test_the_newest_signature_counts_and_the_old_ones_stay(app: Application, session: Session) -> None:
    ada = make_expert(session)
    service.sign(session, ada, signed(), sealer=sealer_of(app))
    with clock.shifted(timedelta(days=1)):
        later = service.sign(
            session, ada, signed(kind=TaxKind.W8BEN, country="DE", number=""), sealer=sealer_of(app)
        )
    session.flush()
    assert queries.profiles_of(session, [ada.id]) == {ada.id: later}
    assert session.query(TaxProfile).count() == 2
    assert later.number_sealed is None
    assert later.valid_until == date(later.signed_at.year + 3, 12, 31)


@pytest.mark.parametrize("number", ["", "12345678", "1234567890", "12345678a", "١٢٣٤٥٦٧٨٩"])
def test_a_number_of_the_united_states_has_nine_digits(
    app: Application, session: Session, number: str
) -> None:
    with pytest.raises(Invalid):
        service.sign(session, make_expert(session), signed(number=number), sealer=sealer_of(app))


def test_the_database_wants_a_number_too(app: Application, session: Session) -> None:
    profile = service.sign(session, make_expert(session), signed(), sealer=sealer_of(app))
    profile.number_sealed = None
    with pytest.raises(IntegrityError):
        session.flush()


@pytest.mark.parametrize(
    ("number", "end"), [("123456789", "6789"), ("AB12345", "45"), ("1234", "34"), ("", "")]
)
def test_a_short_number_shows_less(number: str, end: str) -> None:
    assert policy.tail(number) == end


def test_numbers_are_sealed_again_with_a_new_key(session: Session) -> None:
    old, both, new = Sealer("a" * 32), Sealer("a" * 32, "b" * 32), Sealer("b" * 32)
    profile = service.sign(session, make_expert(session), signed(), sealer=old)
    session.flush()
    assert service.reseal_tax_numbers(session, both) == 1
    assert new.open(f"tax:{profile.id}", profile.number_sealed or "") == "123456789"


def test_an_expert_signs_and_sees_the_end_of_the_number(session: Session, pages: Pages) -> None:
    pages.enter(make_expert(session))
    assert "Nothing yet" in pages.get("statements.tax").text
    assert pages.post("statements.sign_tax", FORM).location == pages.path("statements.tax")
    page = pages.get("statements.tax")
    assert "Ends in 6789" in page.text
    assert "123456789" not in page.answer.text
    assert NUMBER not in page.answer.text
    assert pages.post("statements.sign_tax", ABROAD).status == 303
    assert "W-8BEN" in pages.get("statements.tax").text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kind": ""}, "Choose which one fits you."),
        ({"number": ""}, "Enter your tax number: nine digits."),
        ({"number": "12"}, "Enter nine digits"),
        ({"country": ""}, "Choose the country in which you pay tax."),
        ({"country": "XX"}, "Choose one of the options."),
        ({"signed_as": "Eve"}, "Type the same name as your legal name."),
        ({"certified": ""}, "Certify that this is true"),
        ({"legal_name": ""}, "Enter your name"),
        ({**ABROAD, "country": "US"}, "signs as a person of it"),
        ({**ABROAD, "born_on": ""}, "Enter your date of birth"),
        ({**ABROAD, "born_on": "yesterday"}, "Enter a date"),
        ({**ABROAD, "born_on": "9999-12-31"}, "Enter the day you were born"),
        ({**ABROAD, "born_on": "0001-01-01"}, "Enter the day you were born"),
        ({**ABROAD, "number": "1"}, "Enter 4 to 20 letters and digits."),
    ],
)
def test_a_form_that_is_not_whole_says_what_to_do(
    session: Session, pages: Pages, changes: dict[str, Any], said: str
) -> None:
    page = pages.enter(make_expert(session)).post("statements.sign_tax", {**FORM, **changes})
    assert page.status == 422
    assert said in page.text
    assert session.query(TaxProfile).count() == 0


def test_a_year_is_what_was_paid_and_withheld_in_it(app: Application, session: Session) -> None:
    payments = payments_of(app)
    ada, _ = make_paid(session, app.sessions, payments, 110_000)
    put_on_withholding(session, ada)
    earn_available(session, ada, 50_000)
    pay_out(session, app.sessions, payments, ada)
    year = clock.now().year
    [total] = service.own_totals(session, ada, [year], "payer")
    assert (total.gross_minor, total.withheld_minor, total.payments, total.is_reached) == (
        160_000,
        12_000,
        2,
        False,
    )
    [before] = service.own_totals(session, ada, [year - 1], "payer")
    assert (before.gross_minor, before.payments, before.is_reached) == (0, 0, False)


def test_a_second_payout_counts_and_a_returned_one_does_not(app: Application, session: Session) -> None:
    payments = payments_of(app)
    ada, first = make_paid(session, app.sessions, payments, 150_000)
    earn_available(session, ada, 60_000)
    pay_out(session, app.sessions, payments, ada)
    year = clock.now().year
    [both] = service.own_totals(session, ada, [year], "payer")
    assert (both.gross_minor, both.payments, both.is_reached) == (210_000, 2, True)
    first.returned_at = clock.now()
    session.flush()
    [one] = service.own_totals(session, ada, [year], "payer")
    assert (one.gross_minor, one.payments, one.is_reached) == (60_000, 1, False)


def test_finance_reads_the_year_and_takes_a_file_that_is_written_down(
    app: Application, session: Session, pages: Pages
) -> None:
    ada, _ = make_paid(session, app.sessions, payments_of(app), 250_000, name="=Ada")
    service.sign(session, ada, signed(legal_name="=1+1"), sealer=sealer_of(app))
    session.flush()
    finance = make_finance(session)
    pages.enter(finance)
    page = pages.get("tax_totals.index")
    for said in ("=Ada", "W-9, number ends in 6789", "Threshold reached", "$2,500.00", "70433"):
        assert said in page.text
    year = clock.now().year
    answer = pages.post("tax_totals.totals", slug=str(year)).answer
    [row] = csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline=""))
    assert (row["gross_minor"], row["reached"], row["number_ends_in"]) == ("250000", "yes", "6789")
    assert (row["name"], row["legal_name"]) == ("'=Ada", "'=1+1")
    assert b"123456789" not in answer.data
    record = session.scalars(
        select(AuditRecord).where(AuditRecord.tag == "staff:tax_totals:downloaded")
    ).one()
    assert (record.actor_id, record.detail) == (finance.id, {"year": year, "people": 1})
    assert "Nobody was paid" in pages.get("tax_totals.index", year=year - 1).text
    for slug in ("2999", "2026-11", "x"):
        assert pages.get("tax_totals.index", year=slug).status == 404
        assert pages.post("tax_totals.totals", slug=slug).status == 404


def test_only_finance_and_admins_read_it(session: Session, pages: Pages) -> None:
    for role in (Role.EXPERT, Role.SUPPORT, Role.OPS):
        pages.enter(make_user(session, roles=[role]))
        assert pages.get("tax_totals.index").status == 403
        assert pages.post("tax_totals.totals", slug="2026").status == 403


def test_nothing_of_a_signature_is_printed_or_logged(
    session: Session, pages: Pages, capsys: pytest.CaptureFixture[str]
) -> None:
    pages.enter(make_expert(session)).post("statements.sign_tax", FORM)
    pages.post("statements.sign_tax", {**FORM, "city": ""})
    said = capsys.readouterr()
    for private in (NUMBER, "123456789", "Lovelace"):
        assert private not in said.out + said.err
