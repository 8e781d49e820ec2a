from collections.abc import Iterator

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.fields import SPECIALTIES
from marketplace.companies.models import Company, MemberRole
from marketplace.identity.models import User
from marketplace.kit import ids
from marketplace.kit.application import Application
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import Kind
from marketplace.projects import queries, service
from marketplace.projects.models import Project, ProjectState
from marketplace.projects.policy import WorkFacts
from tests.factories.companies import make_company
from tests.factories.identity import make_user
from tests.factories.projects import CLAUSES, fill_wallet, make_draft, make_owner, make_project
from tests.pages import Pages

S = ProjectState
GOOD = {
    "task_type": "response_ranking",
    "title": "Rank answers about drugs",
    "summary": "Put the answers in order and say why you did.",
    "description": "",
    "specialty": "medicine.cardiology",
    "language": "en",
    "tier": "board_certified",
    "hourly": "$165.00",
    "minutes": "7",
    "overlap": "3",
    "auto_approve_hours": "72",
    "why_min_words": "40",
}


@pytest.fixture
def company(session: Session) -> Company:
    return make_company(session)


@pytest.fixture
def owner(session: Session, company: Company) -> User:
    return make_owner(session, company)


@pytest.fixture
def mine(pages: Pages, owner: User) -> Pages:
    return pages.enter(owner, "member")


@pytest.fixture
def tasks(app: Application) -> Iterator[None]:
    """Every project has tasks."""
    wired = app.extensions["assay"]
    before = wired.get(WorkFacts)
    wired[WorkFacts] = WorkFacts(has_tasks=lambda session, project_id: True)
    yield
    wired.pop(WorkFacts) if before is None else wired.update({WorkFacts: before})


def form(**changes: str) -> dict[str, str]:
    return {"form_key": str(ids.new_id()), **GOOD, **changes}


def state_of(session: Session, project: Project) -> ProjectState:
    session.expire_all()
    return queries.lock(session, project.id).state


def rows(*clauses: tuple[str, str], action: str = "save") -> dict[str, str]:
    fields = {"action": action}
    for place, (title, text) in enumerate(clauses):
        fields |= {
            f"clauses-{place}-title": title,
            f"clauses-{place}-text": text,
            f"clauses-{place}-good": "",
            f"clauses-{place}-bad": "",
        }
    return fields


def test_an_empty_list_says_what_to_do(mine: Pages) -> None:
    page = mine.get("projects.index")
    assert page.status == 200
    assert "Post your first project" in page.text


def test_a_draft_is_written_from_the_form(mine: Pages, session: Session, company: Company) -> None:
    assert mine.get("projects.new").status == 200
    sent = form()
    page = mine.post("projects.create", sent)
    assert page.status == 303
    assert page.location.endswith(sent["form_key"])
    assert mine.post("projects.create", sent).location == page.location, "sent twice, written once"
    made = session.scalars(select(Project).where(Project.company_id == company.id)).all()
    assert [(one.price_minor, one.options, one.state) for one in made] == [
        (1_925, {"why_min_words": 40}, S.DRAFT)
    ]
    shown = mine.get(page.location)
    assert "Rank answers about drugs" in shown.text
    assert "$26.95" in shown.text
    assert "Rank answers about drugs" in mine.get("projects.index").text


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"title": ""}, "Enter a title."),
        ({"title": "Short"}, "8 to 120 characters"),
        ({"summary": "x" * 401}, "20 to 400 characters"),
        ({"hourly": "0"}, "$0.01 or more"),
        ({"hourly": "a lot"}, "Enter an amount"),
        ({"hourly": "5000"}, "$1,000.00 or less"),
        ({"minutes": "0"}, "from 1 to 480"),
        ({"minutes": "seven"}, "whole number"),
        ({"minutes": "99999999999999999999"}, "from 1 to 480"),
        ({"overlap": "16"}, "from 1 to 15"),
        ({"tier": "legend"}, "Choose one of the options."),
        ({"specialty": "juggling"}, "Choose one of the options."),
        ({"task_type": ""}, "Choose"),
        ({"why_min_words": "9"}, "from 10 to 150"),
        ({"auto_approve_hours": "1"}, "Choose one of the options."),
    ],
)
def test_what_is_wrong_is_said_at_the_field(
    mine: Pages, session: Session, change: dict[str, str], message: str
) -> None:
    page = mine.post("projects.create", form(**change))
    assert page.status == 422
    assert message in page.text
    assert not session.scalars(select(Project)).all()


