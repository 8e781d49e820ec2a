"""The earnings page: each amount with where it is, its reason and its next date."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.policy import MONEY
from marketplace.identity.models import Role
from marketplace.kit import clock, ids
from marketplace.ledger import queries as books
from marketplace.ledger import service as ledger
from marketplace.ledger.models import PLATFORM, Kind, LedgerTransaction
from marketplace.ledger.service import Entry
from marketplace.payouts import policy, queries, service
from marketplace.payouts.models import EarningKind, EarningState
from tests.factories.identity import make_user
from tests.factories.ledger import leg
from tests.factories.payouts import earn, earn_available, make_expert, make_finance, make_payable, make_run
from tests.factories.reviews import author, decided, make_waiting
from tests.factories.submissions import make_submission
from tests.pages import Pages
from workspace.reviews.models import Verdict

WHY = "The same answer was handed in under two names, case 17"


def test_the_first_page_says_what_will_stand_here(pages: Pages, session: Session) -> None:
    page = pages.enter(make_expert(session)).get("payouts.earnings")
    assert "Your first approved task appears on this page" in page.text
    for show in ("review", "hold", "available", "way", "paid", "refused", "reversed"):
        assert "Show everything" in pages.get("payouts.earnings", show=show).text
    assert pages.get("payouts.earnings", show="nonsense").status == 200


def test_each_filter_shows_its_own(pages: Pages, session: Session) -> None:
    ada = make_payable(session, amount_minor=1_234)
    make_run(session)
    earn_available(session, ada, 2_345)
    earn(session, ada, 3_456)
    pages.enter(ada)
    shown = {
        show: [minor for minor in ("$12.34", "$23.45", "$34.56") if f">{minor}<" in rows(pages, show)]
        for show in ("", "hold", "available", "way", "paid")
    }
    assert shown == {
        "": ["$12.34", "$23.45", "$34.56"],
        "hold": ["$34.56"],
        "available": ["$23.45"],  # as the figure above it
        "way": ["$12.34"],
        "paid": [],
    }


def rows(pages: Pages, show: str) -> str:
    """The table of the list, as it was sent."""
    text = pages.get("payouts.earnings", show=show or None).answer.text
    return text.partition("<tbody")[2].partition("</tbody>")[0]


def test_work_in_review_stands_first_with_the_time_it_is_decided_by(pages: Pages, session: Session) -> None:
    submission = make_submission(session)
    pages.enter(submission.assignment.expert.user)
    for show in ("", "review"):
        page = pages.get("payouts.earnings", show=show or None)
        assert "Decided by" in page.text
        assert f"/submissions/{submission.id}" in page.answer.text


def test_work_that_was_not_approved_says_why(pages: Pages, session: Session) -> None:
    submission = make_waiting(session)
    decided(session, submission, Verdict.REJECT)
    pages.enter(author(session, submission))
    page = pages.get("payouts.earnings", show="refused")
    assert "Not approved" in page.text
    assert "stays reserved until" in page.text
    assert f"/submissions/{submission.id}" in page.answer.text


def test_what_was_taken_back_says_so_with_its_reason(pages: Pages, session: Session) -> None:
    ada = make_expert(session)
    earning = earn(session, ada, 777)
    taken = Entry(
        kind="claim_clawback",
        key=f"{earning.ledger_key.rpartition(':')[0]}:clawback",
        legs=[leg((Kind.EXPERT_PENDING, ada.id), (Kind.STRIPE_BALANCE, PLATFORM), 777)],
        actor_id=make_user(session).id,
        approver_id=make_user(session).id,
        reason=WHY,
    )
    ledger.post_all(session, [taken])
    earning.move(EarningState.REVERSED)
    pages.enter(ada)
    assert WHY in pages.get("payouts.earnings", show="reversed").text
    assert WHY in pages.get("payouts.earning", earning_id=earning.id).text
    assert "Taken back" in pages.get("payouts.earnings").text
    assert books.undone(session, []) == {}


def test_a_reversal_is_found_by_what_it_reverses(session: Session) -> None:
    ada = make_expert(session)
    earning = earn(session, ada, 777)
    other = earn(session, ada, 100)
    posted = session.scalars(
        select(LedgerTransaction).where(LedgerTransaction.idempotency_key == earning.ledger_key)
    ).one()
    back = ledger.reverse(
        session,
        posted,
        key="adj:1",
        actor_id=make_user(session).id,
        approver_id=make_user(session).id,
        reason=WHY,
    )
    found = books.undone(session, [earning.ledger_key, other.ledger_key])
    assert {key: row.id for key, row in found.items()} == {earning.ledger_key: back.transaction.id}


def test_whoever_looks_finds_their_hold_over_on_time(pages: Pages, session: Session) -> None:
    ada, bob = make_expert(session), make_expert(session)
    earn(session, ada, 777)
    earn(session, bob, 888)
    session.flush()
    with clock.shifted(timedelta(days=MONEY.hold_days, minutes=1)):
        page = pages.enter(ada).get("payouts.earnings")
        assert page.status == 303
        session.expire_all()
        assert books.balance(session, Kind.EXPERT_AVAILABLE, ada.id) == 777
        assert pages.get(page.location).status == 200
        assert service.mature_due(session) == 1  # the other one waits for the worker
    assert queries.broken(session) == []


def test_a_hold_that_finance_ended_says_so(pages: Pages, session: Session) -> None:
    ada = make_expert(session)
    earning = earn(session, ada, 777)
    page = pages.enter(ada).get("payouts.earning", earning_id=earning.id)
    assert "ended early" not in page.text
    service.release_hold(
        session, ada.id, by=make_finance(session), reason="Agreed with the company on the phone."
    )
    session.flush()
    assert "but it was ended early" in pages.get("payouts.earning", earning_id=earning.id).text


def test_what_waits_for_a_decision_says_so_instead_of_a_date(pages: Pages, session: Session) -> None:
    ada, finance = make_expert(session), make_user(session, roles=[Role.FINANCE])
    earning, case_id = earn(session, ada, 777), ids.new_id()
    earning.case_id = case_id
    session.flush()
    with clock.shifted(timedelta(days=MONEY.hold_days, minutes=1)):
        for where in (("payouts.earnings", {}), ("payouts.earning", {"earning_id": earning.id})):
            page = pages.enter(ada).get(where[0], **where[1])
            links = [link.get("href") for link in page.all("a")]
            assert "Waits for a decision" in page.text
            assert f"/earnings/questions/{case_id}" in links
        assert "$7.77 waits for a decision" in pages.get("payouts.earnings").text
        assert queries.next_available_at(session, ada.id) is None
        assert "Nothing is on hold" in pages.enter(finance, "finance").get("payout_runs.holds").text


def test_every_kind_has_a_name() -> None:
    assert [kind.title for kind in EarningKind] == [
        "Task",
        "Part pay",
        "Cancellation pay",
        "Screening",
        "Review fee",
        "Adjudication fee",
        "Bonus",
        "Goodwill",
    ]


@pytest.mark.parametrize(
    ("sent", "there"), [(23, 25), (25, 27), (26, 30), (27, 1), (28, 1), (29, 1), (30, 2)]
)
def test_banks_do_not_work_at_weekends(sent: int, there: int) -> None:
    by = policy.arrives_by(datetime(2026, 11, sent, 12, tzinfo=UTC))
    assert by == date(2026, 12 if there < 20 else 11, there)


def test_the_year_begins_in_utc() -> None:
    assert policy.year_start(datetime(2026, 12, 31, 23, 59, tzinfo=UTC)) == datetime(2026, 1, 1, tzinfo=UTC)
