import threading
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.policy import WORK
from marketplace.audit.models import AuditRecord
from marketplace.companies.models import Company
from marketplace.identity.models import User
from marketplace.kit import clock, ids
from marketplace.kit.database import Sessions, transaction
from marketplace.kit.errors import Conflict, Forbidden, Invalid
from marketplace.ledger import queries as ledger
from marketplace.ledger.errors import Overdraft
from marketplace.ledger.models import Kind, LedgerTransaction
from marketplace.notifications.models import Notice
from marketplace.outbox.models import OutboxMessage
from marketplace.projects import policy, queries, service
from marketplace.projects.errors import NotEnough, NotReady
from marketplace.projects.models import Project, ProjectFunding, ProjectState
from marketplace.projects.policy import ClauseText
from tests.factories.companies import make_company
from tests.factories.identity import make_user
from tests.factories.projects import (
    CLAUSES,
    fill_wallet,
    make_draft,
    make_owner,
    make_plan,
    make_project,
)

S = ProjectState
DAY = timedelta(days=1)


@pytest.fixture
def company(session: Session) -> Company:
    return make_company(session)


@pytest.fixture
def owner(session: Session, company: Company) -> User:
    return make_owner(session, company)


def budget(session: Session, project: Project) -> int:
    return ledger.balance(session, Kind.PROJECT_BUDGET, project.id)


def wallet(session: Session, project: Project) -> int:
    return ledger.balance(session, Kind.COMPANY_WALLET, project.company_id)


def test_a_draft_has_its_price_and_is_written_once(session: Session, company: Company, owner: User) -> None:
    key = ids.new_id()
    plan = make_plan(tier="licensed", specialty="medicine.cardiology", hourly_minor=13_000, minutes=20)
    first = service.create(session, company=company, by=owner, form_key=key, plan=plan)
    again = service.create(session, company=company, by=owner, form_key=key, plan=plan)
    assert again.id == first.id == key
    assert (first.price_minor, first.fee_minor, first.review_fee_minor) == (4334, 866, 866)
    assert (first.state, first.tier_rank, first.options) == (S.DRAFT, 4, {"why_min_words": 10})
    records = session.scalars(select(AuditRecord).where(AuditRecord.subject_id == key)).all()
    assert [record.tag for record in records] == ["company:project:create"]


def test_a_form_key_of_another_company_is_refused(session: Session, company: Company, owner: User) -> None:
    project = make_draft(session)
    with pytest.raises(Conflict):
        service.create(session, company=company, by=owner, form_key=project.id, plan=make_plan())


def test_a_plan_below_its_tier_is_written_and_one_above_every_limit_is_not(
    session: Session, company: Company, owner: User
) -> None:
    low = make_plan(tier="skilled", hourly_minor=3_499)
    made = service.create(session, company=company, by=owner, form_key=ids.new_id(), plan=low)
    assert made.hourly_minor == 3_499
    high = make_plan(tier="skilled", hourly_minor=100_001)
    with pytest.raises(Invalid, match="at most"):
        service.create(session, company=company, by=owner, form_key=ids.new_id(), plan=high)


def test_only_a_draft_is_changed(session: Session, company: Company, owner: User) -> None:
    project = make_draft(session, company=company, by=owner)
    service.update(session, project, by=owner, plan=make_plan(title="Another title", minutes=60))
    assert (project.price_minor, project.title) == (2_000, "Another title")
    assert project.slug.startswith("another-title-")
    opened = make_project(session, company=company, by=owner)
    with pytest.raises(Conflict):
        service.update(session, opened, by=owner, plan=make_plan(minutes=1))


