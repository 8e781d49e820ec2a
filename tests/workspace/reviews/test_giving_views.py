"""The pages on which a company gives a bonus: whom, the cost before it is given, the history, and nobody else's."""

import pytest
from sqlalchemy.orm import Session

from marketplace.bonuses.models import GivenBonus
from marketplace.companies import policy
from marketplace.companies.models import MemberRole
from marketplace.experts.models import Expert
from marketplace.identity.models import User
from marketplace.kit import ids
from marketplace.payouts.models import Earning
from marketplace.projects.models import Project, ProjectState
from tests.factories.bonuses import WHY, give_bonus
from tests.factories.companies import make_company
from tests.factories.experts import make_expert
from tests.factories.projects import make_owner, make_project
from tests.factories.queue import engaged
from tests.pages import Pages

NAME = "Grace Unnamed"


def typed(**changes: str) -> dict[str, str]:
    return {"form_key": str(ids.new_id()), "amount": "20", "reason": WHY, **changes}


@pytest.fixture
def expert(session: Session) -> Expert:
    found = make_expert(session)
    found.user.name = NAME
    return found


@pytest.fixture
def project(session: Session, expert: Expert) -> Project:
    found = make_project(session)
    engaged(session, expert, found)
    session.flush()
    return found


def test_the_cost_is_shown_then_it_is_given_once(
    pages: Pages, session: Session, project: Project, expert: Expert
) -> None:
    code = f"Expert {ids.code('E', expert.id)}"
    pages.enter(make_owner(session, project.company))
    assert "No bonus given yet" in pages.get("bonuses.given", project_id=project.id).text
    people = pages.get("gifts.people", project_id=project.id).text
    assert code in people
    assert NAME not in people
    assert policy.pseudonym(project.company_id, expert.user_id) in people  # as exports name them
    assert "Give a bonus" in pages.get("applicants.index", project_id=project.id).text
    place = {"project_id": project.id, "expert_id": expert.id}
    assert "The budget holds $1,000.00" in pages.get("gifts.new", **place).text
    fields = typed()
    cost = pages.post("gifts.give", fields, **place)
    assert "It costs $24.00" in cost.text
    assert (
        "$20.00 for the expert and $4.00 platform fee; $976.00 of $1,000.00 is left in the budget."
        in cost.text
    )
    assert session.query(GivenBonus).count() == 0
    changed = pages.post("gifts.give", {**fields, "amount": "30", "agreed": "2000"}, **place)
    assert "It costs $36.00" in changed.text  # what was not agreed to is shown first
    for _ in range(2):  # a double click
        assert pages.post("gifts.give", {**fields, "agreed": "2000"}, **place).status == 303
    assert session.query(GivenBonus).count() == session.query(Earning).count() == 1
    history = pages.get("bonuses.given", project_id=project.id).text
    assert WHY in history
    assert code in history
    assert "Out of the budget $24.00" in history
    assert NAME not in history


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"amount": "0.5"}, "Enter $1.00 or more."),
        ({"amount": "501"}, "Enter $500.00 or less."),
        ({"amount": "some"}, "Enter an amount"),
        ({"reason": ""}, "Say what it is for."),
        ({"reason": "Thanks"}, "Say in at least 3 words what it is for."),
        ({"reason": "so good " * 63}, "500 characters"),
        ({"reason": "\u200b \u200b \u200b"}, "Say what it is for."),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    pages: Pages, session: Session, project: Project, changes: dict[str, str], said: str
) -> None:
    expert = make_expert(session)
    engaged(session, expert, project)
    pages.enter(make_owner(session, project.company))
    answer = pages.post("gifts.give", typed(**changes), project_id=project.id, expert_id=expert.id)
    assert answer.status == 422
    assert said in answer.errors()
    assert session.query(GivenBonus).count() == 0


def test_a_reason_as_long_as_the_form_takes_is_kept_whole(
    pages: Pages, session: Session, project: Project, expert: Expert
) -> None:
    pages.enter(make_owner(session, project.company))
    long = ("You found what we had missed. " * 17)[:500]  # the ledger keeps 400, the row and the person all
    fields = typed(reason=long, agreed="2000")
    assert pages.post("gifts.give", fields, project_id=project.id, expert_id=expert.id).status == 303
    assert session.query(GivenBonus).one().reason == long.strip()
    assert long.strip() in session.query(Earning).one().reason


def test_a_budget_that_is_too_small_says_what_is_there(
    pages: Pages, session: Session, expert: Expert
) -> None:
    project = make_project(session, budget_minor=1_500)
    engaged(session, expert, project)
    pages.enter(make_owner(session, project.company))
    answer = pages.post("gifts.give", typed(), project_id=project.id, expert_id=expert.id)
    assert answer.status == 422
    assert "The budget holds $15.00: give less, or add $9.00 first." in answer.errors()
    assert f"/company/projects/{project.id}/fund" in [link.get("href") for link in answer.all("a")]


def test_whom_it_is_not_for(pages: Pages, session: Session, project: Project, expert: Expert) -> None:
    stranger, place = make_expert(session), {"project_id": project.id, "expert_id": expert.id}
    company = project.company
    pages.enter(make_owner(session, make_company(session)))
    for name in ("gifts.new", "bonuses.given", "gifts.people"):
        where = place if name == "gifts.new" else {"project_id": project.id}
        assert pages.get(name, **where).status == 404
    assert pages.post("gifts.give", typed(agreed="2000"), **place).status == 404
    pages.enter(make_owner(session, company, role=MemberRole.VIEWER))
    assert pages.get("bonuses.given", project_id=project.id).status == 200
    assert pages.get("gifts.people", project_id=project.id).status == 403
    assert pages.post("gifts.give", typed(agreed="2000"), **place).status == 403
    pages.enter(make_owner(session, company, role=MemberRole.MANAGER))
    assert pages.get("gifts.new", project_id=project.id, expert_id=stranger.id).status == 404
    pages.enter(session.get_one(User, expert.user_id))
    assert pages.post("gifts.give", typed(agreed="2000"), **place).status == 403
    assert session.query(GivenBonus).count() == 0


def test_an_ended_project_gives_nothing(
    pages: Pages, session: Session, project: Project, expert: Expert
) -> None:
    project.move(ProjectState.CLOSING)
    project.move(ProjectState.CLOSED)
    pages.enter(make_owner(session, project.company))
    place = {"project_id": project.id, "expert_id": expert.id}
    assert "This project has nothing to give" in pages.get("gifts.new", **place).text
    assert pages.post("gifts.give", typed(agreed="2000"), **place).status == 409


def test_the_person_reads_how_much_from_whom_and_what_for(
    pages: Pages, session: Session, project: Project, expert: Expert
) -> None:
    give_bonus(session, project, expert)
    earning = session.query(Earning).one()
    pages.enter(session.get_one(User, expert.user_id))
    assert f"Bonus: “{WHY}”" in pages.get("payouts.earnings").text
    page = pages.get("payouts.earning", earning_id=earning.id)
    assert "See the project it was given for" in page.text
    assert f"Bonus: $20.00 from {project.company.name}" in pages.get("notifications.inbox").text
