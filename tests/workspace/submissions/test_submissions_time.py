"""The two clocks: what is counted, what the expert says it was, and which of them pays."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from marketplace.kit import clock
from marketplace.kit.errors import Conflict, Invalid
from tests.factories.experts import make_expert
from tests.factories.queue import make_assignment
from tests.factories.submissions import make_submission
from tests.pages import Pages
from workspace.queue.models import Assignment
from workspace.submissions import policy, queries, service
from workspace.submissions.models import Draft, Submission

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def assignment(pages: Pages, session: Session) -> Assignment:
    made = make_assignment(session, tasks=3)
    made.claimed_at -= timedelta(minutes=20)
    session.flush()
    pages.enter(made.expert.user)
    return made


def beat(session: Session, assignment: Assignment, seconds: int) -> int:
    with clock.shifted(timedelta(seconds=seconds)):
        counted = service.beat(session, assignment, user=assignment.expert.user)
    session.flush()
    return counted


@given(seconds=st.integers(min_value=-100, max_value=10**6))
def test_a_begun_minute_is_counted_whole(seconds: int) -> None:
    minutes = policy.wall_minutes(NOW, NOW + timedelta(seconds=seconds))
    assert minutes == max(-(-seconds // 60), 0)


@given(counted=st.integers(min_value=0), corrected=st.none() | st.integers(min_value=0))
def test_pay_never_counts_more_than_was_counted(counted: int, corrected: int | None) -> None:
    paid = policy.paid_seconds(counted, corrected)
    assert paid <= counted
    assert paid in (counted, corrected)


def test_a_correction_stands_beside_and_grows_with_the_work(session: Session, assignment: Assignment) -> None:
    beat(session, assignment, 0)
    assert beat(session, assignment, 15) in {15, 16}
    service.correct_time(session, assignment, minutes=5, note="I read the source on paper.")
    session.flush()
    draft = session.query(Draft).one()
    counted = draft.active_seconds
    assert (draft.corrected_seconds, draft.correction_note) == (300, "I read the source on paper.")
    later = beat(session, assignment, 30)
    assert draft.corrected_seconds == 300 + later - counted
    service.correct_time(session, assignment, minutes=None, note="")
    assert (draft.corrected_seconds, draft.correction_note) == (None, "")


def test_it_is_never_longer_than_the_time_since_the_claim(session: Session, assignment: Assignment) -> None:
    service.correct_time(session, assignment, minutes=20, note="All of it.")
    for minutes in (22, -1):
        with pytest.raises(Invalid, match=r"ago\. Enter"):
            service.correct_time(session, assignment, minutes=minutes, note="More.")


def test_both_go_with_the_answer(session: Session, assignment: Assignment) -> None:
    service.correct_time(session, assignment, minutes=7, note="On paper.")
    session.flush()
    submission = make_submission(session, assignment)
    assert (submission.active_seconds, submission.corrected_seconds, submission.correction_note) == (
        0,
        420,
        "On paper.",
    )
    with pytest.raises(Conflict):
        service.correct_time(session, assignment, minutes=3, note="Too late.")


# --- at the door -----------------------------------------------------------------------------------------------


def test_the_page_shows_every_stretch_and_what_is_never_looked_at(
    pages: Pages, session: Session, assignment: Assignment
) -> None:
    for seconds in (0, 15, 30, 300, 320):
        beat(session, assignment, seconds)
    page = pages.get("submissions.time", assignment_id=assignment.id)
    for text in (
        "Never: what is on your screen, which keys you press, where your mouse is",
        "0:30",
        "0:20",
        "0:50",
    ):
        assert text in page.text
    assert pages.path("submissions.time", assignment_id=assignment.id) in (
        pages.get("submissions.work", assignment_id=assignment.id).answer.text
    )


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"minutes": "", "note": "x"}, "Enter the minutes"),
        ({"minutes": "abc", "note": "x"}, "whole number"),
        ({"minutes": "-1", "note": "x"}, "or less"),
        ({"minutes": "22", "note": "x"}, "You took this task"),
        ({"minutes": "9" * 30, "note": "x"}, "or less"),
        ({"minutes": "5", "note": "  "}, "Say in a sentence"),
        ({"minutes": "5", "note": "x" * 513}, "512"),
    ],
)
def test_what_cannot_be_is_said_at_the_field(
    pages: Pages, session: Session, assignment: Assignment, form: dict[str, str], words: str
) -> None:
    page = pages.post("submissions.correct_time", form, assignment_id=assignment.id)
    assert page.status == 422
    assert words in page.errors()
    draft = queries.draft_of(session, assignment.id)
    assert draft is None or draft.corrected_seconds is None


def test_correcting_and_taking_it_back(pages: Pages, session: Session, assignment: Assignment) -> None:
    form = {"minutes": "12", "note": "I read the source on paper."}
    assert pages.post("submissions.correct_time", form, assignment_id=assignment.id).status == 303
    page = pages.get("submissions.time", assignment_id=assignment.id)
    assert "12:00" in page.text
    assert "I read the source on paper." in page.text
    assert pages.post("submissions.as_counted", assignment_id=assignment.id).status == 303
    assert "As counted" in pages.get("submissions.time", assignment_id=assignment.id).text


def test_after_handing_in_it_can_be_read_and_not_changed(
    pages: Pages, session: Session, assignment: Assignment
) -> None:
    submission = make_submission(session, assignment)
    submission.corrected_seconds = 660
    session.flush()
    assert "corrected by you to 11:00" in pages.get("submissions.show", submission_id=submission.id).text
    page = pages.get("submissions.time", assignment_id=assignment.id)
    assert "Correct the active time" not in page.text
    form = {"minutes": "1", "note": "Late."}
    assert pages.post("submissions.correct_time", form, assignment_id=assignment.id).status == 409
    assert session.query(Submission).one().corrected_seconds == 660


def test_the_time_of_another_is_nowhere(pages: Pages, session: Session, assignment: Assignment) -> None:
    assignment_id = assignment.id
    pages.enter(make_expert(session).user)
    assert pages.get("submissions.time", assignment_id=assignment_id).status == 404
    for door in ("submissions.correct_time", "submissions.as_counted"):
        assert pages.post(door, {"minutes": "1", "note": "x"}, assignment_id=assignment_id).status == 404