def test_clauses_are_numbered_and_replaced_until_published(
    session: Session, company: Company, owner: User
) -> None:
    project = make_draft(session, company=company, by=owner)
    first = service.save_guideline(session, project, CLAUSES, by=owner)
    second = service.save_guideline(session, project, list(reversed(CLAUSES)), by=owner)
    assert (first.id, second.number, second.published_at) == (second.id, 1, None)
    titles = [(clause.number, clause.title) for clause in queries.clauses(session, second.id)]
    assert titles == [(1, "Be clear"), (2, "Be right")]
    assert queries.current_guideline(session, project.id) is None

    published = service.publish_guideline(session, project, by=owner)
    assert published.published_at is not None
    assert published.sha256 == policy.fingerprint(list(reversed(CLAUSES)))
    third = service.save_guideline(session, project, CLAUSES, by=owner)
    assert (third.number, queries.current_guideline(session, project.id)) == (2, published)
    assert [c.title for c in queries.clauses(session, published.id)] == ["Be clear", "Be right"]


def test_an_empty_guideline_is_not_published(session: Session, company: Company, owner: User) -> None:
    project = make_draft(session, company=company, by=owner)
    with pytest.raises(NotReady):
        service.publish_guideline(session, project, by=owner)
    service.save_guideline(session, project, [], by=owner)
    with pytest.raises(NotReady):
        service.publish_guideline(session, project, by=owner)


@pytest.mark.parametrize("state", ["in_check", "closing", "closed", "cancelled"])
def test_the_guideline_stands_still_while_checked_and_after_the_end(session: Session, state: str) -> None:
    company = make_company(session)
    owner = make_owner(session, company)
    project = make_project(
        session, company=company, by=owner, state="awaiting_funds" if state == "cancelled" else state
    )
    if state == "cancelled":
        service.discard(session, project, by=owner)
    with pytest.raises(Conflict):
        service.save_guideline(session, project, CLAUSES, by=owner)


@pytest.mark.parametrize(("clauses", "has_tasks"), [((), True), (CLAUSES, False), ((), False)])
def test_what_is_missing_stops_the_sending(
    session: Session, company: Company, owner: User, clauses: tuple[ClauseText, ...], has_tasks: bool
) -> None:
    project = make_draft(session, company=company, by=owner)
    service.save_guideline(session, project, clauses, by=owner)
    with pytest.raises(NotReady):
        service.submit(session, project, by=owner, check="none", has_tasks=has_tasks)
    assert project.state is S.DRAFT


def test_a_first_project_is_checked_and_a_later_one_is_not(
    session: Session, company: Company, owner: User
) -> None:
    def send() -> Project:
        project = make_draft(session, company=company, by=owner)
        service.save_guideline(session, project, CLAUSES, by=owner)
        service.submit(session, project, by=owner, check="first", has_tasks=True)
        return project

    first, beside = send(), send()
    assert (first.state, beside.state) == (S.IN_CHECK, S.IN_CHECK)
    assert first.ends_at is not None
    left = first.ends_at - clock.database_now(session)
    assert timedelta(days=WORK.project_days - 1) < left <= timedelta(days=WORK.project_days)
    assert queries.current_guideline(session, first.id) is not None
    service.pass_check(session, first, by=make_user(session, roles=["ops"]))
    assert (first.state, send().state) == (S.AWAITING_FUNDS, S.AWAITING_FUNDS)
    with pytest.raises(Conflict):
        service.submit(session, first, by=owner, check="none", has_tasks=True)


def test_ops_send_a_project_back_with_a_reason(session: Session, company: Company, owner: User) -> None:
    project = make_project(session, company=company, by=owner, state="in_check")
    service.send_back(
        session, project, by=make_user(session, roles=["ops"]), reason="Say where it comes from."
    )
    assert (project.state, project.state_reason) == (S.DRAFT, "Say where it comes from.")
    told = session.scalars(select(Notice).where(Notice.kind == "project_sent_back")).all()
    assert owner.id in {notice.user_id for notice in told}
    service.submit(session, project, by=owner, check="none", has_tasks=True)
    assert (project.state, project.state_reason) == (S.AWAITING_FUNDS, "")


def test_nobody_checks_their_own_company(session: Session, company: Company, owner: User) -> None:
    project = make_project(session, company=company, by=owner, state="in_check")
    with pytest.raises(Forbidden):
        service.pass_check(session, project, by=owner)
    with pytest.raises(Forbidden):
        service.send_back(session, project, by=owner, reason="I would rather not.")
    assert project.state is S.IN_CHECK


