"""Thirty at once, on real commits: one effect each."""

import threading
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from marketplace.identity.models import Role, User
from marketplace.kit import clock
from marketplace.kit.application import Application
from marketplace.kit.database import Sessions, transaction
from marketplace.ledger.models import LedgerTransaction
from marketplace.notifications.models import Notice
from marketplace.payouts.models import Earning
from tests.factories.experts import make_expert
from tests.factories.identity import make_user
from tests.factories.projects import make_project
from tests.factories.queue import engaged, make_assignment, make_tasks
from tests.factories.reviews import FRESH, make_review, make_reviewer, make_waiting, money, rule, run_due
from tests.pages import Pages
from tests.workspace.queue.test_queue_races import THREADS, at_once, claim_as
from workspace.queue.models import Part, TaskPart
from workspace.reviews import queries, service
from workspace.reviews.models import Review, ReviewState, Verdict
from workspace.submissions.models import Submission, SubmissionState

Verb = Callable[[Session], str]


def decide(review_id: uuid.UUID) -> Verb:
    def verb(session: Session) -> str:
        service.decide(session, review_id)
        return "decided"

    return verb


def paid(session: Session) -> dict[str, int]:
    kinds = Counter(row.kind for row in session.query(LedgerTransaction))
    return {kind: kinds[kind] for kind in ("review_pay", "claim_approve", "review_reserve", "claim_release")}


@pytest.mark.parametrize(
    ("verdict", "postings", "state"),
    [
        (Verdict.APPROVE, (1, 1, 0, 0), SubmissionState.APPROVED),
        (Verdict.ASK_FOR_CHANGES, (1, 0, 1, 0), SubmissionState.CHANGES_REQUESTED),
        (Verdict.REJECT, (1, 0, 0, 0), SubmissionState.REJECTED),
    ],
)
def test_thirty_decides_of_one_verdict_act_once(
    clean: Sessions, verdict: Verdict, postings: tuple[int, ...], state: SubmissionState
) -> None:
    with transaction(clean) as session:
        review_id = rule(session, make_review(session), verdict).id
    with clock.shifted(FRESH):
        said = at_once(clean, [decide(review_id)] * THREADS)
    assert said == {"decided": THREADS}
    with transaction(clean, write=False) as session:
        assert session.query(Submission).one().state is state
        assert tuple(paid(session).values()) == postings
        assert session.query(Earning).count() == sum(postings[:2])
        assert session.query(Notice).filter(Notice.kind.like("submission.%")).count() == 1
        assert queries.broken(session) == []


