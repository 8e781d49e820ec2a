"""A verb of money that breaks off at any statement leaves nothing half done, and does all of it afterwards."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.policy import WORK
from marketplace.applications import queries as applications
from marketplace.billing import service as billing
from marketplace.billing.models import Refund
from marketplace.bonuses import service as bonuses
from marketplace.companies import queries as companies
from marketplace.experts import queries as experts
from marketplace.identity.models import User
from marketplace.kit import clock, ids
from marketplace.kit.application import Application
from marketplace.kit.database import transaction
from marketplace.ledger.service import Checks
from marketplace.payouts import service as payouts
from marketplace.payouts.models import PayoutRun
from marketplace.projects import queries as projects
from marketplace.projects import service as funding
from tests.factories.appeals import RULING, STATEMENT, appealed, drawn, make_judge, rejected
from tests.factories.billing import make_deposit, make_payer
from tests.factories.bonuses import a_gift, a_promise, approved, make_bonus
from tests.factories.experts import make_expert
from tests.factories.payouts import REASON, earn, make_approved_payout, make_finance, make_payable, make_run
from tests.factories.projects import fill_wallet, make_owner, make_project
from tests.factories.queue import engaged, make_assignment, make_tasks
from tests.factories.reviews import EXAMPLE, FRESH, make_review, make_reviewer, make_waiting, rule, settle
from tests.factories.screenings import answer_all, draw, make_grader, make_grading, make_screening
from tests.money.company_events import bounced, coming, paid
from tests.money.provider import Played
from workspace.queue import queries as assignments
from workspace.queue import service as queue
from workspace.queue.models import Assignment
from workspace.reviews import service as reviews
from workspace.reviews.models import Outcome, Verdict
from workspace.reviews.service import Ruling
from workspace.screenings import service as screenings

TABLES = (
    "ledger_accounts",
    "ledger_transactions",
    "ledger_postings",
    "earnings",
    "assignments",
    "submissions",
    "reviews",
    "tasks",
    "screenings",
    "projects",
    "project_fundings",
    "bonus_rules",
    "bonus_payments",
    "given_bonuses",
    "deposits",
    "refunds",
    "payout_runs",
    "payouts",
    "outbox_messages",
    "audit_records",
    "appeals",
)
Verb = Callable[[Session], Any]


class BrokenOff(Exception):
    """The connection is gone, the machine is off, somebody stopped the process."""


@dataclass
class Case:
    """A verb that is ready to be done, and how much later it is."""

    verb: Verb
    after: timedelta = timedelta()


def claim(session: Session) -> Case:
    project, expert = make_project(session, **EXAMPLE), make_expert(session, tier="licensed")
    make_tasks(session, project, 2)
    engagement = engaged(session, expert, project).id

    def verb(s: Session) -> None:
        who = experts.expert(s, expert.id)
        assert who is not None
        known = applications.active_engagement(s, expert.id, project.id)
        assert known is not None
        assert known.id == engagement
        there = projects.project(s, project.id)
        assert there is not None
        queue.claim(s, user=who.user, expert=who, engagement=known, project=there)

    return Case(verb)


def release(session: Session) -> Case:
    held = make_assignment(session, **EXAMPLE, expert=make_expert(session, tier="licensed"))
    return Case(lambda s: queue.release(s, lock(s, held.id), by=lock(s, held.id).expert.user, reason="left"))


def stop(session: Session) -> Case:
    held = make_assignment(session, tasks=3)
    queue.expire(session, held)  # stopping is for half of what one begins
    session.flush()
    again = make_assignment(session, project=held.project, expert=held.expert)

    def verb(s: Session) -> None:
        whole = lock(s, again.id)
        queue.stop(s, whole, by=whole.expert.user, reason="unclear", note="", active_seconds=200)

    return Case(verb)


def cancel(session: Session) -> Case:
    held = make_assignment(session)

    def verb(s: Session) -> None:
        queue.cancel(s, lock(s, held.id), reason="We start anew.", active_seconds=200)

    return Case(verb)


def expire(session: Session) -> Case:
    held = make_assignment(session)
    return Case(lambda s: queue.expire(s, lock(s, held.id)))


def verdict(kind: Verdict) -> Callable[[Session], Case]:
    def make(session: Session) -> Case:
        review = rule(session, make_review(session), kind).id
        return Case(lambda s: reviews.decide(s, review), after=FRESH)

    return make


def approve_by_clock(session: Session) -> Case:
    waiting = make_waiting(session).id
    return Case(lambda s: reviews.approve_late(s, waiting), after=timedelta(hours=73))


def reject_for_good(session: Session) -> Case:
    review = settle(session, rule(session, make_review(session), Verdict.REJECT))
    thing = review.submission_id
    return Case(lambda s: reviews.reject_for_good(s, thing), after=timedelta(days=8))


def screening_by_key(session: Session) -> Case:
    screening = make_screening(session, started=True, keyed=1)
    answer_all(session, screening)
    return Case(lambda s: screenings.submit(s, applications.lock_screening(s, screening.id)))  # type: ignore[arg-type]


def screening_no_effort(session: Session) -> Case:
    screening, grader = make_grading(session), make_grader(session)
    assert draw(session, grader) == screening.id
    note = "Every box holds the same word, and nothing of the prompt was read at all here."

    def verb(s: Session) -> None:
        found = applications.lock_screening(s, screening.id)
        assert found is not None
        screenings.find_no_effort(s, found, reviewer=s.get_one(User, grader.id), note=note)

    return Case(verb)


def fund(session: Session) -> Case:
    project = make_project(session, state="awaiting_funds")
    by, form = make_owner(session, project.company), ids.new_id()
    fill_wallet(session, project.company, 90_000)

    def verb(s: Session) -> None:
        there, who = projects.lock(s, project.id), s.get_one(User, by.id)
        funding.fund(s, there, by=who, amount_minor=80_000, form_key=form)

    return Case(verb)


def close(session: Session) -> Case:
    project = make_project(session, state="closing")
    return Case(lambda s: funding.close(s, projects.lock(s, project.id), has_live_work=False))


def promise_bonus(session: Session) -> Case:
    project, form = make_project(session), ids.new_id()
    by, promise = make_owner(session, project.company), a_promise()

    def verb(s: Session) -> None:
        there, who = projects.lock(s, project.id), s.get_one(User, by.id)
        bonuses.publish_bonus(s, there, by=who, promise=promise, form_key=form)

    return Case(verb)


def settle_bonus(session: Session) -> Case:
    project, reviewer = make_project(session, overlap=2), make_reviewer(session)
    make_tasks(session, project)
    promised = make_bonus(session, project, answers=1, places=3).id
    for _ in range(2):
        approved(session, make_expert(session), project, reviewer)
    return Case(lambda s: reviews.settle_bonus(s, {"rule_id": str(promised)}), after=timedelta(days=8))


def give_bonus(session: Session) -> Case:
    project, expert, form = make_project(session, budget_minor=2_500), make_expert(session), ids.new_id()
    engaged(session, expert, project)
    by, gift = make_owner(session, project.company), a_gift(expert)

    def verb(s: Session) -> None:
        there, who = projects.lock(s, project.id), s.get_one(User, by.id)
        reviews.give_bonus(s, there, by=who, gift=gift, form_key=form)

    return Case(verb)


def deposit_arrives(session: Session) -> Case:
    deposit = make_deposit(session)
    said = paid(deposit.id, deposit.amount_minor, fee=2_930)
    return Case(lambda s: billing.apply(s, said))


def bank_debit_fails(session: Session) -> Case:
    deposit = make_deposit(session)
    billing.apply(session, coming(deposit.id, deposit.amount_minor))
    said = bounced(deposit.id, deposit.amount_minor)
    return Case(lambda s: billing.apply(s, said))


def ask_refund(session: Session) -> Case:
    member = make_payer(session)
    for _ in range(2):
        deposit = make_deposit(session, by=member)
        billing.apply(session, paid(deposit.id, deposit.amount_minor, fee=30))
    form, user = ids.new_id(), member.user_id

    def verb(s: Session) -> None:
        by = companies.membership(s, user)
        assert by is not None
        billing.ask(s, by=by, amount_minor=150_000, form_key=form)

    return Case(verb)


def decline_refund(session: Session) -> Case:
    ask_refund(session).verb(session)
    refund, by = session.query(Refund).first(), make_finance(session)
    assert refund is not None
    verb = billing.decline
    return Case(lambda s: verb(s, refund.id, by=s.get_one(User, by.id), reason="It is being looked at."))


def hold_over(session: Session) -> Case:
    for _ in range(2):
        earn(session, make_payable(session))
    return Case(payouts.mature_due, after=timedelta(days=4))


def release_hold(session: Session) -> Case:
    user, by = make_payable(session), make_finance(session)
    earn(session, user)
    return Case(lambda s: payouts.release_hold(s, user.id, by=s.get_one(User, by.id), reason=REASON))


def prepare_run(session: Session) -> Case:
    by = make_finance(session)
    for _ in range(2):
        make_payable(session)
    return Case(lambda s: payouts.prepare_run(s, by=s.get_one(User, by.id)))


def run_decided(name: str) -> Callable[[Session], Case]:
    def make(session: Session) -> Case:
        make_payable(session)
        run, by = make_run(session), make_finance(session, "Otto Second")
        verb = getattr(payouts, name)
        return Case(lambda s: verb(s, s.get_one(PayoutRun, run.id), by=s.get_one(User, by.id)))

    return make


def open_an_appeal(session: Session) -> Case:
    wrong = rejected(session)
    by, about = wrong.user_id, wrong.id
    return Case(lambda s: reviews.open_appeal(s, about, by=s.get_one(User, by), statement=STATEMENT))


def decide_an_appeal(session: Session) -> Case:
    judge = make_judge(session)
    appeal, by = drawn(session, judge, appealed(session)).id, judge.id
    ruling = Ruling(**{**RULING, "outcome": Outcome.IN_PART, "share": 50})
    return Case(lambda s: reviews.decide_appeal(s, appeal, ruling, judge=s.get_one(User, by)))


def late_appeal(session: Session) -> Case:
    about = appealed(session).submission_id
    return Case(
        lambda s: reviews.reject_for_good(s, about), after=timedelta(days=WORK.appeal_decide_days + 1)
    )


def lock(session: Session, assignment_id: Any) -> Assignment:
    """The assignment as a verb takes it."""
    return assignments.lock_assignment(session, assignment_id)


CASES: dict[str, Callable[[Session], Case]] = {
    "claim": claim,
    "release": release,
    "stop": stop,
    "cancel": cancel,
    "expire": expire,
    "approve": verdict(Verdict.APPROVE),
    "ask for changes": verdict(Verdict.ASK_FOR_CHANGES),
    "reject": verdict(Verdict.REJECT),
    "approve by the clock": approve_by_clock,
    "reject for good": reject_for_good,
    "open an appeal": open_an_appeal,
    "decide an appeal in part": decide_an_appeal,
    "an appeal is late": late_appeal,
    "screening by key": screening_by_key,
    "screening without effort": screening_no_effort,
    "fund": fund,
    "close": close,
    "promise a bonus": promise_bonus,
    "settle a bonus": settle_bonus,
    "give a bonus": give_bonus,
    "deposit arrives": deposit_arrives,
    "bank debit fails": bank_debit_fails,
    "ask for a refund": ask_refund,
    "decline a refund": decline_refund,
    "hold over": hold_over,
    "release a hold": release_hold,
    "prepare a run": prepare_run,
    "approve a run": run_decided("approve_run"),
    "cancel a run": run_decided("cancel_run"),
}


@pytest.mark.parametrize("name", CASES)
def test_nothing_is_half_done_wherever_it_breaks_off(app: Application, session: Session, name: str) -> None:
    case = CASES[name](session)
    session.flush()
    connection = session.connection()
    before, broken_off = rows(connection), 0
    with clock.shifted(case.after):
        while breaks_off(app, connection, case.verb, at=broken_off + 1):
            broken_off += 1
            assert rows(connection) == before, f"{name} left something at its {broken_off}. statement"
    assert broken_off >= 3
    assert rows(connection) != before  # at last nothing stood in its way
    assert broken_rules(app) == []


def test_a_payout_is_one_transfer_wherever_its_sending_breaks_off(app: Application, session: Session) -> None:
    payout = make_approved_payout(session)
    session.flush()
    connection, at, finished = session.connection(), 0, False
    while not finished:
        at, provider, savepoint = at + 1, Played(), connection.begin_nested()
        finished = not stops_sending(app, connection, provider, payout.id, at=at)
        for minutes in (6, 20):  # a call that was under way is over by then
            with clock.shifted(timedelta(minutes=minutes)):
                payouts.send(app.sessions, provider, payout.id)  # type: ignore[arg-type]
        assert len(provider.sent) == 1, f"broken off at {at}"
        state = connection.exec_driver_sql("SELECT state FROM payouts").scalar_one()
        assert (state, broken_rules(app)) == ("paid", []), f"broken off at {at}"
        savepoint.rollback()
    assert at > 8


def stops_sending(
    app: Application, connection: sa.Connection, provider: Played, payout_id: Any, *, at: int
) -> bool:
    """Send it, and break off before statement number `at`; False: it has no so many."""
    with failing(connection, at):
        try:
            payouts.send(app.sessions, provider, payout_id)  # type: ignore[arg-type]
        except BrokenOff:
            return True
    return False


def broken_rules(app: Application) -> list[str]:
    """What `ledger verify` says."""
    with transaction(app.sessions, write=False) as session:
        checks: Checks = app.extensions["assay"][Checks]
        return checks.broken(session)


def breaks_off(app: Application, connection: sa.Connection, verb: Verb, *, at: int) -> bool:
    """Do the verb, and break off before its statement number `at`; False: it has no so many."""
    with failing(connection, at):
        try:
            with transaction(app.sessions) as session:
                verb(session)
        except BrokenOff:
            return True
    return False


@contextmanager
def failing(connection: sa.Connection, at: int) -> Iterator[None]:
    """The statement of this number does not come through; on PostgreSQL, where they cost more, writes count."""
    counts = ("INSERT", "UPDATE", "DELETE", "WITH")
    if connection.dialect.name == "sqlite":
        counts += ("SELECT",)
    seen = 0

    def look(_: Any, __: Any, statement: str, *___: Any) -> None:
        nonlocal seen
        if statement.lstrip().upper().startswith(counts):
            seen += 1
            if seen == at:
                raise BrokenOff

    sa.event.listen(connection, "before_cursor_execute", look)
    try:
        yield
    finally:
        sa.event.remove(connection, "before_cursor_execute", look)


def rows(connection: sa.Connection) -> dict[str, list[str]]:
    """Everything that money leaves behind."""
    return {
        name: sorted(str(tuple(row)) for row in connection.exec_driver_sql(f"SELECT * FROM {name}"))
        for name in TABLES
    }
