"""Lists of bonuses are newest first, whatever the key of the form, and walk an index."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.bonuses import queries
from marketplace.bonuses.models import BonusRule, GivenBonus
from marketplace.kit import ids
from tests.factories.bonuses import give_bonus, make_bonus
from tests.factories.experts import make_expert
from tests.factories.projects import make_project
from tests.factories.queue import engaged
from tests.workspace.queue.test_queue_plans import dialect, plan


def test_the_newest_gift_is_first_though_its_form_is_older(session: Session) -> None:
    project, expert = make_project(session), make_expert(session)
    engaged(session, expert, project)
    old, new = ids.new_id(), ids.new_id()
    first = give_bonus(session, project, expert, form=new, amount_minor=300)
    last = give_bonus(session, project, expert, form=old, amount_minor=400)  # drawn before, sent after
    assert [row[0] for row in queries.given_of(session, project.id, mark=None).rows] == [last, first]
    assert [row[0] for row in queries.every_given(session, only=None, mark=None).rows] == [last, first]


def test_gifts_are_paged_in_that_order(session: Session) -> None:
    project, expert = make_project(session), make_expert(session)
    engaged(session, expert, project)
    forms = [ids.new_id() for _ in range(27)]
    given = [give_bonus(session, project, expert, form=form, amount_minor=100) for form in reversed(forms)]
    first = queries.given_of(session, project.id, mark=None)
    rest = queries.given_of(session, project.id, mark=first.next_mark)
    assert [row[0] for row in (*first.rows, *rest.rows)] == given[::-1]
    assert rest.next_mark is None


def test_the_newest_promise_is_first_though_its_form_is_older(session: Session) -> None:
    project = make_project(session, budget_minor=200_000)
    old, new = ids.new_id(), ids.new_id()
    first, last = make_bonus(session, project, form=new), make_bonus(session, project, form=old)
    rows = queries.of_project(session, project.id, mark=None).rows
    assert list(rows) == list(queries.every_rule(session, only=None, mark=None).rows) == [last, first]


@pytest.mark.parametrize(
    ("model", "index"),
    [(GivenBonus, "ix_given_bonuses_newest"), (BonusRule, "ix_bonus_rules_newest")],
)
def test_an_index_is_walked_and_nothing_sorted(session: Session, model: type, index: str) -> None:
    if dialect(session) == "postgresql":
        session.execute(sa.text("SET LOCAL enable_seqscan = off"))
        session.execute(sa.text("SET LOCAL enable_bitmapscan = off"))
        session.execute(sa.text("SET LOCAL enable_sort = off"))
    newest = sa.select(model.id).order_by(model.created_at.desc(), model.id.desc()).limit(26)
    for statement, name in (
        (newest, index),
        (newest.where(model.project_id == ids.new_id()), f"{index}_of"),
    ):
        said = plan(session, statement)
        assert name in said
        assert "TEMP B-TREE" not in said
        assert "Sort" not in said
