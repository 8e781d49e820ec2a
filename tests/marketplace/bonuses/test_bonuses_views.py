"""The pages of promised bonuses: the cost before the promise, errors at their fields, nobody else's."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from marketplace.bonuses import queries
from marketplace.bonuses.models import BonusRule
from marketplace.companies.models import MemberRole
from marketplace.kit import clock, ids
from marketplace.projects.models import Project
from tests.factories.bonuses import bonus, make_bonus
from tests.factories.companies import make_company
from tests.factories.experts import make_expert
from tests.factories.projects import make_owner, make_project
from tests.factories.queue import engaged, make_assignment
from tests.pages import Pages


def typed(**changes: str) -> dict[str, str]:
    day = (clock.now() + timedelta(days=10)).date()
    return {
        "form_key": str(ids.new_id()),
        "amount": "25",
        "answers": "20",
        "places": "20",
        "last_day": day.isoformat(),
        "last_time": "18:00",
        **changes,
    }


@pytest.fixture
def project(session: Session) -> Project:
    return make_project(session)


def test_the_cost_is_shown_before_it_is_promised(pages: Pages, session: Session, project: Project) -> None:
    pages.enter(make_owner(session, project.company, role=MemberRole.MANAGER))
    assert "No bonus promised yet" in pages.get("bonuses.index", project_id=project.id).text
    assert "The budget holds $1,000.00" in pages.get("bonuses.new", project_id=project.id).text
    fields = typed()
    cost = pages.post("bonuses.promise", fields, project_id=project.id)
    assert "Reserves at most $600.00" in cost.text
    assert "$400.00 of $1,000.00 is left in the budget." in cost.text
    assert session.query(BonusRule).count() == 0
    agreed = f"2500/20/20/{fields['last_day'].replace('-', '')}1800"
    assert cost.value("agreed") == agreed
    changed = pages.post(
        "bonuses.promise", {**fields, "places": "21", "agreed": agreed}, project_id=project.id
    )
    assert "Reserves at most $630.00" in changed.text  # what was not agreed to is shown first
    for _ in range(2):
        done = pages.post("bonuses.promise", {**fields, "agreed": agreed}, project_id=project.id)
        assert done.status == 303
    page = pages.get("bonuses.index", project_id=project.id).text
    assert session.query(BonusRule).count() == 1
    assert "$25.00 for 20 approved answers" in page
    assert "20 of 20 places left" in page


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"amount": "0.5"}, "Enter $1.00 or more."),
        ({"answers": "many"}, "Enter a whole number."),
        ({"places": "501"}, "Enter a number from 1 to 500."),
        ({"last_day": "soon"}, "Enter a date, such as"),
        ({"last_day": "2020-01-01"}, "Give people at least 24 hours"),
        ({"places": "100"}, "The budget holds $1,000.00: promise less, or add $2,002.80 first."),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    pages: Pages, session: Session, project: Project, changes: dict[str, str], said: str
) -> None:
    pages.enter(make_owner(session, project.company))
    answer = pages.post("bonuses.promise", typed(**changes), project_id=project.id)
    assert answer.status == 422
    assert said in answer.errors()


def test_it_can_end_later_and_not_earlier(pages: Pages, session: Session, project: Project) -> None:
    rule = make_bonus(session, project)
    pages.enter(make_owner(session, project.company))
    place: dict[str, Any] = {"project_id": project.id, "rule_id": rule.id}
    assert "It ends on" in pages.get("bonuses.longer", **place).text
    day = (clock.now() + timedelta(days=3)).date().isoformat()
    early = pages.post("bonuses.extend", {"last_day": day, "last_time": "12:00"}, **place)
    assert (early.status, "Choose a later end" in early.text) == (422, True)
    day = (clock.now() + timedelta(days=12)).date().isoformat()
    assert pages.post("bonuses.extend", {"last_day": day, "last_time": "12:00"}, **place).status == 303
    assert bonus(session, rule.id).ends_at.isoformat().startswith(day)


def test_nobody_else_s_promise(pages: Pages, session: Session, project: Project) -> None:
    rule, other = make_bonus(session, project), make_project(session)
    company, theirs = project.company, make_owner(session, other.company)
    pages.enter(make_owner(session, make_company(session)))
    assert pages.get("bonuses.index", project_id=project.id).status == 404
    assert pages.post("bonuses.promise", typed(), project_id=project.id).status == 404
    pages.enter(theirs)
    assert pages.get("bonuses.longer", project_id=other.id, rule_id=rule.id).status == 404
    pages.enter(make_owner(session, company, role=MemberRole.VIEWER))
    assert pages.get("bonuses.index", project_id=project.id).status == 200
    assert pages.get("bonuses.new", project_id=project.id).status == 403


def test_everybody_reads_it_before_and_while_they_work(
    pages: Pages, session: Session, project: Project
) -> None:
    make_bonus(session, project, answers=20)
    assert "2 of 2 places left" in pages.get("jobs.job", slug=project.slug).text
    expert = make_expert(session)
    engaged(session, expert, project)
    assignment = make_assignment(session, project=project, expert=expert)
    pages.enter(expert.user)
    assert "$25.00 for 20 approved answers" in pages.get("jobs.job", slug=project.slug).text
    work = pages.get("submissions.work", assignment_id=assignment.id).text
    assert "Bonus $25.00: 0 of 20 approved, until" in work


def test_the_board_names_what_can_still_be_met(pages: Pages, session: Session, project: Project) -> None:
    said = "bonus $25.00 for 2 approved"
    assert said not in pages.get("jobs.board").text
    rule = make_bonus(session, project)
    later = make_bonus(session, project, amount_minor=900, ends_at=rule.ends_at + timedelta(days=1))
    assert said in pages.get("jobs.board").text
    pages.enter(make_expert(session).user, "expert")
    assert said in pages.get("jobs.board").text
    assert queries.to_be_met(session, [project.id], rule.ends_at) == {project.id: later}
    assert queries.to_be_met(session, [project.id], later.ends_at) == {}