def test_a_rate_under_the_tier_warns_and_is_saved(mine: Pages, session: Session) -> None:
    made = mine.post("projects.create", form(hourly="51"))
    assert made.status == 303
    page = mine.get(made.location)
    assert "experts would earn about $51 an hour. Board-certified starts at $150." in page.text
    assert "$51 an hour × 7 minutes = $5.95" in page.text


def test_the_picker_lists_fields_branch_by_branch(mine: Pages) -> None:
    page = mine.get("projects.new")
    groups = {one.get("label"): [option.get("value") for option in one] for one in page.all("optgroup")}
    assert groups["Medicine"][0] == "medicine"
    assert "medicine.cardiology" in groups["Medicine"]
    assert sum(map(len, groups.values())) == len(SPECIALTIES)


def test_what_was_typed_stays(mine: Pages) -> None:
    page = mine.post("projects.create", form(title="No", minutes="12", hourly="20"))
    assert (page.status, page.value("minutes"), page.value("hourly")) == (422, "12", "20")
    assert "Rank" not in page.value("title")
    assert "Put the answers in order" in page.value("summary")


def test_the_price_follows_what_is_typed(mine: Pages) -> None:
    asked = {"tier": "licensed", "hourly": "130", "minutes": "20", "overlap": "3"}
    part = mine.get("projects.price", headers={"HX-Request": "true"}, **asked)
    assert all(amount in part.text for amount in ("$43.34", "$8.66", "$60.66"))
    assert "$3,639.60" in part.text  # 20 tasks, 3 opinions
    assert (
        "about $100 an hour. Licensed starts at $130. Likely nobody starts."
        in mine.get("projects.price", headers={"HX-Request": "true"}, **{**asked, "hourly": "100"}).text
    )
    for wrong in ({}, {"hourly": "x"}, {**asked, "minutes": "1e9"}, {**asked, "hourly": "999999999999"}):
        part = mine.get("projects.price", headers={"HX-Request": "true"}, **wrong)
        assert part.status == 200
        assert "to see the price" in part.text


def test_a_draft_can_be_changed(mine: Pages, session: Session, company: Company, owner: User) -> None:
    project = make_draft(session, company=company, by=owner)
    page = mine.get("projects.edit", project_id=project.id)
    assert page.value("title") == project.title
    assert mine.post("projects.update", form(minutes="0"), project_id=project.id).status == 422
    assert mine.post("projects.update", form(), project_id=project.id).status == 303
    assert queries.lock(session, project.id).price_minor == 1_925


def test_clauses_are_added_moved_and_removed_without_saving(
    mine: Pages, session: Session, company: Company, owner: User
) -> None:
    project = make_draft(session, company=company, by=owner)
    where = {"project_id": project.id}
    assert mine.get("projects.guideline", **where).status == 200

    def press(action: str, *clauses: tuple[str, str]) -> list[str]:
        page = mine.post("projects.write_guideline", rows(*clauses, action=action), **where)
        assert page.status == 200
        boxes = [box for box in page.all("input") if box.get("name", "").endswith("-title")]
        return [box.get("value", "") for box in boxes]

    two = (("One", "First."), ("Two", "Second."))
    assert press("add", *two) == ["One", "Two", ""]
    assert press("down-0", *two) == ["Two", "One"]
    assert press("up-1", *two) == ["Two", "One"]
    assert press("up-0", *two) == ["One", "Two"]
    assert press("remove-0", *two) == ["Two"]
    assert press("remove-0", two[0]) == [""]
    for strange in ("remove-9", "up-x", "down--1", "explode", "up-99999999999"):
        assert press(strange, *two) == ["One", "Two"]
    assert queries.draft_guideline(session, project.id) is None


def test_a_guideline_is_saved_and_read_again(
    mine: Pages, session: Session, company: Company, owner: User
) -> None:
    project = make_draft(session, company=company, by=owner)
    where = {"project_id": project.id}
    page = mine.post(
        "projects.write_guideline", rows(("One", "First."), ("", ""), ("Two", "Second.")), **where
    )
    assert page.status == 303
    draft = queries.draft_guideline(session, project.id)
    assert draft is not None
    assert [(c.number, c.title) for c in queries.clauses(session, draft.id)] == [(1, "One"), (2, "Two")]
    assert mine.get("projects.guideline", **where).value("clauses-1-title") == "Two"
    assert "Write it" not in mine.get("projects.show", **where).text