def test_a_check_acts_once(session: Session) -> None:
    project = make_project(session, state="awaiting_funds")
    ops = make_user(session, roles=["ops"])
    with pytest.raises(Conflict):
        service.pass_check(session, project, by=ops)
    with pytest.raises(Conflict):
        service.send_back(session, project, by=ops, reason="Too late for that.")


def test_money_opens_a_project_once_it_covers_a_task(session: Session, company: Company, owner: User) -> None:
    project = make_project(session, company=company, by=owner, state="awaiting_funds")
    fill_wallet(session, company, 1_000)
    service.fund(session, project, by=owner, amount_minor=project.unit_minor - 1, form_key=ids.new_id())
    assert (project.state, project.opened_at) == (S.AWAITING_FUNDS, None)
    service.fund(session, project, by=owner, amount_minor=1, form_key=ids.new_id())
    assert project.state is S.OPEN
    assert project.opened_at is not None
    assert (budget(session, project), wallet(session, project)) == (280, 720)
    opened = session.scalars(select(Notice).where(Notice.kind == "project_opened")).all()
    assert owner.id in {notice.user_id for notice in opened}


def test_money_that_came_during_the_check_opens_it_when_passed(
    session: Session, company: Company, owner: User
) -> None:
    project = make_project(session, company=company, by=owner, state="in_check")
    fill_wallet(session, company, 1_000)
    service.fund(session, project, by=owner, amount_minor=1_000, form_key=ids.new_id())
    assert project.state is S.IN_CHECK
    service.pass_check(session, project, by=make_user(session, roles=["ops"]))
    assert project.state is S.OPEN


def test_a_form_moves_money_once(session: Session, company: Company, owner: User) -> None:
    project = make_project(session, company=company, by=owner, state="awaiting_funds")
    fill_wallet(session, company, 1_000)
    key = ids.new_id()
    first = service.fund(session, project, by=owner, amount_minor=400, form_key=key)
    again = service.fund(session, project, by=owner, amount_minor=400, form_key=key)
    assert again.id == first.id
    assert (budget(session, project), wallet(session, project)) == (400, 600)
    with pytest.raises(Conflict):
        service.fund(session, project, by=owner, amount_minor=500, form_key=key)
    keys = session.scalars(select(LedgerTransaction.idempotency_key).where(LedgerTransaction.kind == "fund"))
    assert list(keys) == [f"project:{project.id}:fund:{key}"]


def test_a_form_key_of_another_project_is_refused(session: Session, company: Company, owner: User) -> None:
    fill_wallet(session, company, 1_000)
    one = make_project(session, company=company, by=owner, state="awaiting_funds")
    two = make_project(session, company=company, by=owner, state="awaiting_funds")
    key = ids.new_id()
    service.fund(session, one, by=owner, amount_minor=100, form_key=key)
    with pytest.raises(Conflict):
        service.fund(session, two, by=owner, amount_minor=100, form_key=key)
    assert budget(session, two) == 0


def test_more_than_the_wallet_holds_is_refused(session: Session, company: Company, owner: User) -> None:
    project = make_project(session, company=company, by=owner, state="awaiting_funds")
    fill_wallet(session, company, 100)
    with pytest.raises(Overdraft):
        service.fund(session, project, by=owner, amount_minor=101, form_key=ids.new_id())
    for amount in (0, -1):
        with pytest.raises(NotEnough):
            service.fund(session, project, by=owner, amount_minor=amount, form_key=ids.new_id())


@pytest.mark.parametrize("state", ["draft", "closing", "closed"])
def test_some_states_take_no_money(session: Session, company: Company, owner: User, state: str) -> None:
    project = make_project(session, company=company, by=owner, state=state)
    fill_wallet(session, company, 1_000)
    with pytest.raises(Conflict):
        service.fund(session, project, by=owner, amount_minor=500, form_key=ids.new_id())


