"""Thirty submits of one assignment, on real commits: one submission."""

import uuid

from sqlalchemy.orm import Session

from marketplace.kit.database import Sessions, transaction
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import Kind
from tests.factories.queue import make_assignment
from tests.factories.submissions import all_warnings, good_answer
from tests.workspace.queue.test_queue_races import THREADS, at_once
from workspace.queue import queries as assignments
from workspace.queue.models import Assignment
from workspace.reviews.models import Review
from workspace.submissions import service
from workspace.submissions.models import Draft, Submission
from workspace.submissions.policy import Problems


def test_thirty_submits_make_one_submission(clean: Sessions) -> None:
    with transaction(clean) as session:
        assignment_id = make_assignment(session, tasks=5).id

    def submit(session: Session) -> str:
        assignment = mine(session, assignment_id)
        done = service.submit_and_go_on(
            session,
            assignment,
            user=assignment.expert.user,
            answer=good_answer(assignment),
            confirmed=all_warnings(assignment),
        )
        assert not isinstance(done, Problems)
        return f"{done.submission.id} then {done.following.id if done.following else None}"

    said = at_once(clean, [submit] * THREADS)
    assert len(said) == 1, said
    with transaction(clean, write=False) as session:
        assert session.query(Submission).count() == session.query(Review).count() == 1
        assert session.query(Assignment).count() == 2
        project = session.query(Assignment).first().project_id  # type: ignore[union-attr]
        unit = assignments.assignment(session, assignment_id).project.unit_minor  # type: ignore[union-attr]
        assert ledger.balance(session, Kind.PROJECT_RESERVED, project) == 2 * unit


def test_of_thirty_saves_on_one_version_one_is_kept(clean: Sessions) -> None:
    with transaction(clean) as session:
        assignment_id = make_assignment(session).id

    def save(text: str) -> object:
        def verb(session: Session) -> str:
            assignment = mine(session, assignment_id)
            service.save(session, assignment, user=assignment.expert.user, rev=0, answer={"why": text})
            return "saved"

        return verb

    said = at_once(clean, [save(str(number)) for number in range(THREADS)])  # type: ignore[misc]
    assert said == {"saved": 1, "StaleDraft": THREADS - 1}
    with transaction(clean, write=False) as session:
        assert [draft.rev for draft in session.query(Draft)] == [1]


def test_deadline_and_submit_at_once_make_one_submission(clean: Sessions) -> None:
    with transaction(clean) as session:
        assignment = make_assignment(session)
        service.save(session, assignment, user=assignment.expert.user, rev=0, answer=good_answer(assignment))
        assignment.expires_at = assignment.claimed_at
        assignment_id = assignment.id

    def settle(session: Session) -> str:
        service.settle(session, assignment_id)
        return "settled"

    def submit(session: Session) -> str:
        assignment = mine(session, assignment_id)
        outcome = service.submit(
            session, assignment, user=assignment.expert.user, confirmed=["order_unchanged"]
        )
        return type(outcome).__name__

    said = at_once(clean, [settle, submit] * 10)
    assert said == {"settled": 10, "Submission": 10}
    with transaction(clean, write=False) as session:
        assert session.query(Submission).count() == 1


def mine(session: Session, assignment_id: uuid.UUID) -> Assignment:
    found = assignments.assignment(session, assignment_id)
    assert found is not None
    return found
