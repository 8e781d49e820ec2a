"""The manual rail: details kept sealed, one line and one reference a payout, one line of a statement ends one."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from config.policy import MONEY, PEOPLE
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.application import Application
from marketplace.kit.sealing import Sealer
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import PLATFORM, Kind
from marketplace.notifications.models import Notice
from marketplace.outbox.models import OutboxMessage
from marketplace.payouts import policy, queries, service
from marketplace.payouts.errors import AlarmFirst, NothingForTheBank, NotYourOwn, StatementRefused
from marketplace.payouts.models import BankLine, Payout, PayoutAccountState, PayoutRun, PayoutState, Rail
from marketplace.payouts.service import BankDetails, Taken, bank_file
from tests.factories.payouts import AMOUNT_MINOR, earn_available, make_expert, make_finance, make_run
from tests.pages import Pages

SEALER = Sealer("", "a key of tests")
IBAN = "DE89370400440532013000"
DETAILS = BankDetails(holder="Ada Byron", number=IBAN, code="COBADEFF", bank="Commerzbank")
LATER = timedelta(hours=MONEY.bank_change_hours, minutes=1)


def make_banked(session: Session, details: BankDetails = DETAILS) -> User:
    """Somebody with money available who is paid by bank transfer."""
    user = make_expert(session)
    service.give_bank(session, user=user, country="de", details=details, sealer=SEALER)
    earn_available(session, user)
    return user


def sent(session: Session, *people: User) -> tuple[PayoutRun, list[Payout], str]:
    """An approved run whose bank file was made: the run, the payouts in the order of people, the file."""
    run = make_run(session, approved=True)
    text = service.hand_over(session, run, by=make_finance(session), sealer=SEALER)
    session.flush()
    return run, [queries.payouts_of(session, user.id, None).rows[0] for user in people], text


def statement(*lines: tuple[str, str, str, str]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([("line", "date", "reference", "amount"), *lines])
    return out.getvalue().encode()


def left(
    payout: Payout, line: str = "B-1", minor: int | None = None, days: int = 0
) -> tuple[str, str, str, str]:
    amount = bank_file.plain_amount(minor or payout.amount_minor, "usd")
    return line, f"{clock.now() + timedelta(days=days):%Y-%m-%d}", str(payout.provider_key), f"-{amount}"


def back(payout: Payout, line: str = "B-2") -> tuple[str, str, str, str]:
    return (*left(payout, line)[:3], bank_file.plain_amount(payout.amount_minor, "usd"))


def books(session: Session, user: User) -> tuple[int, int]:
    session.flush()
    assert [*ledger.broken(session), *queries.broken(session)] == []
    kinds = (Kind.EXPERT_AVAILABLE, Kind.EXPERT_IN_TRANSIT)
    available, coming = (ledger.balance(session, kind, user.id) for kind in kinds)
    return available, coming


def test_details_are_sealed_and_four_digits_are_shown(session: Session) -> None:
    ada = make_banked(session)
    account = queries.account_of(session, ada.id)
    assert account is not None
    assert (account.rail, account.changed_at) == (Rail.MANUAL, None)
    assert IBAN not in str(vars(account))
    assert account.requirements["bank"] == {"name": "Commerzbank", "last4": "3000"}
    bob = make_banked(session)
    other = queries.account_of(session, bob.id)
    assert other is not None
    other.sealed = account.sealed  # copied to another row they are worth nothing
    _, (payout, lost), text = sent(session, ada, bob)
    assert (payout.state, lost.state) == (PayoutState.SENT, PayoutState.CANCELLED)
    assert text.count(IBAN) == 1


def test_a_second_file_holds_nothing_of_the_first(session: Session) -> None:
    ada, bob = make_banked(session), make_banked(session)
    run, finance = make_run(session), make_finance(session)
    (late,) = queries.payouts_of(session, bob.id, None).rows
    service.hold(session, late.id, by=finance, reason="A question about an invoice.")
    service.approve_run(session, run, by=make_finance(session))
    first = service.hand_over(session, run, by=finance, sealer=SEALER)
    service.let_go(session, late.id, by=make_finance(session), reason="The question is answered.")
    assert queries.bank_counts(session, run.id) == (1, 1, 1)
    with clock.shifted(timedelta(hours=1)):
        second = service.hand_over(session, run, by=finance, sealer=SEALER)
        assert service.hand_over(session, run, by=finance, sealer=SEALER) == second, "the newest one again"
    said = [[row["reference"] for row in csv.DictReader(io.StringIO(text))] for text in (first, second)]
    (early,) = queries.payouts_of(session, ada.id, None).rows
    assert said == [[early.provider_key], [late.provider_key]]
    service.take_statement(session, statement(left(late)), by=finance)
    assert queries.bank_counts(session, run.id) == (0, 1, 0)
    with pytest.raises(NothingForTheBank):
        service.hand_over(session, run, by=finance, sealer=SEALER)


def test_details_that_nothing_opens_stop_one_payout_until_they_are_given_again(
    session: Session, pages: Pages
) -> None:
    ada = make_banked(session)
    run = make_run(session, approved=True)
    account, other = queries.account_of(session, ada.id), Sealer("", "another key")
    assert account is not None
    assert service.reseal_banks(session, other) == (0, [ada.id])
    assert service.hand_over(session, run, by=make_finance(session), sealer=other) == ""
    (payout,) = queries.payouts_of(session, ada.id, None).rows
    assert payout.state is PayoutState.CANCELLED
    assert books(session, ada) == (AMOUNT_MINOR, 0)
    told = session.query(Notice).filter_by(user_id=ada.id, kind="payout.cancelled").one()
    assert ("give them again" in told.body, told.path) == (True, "/earnings/account")
    assert account.state is PayoutAccountState.RESTRICTED, "no run takes it again"
    pages.enter(ada)
    assert "Change the bank details" in pages.get("payouts.account").text
    service.give_bank(session, user=ada, country="de", details=DETAILS, sealer=other)
    assert (account.state, account.changed_at is None) == (PayoutAccountState.READY, False)
    with clock.shifted(LATER):
        again = make_run(session, approved=True)
        assert IBAN in service.hand_over(session, again, by=make_finance(session), sealer=other)


def test_a_file_of_nothing_but_lost_details_leads_back_to_the_run(session: Session, pages: Pages) -> None:
    ada = make_banked(session)  # sealed with a key that the product does not have
    run = make_run(session, approved=True)
    pages.enter(make_finance(session))
    assert pages.post("payout_runs.bank_file", run_id=run.id).location == f"/staff/payouts/{run.id}"
    assert "cannot be read" in pages.get("payout_runs.show", run_id=run.id).text
    session.expire_all()
    assert queries.payouts_of(session, ada.id, None).rows[0].state is PayoutState.CANCELLED


def test_the_file_has_one_line_and_one_reference_for_each_payout(session: Session) -> None:
    ada, bob = make_banked(session), make_banked(session)
    run, payouts, text = sent(session, ada, bob)
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["reference"] for row in rows} == {policy.reference(payout.id) for payout in payouts}
    assert {(row["account_number"], row["amount"], row["currency"]) for row in rows} == {
        (IBAN, "43.34", "USD")
    }
    assert {payout.state for payout in payouts} == {PayoutState.SENT}
    assert service.hand_over(session, run, by=make_finance(session), sealer=SEALER) == text
    assert not session.query(OutboxMessage).filter_by(handler="payouts.send").count()
    assert queries.unsettled(session) == []
    assert books(session, ada) == (0, AMOUNT_MINOR)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_nobodys_name_is_a_formula(session: Session, start: str) -> None:
    holder = f'{start}HYPERLINK("http://evil.example")'
    ada = make_banked(session, BankDetails(holder=holder, number=IBAN, code="COBADEFF", bank=f"{start}1"))
    _, _, text = sent(session, ada)
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert row["name"] == f"'{holder}"
    assert row["bank"] == f"'{start}1"


@given(st.text(max_size=40))
def test_what_is_harmless_stays_as_it_is(cell: str) -> None:
    said = bank_file.harmless(cell)
    assert not said.startswith(bank_file.FORMULA)
    assert said in {cell, f"'{cell}"}


def test_a_statement_pays_once_and_again_moves_nothing(session: Session) -> None:
    ada, bob = make_banked(session), make_banked(session)
    _, (first, second), _ = sent(session, ada, bob)
    held = ledger.balance(session, Kind.PLATFORM_BANK, PLATFORM)
    finance = make_finance(session)
    data = statement(left(first, "B-1"), left(second, "B-2"), ("B-3", "2026-11-27", "RENT", "-900.00"))
    assert service.take_statement(session, data, by=finance) == Taken(paid=2, others=1)
    assert books(session, ada) == (0, 0)
    assert (first.state, first.external_id) == (PayoutState.PAID, "bank:B-1")
    assert ledger.balance(session, Kind.PLATFORM_BANK, PLATFORM) == held - 2 * AMOUNT_MINOR
    for _ in range(2):
        assert service.take_statement(session, data, by=finance) == Taken(known=2, others=1)
    assert ledger.balance(session, Kind.PLATFORM_BANK, PLATFORM) == held - 2 * AMOUNT_MINOR
    assert session.query(BankLine).count() == 2


def test_what_the_bank_sends_back_is_available_again(session: Session) -> None:
    ada = make_banked(session)
    _, (payout,), _ = sent(session, ada)
    finance = make_finance(session)
    service.take_statement(session, statement(left(payout)), by=finance)
    for _ in range(2):
        service.take_statement(session, statement(left(payout), back(payout)), by=finance)
        assert books(session, ada) == (AMOUNT_MINOR, 0)
    assert (payout.state, payout.standing) == (PayoutState.PAID, PayoutState.FAILED)
    told = session.query(Notice).filter_by(user_id=ada.id, kind="payout.returned").one()
    assert told.title == "$43.34 is back in Available"
    with pytest.raises(StatementRefused, match="not out"):
        service.take_statement(session, statement(back(payout, "B-9")), by=finance)
    again = make_run(session)
    assert again.total_minor == AMOUNT_MINOR, "the next run makes a new payout of it"


def test_out_and_back_in_one_file(session: Session) -> None:
    ada = make_banked(session)
    _, (payout,), _ = sent(session, ada)
    data = statement(back(payout, "B-2"), left(payout, "B-1"))
    assert service.take_statement(session, data, by=make_finance(session)) == Taken(paid=1, returned=1)
    assert books(session, ada) == (AMOUNT_MINOR, 0)


WRONG = {
    "a cent too little": (lambda p: [left(p, minor=p.amount_minor - 1)], r"\$43\.33 is not \$43\.34"),
    "twice in one file": (lambda p: [left(p, "B-1"), left(p, "B-2")], "two lines"),
    "one number twice": (lambda p: [left(p, "B-1"), left(p, "B-1")], "stands in the file twice"),
    "back before out": (lambda p: [back(p)], "has not left"),
    "to come": (lambda p: [left(p, days=2)], "has not come yet"),
    "before it was sent": (lambda p: [left(p, days=-2)], "before this payout was sent"),
    "no date": (lambda p: [("B-1", "27.11.2026", str(p.provider_key), "-43.34")], "is no date"),
    "no amount": (lambda p: [("B-1", "2026-11-27", str(p.provider_key), "much")], "is no amount"),
    "a comma": (lambda p: [("B-1", "2026-11-27", str(p.provider_key), "-43,34")], "is no amount"),
    "unseen": (lambda p: [("B-1\0", "2026-11-27", str(p.provider_key), "-43.34")], "cannot be seen"),
    "no number": (lambda p: [("", "2026-11-27", str(p.provider_key), "-43.34")], "number of the line"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_bad_file_gets_a_sentence_and_moves_nothing(session: Session, name: str) -> None:
    ada, bob = make_banked(session), make_banked(session)
    _, (payout, other), _ = sent(session, ada, bob)
    lines, said = WRONG[name]
    data = statement(left(other, "GOOD"), *lines(payout))
    with pytest.raises(StatementRefused, match=said) as refused:
        service.take_statement(session, data, by=make_finance(session))
    assert len(refused.value.lines) == 1
    assert {payout.state, other.state} == {PayoutState.SENT}
    assert books(session, bob) == (0, AMOUNT_MINOR)


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff\xfe\x00", b"a,b\n1,2\n", b'line,date,reference,amount\n"open', b"line,date\n"],
)
def test_a_file_that_is_none_gets_a_sentence(session: Session, data: bytes) -> None:
    with pytest.raises(StatementRefused):
        service.take_statement(session, data, by=make_finance(session))


@given(st.binary(max_size=300))
def test_any_bytes_are_lines_or_sentences(data: bytes) -> None:
    lines, wrong = bank_file.read(data)
    assert all(sentence.endswith(".") for sentence in wrong)
    assert all(type(line.amount_minor) is int for line in lines)


@given(st.lists(st.tuples(st.integers(-(10**9), 10**9), st.dates()), max_size=8))
def test_what_a_bank_writes_is_read(rows: list[tuple[int, Any]]) -> None:
    lines = [
        (
            f"B-{n}",
            on.isoformat(),
            "REF",
            f"{'-' if minor < 0 else ''}{bank_file.plain_amount(abs(minor), 'usd')}",
        )
        for n, (minor, on) in enumerate(rows)
    ]
    read, wrong = bank_file.read(statement(*lines))
    assert wrong == []
    assert [(line.amount_minor, line.on) for line in read] == rows


def test_semicolons_and_spaces_are_read(session: Session) -> None:
    ada = make_banked(session)
    _, (payout,), _ = sent(session, ada)
    key = str(payout.provider_key)
    apart = f"{key[:10]} {key[10:]}".lower()
    today = f"{clock.now():%Y-%m-%d}"
    data = f"\ufeffLine;Date;Reference;Amount\nB-1;{today};{apart};-43.34\n".encode()
    assert service.take_statement(session, data, by=make_finance(session)).paid == 1


def test_other_details_cancel_what_was_not_sent_and_wait(session: Session) -> None:
    ada = make_banked(session)
    make_run(session, approved=True)
    other = BankDetails(holder="Ada Byron", number="GB82WEST12345698765432", code="WESTGB2L", bank="West")
    service.give_bank(session, user=ada, country="gb", details=other, sealer=SEALER)
    (payout,) = queries.payouts_of(session, ada.id, None).rows
    assert payout.state is PayoutState.CANCELLED
    assert books(session, ada) == (AMOUNT_MINOR, 0)
    kinds = {notice.kind for notice in session.query(Notice).filter_by(user_id=ada.id)}
    assert {"payout_account.changed", "payout.cancelled"} <= kinds
    assert service.may_ask(session, ada.id) is not None
    with clock.shifted(LATER):
        service.ask(session, by=ada)


def test_the_same_details_again_change_nothing(session: Session) -> None:
    ada = make_banked(session)
    make_run(session, approved=True)
    account = service.give_bank(session, user=ada, country="de", details=DETAILS, sealer=SEALER)
    assert account.changed_at is None
    assert queries.payouts_of(session, ada.id, None).rows[0].state is PayoutState.APPROVED


def test_what_is_in_no_file_in_time_ends(session: Session) -> None:
    ada = make_banked(session)
    run = make_run(session, approved=True)
    with clock.shifted(timedelta(days=MONEY.unsent_days, minutes=1)):
        service.sweep_runs(session)
    assert queries.payouts_of(session, ada.id, None).rows[0].state is PayoutState.CANCELLED
    assert books(session, ada) == (AMOUNT_MINOR, 0)
    with pytest.raises(NothingForTheBank):
        service.hand_over(session, run, by=make_finance(session), sealer=SEALER)


def test_what_our_bank_does_not_take_fails_with_its_reason(session: Session) -> None:
    ada = make_banked(session)
    _, (payout,), _ = sent(session, ada)
    reason = "Our bank does not know this BIC any more."
    service.not_taken(session, payout.id, by=make_finance(session), reason=reason)
    assert (payout.state, payout.hold_reason) == (PayoutState.FAILED, reason)
    assert books(session, ada) == (AMOUNT_MINOR, 0)
    told = session.query(Notice).filter_by(user_id=ada.id, kind="payout.failed").one()
    assert "BIC" in told.body


def test_what_left_though_it_had_failed_here_is_an_alarm_and_the_rest_of_the_file_goes_on(
    session: Session, pages: Pages
) -> None:
    ada, bob, eve = (make_banked(session) for _ in range(3))
    run, finance = make_run(session), make_finance(session)
    wrong, right, late = (queries.payouts_of(session, one.id, None).rows[0] for one in (ada, bob, eve))
    service.hold(session, late.id, by=finance, reason="A question about an invoice.")
    service.approve_run(session, run, by=make_finance(session))
    service.hand_over(session, run, by=finance, sealer=SEALER)
    service.not_taken(session, wrong.id, by=finance, reason="Our bank does not know this BIC any more.")
    held = ledger.balance(session, Kind.PLATFORM_BANK, PLATFORM)
    data = statement(left(wrong, "B-1"), left(right, "B-2"))
    assert service.take_statement(session, data, by=finance) == Taken(paid=1, alarms=1)
    assert service.take_statement(session, data, by=finance) == Taken(known=2)
    assert (right.state, wrong.state) == (PayoutState.PAID, PayoutState.FAILED)
    assert ledger.balance(session, Kind.PLATFORM_BANK, PLATFORM) == held - AMOUNT_MINOR
    assert wrong.alarm == "line B-1 says our bank paid it, and it had failed here"
    assert any("line B-1" in line for line in queries.broken(session))
    assert session.query(Notice).filter_by(user_id=run.prepared_by_id, kind="payout.alarm").count() == 1
    service.let_go(session, late.id, by=make_finance(session), reason="The question is answered.")
    with pytest.raises(AlarmFirst):
        service.hand_over(session, run, by=finance, sealer=SEALER)
    pages.enter(finance)
    shown = pages.get("payout_runs.show", run_id=run.id).text
    assert "It is put right" in shown
    assert "Search again" not in shown
    service.look_again(session, wrong.id, by=finance, reason="A correction of our bank, and she was asked.")
    assert not session.query(OutboxMessage).filter_by(handler="payouts.send").count()
    assert str(policy.reference(late.id)) in service.hand_over(session, run, by=finance, sealer=SEALER)
    with pytest.raises(StatementRefused, match="another line"):
        service.take_statement(session, statement(left(wrong, "B-7")), by=finance)
    assert service.take_statement(session, statement(back(wrong, "B-8")), by=finance) == Taken(alarms=1)
    assert "brought it back" in str(wrong.alarm)


def test_an_alarm_of_money_somebody_asked_for_goes_to_finance(session: Session) -> None:
    ada, finance = make_banked(session), make_finance(session)
    run = service.ask(session, by=ada)
    service.approve_run(session, run, by=finance)
    service.hand_over(session, run, by=finance, sealer=SEALER)
    (payout,) = queries.payouts_of(session, ada.id, None).rows
    service.not_taken(session, payout.id, by=finance, reason="Our bank does not know this BIC any more.")
    service.take_statement(session, statement(left(payout)), by=finance)
    told = {notice.user_id for notice in session.query(Notice).filter_by(kind="payout.alarm")}
    assert finance.id in told
    assert ada.id not in told


def test_a_payout_ended_on_the_day_of_its_bank(session: Session) -> None:
    ada = make_banked(session)
    _, (payout,), _ = sent(session, ada)
    line = left(payout)
    with clock.shifted(timedelta(days=40)):
        service.take_statement(session, statement(line), by=make_finance(session))
    assert payout.ended_at is not None
    assert payout.sent_at is not None
    assert payout.ended_at - payout.sent_at < timedelta(days=1), "not the day of the import: taxes ask"


def test_nobody_handles_their_own_money(session: Session) -> None:
    ada = make_banked(session)
    run = make_run(session, approved=True)
    with pytest.raises(NotYourOwn):
        service.hand_over(session, run, by=ada, sealer=SEALER)
    service.hand_over(session, run, by=make_finance(session), sealer=SEALER)
    (payout,) = queries.payouts_of(session, ada.id, None).rows
    for verb in (
        lambda: service.take_statement(session, statement(left(payout)), by=ada),
        lambda: service.not_taken(session, payout.id, by=ada, reason="I would rather have it back."),
    ):
        with pytest.raises(NotYourOwn):
            verb()


@pytest.mark.parametrize(
    ("number", "right"),
    [
        (IBAN, True),
        ("DE89 3704 0044 0532 0130 00", True),
        ("DE88370400440532013000", False),
        ("12345678", True),
        ("=1+1", False),
        ("12", False),
    ],
)
def test_numbers_are_checked_as_far_as_they_say_themselves(number: str, right: bool) -> None:
    assert (bank_file.number_problem(number) is None) is right


@pytest.mark.parametrize(
    ("code", "right"),
    [("021000021", True), ("021000022", False), ("COBADEFF", True), ("40-30-20", True), ("X", False)],
)
def test_codes_are_checked_too(code: str, right: bool) -> None:
    assert (bank_file.code_problem(code) is None) is right


def test_the_pages_from_the_details_to_the_statement(
    app: Application, session: Session, pages: Pages
) -> None:
    ada, finance = make_expert(session), make_finance(session)
    earn_available(session, ada)
    pages.enter(ada)
    wrong = pages.post(
        "payouts.give_bank", {"country": "DE", "holder": "Ada", "number": "DE00123", "code": "x"}
    )
    assert wrong.status == 422
    assert "does not add up" in wrong.errors()
    form = {"country": "DE", "holder": "Ada Byron", "number": IBAN, "code": "COBADEFF", "bank": "Commerzbank"}
    assert pages.post("payouts.give_bank", form).location == "/earnings/account"
    shown = pages.get("payouts.account").text
    assert "ending 3000" in shown
    assert IBAN not in shown
    run = make_run(session, approved=True)
    pages.enter(finance)
    file = pages.post("payout_runs.bank_file", run_id=run.id)
    assert (file.status, file.answer.mimetype) == (200, "text/csv")
    assert IBAN in file.answer.text
    (payout,) = queries.payouts_of(session, ada.id, None).rows
    assert str(payout.provider_key) in pages.get("payout_runs.statement").text
    bad = pages.post("payout_runs.statement", {"file": (io.BytesIO(b"nothing"), "s.csv")})
    assert bad.status == 422
    assert "line is missing" in bad.text
    good = {"file": (io.BytesIO(statement(left(payout))), "s.csv")}
    assert pages.post("payout_runs.statement", good).status == 303
    assert "1 paid" in pages.get("payout_runs.statement").text
    session.refresh(payout)
    assert payout.state is PayoutState.PAID


def test_bank_details_are_behind_the_password(session: Session, pages: Pages) -> None:
    pages.enter(make_expert(session))
    with clock.shifted(timedelta(minutes=PEOPLE.proof_minutes, seconds=1)):
        assert pages.get("payouts.give_bank").location == "/prove?next=/earnings/account/bank"
