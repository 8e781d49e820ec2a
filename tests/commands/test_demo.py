"""The demo has an open job of every kind of work, work in every state, and books that balance."""

import re

import pytest
import sqlalchemy as sa
from flask.testing import FlaskCliRunner
from sqlalchemy.orm import Session

from commands.demo.cast import PEOPLE
from config.task_types import TASK_TYPES
from marketplace.applications import service as applications
from marketplace.bonuses.models import BonusRule, BonusState, GivenBonus
from marketplace.experts import queries as experts
from marketplace.identity import queries as identity
from marketplace.kit import clock
from marketplace.kit.application import Application
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import Kind, LedgerTransaction
from marketplace.matching import service as matching
from marketplace.projects.models import GuidelineQuestion, Project, ProjectState
from workspace.queue.models import Task, TaskState
from workspace.reviews import queries as reviews
from workspace.reviews.models import Appeal, AppealState, Outcome
from workspace.submissions.models import Submission, SubmissionState


@pytest.fixture
def house(app: Application, session: Session) -> Session:
    """A database with the demo in it."""
    said = FlaskCliRunner(app).invoke(args=["demo", "seed"])
    assert said.exit_code == 0, said.output
    assert PEOPLE["expert"].email in said.output
    session.expire_all()
    return session


def test_the_demo_has_work_of_every_kind_and_state_and_is_made_once(app: Application, house: Session) -> None:
    _fits_every_kind(house)
    _waits_for_everybody(house)
    _shows_a_company_its_crowd(house)
    assert house.scalars(sa.select(BonusRule.state)).all() == [BonusState.OPEN]
    assert house.scalars(sa.select(GivenBonus.amount_minor)).all() == [1_500]
    count = sa.select(sa.func.count()).select_from(LedgerTransaction)
    before = house.scalar(count)
    assert FlaskCliRunner(app).invoke(args=["demo", "seed"]).exit_code == 0
    assert house.scalar(count) == before
    verified = FlaskCliRunner(app).invoke(args=["ledger", "verify"])
    assert verified.exit_code == 0, verified.output


def _fits_every_kind(house: Session) -> None:
    """The demo expert may do an open job of every registered type, with tasks and money for four more."""
    user = identity.by_email(house, PEOPLE["expert"].email)
    assert user is not None
    expert = experts.for_user(house, user.id)
    assert expert is not None
    found = list(house.scalars(sa.select(Project).where(Project.state == ProjectState.OPEN)))
    fitting = {one.task_type for one in found if matching.eligibility(house, user, expert, one).eligible}
    assert fitting == set(TASK_TYPES)
    for project in found:
        waiting = (
            sa.select(sa.func.count())
            .select_from(Task)
            .where(Task.project_id == project.id, Task.state == TaskState.AVAILABLE)
        )
        assert (house.scalar(waiting) or 0) >= 4, project.slug
        assert ledger.balance(house, Kind.PROJECT_BUDGET, project.id) >= 4 * project.unit_minor


def _shows_a_company_its_crowd(house: Session) -> None:
    """Some jobs have a crowd that may be counted and people to invite; one asks for a screening."""
    found = list(house.scalars(sa.select(Project).where(Project.state == ProjectState.OPEN)))
    crowds = [applications.people_for(house, one, mark=None) for one in found]
    counted = [one for one in crowds if not one.is_few]
    assert len(counted) >= 2
    assert all(5 <= int(re.findall(r"\d+", one.sentence)[0]) <= 12 for one in counted)
    assert all(one.page.rows for one in counted)
    assert len(counted) < len(found), "and where few fit, nobody is named"
    asking = [one for one in found if applications.asked_version(house, one)]
    assert len(asking) == 1
    counsel = identity.by_email(house, PEOPLE["counsel"].email)
    assert counsel is not None
    expert = experts.for_user(house, counsel.id)
    assert expert is not None
    assert applications.needed_version(house, expert, asking[0]) is not None, "somebody can take it"
    assert matching.eligibility(house, counsel, expert, asking[0]).eligible


def _waits_for_everybody(house: Session) -> None:
    """Work to review, to change, to appeal; pay that is free; a question everybody reads the answer of."""
    wanted = {
        SubmissionState.SUBMITTED,
        SubmissionState.APPROVED,
        SubmissionState.CHANGES_REQUESTED,
        SubmissionState.REJECTED,
        SubmissionState.APPROVED_ON_APPEAL,
    }
    assert set(house.scalars(sa.select(Submission.state))) == wanted
    answers = list(house.scalars(sa.select(GuidelineQuestion.answer)))
    assert len(answers) == 1
    assert answers[0]
    _has_appeals(house)


def _has_appeals(house: Session) -> None:
    """One rejection can still be appealed, one appeal waits for operations, one was decided with reasons."""
    found = list(house.scalars(sa.select(Appeal).order_by(Appeal.opened_at)))
    assert [one.state for one in found] == [AppealState.DECIDED, AppealState.OPEN]
    assert found[0].outcome is Outcome.WON
    assert found[0].reasons
    rejected = house.scalars(
        sa.select(Submission.id).where(Submission.state == SubmissionState.REJECTED)
    ).all()
    assert len(set(rejected) - {found[1].submission_id}) == 1
    for name, count in (("ops", 1), ("second", 1), ("expert", 0), ("reviewer", 0)):
        person = identity.by_email(house, PEOPLE[name].email)
        assert person is not None
        assert reviews.appeals_for(house, person.id, clock.now())[0] == count, name
