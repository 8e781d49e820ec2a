"""What finance reads of a comparison, the banner, and the file."""

import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from marketplace.gateways.stripe.emulator import balance
from marketplace.identity.models import Role
from marketplace.kit import clock
from marketplace.kit.application import Application
from marketplace.kit.money import Money
from marketplace.ledger import policy, queries, service
from marketplace.ledger.models import PLATFORM, DifferenceKind, Kind
from marketplace.ledger.service import Entry
from tests.factories.identity import make_user
from tests.factories.reconciling import World, add_cents, make_world
from tests.pages import Pages

ADDRESSES = [("reconciliation.index", {}), ("reconciliation.differences", {})]


@pytest.fixture
def world(app: Application, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return make_world(app, session, tmp_path, monkeypatch)


@pytest.fixture
def finance(session: Session, pages: Pages) -> Pages:
    return pages.enter(make_user(session, roles=[Role.FINANCE]))


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.FINANCE, Role.ADMIN}])
def test_nobody_else_may_look(session: Session, pages: Pages, role: Role) -> None:
    pages.enter(make_user(session, roles=[role]))
    for endpoint, values in ADDRESSES:
        assert pages.get(endpoint, **values).status == 403
    assert pages.post("reconciliation.ask").status == 403


def test_before_the_first_comparison_the_page_says_what_comes(finance: Pages) -> None:
    text = finance.get("reconciliation.index").text
    assert "Nothing was compared yet" in text
    assert "03:00 UTC" in text


def test_finance_asks_and_reads_how_it_ended(session: Session, finance: Pages) -> None:
    assert finance.post("reconciliation.ask").status == 303
    assert "We compare. This takes" in finance.get("reconciliation.index").text
    assert finance.post("reconciliation.ask").status == 409
    run = queries.reconciliations(session, None).rows[0]
    text = finance.get("reconciliation.show", reconciliation_id=run.id).text
    assert "not yet" in text


def test_a_difference_leads_to_its_entry_and_stands_in_the_file(world: World, finance: Pages) -> None:
    world.lived_in()
    with world.provider() as books:
        line = add_cents(books, "charge", 1)
    run = world.reconcile(timedelta(0))
    world.session.expire_all()
    page = finance.get("reconciliation.index")
    row = queries.oldest_open(world.session)
    assert row is not None
    assert "2 open differences" in page.text
    assert line["source"] in page.text
    links = [link.get("href") or "" for link in page.all("a")]
    assert f"/staff/ledger/{row.entry_id}" in links
    assert not [link for link in links if "find?q=" in link]  # nothing is found for what has no entry of ours
    assert "the sum of its lines" in page.text
    assert "The amounts differ" in finance.get("reconciliation.show", reconciliation_id=run.id).text
    file = finance.get("reconciliation.differences")
    assert file.answer.mimetype == "text/csv"
    lines = list(csv.DictReader(io.StringIO(file.answer.data.decode("utf-8-sig"))))
    assert [one["thing"] for one in lines if one["difference"] == "The amounts differ"] == [line["source"]]
    [balance_row] = [
        one for one in lines if one["difference"] == policy.IN_WORDS[DifferenceKind.BALANCE_DIFFERS]
    ]
    assert balance_row["books_minor"] == ""  # the books are no part of this one
    assert int(balance_row["payment_service_lines_minor"]) == 1 + int(balance_row["payment_service_minor"])


def test_the_file_runs_nothing_in_a_spreadsheet(world: World, finance: Pages) -> None:
    id_outside = "=HYPERLINK(1)"  # typed by hand with a correction
    entry = Entry(
        kind="bonus",
        key="bonus:1",
        legs=[((Kind.STRIPE_BALANCE, PLATFORM), (Kind.PLATFORM_REVENUE, PLATFORM), Money(5))],
        external_id=id_outside,
    )
    service.post(world.session, entry)
    world.reconcile()
    text = finance.get("reconciliation.differences").answer.data.decode("utf-8-sig")
    assert f"'{id_outside}" in [line["thing"] for line in csv.DictReader(io.StringIO(text))]


