"""A promise reserves its maximum, and from then on nobody changes or withdraws it."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from marketplace.audit.models import AuditRecord
from marketplace.bonuses import service
from marketplace.bonuses.errors import NotOpen, NotPromised
from marketplace.bonuses.models import BonusPayment, BonusRule
from marketplace.identity.models import User
from marketplace.kit import clock, ids
from marketplace.kit.application import Application
from marketplace.kit.errors import Conflict
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import Kind
from marketplace.notifications.models import Notice
from marketplace.outbox.service import Handlers
from marketplace.projects import queries as projects
from marketplace.projects import service as project_service
from marketplace.projects.models import Project, ProjectState
from tests.factories.bonuses import a_promise, approved, bonus, make_bonus
from tests.factories.experts import make_expert
from tests.factories.projects import make_project
from tests.factories.queue import engaged, make_tasks, run_promises
from tests.factories.reviews import make_reviewer
from workspace.reviews import queries as reviews
from workspace.reviews import service as reviewing


def owner(session: Session, project: Project) -> User:
    return session.get_one(User, projects.member_user_ids(session, project.company_id)[0])


def money(session: Session, project: Project) -> tuple[int, int]:
    session.flush()
    return tuple(  # type: ignore[return-value]
        ledger.balance(session, kind, project.id) for kind in (Kind.PROJECT_BUDGET, Kind.PROJECT_RESERVED)
    )


def test_the_maximum_with_its_fee_is_reserved_once(app: Application, session: Session) -> None:
    project, form = make_project(session), ids.new_id()
    expert = make_expert(session)
    engaged(session, expert, project)
    by, promise = owner(session, project), a_promise()
    for _ in range(2):
        service.publish_bonus(session, project, by=by, promise=promise, form_key=form)
    assert money(session, project) == (100_000 - 6_000, 6_000)  # twice 25.00 and 20 % on top
    assert reviews.broken(session) == []
    entry = ledger.with_keys(session, [f"bonus_rule:{form}:reserve"])[f"bonus_rule:{form}:reserve"]
    assert (entry.ref_type, entry.ref_id, entry.actor_id) == ("bonus_rule", form, by.id)
    assert session.query(AuditRecord).filter_by(tag="company:bonus_rule:publish").count() == 1
    with pytest.raises(Conflict, match="already used"):
        service.publish_bonus(session, project, by=by, promise=a_promise(places=1), form_key=form)
    run_promises(app, session)
    told = session.query(Notice).filter_by(kind="bonus_promised", user_id=expert.user_id).one()
    assert "2 approved answers by" in told.body
    assert "2 of 2 places left" in told.body


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"places": 40}, "amount", r"The budget holds \$1,000\.00: promise less, or add \$202\.80 first"),
        ({"ends_at": clock.now() + timedelta(hours=3)}, "last_day", "at least 24 hours"),
        ({"ends_at": clock.now() + timedelta(days=400)}, "last_day", "The project itself ends on"),
    ],
)
def test_what_cannot_be_promised_is_refused_with_its_field(
    session: Session, changes: dict[str, Any], field: str, said: str
) -> None:
    project = make_project(session)
    with pytest.raises(NotPromised, match=said) as refusal:
        make_bonus(session, project, **changes)
    assert refusal.value.field == field
    assert money(session, project) == (100_000, 0)


def test_a_bonus_is_promised_on_an_open_project_and_at_most_five(session: Session) -> None:
    with pytest.raises(NotOpen):
        make_bonus(session, make_project(session, state="paused"))
    project = make_project(session)
    for _ in range(5):
        make_bonus(session, project, places=1)
    with pytest.raises(NotPromised, match="at most 5"):
        make_bonus(session, project, places=1)


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("bonus_rules", "SET amount_minor = 1"),
        ("bonus_rules", "SET answers = 30"),
        ("bonus_rules", "SET places = 1"),
        ("bonus_rules", "SET starts_at = ends_at"),
        ("bonus_rules", "SET ends_at = created_at"),
        ("bonus_rules", "SET paid_count = 0"),
        ("bonus_rules", "SET paid_count = 3"),
        ("bonus_rules", "SET state = 'over', over_at = created_at"),
        ("bonus_payments", "SET place = 2"),
    ],
)
def test_the_database_keeps_the_promise(session: Session, table: str, change: str) -> None:
    project, expert, reviewer = make_project(session), make_expert(session), make_reviewer(session)
    make_tasks(session, project, 2)
    rule = make_bonus(session, project, answers=1)
    approved(session, expert, project, reviewer)
    reviewing.settle_bonus(session, {"rule_id": str(rule.id)})
    session.flush()
    assert (session.query(BonusRule).one().paid_count, session.query(BonusPayment).count()) == (1, 1)
    for statement in (f"UPDATE {table} {change}", f"DELETE FROM {table}"):
        with pytest.raises(DBAPIError), session.begin_nested():
            session.execute(sa.text(statement))


def test_it_only_ends_later_and_only_while_it_goes_on(session: Session) -> None:
    project = make_project(session)
    rule, by = make_bonus(session, project), owner(session, project)
    with pytest.raises(NotPromised, match="Choose a later end"):
        service.extend(session, rule, by=by, ends_at=rule.ends_at)
    with pytest.raises(NotPromised, match="The project itself ends"):
        service.extend(session, rule, by=by, ends_at=rule.ends_at + timedelta(days=400))
    longer = rule.ends_at + timedelta(days=3)
    service.extend(session, rule, by=by, ends_at=longer)
    session.flush()
    assert bonus(session, rule.id).ends_at == longer
    assert money(session, project)[1] == 6_000
    with clock.shifted(timedelta(days=20)), pytest.raises(Conflict, match="has ended"):
        service.extend(session, rule, by=by, ends_at=longer + timedelta(days=30))


def test_a_finishing_project_closes_once_its_promises_are_over(app: Application, session: Session) -> None:
    project = make_project(session)
    rule, by = make_bonus(session, project), owner(session, project)
    project_service.finish(session, project, by=by)
    run_promises(app, session)
    handlers = app.extensions["assay"][Handlers].local
    handlers["workspace.close_finished"](session, {})
    assert projects.lock(session, project.id).state is ProjectState.CLOSING
    reviewing.settle_bonus(session, {"rule_id": str(rule.id)})
    session.flush()
    assert bonus(session, rule.id).over_at is not None
    assert money(session, project) == (100_000, 0)
    handlers["workspace.close_finished"](session, {})
    assert projects.lock(session, project.id).state is ProjectState.CLOSED
    assert reviews.broken(session) == []
