"""The doors of an expert's own work: the workspace, what it sends, the lists."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from marketplace.identity.models import Role
from marketplace.kit import clock
from marketplace.kit.ids import code
from tests.factories.experts import make_expert
from tests.factories.identity import make_user
from tests.factories.queue import make_assignment
from tests.factories.submissions import ask_for_changes, make_submission
from tests.pages import Pages
from workspace.queue import policy as queue_policy
from workspace.queue import service as queue
from workspace.queue.models import Assignment, AssignmentState
from workspace.submissions import queries, service
from workspace.submissions.models import Draft, Submission, SubmissionState
from workspace.task_types import registry

A, S = AssignmentState, SubmissionState
ANSWER = registry.get("response_ranking").example()[1]
CODES = list(registry.get("response_ranking").warnings)
FORM = {
    "rank-r1": "2",
    "rank-r2": "1",
    "rank-r3": "2",
    "gap-1": "2",
    "dimension": "accuracy",
    "dim-0-r1": "2",
    "dim-0-r2": "1",
    "dim-0-r3": "3",
    "why": "r2 says what to do in the right order; r1 and r3 leave the tap dripping.",
    "seen": ["r1", "r2", "r3"],
    "confirmed": ["order_unchanged"],
    "note": "See the second one.",
    "confidence": "4",
}


@pytest.fixture
def assignment(pages: Pages, session: Session) -> Assignment:
    """A task in hand, and its expert at the door."""
    made = make_assignment(session, tasks=3)
    pages.enter(made.expert.user)
    return made


def send(pages: Pages, door: str, assignment: Assignment, body: Any) -> Any:
    """POST JSON as the page's scripts do."""
    path = pages.path(f"submissions.{door}", assignment_id=assignment.id)
    answer = pages.client.post(path, json=body, headers={"Accept": "application/json"})
    assert pages.session is not None
    pages.session.expire_all()
    return answer


def body(**changes: Any) -> dict[str, Any]:
    given = {"rev": 0, "answer": ANSWER, "note": "", "confidence": 3, "confirmed": CODES}
    return {**given, **changes}


# --- the workspace ---------------------------------------------------------------------------------------------


def test_the_workspace_shows_the_task_its_pay_and_its_guideline(pages: Pages, assignment: Assignment) -> None:
    page = pages.get("submissions.work", assignment_id=assignment.id)
    assert page.status == 200
    for text in ("My kitchen tap drips", "$2.00", "Every claim can be checked."):
        assert text in page.text
    assert '"m1"' not in page.answer.text, "the names of models never leave the server"


def test_the_workspace_of_another_is_nowhere(pages: Pages, session: Session, assignment: Assignment) -> None:
    assignment_id = assignment.id
    pages.enter(make_expert(session).user)
    assert pages.get("submissions.work", assignment_id=assignment_id).status == 404
    for door in ("save", "heartbeat", "submit", "preview", "take_back"):
        path = pages.path(f"submissions.{door}", assignment_id=assignment_id)
        assert pages.client.post(path, json={"rev": 0, "answer": {}}).status_code == 404
    pages.enter(make_user(session, roles=[Role.MEMBER]))
    assert pages.get("submissions.work", assignment_id=assignment_id).status == 403
    pages.leave()
    assert pages.get("submissions.work", assignment_id=assignment_id).status == 303
    path = pages.path("submissions.save", assignment_id=assignment_id)
    signed_out = pages.client.post(
        path, json={"rev": 0, "answer": {}}, headers={"Accept": "application/json"}
    )
    assert signed_out.status_code == 401


def test_saving_answers_with_the_version_and_what_is_open(pages: Pages, assignment: Assignment) -> None:
    answer = send(pages, "save", assignment, {"rev": 0, "answer": {"why": "Short."}})
    assert answer.status_code == 200
    assert answer.json["rev"] == 1
    assert answer.json["saved_at"].endswith("Z")
    assert "why" in answer.json["problems"]
    older = send(pages, "save", assignment, {"rev": 0, "answer": {"why": "from another tab"}})
    assert (older.status_code, older.json["rev"], older.json["answer"]) == (409, 1, {"why": "Short."})


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"rev": -1, "answer": {}}, 422),
        ({"rev": "x", "answer": {}}, 422),
        ({"rev": 0}, 422),
        ({"rev": 0, "answer": []}, 422),
        ({"rev": 0, "answer": {"a\0": 1}}, 400),
        ({"rev": 0, "answer": {}, "note": "x" * 6_000}, 422),
        ({"rev": 0, "answer": {}, "confidence": 9}, 422),
        ({"rev": 2**40, "answer": {}}, 422),
    ],
)
def test_a_body_that_is_none_is_refused(
    pages: Pages, session: Session, assignment: Assignment, sent: Any, status: int
) -> None:
    answer = send(pages, "save", assignment, sent)
    assert answer.status_code == status
    assert answer.json["message"]
    assert session.query(Draft).count() == 0


