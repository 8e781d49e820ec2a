"""The throw-away type through the doors of the house it was put into; `test_one_more_task_type.py` runs this there."""

from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from commands.simulation import answers
from tests.factories.queue import make_assignment
from tests.factories.reviews import later, make_reviewer, opened
from tests.pages import Pages
from workspace.queue.models import Assignment
from workspace.submissions import queries

HEADLINE = "Old harbour bridge opens again"


@pytest.fixture
def assignment(pages: Pages, session: Session) -> Assignment:
    made = make_assignment(session, task_type="headline", overlap=1, options={})
    pages.enter(made.expert.user)
    return made


def send(pages: Pages, door: str, assignment: Assignment, body: dict[str, Any]) -> Any:
    path = pages.path(f"submissions.{door}", assignment_id=assignment.id)
    answer = pages.client.post(path, json=body, headers={"Accept": "application/json"})
    pages.session.expire_all()  # type: ignore[union-attr]
    return answer


def test_a_headline_is_saved_by_its_form_and_submitted(pages: Pages, assignment: Assignment) -> None:
    page = pages.get("submissions.work", assignment_id=assignment.id)
    assert "The old harbour bridge opens again on Sunday" in page.text
    saved = send(pages, "save", assignment, {"rev": 0, "form": {"text": ["Bridge"], "tone": ["plain"]}})
    assert saved.status_code == 200
    assert set(saved.json["problems"]) == {"text"}
    assert pages.get("submissions.work", assignment_id=assignment.id).value("text") == "Bridge"
    refused = pages.post("submissions.submit", {"text": "Bridge"}, assignment_id=assignment.id)
    assert refused.status == 422
    assert "Choose a tone." in refused.errors()
    form = {"text": HEADLINE, "tone": "playful", "stop": "1"}
    assert pages.post("submissions.submit", form, assignment_id=assignment.id).status == 303


def test_a_headline_is_read_by_its_reviewer(pages: Pages, session: Session, assignment: Assignment) -> None:
    sent = send(pages, "submit", assignment, {"form": {"text": [HEADLINE], "tone": ["plain"]}, "stop": True})
    assert sent.status_code == 200, sent.text
    submission = queries.live_submission(session, assignment.id)
    assert submission is not None
    assert submission.answer == {"text": HEADLINE, "tone": "plain"}
    review = opened(session, later(session, submission), reviewer := make_reviewer(session))
    pages.enter(reviewer)
    assert HEADLINE in pages.get("reviews.show", review_id=review.id).text


def test_companies_are_offered_headlines(pages: Pages, session: Session, assignment: Assignment) -> None:
    assert "Write a headline for a text." not in pages.get("jobs.board").text
    slug = assignment.project.slug
    assert "You write a headline for a text." in pages.get("jobs.job", slug=slug).text


def test_headlines_are_simulated_by_their_example() -> None:
    form = SimpleNamespace(kind="headline", fields=[], names=set)
    page = SimpleNamespace(form=lambda part: form, has_form=lambda part: True)
    played = answers.played(page)  # type: ignore[arg-type]
    assert played is not None
    assert played["answer"]["text"] == "Harbour bridge opens again"
