"""The expert's first page: the next step, what is in hand, what fits; steps put aside are remembered."""

import itertools
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.factories.experts import make_expert
from tests.factories.identity import make_user
from tests.factories.projects import make_project
from tests.factories.queue import make_assignment
from tests.factories.reviews import author, decided, make_waiting
from tests.pages import Page, Pages
from workspace.home import policy
from workspace.home.policy import SKIPPABLE, Facts, Step
from workspace.reviews.models import Verdict

NOTHING = Facts(confirmed=False, about=False, submitted=False, credential="", payable=False)
ALL = Facts(confirmed=True, about=True, submitted=True, credential="verified", payable=True)


def primary(page: Page) -> list[str]:
    """Where the buttons of the page lead that ask to be pressed; the dialog of the signed-out state aside."""
    links = [link.get("href") for link in page.all("a") if "primary" in link.get("class", "")]
    return [href for href in links if href != "/login"]


@pytest.mark.parametrize("credential", ["", "kept", "sent", "verified"])
def test_a_credential_is_done_once_it_is_sent(credential: str) -> None:
    facts = Facts(confirmed=True, about=True, submitted=True, credential=credential, payable=True)
    items = {item.step: item for item in policy.checklist(facts, ())}
    assert items[Step.CREDENTIAL].done is (credential in {"sent", "verified"})


def test_each_fact_does_one_step() -> None:
    assert not any(item.done for item in policy.checklist(NOTHING, ()))
    assert policy.is_over(policy.checklist(ALL, ()))


def test_the_list_is_over_when_everything_is_done_or_aside() -> None:
    everything = {step.value for step in Step}
    for left in itertools.chain.from_iterable(itertools.combinations(SKIPPABLE, n) for n in range(3)):
        skipped = everything - {step.value for step in left}
        assert policy.is_over(policy.checklist(NOTHING, skipped)) is (not left)


def test_what_is_done_is_not_aside() -> None:
    assert not any(item.skipped for item in policy.checklist(ALL, {step.value for step in Step}))


def test_a_newcomer_sees_five_steps_and_the_first_is_the_next(pages: Pages, session: Session) -> None:
    pages.enter(make_user(session, roles=["expert"], confirmed=False))
    page = pages.get("home.show")
    assert "0 of 5 done" in page.text
    assert primary(page) == ["/settings"]
    assert "No jobs to compare yet" in page.text


def test_the_first_task_leads_to_a_job_that_fits(pages: Pages, session: Session) -> None:
    project = make_project(session, tier="general")
    pages.enter(make_expert(session).user)
    page = pages.get("home.show")
    assert "2 of 5 done" in page.text
    assert primary(page) == [f"/jobs/{project.slug}"]
    assert "You can do this now" in page.text


def test_a_job_that_does_not_fit_says_why(pages: Pages, session: Session) -> None:
    make_project(session, tier="licensed", specialty="medicine.cardiology")
    pages.enter(make_expert(session).user)
    assert "This job needs a verified credential in Cardiology." in pages.get("home.show").text


def test_putting_a_step_aside_is_remembered_and_can_be_undone(pages: Pages, session: Session) -> None:
    pages.enter(make_expert(session).user)
    for _ in range(2):
        assert pages.post("home.skip", step="payout").location == "/home"
    page = pages.get("home.show")
    assert "Say where to pay you" not in page.text
    assert "1 step put aside." in page.text
    pages.post("home.bring_back")
    assert "Say where to pay you" in pages.get("home.show").text


@pytest.mark.parametrize(("step", "status"), [("confirm", 409), ("about", 409), ("nonsense", 404)])
def test_what_cannot_be_put_aside(pages: Pages, session: Session, step: str, status: int) -> None:
    pages.enter(make_expert(session).user)
    assert pages.post("home.skip", step=step).status == status


def test_steps_put_aside_are_ones_own(pages: Pages, session: Session) -> None:
    pages.enter(make_expert(session).user)
    pages.post("home.skip", step="payout")
    pages.enter(make_expert(session).user)
    assert "Say where to pay you" in pages.get("home.show").text


def test_work_in_hand_comes_first(pages: Pages, session: Session) -> None:
    assignment = make_assignment(session)
    pages.enter(assignment.expert.user)
    page = pages.get("home.show")
    assert page.text.index("Go on") < page.text.index("Your money")
    assert primary(page) == [pages.path("submissions.work", assignment_id=assignment.id)]


def test_changes_are_pointed_at(pages: Pages, session: Session) -> None:
    submission = make_waiting(session, make_assignment(session))
    decided(session, submission, Verdict.ASK_FOR_CHANGES)
    pages.enter(author(session, submission))
    assert "Fix 1 answer" in pages.get("home.show").text


def test_it_costs_the_same_with_many_jobs(pages: Pages, session: Session, statements: Any) -> None:
    make_project(session)
    expert = make_expert(session)
    pages.enter(expert.user)
    pages.get("home.show")
    statements()
    pages.get("home.show")
    few = statements()
    for _ in range(12):
        make_project(session)
    statements()
    pages.get("home.show")
    assert statements() == few


@pytest.mark.parametrize("role", ["member", "reviewer", "ops"])
def test_it_is_for_experts(pages: Pages, session: Session, role: str) -> None:
    pages.enter(make_user(session, roles=[role]))
    assert pages.get("home.show").status in {403, 404}


def test_a_passed_deadline_is_settled_before_the_page_is_shown(pages: Pages, session: Session) -> None:
    assignment = make_assignment(session)
    assignment.expires_at -= timedelta(days=2)
    session.flush()
    pages.enter(assignment.expert.user)
    assert pages.get("home.show").location == "/home"
