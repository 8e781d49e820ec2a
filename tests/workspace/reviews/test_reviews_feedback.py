"""What reviewers wrote, beside the next task: the newest notes, what is new, what waits to be changed."""

from sqlalchemy.orm import Session

from config.policy import WORK
from marketplace.kit import clock
from tests.factories.experts import make_expert
from tests.factories.queue import claim, make_assignment
from tests.factories.reviews import FRESH, WORDS, decided, make_reviewer, make_waiting
from tests.pages import Pages
from workspace.queue import queries as assignments
from workspace.queue.models import Assignment
from workspace.reviews import service
from workspace.reviews.models import FeedbackLook, Verdict
from workspace.submissions.models import Submission


def next_task(session: Session, submission: Submission) -> Assignment:
    """The author's next task of the same project."""
    before = assignments.assignment(session, submission.assignment_id)
    assert before is not None
    made = claim(session, before.expert, before.project)
    session.flush()
    return assignments.assignment(session, made.id) or made


def test_what_was_said_stands_beside_the_next_task(pages: Pages, session: Session) -> None:
    submission = make_waiting(session, make_assignment(session, tasks=5))
    reviewer = make_reviewer(session)
    decided(session, submission, Verdict.REJECT, reviewer)
    assignment = next_task(session, submission)
    pages.enter(assignment.expert.user)
    page = pages.get("submissions.work", assignment_id=assignment.id)
    for text in ("Unsupported claim", "ACC-2", WORDS, "something new"):
        assert text in page.text
    assert reviewer.name not in page.answer.text, "reviewers are not named"
    assert pages.path("submissions.show", submission_id=submission.id) in page.answer.text


def test_the_dot_is_gone_once_looked_at_and_back_with_the_next_note(pages: Pages, session: Session) -> None:
    submission = make_waiting(session, make_assignment(session, tasks=5))
    decided(session, submission, Verdict.REJECT)
    assignment = next_task(session, submission)
    user_id, project_id = assignment.user_id, assignment.project_id
    assert service.feedback(session, user_id, project_id).is_new
    pages.enter(assignment.expert.user)
    path = pages.path("reviews.seen", project_id=project_id)
    for _ in range(2):
        with clock.shifted(FRESH):  # the verdict acted that much later
            answer = pages.client.post(path, json={}, headers={"Accept": "application/json"})
        assert answer.status_code == 204
    session.expire_all()
    assert session.query(FeedbackLook).count() == 1
    assert not service.feedback(session, user_id, project_id).is_new
    assert "something new" not in pages.get("submissions.work", assignment_id=assignment.id).text
    with clock.shifted(FRESH):
        whole = assignments.assignment(session, assignment.id)
        decided(session, make_waiting(session, whole), Verdict.REJECT)
    told = service.feedback(session, user_id, project_id)
    assert [note.is_new for note in told.notes] == [True, False]
    assert pages.post("reviews.seen", project_id=project_id).status == 303


def test_only_the_newest_and_only_ones_own(session: Session) -> None:
    assignment = make_assignment(session, tasks=9, overlap=1, task_type="golden_response")
    for _ in range(WORK.feedback_notes + 1):
        submission = make_waiting(session, assignment)
        decided(session, submission, Verdict.REJECT)
        assignment = next_task(session, submission)
    told = service.feedback(session, assignment.user_id, assignment.project_id)
    assert len(told.notes) == WORK.feedback_notes == 5
    assert [note.at for note in told.notes] == sorted((note.at for note in told.notes), reverse=True)  # type: ignore[type-var]
    other = make_expert(session)
    assert service.feedback(session, other.user_id, assignment.project_id).notes == ()


def test_changes_that_are_due_stand_over_the_next_task(pages: Pages, session: Session) -> None:
    submission = make_waiting(session, make_assignment(session, tasks=5))
    decided(session, submission, Verdict.ASK_FOR_CHANGES)
    assignment = next_task(session, submission)
    pages.enter(assignment.expert.user)
    page = pages.get("submissions.work", assignment_id=assignment.id)
    assert "Changes asked on S-" in page.text
    assert ": unsupported claim. $2.00 waits until" in page.text
    fix = pages.path("submissions.work", assignment_id=submission.assignment_id)
    assert any(link.get("href") == fix for link in page.all("a"))
    assert "Fix now" not in pages.get(fix).text, "it is this one"


def test_without_work_on_the_project_there_is_nothing_to_look_at(pages: Pages, session: Session) -> None:
    submission = make_waiting(session)
    pages.enter(make_expert(session).user)
    assert pages.post("reviews.seen", project_id=submission.project_id).status == 404
    assert session.query(FeedbackLook).count() == 0