@pytest.mark.parametrize(
    ("clause", "message"),
    [
        (("", "Text without a name."), "Give this clause a name"),
        (("Name without text", ""), "Write what this clause means"),
        (("x" * 161, "Text."), "160 characters"),
    ],
)
def test_a_half_written_clause_is_named(
    mine: Pages, session: Session, company: Company, clause: tuple[str, str], message: str
) -> None:
    project = make_draft(session, company=company)
    page = mine.post("projects.write_guideline", rows(clause), project_id=project.id)
    assert page.status == 422
    assert message in page.text
    assert clause[1] in page.value("clauses-0-text")


def test_a_new_version_is_published_while_open(
    mine: Pages, session: Session, company: Company, owner: User
) -> None:
    project = make_project(session, company=company, by=owner)
    where = {"project_id": project.id}
    assert "Version 1 is in force" in mine.get("projects.guideline", **where).text
    sent = rows(("Be right", "Cite it."), action="publish")
    assert mine.post("projects.write_guideline", sent, **where).status == 303
    version = queries.current_guideline(session, project.id)
    assert version is not None
    assert version.number == 2
    assert mine.post("projects.write_guideline", rows(action="publish"), **where).status == 409
    assert "Version 1" in mine.get("projects.guideline", **where).text
    old = mine.get("projects.guideline_version", number=1, **where)
    assert "Write for a careful reader" in old.text
    assert "Write for a careful reader" not in mine.get("projects.guideline_version", number=2, **where).text
    assert mine.get("projects.guideline_version", number=3, **where).status == 404


def test_a_draft_is_sent_when_nothing_is_missing(
    mine: Pages, session: Session, company: Company, owner: User, tasks: None
) -> None:
    project = make_draft(session, company=company, by=owner)
    where = {"project_id": project.id}
    assert mine.post("projects.publish", **where).status == 409
    assert "Send the project" not in mine.get("projects.show", **where).text
    service.save_guideline(session, project, CLAUSES, by=owner)
    session.flush()
    assert "Send the project" in mine.get("projects.show", **where).text
    assert mine.post("projects.publish", **where).status == 303
    assert state_of(session, project) is S.IN_CHECK
    assert "We look at it before it opens" in mine.get("projects.show", **where).text


def test_without_tasks_nothing_is_sent(mine: Pages, session: Session, company: Company, owner: User) -> None:
    project = make_draft(session, company=company, by=owner)
    service.save_guideline(session, project, CLAUSES, by=owner)
    assert mine.post("projects.publish", project_id=project.id).status == 409
    assert state_of(session, project) is S.DRAFT


def test_funding_from_the_wallet(mine: Pages, session: Session, company: Company, owner: User) -> None:
    project = make_project(session, company=company, by=owner, state="awaiting_funds", wanted=18)
    where = {"project_id": project.id}
    assert "Your wallet is empty" in mine.get("projects.fund", **where).text
    fill_wallet(session, company, 5_000)
    page = mine.get("projects.fund", **where)
    assert page.value("amount") == "50.00"
    assert "With this amount: enough for 17 more answers of the 18 wanted" in page.text
    key = page.value("form_key")
    for amount, message in (
        ("", "Enter an amount."),
        ("0", "$0.01 or more"),
        ("50.01", "Your wallet holds less"),
    ):
        refused = mine.post("projects.add_funds", {"form_key": key, "amount": amount}, **where)
        assert refused.status == 422
        assert message in refused.text
    for _ in range(2):
        assert mine.post("projects.add_funds", {"form_key": key, "amount": "28"}, **where).status == 303
    assert ledger.balance(session, Kind.PROJECT_BUDGET, project.id) == 2_800
    assert state_of(session, project) is S.OPEN
    shown = mine.get("projects.show", **where).text
    assert "$28.00" in shown
    assert "Enough for 10 more answers of the 18 wanted" in shown


def test_pausing_needs_a_reason_and_can_be_taken_back(
    mine: Pages, session: Session, company: Company, owner: User
) -> None:
    project = make_project(session, company=company, by=owner)
    where = {"project_id": project.id}
    assert mine.get("projects.pause", **where).status == 200
    assert mine.post("projects.put_on_pause", {"reason": "short"}, **where).status == 422
    assert mine.post("projects.put_on_pause", {"reason": "We read the answers."}, **where).status == 303
    assert "We read the answers." in mine.get("projects.show", **where).text
    assert mine.post("projects.put_on_pause", {"reason": "We read the answers."}, **where).status == 409
    assert mine.post("projects.resume", **where).status == 303
    assert state_of(session, project) is S.OPEN