def test_the_banner_stands_on_every_page_of_finance_and_nobody_elses(
    world: World, session: Session, pages: Pages
) -> None:
    with world.provider() as books:
        moved = balance.line(books, "adjustment", 700, None)
    world.reconcile()
    for role, seen in ((Role.FINANCE, True), (Role.ADMIN, True), (Role.OPS, False)):
        pages.enter(make_user(session, roles=[role]))
        assert (moved["id"] in pages.get("notifications.inbox").text) is seen


def test_a_comparison_nobody_ends_does_not_keep_the_button(session: Session, finance: Pages) -> None:
    assert finance.post("reconciliation.ask").status == 303
    assert "Compare now" not in finance.get("reconciliation.index").text
    with clock.shifted(timedelta(minutes=31)):
        assert "Compare now" in finance.get("reconciliation.index").text


def test_an_old_comparison_is_said_to_finance_and_stops_nothing(
    world: World, session: Session, pages: Pages
) -> None:
    user = make_user(session, roles=[Role.FINANCE])
    world.reconcile(timedelta(0))
    said = "were last compared"
    for hours, seen in ((35, False), (37, True)):
        with clock.shifted(timedelta(hours=hours)):
            assert (said in pages.enter(user).get("notifications.inbox").text) is seen
            assert service.stop(session) is None


def test_a_quiet_end_is_said(world: World, finance: Pages) -> None:
    world.deposit()
    world.reconcile()
    text = finance.get("reconciliation.index").text
    assert "Everything agrees" in text
    assert "The service holds" in text


def test_every_cent_leads_both_ways(world: World, finance: Pages) -> None:
    payout = world.lived_in()
    world.reconcile(timedelta(0))
    run = finance.get("payout_runs.show", run_id=payout.run_id)
    found = finance.get("ledger.find", q=payout.id)
    assert f"/staff/ledger/find?q={payout.id}" in [link.get("href") for link in run.all("a")]
    assert "payout:" in found.text
    entry = queries.with_keys(world.session, [f"payout:{payout.id}:paid"]).popitem()[1]
    page = finance.get("ledger.transaction", transaction_id=entry.id)
    assert f"/staff/payouts/{payout.run_id}/payouts/{payout.id}" in [
        link.get("href") for link in page.all("a")
    ]
    assert "The same money at the payment service" in page.text
    with world.provider() as books:
        add_cents(books, "transfer", 1)
    world.reconcile(timedelta(0))
    assert "The amounts differ" in finance.get("ledger.transaction", transaction_id=entry.id).text


def test_an_open_difference_says_what_to_do_about_it(world: World, finance: Pages) -> None:
    world.lived_in()
    with world.provider() as books:
        add_cents(books, "charge", 1)
    run = world.reconcile(timedelta(0))
    for page in (
        finance.get("reconciliation.index"),
        finance.get("reconciliation.show", reconciliation_id=run.id),
    ):
        assert policy.ADVICE[DifferenceKind.AMOUNT_DIFFERS] in page.text
        assert policy.ADVICE[DifferenceKind.BALANCE_DIFFERS] in page.text
        assert policy.ADVICE[DifferenceKind.ONLY_OURS] not in page.text
    with world.provider() as books:
        add_cents(books, "charge", -1)
    world.session.expire_all()
    world.reconcile(timedelta(0))
    assert policy.ADVICE[DifferenceKind.AMOUNT_DIFFERS] not in finance.get("reconciliation.index").text


def test_the_manual_says_of_each_kind_what_the_page_says() -> None:
    manual = (Path(__file__).parents[3] / "docs" / "money.md").read_text("utf-8")
    for kind in DifferenceKind:
        [row] = [line for line in manual.splitlines() if line.startswith(f"| {policy.IN_WORDS[kind]} |")]
        assert row.endswith(f"| {policy.ADVICE[kind]} |")