def test_thirty_approvals_over_http_are_one(app: Application, clean: Sessions) -> None:
    with transaction(clean) as session:
        reviewer = make_reviewer(session)
        review = make_review(session, reviewer)
        submission_id = review.submission_id
        doors = [Pages(app, session).enter(reviewer) for _ in range(THREADS)]
        path = doors[0].path("reviews.verdict", review_id=review.id)
    gate, said = threading.Barrier(THREADS), Counter[int]()

    def approve(pages: Pages) -> None:
        gate.wait()
        said[pages.client.post(path, data={"verdict": "approve"}).status_code] += 1

    threads = [threading.Thread(target=approve, args=(pages,)) for pages in doors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said == {303: 1, 403: THREADS - 1}
    with clock.shifted(FRESH):
        run_due(app)
    with transaction(clean, write=False) as session:
        submission = session.get_one(Submission, submission_id)
        reviewer = session.get_one(User, reviewer.id)
        assert submission.state is SubmissionState.APPROVED
        price, fee = 200, 40  # six minutes at the general rate
        assert money(session, submission, [reviewer])[1:] == (0, price, fee, fee)
        assert tuple(paid(session).values()) == (1, 1, 0, 0)


def test_one_reviewer_asking_thirty_times_gets_one_review(clean: Sessions) -> None:
    with transaction(clean) as session:
        reviewer_id = make_reviewer(session).id
        for _ in range(3):
            make_waiting(session)

    def ask(session: Session) -> str:
        review = service.open_next(session, reviewer=session.get_one(User, reviewer_id))
        return str(review and review.id)

    said = at_once(clean, [ask] * THREADS)
    assert len(said) == 1, said
    with transaction(clean, write=False) as session:
        assert session.query(Review).filter_by(state=ReviewState.OPEN).count() == 1


def test_thirty_reviewers_share_what_waits(clean: Sessions) -> None:
    with transaction(clean) as session:
        people = [make_reviewer(session).id for _ in range(THREADS)]
        for _ in range(4):
            make_waiting(session)

    def ask(reviewer_id: uuid.UUID) -> Verb:
        def verb(session: Session) -> str:
            review = service.open_next(session, reviewer=session.get_one(User, reviewer_id))
            return "served" if review else "clear"

        return verb

    said = at_once(clean, [ask(person) for person in people])
    assert said == {"served": 4, "clear": THREADS - 4}
    with transaction(clean, write=False) as session:
        held = session.query(Review).filter_by(state=ReviewState.OPEN).all()
        assert len({review.reviewer_id for review in held}) == 4


def test_undo_and_decide_at_once_do_one_of_the_two(clean: Sessions) -> None:
    with transaction(clean) as session:
        reviewer = make_reviewer(session)
        review = rule(session, make_review(session, reviewer))
        review_id, reviewer_id, acts_at = review.id, reviewer.id, review.acts_at
    assert acts_at is not None

    def undo(session: Session) -> str:
        found = session.get_one(Review, review_id)
        service.undo(session, found, reviewer=session.get_one(User, reviewer_id))
        return "undone"

    with clock.shifted(acts_at - clock.now() - timedelta(milliseconds=60)):  # the time comes while they run
        said = at_once(clean, [undo, decide(review_id)] * 10)
    with transaction(clean, write=False) as session:
        state = session.get_one(Review, review_id).state
        approvals = paid(session)["claim_approve"]
    assert (state, approvals) in {(ReviewState.OPEN, 0), (ReviewState.DECIDED, 1), (ReviewState.PENDING, 0)}
    assert said["undone"] == (state is ReviewState.OPEN)


def test_the_clock_and_a_reviewer_at_once_pay_once(clean: Sessions) -> None:
    with transaction(clean) as session:
        submission = make_waiting(session)
        people = [make_reviewer(session).id for _ in range(10)]
        submission_id, due = submission.id, submission.auto_approve_at

    def late(session: Session) -> str:
        service.approve_late(session, submission_id)
        return "late"

    def ask(reviewer_id: uuid.UUID) -> Verb:
        def verb(session: Session) -> str:
            review = service.open_next(session, reviewer=session.get_one(User, reviewer_id))
            return "served" if review else "clear"

        return verb

    with clock.shifted(due - clock.now()):
        said = at_once(clean, [late] * 10 + [ask(person) for person in people])
    assert said == {"late": 10, "clear": 10}
    with transaction(clean, write=False) as session:
        assert session.get_one(Submission, submission_id).state is SubmissionState.AUTO_APPROVED
        assert tuple(paid(session).values()) == (0, 1, 0, 0)
        assert queries.broken(session) == []


def test_a_person_is_author_or_judge_of_a_task_never_both(clean: Sessions) -> None:
    with transaction(clean) as session:
        project = make_project(session, overlap=3, task_type="response_ranking")
        make_tasks(session, project, 1)
        user = make_user(session, roles=[Role.EXPERT, Role.REVIEWER])
        expert = make_expert(session, user=user)
        engaged(session, expert, project)
        make_waiting(session, make_assignment(session, project=project))
        user_id, expert_id, project_id = user.id, expert.id, project.id

    def judge(session: Session) -> str:
        review = service.open_next(session, reviewer=session.get_one(User, user_id))
        return "judges" if review else "clear"

    answer = claim_as(expert_id, project_id)
    said = at_once(clean, [judge, answer] * 8)
    with transaction(clean, write=False) as session:
        (part,) = session.query(TaskPart).filter_by(user_id=user_id)
        assert said["claimed" if part.part is Part.AUTHOR else "judges"] > 0
        assert said["judges" if part.part is Part.AUTHOR else "claimed"] == 0