def test_bytes_that_are_no_json_are_refused(pages: Pages, assignment: Assignment) -> None:
    path = pages.path("submissions.save", assignment_id=assignment.id)
    for data in (
        b"[" * 100_000,
        b'{"rev": 0, "answer": {"a": "\\ud800"}}',
        b"{",
        b'{"rev": 0, "answer": {"a": NaN}}',
    ):
        answer = pages.client.post(path, data=data, content_type="application/json")
        assert answer.status_code in {400, 422}


def test_heartbeats_count_and_say_the_deadline(pages: Pages, assignment: Assignment) -> None:
    assert send(pages, "heartbeat", assignment, {}).json["active_seconds"] == 0
    with clock.shifted(timedelta(seconds=15)):
        beat = send(pages, "heartbeat", assignment, {})
    assert beat.json["active_seconds"] in {15, 16}
    assert beat.json["expires_at"].endswith("Z")


def test_a_preview_is_safe(pages: Pages, assignment: Assignment) -> None:
    shown = send(pages, "preview", assignment, {"text": "**bold** <script>alert(1)</script>"}).json["html"]
    assert "<strong>bold</strong>" in shown
    assert "<script>" not in shown


# --- submitting ------------------------------------------------------------------------------------------------


def test_scripts_submit_and_are_told_where_to_go(
    pages: Pages, session: Session, assignment: Assignment
) -> None:
    answer = send(pages, "submit", assignment, body())
    assert answer.status_code == 200
    following = session.query(Assignment).filter_by(state=A.ACTIVE).one()
    assert answer.json == {"next": pages.path("submissions.work", assignment_id=following.id)}
    page = pages.get(answer.json["next"])
    assert "Submitted. $2.00 is in review, approved by itself on" in page.text
    again = send(pages, "submit", assignment, body())
    assert (again.status_code, again.json) == (200, answer.json)
    assert session.query(Submission).count() == 1


def test_stopping_claims_nothing_further(pages: Pages, session: Session, assignment: Assignment) -> None:
    answer = send(pages, "submit", assignment, body(stop=True))
    assert answer.json == {"next": pages.path("submissions.mine")}
    assert session.query(Assignment).filter_by(state=A.ACTIVE).count() == 0


def test_scripts_are_told_what_is_missing(pages: Pages, session: Session, assignment: Assignment) -> None:
    short = {**ANSWER, "why": "Short."}
    answer = send(pages, "submit", assignment, body(answer=short))
    assert answer.status_code == 422
    assert list(answer.json["errors"]) == ["why"]
    assert answer.json["warnings"] == {}
    draft = session.query(Draft).one()
    assert draft.answer["why"] == "Short."
    assert send(pages, "save", assignment, {"rev": draft.rev, "answer": short}).status_code == 200
    pii = {**ANSWER, "why": "Ask jane.doe@example.org: r2 says it in the right order, the others do not."}
    asked = send(pages, "submit", assignment, body(rev=1, answer=pii, confirmed=[]))
    assert (asked.status_code, asked.json["errors"]) == (422, {})
    assert "pii_added" in asked.json["warnings"]


def test_an_older_tab_does_not_submit_unseen(pages: Pages, session: Session, assignment: Assignment) -> None:
    send(pages, "save", assignment, {"rev": 0, "answer": {"why": "newer"}})
    answer = send(pages, "submit", assignment, body(rev=0))
    assert (answer.status_code, answer.json["rev"], answer.json["answer"]) == (409, 1, {"why": "newer"})
    assert session.query(Submission).count() == 0


def test_forms_submit_without_scripts(pages: Pages, session: Session, assignment: Assignment) -> None:
    wrong = pages.post("submissions.submit", {**FORM, "why": "Too short."}, assignment_id=assignment.id)
    assert wrong.status == 422
    assert "Write why you chose this order" in wrong.text
    assert "Too short." in wrong.answer.text, "what was typed stays"
    page = pages.post("submissions.submit", FORM, assignment_id=assignment.id)
    assert page.status == 303
    submission = session.query(Submission).one()
    assert (submission.note, submission.confidence) == ("See the second one.", 4)
    assert submission.answer["groups"] == [["r2"], ["r1", "r3"]]


def test_time_that_ran_out_is_settled_on_looking(
    pages: Pages, session: Session, assignment: Assignment
) -> None:
    send(pages, "save", assignment, {"rev": 0, "answer": {"why": "I had begun"}})
    assignment_id = assignment.id
    with clock.shifted(queue_policy.length(6) + timedelta(seconds=1)):
        assert pages.get("submissions.work", assignment_id=assignment_id).location == pages.path(
            "submissions.work", assignment_id=assignment_id
        )
        page = pages.get("submissions.work", assignment_id=assignment_id)
    assert "Your time ran out" in page.text
    assert "I had begun" in page.answer.text
    session.expire_all()
    assert session.get_one(Assignment, assignment_id).state is A.EXPIRED
    late = send(pages, "save", assignment, {"rev": 1, "answer": {"why": "and went on"}})
    assert late.status_code == 410
    assert session.query(Draft).one().answer == {"why": "and went on"}
    too_late = send(pages, "submit", assignment, body(rev=2))
    assert (too_late.status_code, "again" in too_late.json) == (410, True)
    again = pages.post("queue.again", assignment_id=assignment_id)
    assert again.status == 303
    restored = pages.get(again.location)
    assert ANSWER["why"] in restored.text


