"""The kept count of open answers says what the tasks say, after every verb that touches them."""

import random

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.kit import clock
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import Kind
from marketplace.projects import policy
from marketplace.projects import queries as projects
from marketplace.projects.models import OpenAnswers, Project
from marketplace.projects.queries import Filters
from tests.factories.experts import make_expert
from tests.factories.projects import make_project
from tests.factories.queue import claim, engaged, make_tasks
from workspace.queue import service
from workspace.queue.errors import BudgetUsedUp, NotEligible, NothingToDo
from workspace.queue.models import BROKEN, Assignment, AssignmentState, Task, TaskState


def budget_of(session: Session, project: Project) -> int:
    return ledger.balance(session, Kind.PROJECT_BUDGET, project.id)


def counted(session: Session, project: Project) -> tuple[int, int]:
    session.flush()
    found = []
    for state in (TaskState.AVAILABLE, TaskState.STAGED):
        left = select(func.coalesce(func.sum(Task.overlap - Task.taken_count), 0))
        found.append(session.scalar(left.where(Task.project_id == project.id, Task.state == state)))
    return int(found[0]), int(found[1])


def kept(session: Session, project: Project) -> tuple[int, int]:
    session.flush()
    row = session.execute(
        select(OpenAnswers.free_count, OpenAnswers.staged_count).where(OpenAnswers.project_id == project.id)
    ).one()
    return row[0], row[1]


def test_a_claim_takes_one_answer_and_its_end_gives_it_back(session: Session) -> None:
    project = make_project(session, overlap=3)
    make_tasks(session, project, 6)
    assert kept(session, project) == (18, 0)
    assignment = claim(session, make_expert(session), project)
    assert kept(session, project) == counted(session, project) == (17, 0)
    service.release(session, assignment, by=None, reason="too_long")
    assert kept(session, project) == (18, 0)


def test_staged_tasks_are_counted_apart_until_their_batch_starts(session: Session) -> None:
    project = make_project(session, overlap=3)
    make_tasks(session, project, 2, start=False)
    assert kept(session, project) == (0, 6)
    assert projects.free_answers(session, project.id) == 0
    assert projects.wanted_answers(session, [project.id]) == {project.id: 6}
    service.start_waiting(session, project.id)
    assert kept(session, project) == counted(session, project) == (6, 0)


def test_an_ending_project_wants_nothing_from_tasks_nobody_began(session: Session) -> None:
    project = make_project(session, overlap=3)
    make_tasks(session, project, 2)
    claim(session, make_expert(session), project)
    service.withdraw_open(session, project.id)
    assert kept(session, project) == counted(session, project) == (2, 0)


def test_a_task_set_aside_is_wanted_by_nobody_until_it_is_put_back(session: Session) -> None:
    project = make_project(session, overlap=3)
    (task,) = make_tasks(session, project, 1)
    for _ in range(2):
        expert = make_expert(session)
        service.skip(session, claim(session, expert, project), by=expert.user, reason=BROKEN)
    assert kept(session, project) == counted(session, project) == (0, 0)
    service.put_back(session, task, by=make_expert(session).user)
    assert kept(session, project) == counted(session, project) == (3, 0)


def test_a_refused_claim_counts_nothing(session: Session) -> None:
    project = make_project(session, overlap=3, budget_minor=280)
    make_tasks(session, project, 1)
    expert = make_expert(session)
    engaged(session, expert, project)
    claim(session, make_expert(session), project)
    with pytest.raises((BudgetUsedUp, NotEligible)):
        claim(session, expert, project)
    assert kept(session, project) == counted(session, project) == (2, 0)


@pytest.mark.parametrize("seed", range(3))
def test_any_walk_keeps_the_count_right(session: Session, seed: int) -> None:
    draw = random.Random(seed)
    project = make_project(session, overlap=2)
    make_tasks(session, project, 3)
    people, live = [make_expert(session) for _ in range(3)], list[Assignment]()
    for _ in range(14):
        if live and draw.random() < 0.5:
            assignment = live.pop(draw.randrange(len(live)))
            end = draw.choice(["release", "expire", "submit"])
            if end == "release":
                reason = draw.choice(["too_long", BROKEN])
                following = service.skip(session, assignment, by=assignment.expert.user, reason=reason)
                live += [following] if following and following not in live else []
            elif end == "expire":
                service.expire(session, assignment)
            else:
                service.submitted(session, assignment)
        else:
            try:
                found = claim(session, draw.choice(people), project)
            except (NothingToDo, NotEligible):
                continue
            if found.state is AssignmentState.ACTIVE and found not in live:
                live.append(found)
        assert kept(session, project) == counted(session, project)


@pytest.mark.parametrize(
    ("tasks", "overlap", "budget_minor", "funded"),
    [(6, 1, 5_000, 6), (6, 3, 30_000, 18), (6, 3, 280 * 11 + 5, 11), (0, 3, 5_000, 0)],
)
def test_the_board_its_counts_and_its_filter_say_the_same(
    session: Session, tasks: int, overlap: int, budget_minor: int, funded: int
) -> None:
    project = make_project(session, overlap=overlap, budget_minor=budget_minor)
    if tasks:
        make_tasks(session, project, tasks)
    now = clock.database_now(session)
    listed = projects.board(session, Filters(), now, mark=None).rows
    assert [count for _, count in listed] == [funded]
    wanted = projects.free_answers(session, project.id)
    assert policy.funded(budget_of(session, project), project, wanted) == funded
    assert projects.funded_answers(session, project.company_id, now) == (1, funded)
    for least in (funded, funded + 1):
        found = projects.board(session, Filters(min_funded=least), now, mark=None).rows
        facet = projects.facets(session, Filters(), now, funded=(least,))
        assert len(found) == facet.count("funded", str(least)) == (least == funded)


def test_a_company_reads_what_its_budget_is_enough_for(session: Session) -> None:
    project = make_project(session, overlap=3)
    unit = project.unit_minor
    said = policy.budget_words
    assert said(unit * 11 + 7, project, 18) == "Enough for 11 more answers of the 18 wanted"
    assert said(unit, project, 18) == "Enough for 1 more answer of the 18 wanted"
    assert said(unit * 18, project, 18) == "Enough for all 18 answers still wanted"
    assert (
        said(unit * 18 + 1_200, project, 18) == "Enough for all 18 answers still wanted; $12.00 would be left"
    )
    assert said(unit, project, 1) == "Enough for the 1 answer still wanted"
    assert said(unit, project, 0) == "No answer waits to be claimed"
    assert (policy.funded_words(1), policy.funded_words(0)) == ("1 answer funded", "no answer free now")
    assert policy.offer_words(11, 18) == "Funded for 11 answers of the 18 still wanted"
    assert policy.offer_words(18, 18) == "Funded for 18 answers, all that are still wanted"