def test_finishing_extending_discarding(mine: Pages, session: Session, company: Company, owner: User) -> None:
    project = make_project(session, company=company, by=owner)
    assert mine.post("projects.extend", project_id=project.id).status == 303
    assert mine.post("projects.discard", project_id=project.id).status == 409
    assert mine.post("projects.finish", project_id=project.id).status == 303
    assert "Finishing" in mine.get("projects.show", project_id=project.id).text
    assert mine.post("projects.extend", project_id=project.id).status == 409
    draft = make_draft(session, company=company, by=owner)
    assert mine.post("projects.discard", project_id=draft.id).status == 303
    assert state_of(session, draft) is S.CANCELLED


@pytest.mark.parametrize("state", [state.value for state in S])
def test_every_state_has_a_page(
    mine: Pages, session: Session, company: Company, owner: User, state: str
) -> None:
    project = make_project(
        session, company=company, by=owner, state="open" if state == "cancelled" else state
    )
    if state == "cancelled":
        project = make_draft(session, company=company, by=owner)
        service.discard(session, project, by=owner)
        session.flush()
    assert mine.get("projects.show", project_id=project.id).status == 200
    assert mine.get("projects.guideline", project_id=project.id).status == 200


def test_another_companys_project_does_not_exist(mine: Pages, session: Session) -> None:
    project = make_project(session)
    for endpoint in (
        "projects.show",
        "projects.edit",
        "projects.guideline",
        "projects.fund",
        "projects.pause",
    ):
        assert mine.get(endpoint, project_id=project.id).status == 404, endpoint
    for endpoint in (
        "projects.update",
        "projects.write_guideline",
        "projects.publish",
        "projects.add_funds",
        "projects.put_on_pause",
        "projects.resume",
        "projects.finish",
        "projects.extend",
        "projects.discard",
    ):
        assert mine.post(endpoint, {}, project_id=project.id).status == 404, endpoint
    assert state_of(session, project) is S.OPEN


def test_a_viewer_reads_and_a_manager_moves_no_money(
    pages: Pages, session: Session, company: Company
) -> None:
    project = make_project(session, company=company)
    where = {"project_id": project.id}
    pages.enter(make_owner(session, company, role=MemberRole.VIEWER))
    assert pages.get("projects.show", **where).status == 200
    assert pages.get("projects.guideline", **where).status == 200
    assert pages.get("projects.new").status == 403
    for endpoint in (
        "projects.write_guideline",
        "projects.publish",
        "projects.put_on_pause",
        "projects.finish",
    ):
        assert pages.post(endpoint, {}, **where).status == 403, endpoint
    pages.enter(make_owner(session, company, role=MemberRole.MANAGER))
    assert pages.get("projects.fund", **where).status == 403
    assert pages.post("projects.add_funds", {}, **where).status == 403
    assert "Add funds" not in pages.get("projects.show", **where).text
    assert pages.post("projects.extend", **where).status == 303


def test_strangers_are_sent_away(pages: Pages, session: Session) -> None:
    project = make_project(session)
    assert pages.get("projects.show", project_id=project.id).status == 303
    pages.enter(make_user(session, roles=["expert"]))
    assert pages.get("projects.show", project_id=project.id).status == 403
    assert pages.get("project_checks.index").status == 403


def test_ops_pass_and_send_back(pages: Pages, session: Session) -> None:
    pages.enter(make_user(session, roles=["ops"]), "ops")
    assert "No projects to check" in pages.get("project_checks.index").text
    first, second = make_project(session, state="in_check"), make_project(session, state="in_check")
    listed = pages.get("project_checks.index").text
    assert first.title in listed
    page = pages.get("project_checks.show", project_id=first.id)
    assert "its first project" in page.text
    assert "Every claim can be checked." in page.text
    assert pages.post("project_checks.pass_check", project_id=first.id).status == 303
    assert state_of(session, first) is S.AWAITING_FUNDS
    assert pages.post("project_checks.pass_check", project_id=first.id).status == 409

    refused = pages.post("project_checks.send_back", {"reason": "No."}, project_id=second.id)
    assert (refused.status, refused.value("reason")) == (422, "No.")
    reason = {"reason": "Say where the prompts come from."}
    assert pages.post("project_checks.send_back", reason, project_id=second.id).status == 303
    assert state_of(session, second) is S.DRAFT
    assert pages.get("project_checks.show", project_id=second.id).status == 404


def test_a_reason_reaches_the_company(mine: Pages, session: Session, company: Company, owner: User) -> None:
    project = make_project(session, company=company, by=owner, state="in_check")
    service.send_back(
        session, project, by=make_user(session, roles=["ops"]), reason="Say where it comes from."
    )
    session.flush()
    assert "Say where it comes from." in mine.get("projects.show", project_id=project.id).text
