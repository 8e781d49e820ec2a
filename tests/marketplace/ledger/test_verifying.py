"""The books are proved by the clock: a broken rule is said once, stops payouts, and lets go when mended."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.identity.models import Role, mailbox
from marketplace.kit.application import Application
from marketplace.kit.money import Money
from marketplace.ledger import queries, service
from marketplace.ledger.errors import PayoutsStopped
from marketplace.ledger.models import PLATFORM, BooksCheck, BrokenRule, Kind
from marketplace.ledger.service import Checks, Entry
from marketplace.notifications.models import Notice
from marketplace.outbox.service import Handlers
from marketplace.payouts import queries as payout_queries
from marketplace.payouts import service as payouts
from tests.factories.identity import make_user
from tests.factories.ledger import REASON, STRIPE
from tests.factories.payouts import make_finance, make_payable, make_run

BROKEN = "I6: what is owed differs from what is held: usd by $0.01"


def look(app: Application, session: Session, *lines: str) -> None:
    """One look of the worker that finds these lines."""
    session.flush()
    service.verify(app.sessions, Checks({"a test": lambda _: lines}))
    session.expire_all()


def told(session: Session) -> list[Notice]:
    return list(session.scalars(select(Notice).where(Notice.kind == "ledger.rule_broken")))


def test_whole_books_leave_one_look_behind(app: Application, session: Session) -> None:
    session.flush()
    app.extensions["assay"][Handlers].remote["ledger.verify"](app.sessions, {})
    assert queries.standing(session) == []
    check = queries.last_check(session)
    assert check is not None
    assert check.broken_count == 0
    assert service.stop(session) is None


def test_a_broken_rule_is_told_once_and_again_when_it_breaks_again(
    app: Application, session: Session
) -> None:
    finance, admin = make_finance(session), make_user(session, roles=[Role.ADMIN])
    make_user(session, roles=[Role.OPS])
    for _ in range(3):
        look(app, session, BROKEN)
    assert {notice.user_id for notice in told(session)} == {finance.id, admin.id}
    assert len(told(session)) == 2
    assert len(session.scalars(select(BooksCheck)).all()) == 3
    (rule,) = queries.standing(session)
    assert (rule.rule, rule.lines) == ("I6", {"lines": [BROKEN]})
    look(app, session)
    assert queries.standing(session) == []
    look(app, session, BROKEN)
    assert len(told(session)) == 4
    assert len(session.scalars(select(BrokenRule)).all()) == 2


def test_a_broken_rule_stops_payouts_until_it_is_mended(app: Application, session: Session) -> None:
    make_payable(session)
    run = make_run(session)
    make_payable(session)
    look(app, session, BROKEN)
    for verb in (
        lambda: payouts.prepare_run(session, by=make_finance(session)),
        lambda: payouts.approve_run(session, run, by=make_finance(session)),
    ):
        with pytest.raises(PayoutsStopped, match="I6"):
            verb()
    look(app, session)
    payouts.approve_run(session, run, by=make_finance(session))


def test_what_waits_for_a_person_stops_nobody_else(app: Application, session: Session) -> None:
    """Else a payout that is not tried would be what keeps it from being tried."""
    look(app, session, "I10 payout 1 was sent and nobody tries it")
    assert len(queries.standing(session)) == 1
    assert service.stop(session) is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("ada@example.org", "ada+books@example.org", True),
        ("ada.byron@gmail.com", "adabyron+x@googlemail.com", True),
        ("ada.byron@example.org", "adabyron@example.org", False),
        ("ada@example.org", "ada@example.com", False),
    ],
)
def test_letters_to_two_addresses_may_reach_one_mailbox(one: str, other: str, same: bool) -> None:
    assert (mailbox(one) == mailbox(other)) is same


def test_one_person_behind_two_names_is_found(session: Session) -> None:
    one = make_user(session, roles=[Role.FINANCE], email="fin@example.org")
    two = make_user(session, roles=[Role.FINANCE], email="fin+second@example.org")
    other = make_finance(session)
    legs = [(STRIPE, (Kind.ADJUSTMENTS, PLATFORM), Money(100))]
    for key, approver in (("adj:1", two), ("adj:2", other)):
        entry = Entry(
            kind="correction", key=key, legs=legs, actor_id=one.id, approver_id=approver.id, reason=REASON
        )
        service.post(session, entry)
    (line,) = queries.one_person(session)
    assert line == f"I14 entry adj:1: {one.id} and {two.id} are one person"
    make_payable(session)
    run = payouts.prepare_run(session, by=one)
    session.flush()
    payouts.approve_run(session, run, by=other)
    other.email = "fin+third@example.org"  # two people then, one mailbox now
    session.flush()
    assert [line for line in payout_queries.broken(session) if line.startswith("I14")] == [
        f"I14 payout run {run.id}: {one.id} and {other.id} are one person"
    ]
