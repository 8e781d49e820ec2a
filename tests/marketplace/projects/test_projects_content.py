"""A company declares sensitive content, says what exactly, and never content with minors."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from config.content import CLASSES, NEVER
from marketplace.kit.errors import Invalid
from marketplace.projects.models import Project
from marketplace.projects.policy import REPORTABLE, content_problem, report_pauses
from tests.factories.care import NOTE, SENSITIVE
from tests.factories.projects import make_draft, make_owner
from tests.marketplace.projects.test_projects_views import GOOD
from tests.pages import Pages


@pytest.fixture
def mine(pages: Pages, session: Session) -> Pages:
    draft = make_draft(session)
    return pages.enter(make_owner(session, draft.company), "member")


def sent(pages: Pages, **changes: Any) -> Any:
    key = pages.get("projects.new").value("form_key")
    return pages.post("projects.create", {**GOOD, "form_key": key, **changes})


def test_the_form_declares_and_says_what_is_never_allowed(mine: Pages, session: Session) -> None:
    page = mine.get("projects.new")
    assert NEVER in page.text
    assert all(one.title in page.text for one in CLASSES.values())
    sent(mine, content_classes=["violence", "hate"], content_note=NOTE)
    made = session.query(Project).filter_by(title=GOOD["title"]).one()
    assert made.classes == ("hate", "violence")
    assert made.options["content_classes"] == ["hate", "violence"]
    edit = mine.get("projects.edit", project_id=made.id)
    assert NOTE in edit.value("content_note")
    mine.post("projects.update", {**GOOD, "form_key": edit.value("form_key")}, project_id=made.id)
    session.refresh(made)
    assert (made.classes, made.content_note) == ((), "")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"content_classes": ["hate"]}, "at least 30 characters"),
        ({"content_classes": ["hate"], "content_note": "bad words"}, "at least 30 characters"),
        ({"content_classes": ["minors"], "content_note": NOTE}, "Choose from the list"),
        ({"task_type": "red_teaming"}, "Declare at least one class"),
    ],
)
def test_what_is_missing_is_said_at_the_field(mine: Pages, changes: dict[str, Any], said: str) -> None:
    page = sent(mine, **changes)
    assert page.status == 422
    assert said in page.errors()


def test_a_plan_is_judged_without_the_form_too(session: Session) -> None:
    with pytest.raises(Invalid, match="at least 30"):
        make_draft(session, content_classes=("hate",))
    with pytest.raises(Invalid, match="Declare"):
        make_draft(session, task_type="red_teaming", content_classes=())
    assert make_draft(session, task_type="red_teaming", **SENSITIVE).classes == ("hate", "violence")
    assert content_problem("rating", ("minors",), NOTE)
    assert "minors" in REPORTABLE


def test_when_a_report_stops_a_project() -> None:
    assert not report_pauses(1, "hate", by_reviewer=False)
    assert report_pauses(2, "hate", by_reviewer=False)
    assert report_pauses(1, "hate", by_reviewer=True)
    assert report_pauses(1, "minors", by_reviewer=False)