def test_pause_and_resume(session: Session, company: Company, owner: User) -> None:
    project = make_project(session, company=company, by=owner)
    service.pause(session, project, by=owner, reason="We read the first answers.")
    assert (project.state, project.state_reason) == (S.PAUSED, "We read the first answers.")
    with pytest.raises(Conflict):
        service.pause(session, project, by=owner, reason="Again and again.")
    fill_wallet(session, company, 1_000)
    service.fund(session, project, by=owner, amount_minor=1_000, form_key=ids.new_id())
    assert project.state is S.PAUSED, "a pause of the company does not end by money"
    service.resume(session, project, by=owner)
    assert (project.state, project.state_reason) == (S.OPEN, "")
    with pytest.raises(Conflict):
        service.resume(session, project, by=owner)


def test_an_empty_budget_pauses_and_money_reopens(session: Session, company: Company, owner: User) -> None:
    project = make_project(session, company=company, by=owner, budget_minor=280)
    service.check_funds(session, {"project_id": str(project.id)})
    assert project.state is S.OPEN
    service.defund(session, project)  # stands in for a claim that took the last unit
    service.check_funds(session, {"project_id": str(project.id)})
    assert (project.state, project.state_reason) == (S.PAUSED, policy.OUT_OF_FUNDS)
    assert session.scalars(select(Notice).where(Notice.kind == "project_unfunded")).all()
    with pytest.raises(Conflict):
        service.resume(session, project, by=owner)
    service.fund(session, project, by=owner, amount_minor=279, form_key=ids.new_id())
    assert project.state is S.PAUSED
    fill_wallet(session, company, 1)
    service.fund(session, project, by=owner, amount_minor=1, form_key=ids.new_id())
    assert (project.state, project.state_reason) == (S.OPEN, "")


def test_money_after_the_end_date_reopens_nothing(session: Session, company: Company, owner: User) -> None:
    project = make_project(session, company=company, by=owner, budget_minor=280)
    service.defund(session, project)
    service.check_funds(session, {"project_id": str(project.id)})
    with clock.shifted(timedelta(days=WORK.project_days + 1)):
        service.fund(session, project, by=owner, amount_minor=280, form_key=ids.new_id())
        assert project.state is S.PAUSED


def test_money_that_comes_back_reopens_through_the_check(session: Session) -> None:
    project = make_project(session)
    project.move(S.PAUSED)
    project.state_reason = policy.OUT_OF_FUNDS
    service.check_funds(session, {"project_id": str(project.id)})
    assert project.state is S.OPEN


def test_a_project_closes_when_nothing_is_under_way(session: Session, company: Company, owner: User) -> None:
    project = make_project(session, company=company, by=owner, budget_minor=1_000)
    service.finish(session, project, by=owner)
    assert project.state is S.CLOSING
    assert not service.close(session, project, has_live_work=True)
    assert (project.state, budget(session, project)) == (S.CLOSING, 1_000)
    assert service.close_finished(session, lambda _, project_id: project_id != project.id) == 1
    assert project.state is S.CLOSED
    assert (budget(session, project), wallet(session, project)) == (0, 1_000)
    assert queries.funded_minor(session, project.id) == 0
    assert not service.close(session, project, has_live_work=False), "closing acts once"
    assert session.scalars(select(Notice).where(Notice.kind == "project_closed")).all()


def test_a_project_without_a_rest_closes_without_a_posting(session: Session) -> None:
    project = make_project(session, budget_minor=280)
    service.defund(session, project)
    rows = session.scalars(select(ProjectFunding).where(ProjectFunding.project_id == project.id)).all()
    service.finish(session, project, by=None)
    assert service.close(session, project, has_live_work=False)
    after = session.scalars(select(ProjectFunding).where(ProjectFunding.project_id == project.id)).all()
    assert len(after) == len(rows)


