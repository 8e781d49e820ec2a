"""Sensitive content at the door: what a file may bring, who may claim, and when enough is enough."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from config.policy import WORK
from marketplace.care import service as care
from marketplace.experts.models import Expert
from marketplace.kit import clock
from marketplace.projects.models import Project
from marketplace.reputation import queries as reputation
from tests.factories.care import SENSITIVE, agree, make_exposure
from tests.factories.experts import make_expert
from tests.factories.projects import make_project
from tests.factories.queue import claim, engaged, make_tasks
from tests.pages import Pages
from workspace.queue import queries, service
from workspace.queue.errors import NotEligible, PauseFirst
from workspace.queue.models import AssignmentState
from workspace.queue.service.checking import Checked, check_rows
from workspace.submissions import service as submissions
from workspace.task_types import registry


@pytest.fixture
def project(session: Session) -> Project:
    made = make_project(session, **SENSITIVE)
    make_tasks(session, made, 5)
    return made


@pytest.fixture
def expert(session: Session) -> Expert:
    made = make_expert(session)
    agree(session, made.user, "hate", "violence")
    return made


def checked(named: Any, declared: list[str]) -> Checked:
    """One row that names classes, in a project that declares some."""
    raw = {**registry.get("response_ranking").example()[0], "content_classes": named}
    rows = service.read_rows(json.dumps(raw).encode(), "jsonl")
    return check_rows(rows, task_type="response_ranking", preset={"content_classes": declared})


@pytest.mark.parametrize(
    ("named", "declared", "said"),
    [
        (["hate"], [], "does not declare Hate"),
        (["hate", "violence"], ["violence"], "does not declare Hate"),
        (["minors"], ["violence"], "There is no class minors"),
        ("hate", ["hate"], "Give a list"),
        ([1], ["hate"], "Give a list"),
    ],
)
def test_a_row_never_brings_more_than_was_declared(named: Any, declared: list[str], said: str) -> None:
    found = checked(named, declared)
    assert not found.good
    assert [row.place for row in found.bad] == ["content_classes"]
    assert said in found.bad[0].problem


@pytest.mark.parametrize("named", [["hate"], [], None])
def test_what_was_declared_is_taken(named: Any) -> None:
    assert len(checked(named, ["hate", "violence"]).good) == 1


def test_a_claim_needs_every_class(session: Session, project: Project) -> None:
    expert = make_expert(session)
    agree(session, expert.user, "hate", "violence")
    engaged(session, expert, project)
    agree(session, expert.user, "hate")
    with pytest.raises(NotEligible, match="Violence"):
        claim(session, expert, project)
    agree(session, expert.user, "hate", "violence")
    assert claim(session, expert, project).state is AssignmentState.ACTIVE


def test_enough_is_enough_when_claiming_and_holding(
    session: Session, project: Project, expert: Expert
) -> None:
    first = claim(session, expert, project)
    make_exposure(session, expert.user, WORK.exposure_stretch_minutes)
    assert service.hold_next(session, first) is None
    service.release(session, first, by=expert.user, reason="other")
    session.flush()
    with pytest.raises(PauseFirst, match="without a pause"):
        claim(session, expert, project)
    other = make_project(session)
    make_tasks(session, other)
    assert claim(session, expert, other).state is AssignmentState.ACTIVE
    with clock.shifted(timedelta(minutes=WORK.exposure_pause_minutes + 1)):
        assert claim(session, expert, project).state is AssignmentState.ACTIVE


def test_starting_leads_to_the_pause_and_nothing_is_lost(
    pages: Pages, session: Session, project: Project, expert: Expert
) -> None:
    engaged(session, expert, project)
    make_exposure(session, expert.user, 26)
    pages.enter(expert.user)
    answer = pages.post("queue.start", slug=project.slug)
    assert answer.location.endswith("/pause")
    assert queries.live_of(session, expert.user_id) == []
    with clock.shifted(timedelta(minutes=11)):
        assert "/tasks/" in pages.post("queue.start", slug=project.slug).location


def test_the_time_of_sensitive_work_is_counted_and_no_other(
    session: Session, project: Project, expert: Expert
) -> None:
    other = make_project(session)
    make_tasks(session, other)
    plain = claim(session, expert, other)
    submissions.beat(session, plain, user=expert.user)
    session.flush()
    with clock.shifted(timedelta(seconds=15)):
        submissions.beat(session, plain, user=expert.user)
        session.flush()
    assert care.standing(session, expert.user_id).today == timedelta()
    held = claim(session, expert, project)
    session.flush()
    for seconds in (15, 30, 45):
        with clock.shifted(timedelta(seconds=seconds)):
            submissions.beat(session, held, user=expert.user)
            session.flush()
    with clock.shifted(timedelta(seconds=46)):
        assert timedelta(seconds=44) <= care.standing(session, expert.user_id).today < timedelta(minutes=2)


def test_skipping_what_distresses_has_no_consequence(
    pages: Pages, session: Session, project: Project, expert: Expert
) -> None:
    first = claim(session, expert, project)
    session.flush()
    submissions.beat(session, first, user=expert.user)
    session.flush()
    before = (reputation.totals(session, expert.user_id), care.standing(session, expert.user_id).today)
    pages.enter(expert.user)
    answer = pages.post("queue.skip", {"reason": "distressing"}, assignment_id=first.id)
    following = queries.active_of(session, expert.user_id, project.id)
    assert following is not None
    assert answer.location.endswith(str(following.id))
    assert following.price_minor == first.price_minor
    assert reputation.totals(session, expert.user_id) == before[0]
    assert care.standing(session, expert.user_id).today >= before[1]
    ended = session.get(type(first), first.id)
    assert ended is not None
    assert (ended.state, ended.end_reason) == (AssignmentState.RELEASED, "distressing")


def test_lists_of_experts_never_quote_it(session: Session, project: Project, expert: Expert) -> None:
    made = claim(session, expert, project)
    session.flush()
    whole = queries.assignment(session, made.id)
    assert whole is not None
    assert service.line(whole) == "Sensitive content"
    assert service.summary(whole.task) != "Sensitive content"
