"""A company gives one person a bonus: once, out of the budget, to somebody who had to do with the project."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from marketplace.audit.models import AuditRecord
from marketplace.bonuses import queries as bonuses
from marketplace.bonuses.errors import NotGiven, NothingToGive
from marketplace.bonuses.models import GivenBonus
from marketplace.experts.models import Expert
from marketplace.identity.models import User, UserState
from marketplace.kit import clock, ids
from marketplace.kit.application import Application
from marketplace.kit.database import Sessions, transaction
from marketplace.kit.errors import Conflict
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import Kind
from marketplace.notifications.models import Notice
from marketplace.payouts import queries as payouts
from marketplace.payouts.models import Earning, EarningKind, EarningState
from marketplace.projects import queries as projects
from marketplace.projects import service as project_service
from marketplace.projects.models import Project, ProjectState
from marketplace.statements import service as statements
from marketplace.statements.policy import Period
from tests.factories.bonuses import WHY, approved, give_bonus, make_bonus, owner_of
from tests.factories.companies import make_member
from tests.factories.experts import make_expert
from tests.factories.projects import make_project
from tests.factories.queue import engaged, make_assignment, make_tasks, run_promises
from tests.factories.reviews import make_reviewer
from tests.factories.screenings import make_screening
from tests.pages import Pages
from tests.workspace.queue.test_queue_plans import plan
from tests.workspace.queue.test_queue_races import at_once, claim_as
from workspace.reviews import queries, service
from workspace.reviews.queries.bonuses import people


def at_work(session: Session, project: Project) -> Expert:
    expert = make_expert(session)
    engaged(session, expert, project)
    session.flush()
    return expert


def assert_leads_to_the_earning(app: Application, session: Session, expert: Expert, notice: Notice) -> None:
    """The notice opens the page of that very earning, for nobody else."""
    pages = Pages(app, session).enter(expert.user)
    mine = session.query(Earning).filter_by(user_id=expert.user_id, ref_type="given_bonus").one()
    assert pages.get(notice.path).location == f"/earnings/{mine.id}"
    assert WHY in pages.get(f"/earnings/{mine.id}").text
    assert pages.enter(make_expert(session).user).get(notice.path).status == 404


def budget(session: Session, project: Project) -> int:
    session.flush()
    return ledger.balance(session, Kind.PROJECT_BUDGET, project.id)


@pytest.fixture
def project(session: Session) -> Project:
    return make_project(session)


def test_it_reaches_the_person_whole_and_once(app: Application, session: Session, project: Project) -> None:
    expert, form = at_work(session, project), ids.new_id()
    for _ in range(2):  # a double click
        given = give_bonus(session, project, expert, form=form)
    assert budget(session, project) == 100_000 - 2_400
    assert ledger.balance(session, Kind.EXPERT_PENDING, expert.user_id) == 2_000
    (earning,) = session.query(Earning).filter_by(user_id=expert.user_id).all()
    assert (earning.kind, earning.state) == (EarningKind.BONUS, EarningState.PENDING)
    assert (earning.reason, earning.ledger_key) == (f"“{WHY}”", f"bonus:{form}")
    assert (earning.ref_type, earning.ref_id) == ("given_bonus", form)
    entry = ledger.with_keys(session, [earning.ledger_key])[earning.ledger_key]
    assert (entry.kind, entry.ref_type, entry.ref_id) == ("bonus", "given_bonus", form)
    assert (entry.actor_id, entry.reason) == (given.by_id, WHY)
    assert session.query(AuditRecord).filter_by(tag="company:given_bonus:give").count() == 1
    notice = session.query(Notice).filter_by(kind="bonus_given", user_id=expert.user_id).one()
    assert notice.title == f"Bonus: $20.00 from {project.company.name}"
    assert WHY in notice.body
    assert_leads_to_the_earning(app, session, expert, notice)
    assert bonuses.given_sums(session, project.id) == (1, 2_000, 400)
    assert queries.broken(session) == payouts.broken(session) == []
    run_promises(app, session)
    assert projects.lock(session, project.id).state is ProjectState.OPEN


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"reason": "Thank you"}, "reason", "Say in at least 3 words what it is for."),
        ({"amount_minor": 99}, "amount", r"Give \$1\.00 to \$500\.00"),
        ({"amount_minor": 50_001}, "amount", r"Give \$1\.00 to \$500\.00"),
        (
            {"amount_minor": 45_000},
            "amount",
            r"costs \$540\.00 with the platform fee\. The budget holds \$500\.00: give less, or add \$40\.00",
        ),
    ],
)
def test_what_cannot_be_given_is_refused_with_its_field(
    session: Session, changes: dict[str, Any], field: str, said: str
) -> None:
    project = make_project(session, budget_minor=50_000)
    expert = at_work(session, project)
    with pytest.raises(NotGiven, match=said) as refusal:
        give_bonus(session, project, expert, **changes)
    assert refusal.value.field == field
    assert budget(session, project) == 50_000
    assert session.query(GivenBonus).count() == session.query(Earning).count() == 0


def test_one_person_gets_at_most_so_much_in_a_day(session: Session) -> None:
    project = make_project(session, budget_minor=1_000_000)
    expert, other = at_work(session, project), at_work(session, project)
    for _ in range(2):
        give_bonus(session, project, expert, amount_minor=50_000)
    with pytest.raises(
        NotGiven, match=r"at most \$1,000\.00 in 24 hours, and this one was given \$1,000\.00"
    ):
        give_bonus(session, project, expert)
    give_bonus(session, project, other)
    with clock.shifted(timedelta(hours=25)):
        give_bonus(session, project, expert)


def test_only_somebody_who_had_to_do_with_the_project(session: Session, project: Project) -> None:
    stranger, elsewhere = make_expert(session), make_project(session)
    engaged(session, stranger, elsewhere)
    with pytest.raises(NotGiven, match="has not had to do with the project"):
        give_bonus(session, project, stranger)
    assert queries.person_of(session, project.id, stranger.id) is None
    make_tasks(session, project, 1)
    worker = make_assignment(session, project=project).expert
    give_bonus(session, project, worker)
    assert [one.id for one in queries.people_of(session, project.id, mark=None).rows] == [worker.id]


def test_nobody_who_has_left_the_house(session: Session, project: Project) -> None:
    expert = at_work(session, project)
    session.get_one(User, expert.user_id).state = UserState.CLOSED
    session.flush()
    with pytest.raises(NotGiven, match="or has left"):
        give_bonus(session, project, expert)
    assert queries.people_of(session, project.id, mark=None).rows == []


def test_a_screening_is_enough(session: Session, project: Project) -> None:
    expert, other = make_expert(session), make_project(session)
    make_screening(session, project=other, expert=expert)
    session.flush()
    assert queries.person_of(session, other.id, expert.id) is not None
    assert queries.person_of(session, project.id, expert.id) is None
    assert queries.had_contact(session, other.id, expert.user_id)


@pytest.mark.parametrize("state", ["paused", "closing"])
def test_a_budget_that_is_there_can_be_given(session: Session, project: Project, state: str) -> None:
    expert, by = at_work(session, project), owner_of(session, project)
    if state == "closing":
        make_assignment(session, project=project)
        project_service.finish(session, project, by=by)
    else:
        project_service.pause(session, project, by=by, reason="We look at the data.")
    assert projects.lock(session, project.id).state is ProjectState(state)
    give_bonus(session, project, expert)
    assert queries.broken(session) == []


def test_an_ended_project_has_nothing_to_give(app: Application, session: Session, project: Project) -> None:
    expert = at_work(session, project)
    given = give_bonus(session, project, expert)
    with session.no_autoflush:
        project.move(ProjectState.CLOSING)
        project.move(ProjectState.CLOSED)
    session.flush()
    with pytest.raises(NothingToGive, match="or it has ended"):
        give_bonus(session, project, expert)
    assert (
        give_bonus(session, project, expert, form=given.id).id == given.id
    )  # the same form says what it did


def test_nobody_of_the_company_under_any_user(session: Session, project: Project) -> None:
    expert = at_work(session, project)
    member = make_member(session, project.company)
    member.user.email, expert.user.email = "grace@example.com", "grace+work@example.com"
    session.flush()
    with pytest.raises(NotGiven, match="Whoever belongs to your company"):
        give_bonus(session, project, expert)


def test_a_disputed_payment_freezes_it(session: Session, project: Project) -> None:
    expert = at_work(session, project)
    project.company.uncovered_minor = 5_000
    session.flush()
    with pytest.raises(NotGiven, match=r"\$50\.00 of it could not be set aside"):
        give_bonus(session, project, expert)


def test_a_form_gives_one_thing(session: Session, project: Project) -> None:
    expert, form = at_work(session, project), ids.new_id()
    give_bonus(session, project, expert, form=form)
    for changes in ({"amount_minor": 1_000}, {"reason": "Something else this time"}):
        with pytest.raises(Conflict, match="already used"):
            give_bonus(session, project, expert, form=form, **changes)
    with pytest.raises(Conflict, match="already used"):
        give_bonus(session, project, at_work(session, project), form=form)
    other = make_project(session)
    engaged(session, expert, other)
    with pytest.raises(Conflict, match="already used"):
        give_bonus(session, other, expert, form=form)
    assert budget(session, other) == 100_000


def test_the_last_money_pauses_the_project(app: Application, session: Session) -> None:
    project = make_project(session, budget_minor=2_500)
    give_bonus(session, project, at_work(session, project))
    run_promises(app, session)
    assert projects.lock(session, project.id).state is ProjectState.PAUSED


def test_promised_money_is_not_given_away(session: Session, project: Project) -> None:
    make_bonus(session, project, amount_minor=20_000, places=4)  # 96,000 of 100,000 reserved
    with pytest.raises(NotGiven, match=r"The budget holds \$40\.00"):
        give_bonus(session, project, at_work(session, project), amount_minor=4_000)


@pytest.mark.parametrize(
    "change", ["SET amount_minor = 1", "SET reason = 'For something else'", "SET user_id = by_id"]
)
def test_the_database_keeps_what_was_given(session: Session, project: Project, change: str) -> None:
    give_bonus(session, project, at_work(session, project))
    for statement in (f"UPDATE given_bonuses {change}", "DELETE FROM given_bonuses"):
        with pytest.raises(DBAPIError), session.begin_nested():
            session.execute(sa.text(statement))


def test_ledger_verify_compares_it_with_its_entry(session: Session, project: Project) -> None:
    expert = at_work(session, project)
    session.add(
        GivenBonus(
            project=project,
            by_id=owner_of(session, project).id,
            user_id=expert.user_id,
            amount_minor=2_000,
            fee_minor=400,
            reason=WHY,
        )
    )
    session.flush()
    (line,) = queries.broken(session)
    assert "was paid 0 with its fee, should be 2400" in line


def test_statements_name_bonuses_and_add_up(session: Session, project: Project) -> None:
    expert, reviewer = at_work(session, project), make_reviewer(session)
    make_tasks(session, project, 1)
    rule = make_bonus(session, project, answers=1)
    approved(session, expert, project, reviewer)
    service.settle_bonus(session, {"rule_id": str(rule.id)})  # $25.00 promised, $20.00 given
    given = give_bonus(session, project, expert)
    month = Period(clock.now().year, clock.now().month)
    statement = statements.company_statement(session, project.company, month)
    bonus_lines = [line for line in statement.details if line.what == "Bonuses"]
    assert {line.code for line in bonus_lines} == {ids.code("B", given.id), ids.code("B", rule.id)}
    assert {part.title: part.minor for part in statement.parts}["Bonuses"] == -4_500
    by_project = dict(statement.tables)["Spent by project"]
    assert "bonuses $45.00" in by_project[0].note
    mine = statements.period_statement(session, expert.user, month)
    line = next(line for line in mine.lines if WHY in line.why)
    assert (line.what, line.about, line.minor) == ("Bonus", project.title, 2_000)
    assert mine.adds_up


# ---- at once


def giving(project_id: Any, expert_id: Any, form: Any = None, **changes: Any) -> Callable[[Session], str]:
    def verb(session: Session) -> str:
        project, expert = projects.project(session, project_id), session.get_one(Expert, expert_id)
        assert project is not None
        give_bonus(session, project, expert, form=form, **changes)
        return "given"

    return verb


def committed(clean: Sessions, **plan: Any) -> tuple[Any, Any]:
    with transaction(clean) as session:
        project = make_project(session, **plan)
        make_tasks(session, project, 3)
        return project.id, at_work(session, project).id


def left(clean: Sessions, project_id: Any) -> int:
    with transaction(clean) as session:
        assert queries.broken(session) == payouts.broken(session) == ledger.broken(session) == []
        return ledger.balance(session, Kind.PROJECT_BUDGET, project_id)


def test_two_bonuses_for_the_money_of_one(clean: Sessions) -> None:
    project_id, expert_id = committed(clean, budget_minor=3_000)
    said = at_once(clean, [giving(project_id, expert_id) for _ in range(8)])
    assert said == {"given": 1, "NotGiven": 7}
    assert left(clean, project_id) == 600


def test_one_form_sent_eight_times_at_once(clean: Sessions) -> None:
    project_id, expert_id = committed(clean)
    form = ids.new_id()
    said = at_once(clean, [giving(project_id, expert_id, form) for _ in range(8)])
    assert said == {"given": 8}
    assert left(clean, project_id) == 100_000 - 2_400


def test_a_bonus_and_a_claim_for_the_last_money(clean: Sessions) -> None:
    with transaction(clean) as session:
        project = make_project(session, budget_minor=2_500)
        unit = project.unit_minor
        make_tasks(session, project, 3)
        project_id, first, second = project.id, at_work(session, project).id, at_work(session, project).id
    assert 100 < unit <= 2_400
    said = at_once(clean, [giving(project_id, first), claim_as(second, project_id)])
    assert said in ({"given": 1, "BudgetUsedUp": 1}, {"claimed": 1, "NotGiven": 1})
    assert left(clean, project_id) == 2_500 - (2_400 if said["given"] else unit)


def test_a_bonus_and_the_end_of_the_project(clean: Sessions) -> None:
    project_id, expert_id = committed(clean)

    def ending(session: Session) -> str:
        found = projects.lock(session, project_id)
        by = session.get_one(User, projects.member_user_ids(session, found.company_id)[0])
        project_service.finish(session, found, by=by)
        project_service.close(session, found, has_live_work=False)
        return "closed"

    said = at_once(clean, [giving(project_id, expert_id), ending])
    assert said in ({"given": 1, "closed": 1}, {"NothingToGive": 1, "closed": 1})
    assert left(clean, project_id) == 0


def test_whom_a_bonus_can_be_given_is_found_from_the_project(session: Session) -> None:
    found = plan(session, people(make_project(session).id).order_by(Expert.id.desc()).limit(50))
    assert "CORRELATED" not in found, "one look for each expert of the house"
    assert "SCAN assignments" not in found
    assert "SCAN engagements" not in found