def test_discarding_gives_the_money_back(session: Session, company: Company, owner: User) -> None:
    project = make_project(session, company=company, by=owner, state="in_check")
    fill_wallet(session, company, 500)
    service.fund(session, project, by=owner, amount_minor=500, form_key=ids.new_id())
    service.discard(session, project, by=owner)
    assert project.state is S.CANCELLED
    assert (budget(session, project), wallet(session, project)) == (0, 500)
    with pytest.raises(Conflict):
        service.discard(session, make_project(session), by=owner)


def test_the_end_date_finishes_what_is_open_and_discards_what_waits(
    session: Session, company: Company, owner: User
) -> None:
    opened = make_project(session, company=company, by=owner)
    paused = make_project(session, company=company, by=owner, state="paused")
    waiting = make_project(session, company=company, by=owner, state="awaiting_funds")
    draft = make_draft(session, company=company, by=owner)
    service.end_overdue(session, {})
    assert opened.state is S.OPEN
    with clock.shifted(timedelta(days=WORK.project_days) + timedelta(minutes=1)):
        service.end_overdue(session, {})
    assert [p.state for p in (opened, paused, waiting, draft)] == [S.CLOSING, S.CLOSING, S.CANCELLED, S.DRAFT]


def test_money_of_a_project_nobody_checked_or_changed_goes_back(
    session: Session, company: Company, owner: User
) -> None:
    unchecked = make_project(session, company=company, by=owner, state="in_check")
    sent_back = make_project(session, company=company, by=owner, state="in_check")
    fill_wallet(session, company, 1_000)
    for project in (unchecked, sent_back):
        service.fund(session, project, by=owner, amount_minor=500, form_key=ids.new_id())
    service.send_back(session, sent_back, by=make_user(session), reason="The title says too little.")
    with clock.shifted(timedelta(days=WORK.project_days) + timedelta(minutes=1)):
        service.end_overdue(session, {})
        service.end_overdue(session, {})
    assert [unchecked.state, sent_back.state] == [S.CANCELLED, S.DRAFT]
    assert (budget(session, unchecked), budget(session, sent_back), wallet(session, sent_back)) == (
        0,
        0,
        1_000,
    )


def test_an_end_date_can_be_moved(session: Session, company: Company, owner: User) -> None:
    project = make_project(session, company=company, by=owner)
    with clock.shifted(timedelta(days=WORK.project_days - 1)):
        service.extend(session, project, by=owner)
        with clock.shifted(2 * DAY):
            service.end_overdue(session, {})
    assert project.state is S.OPEN
    with pytest.raises(Conflict):
        service.extend(session, make_draft(session), by=owner)


def test_a_paused_project_past_its_end_is_not_resumed(
    session: Session, company: Company, owner: User
) -> None:
    project = make_project(session, company=company, by=owner, state="paused")
    with clock.shifted(timedelta(days=WORK.project_days + 1)), pytest.raises(Conflict, match="end date"):
        service.resume(session, project, by=owner)


def test_a_new_guideline_version_promises_that_experts_are_told(session: Session) -> None:
    project = make_project(session)
    messages = session.scalars(
        select(OutboxMessage).where(OutboxMessage.handler == "applications.tell_guideline")
    ).all()
    assert [message.payload["project_id"] for message in messages] == [str(project.id)]


def test_two_windows_move_the_money_once(clean: Sessions) -> None:
    with transaction(clean) as session:
        company = make_company(session)
        owner = make_owner(session, company)
        project = make_project(session, company=company, by=owner, state="awaiting_funds")
        fill_wallet(session, company, 1_000)
        project_id, owner_id, key = project.id, owner.id, ids.new_id()
    start = threading.Barrier(4)
    done: list[bool] = []

    def pay() -> None:
        start.wait()
        with transaction(clean) as session:
            me, mine = session.get(User, owner_id), queries.lock(session, project_id)
            assert me is not None
            service.fund(session, mine, by=me, amount_minor=600, form_key=key)
            done.append(True)

    threads = [threading.Thread(target=pay) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 4
    with transaction(clean, write=False) as session:
        paid = queries.project(session, project_id)
        assert paid is not None
        assert (budget(session, paid), wallet(session, paid)) == (600, 400)