def test_a_complete_draft_is_submitted_on_looking(
    pages: Pages, session: Session, assignment: Assignment
) -> None:
    send(pages, "save", assignment, {"rev": 0, "answer": ANSWER})
    with clock.shifted(queue_policy.length(6) + timedelta(seconds=1)):
        assert pages.get("submissions.mine").status == 303
        late = send(pages, "save", assignment, {"rev": 1, "answer": {}})
    assert late.status_code == 410
    assert session.query(Submission).one().by_deadline


def test_an_unreadable_task_can_only_be_given_back(
    pages: Pages, session: Session, assignment: Assignment
) -> None:
    assignment.task.payload = {"prompt": 17}
    session.flush()
    page = pages.get("submissions.work", assignment_id=assignment.id)
    assert "cannot be shown" in page.text
    assert page.value("reason") == "prompt_unclear"
    assert send(pages, "submit", assignment, body()).status_code == 422


# --- afterwards ------------------------------------------------------------------------------------------------


def test_what_was_submitted_is_taken_back(pages: Pages, session: Session, assignment: Assignment) -> None:
    send(pages, "submit", assignment, body(stop=True))
    page = pages.get("submissions.mine", tab="review")
    assert "Take it back" in page.text
    assert pages.post("submissions.take_back", assignment_id=assignment.id).status == 303
    assert session.query(Submission).one().state is S.UNDONE
    assert session.get_one(Assignment, assignment.id).state is A.ACTIVE
    assert pages.post("submissions.take_back", assignment_id=assignment.id).status == 409


def test_the_lists_say_what_happens_next(pages: Pages, session: Session) -> None:
    expert = make_expert(session)
    pages.enter(expert.user)
    for tab, text in {
        "reserved": "Nothing reserved",
        "changes": "No changes asked",
        "review": "Nothing in review",
        "done": "Nothing decided yet",
        "nonsense": "Nothing reserved",
    }.items():
        assert text in pages.get("submissions.mine", tab=tab).text
    current = make_assignment(session, expert=expert, tasks=9)
    queue.hold_next(session, current)
    page = pages.get("submissions.mine")
    assert "Resume" in page.text
    assert "Start" in page.text
    assert "$2.00 reserved for you" in page.text


@pytest.mark.parametrize("state", list(S))
def test_every_state_of_a_submission_has_its_page_and_row(pages: Pages, session: Session, state: S) -> None:
    submission = make_submission(session)
    submission.state = state
    submission.decided_at = submission.submitted_at
    pages.enter(submission.assignment.expert.user)
    submission_id = submission.id
    page = pages.get("submissions.show", submission_id=submission_id)
    assert page.status == 200
    assert "$2.00" in page.text
    assert ANSWER["why"] in page.text
    rows = [pages.get("submissions.mine", tab=tab).text for tab in ("changes", "review", "done")]
    found = [code("S", submission_id) in row for row in rows]
    assert sum(found) == (0 if state is S.UNDONE else 1)


def test_changes_are_asked_fixed_and_received(pages: Pages, session: Session) -> None:
    submission = ask_for_changes(session, make_submission(session))
    assignment = submission.assignment
    pages.enter(assignment.expert.user)
    page = pages.get("submissions.show", submission_id=submission.id)
    assert "Your reviewer asks for a change." in page.text
    assert "Fix it" in page.text
    assert pages.get("submissions.work", assignment_id=assignment.id).status == 200
    done = pages.post("submissions.submit", FORM, assignment_id=assignment.id)
    assert done.status == 303
    kept = session.get_one(Submission, submission.id)
    assert (kept.state, kept.round) == (S.RESUBMITTED, 1)
    assert "Submitted again." in pages.get(done.location).text


def test_changes_can_be_left(pages: Pages, session: Session) -> None:
    submission = ask_for_changes(session, make_submission(session))
    pages.enter(submission.assignment.expert.user)
    assert pages.post("submissions.decline", submission_id=submission.id).status == 303
    assert session.get_one(Submission, submission.id).state is S.FINAL_REVIEW
    assert pages.post("submissions.decline", submission_id=submission.id).status == 409


def test_a_submission_of_another_is_nowhere(pages: Pages, session: Session) -> None:
    submission = make_submission(session)
    pages.enter(make_expert(session).user)
    assert pages.get("submissions.show", submission_id=submission.id).status == 404
    assert pages.post("submissions.decline", submission_id=submission.id).status == 404
    assert pages.get("submissions.show", submission_id=uuid.uuid4()).status == 404


def test_the_workspace_takes_a_bounded_number_of_statements(
    pages: Pages, session: Session, assignment: Assignment, statements
) -> None:
    service.save(session, assignment, user=assignment.expert.user, rev=0, answer=ANSWER)
    session.flush()
    statements()
    pages.get("submissions.work", assignment_id=assignment.id)
    assert statements() <= 20
    assert queries.draft_of(session, assignment.id) is not None
