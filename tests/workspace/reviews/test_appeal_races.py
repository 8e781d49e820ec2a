"""Many at once on one appeal, on real commits: one effect each."""

import uuid
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy.orm import Session

from config.policy import WORK
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.database import Sessions, transaction
from marketplace.ledger.models import LedgerTransaction
from tests.factories.appeals import RULING, STATEMENT, appealed, make_judge, rejected
from tests.factories.reviews import author, make_waiting
from tests.workspace.queue.test_queue_races import at_once
from workspace.reviews import queries, service
from workspace.reviews.models import Appeal, AppealState, Outcome
from workspace.reviews.service import Ruling
from workspace.submissions.models import Submission, SubmissionState

Verb = Callable[[Session], str]
MANY = 10
ENDS = ("claim_approve", "claim_release", "appeal_pay")


def ended(session: Session) -> tuple[int, ...]:
    kinds = Counter(row.kind for row in session.query(LedgerTransaction))
    assert queries.broken(session) == []
    return tuple(kinds[kind] for kind in ENDS)


def draw(judge_id: uuid.UUID) -> Verb:
    def verb(session: Session) -> str:
        found = service.draw_appeal(session, judge=session.get_one(User, judge_id))
        return str(found.id) if found else "none"

    return verb


def decide(judge_id: uuid.UUID, appeal_id: uuid.UUID, outcome: Outcome = Outcome.WON) -> Verb:
    def verb(session: Session) -> str:
        ruling = Ruling(**{**RULING, "outcome": outcome})
        service.decide_appeal(session, appeal_id, ruling, judge=session.get_one(User, judge_id))
        return "decided"

    return verb


def late(submission_id: uuid.UUID) -> Verb:
    def verb(session: Session) -> str:
        service.reject_for_good(session, submission_id)
        return "clock"

    return verb


def test_two_people_are_never_given_the_same(clean: Sessions) -> None:
    with transaction(clean) as session:
        known = {str(appealed(session, make_waiting(session)).id) for _ in range(2)}
        judges = [make_judge(session, f"Judge {number}").id for number in range(MANY)]
    said = at_once(clean, [draw(judge) for judge in judges])
    assert said == {"none": MANY - 2, **dict.fromkeys(known, 1)}


def test_many_decisions_of_one_person_are_one(clean: Sessions) -> None:
    with transaction(clean) as session:
        appeal, judge = appealed(session), make_judge(session)
        service.draw_appeal(session, judge=judge)
        names = judge.id, appeal.id
    each = [decide(*names, outcome) for outcome in (Outcome.WON, Outcome.UPHELD)] * (MANY // 2)
    said = at_once(clean, each)
    assert (said["decided"], said["AppealOver"]) == (1, MANY - 1), said
    with transaction(clean, write=False) as session:
        assert ended(session) in {(1, 0, 1), (0, 1, 1)}


def test_the_clock_and_a_decision_pay_once(clean: Sessions) -> None:
    with transaction(clean) as session:
        with clock.shifted(timedelta(days=-WORK.appeal_decide_days, seconds=2)):
            appeal = appealed(session)
        appeal_id, submission_id = appeal.id, appeal.submission_id
        judge = make_judge(session)
        assert service.draw_appeal(session, judge=judge) is not None
        judge_id, due_at = judge.id, appeal.due_at
    with clock.shifted(due_at - clock.now() - timedelta(milliseconds=60)):  # the time comes while they run
        at_once(clean, [late(submission_id), decide(judge_id, appeal_id, Outcome.UPHELD)] * (MANY // 2))
    with clock.shifted(timedelta(minutes=1)):
        at_once(clean, [late(submission_id)] * 2)
    with transaction(clean, write=False) as session:
        by_person = session.get_one(Appeal, appeal_id).decided_by_id is not None
        assert ended(session) == ((0, 1, 1) if by_person else (1, 0, 0))


def test_taking_back_and_drawing_do_one_of_the_two(clean: Sessions) -> None:
    with transaction(clean) as session:
        appeal = appealed(session)
        judge_id, submission_id = make_judge(session).id, appeal.submission_id

    def withdraw(session: Session) -> str:
        submission = session.get_one(Submission, submission_id)
        service.withdraw_appeal(session, submission_id, by=author(session, submission))
        return "withdrawn"

    def judge(session: Session) -> str:
        drawn = draw(judge_id)(session)
        return drawn if drawn == "none" else decide(judge_id, uuid.UUID(drawn))(session)

    said = at_once(clean, [withdraw, judge] * (MANY // 2))
    assert said["withdrawn"] + said["decided"] == 1, said
    with transaction(clean, write=False) as session:
        assert ended(session) == ((0, 1, 0) if said["withdrawn"] else (1, 0, 1))


def test_one_rejection_is_appealed_once(clean: Sessions) -> None:
    with transaction(clean) as session:
        submission_id = rejected(session).id

    def ask(session: Session) -> str:
        submission = session.get_one(Submission, submission_id)
        service.open_appeal(session, submission_id, by=author(session, submission), statement=STATEMENT)
        return "opened"

    assert at_once(clean, [ask] * MANY) == {"opened": 1, "AppealOver": MANY - 1}
    with transaction(clean, write=False) as session:
        assert session.query(Appeal).one().state is AppealState.OPEN
        assert session.query(Submission).one().state is SubmissionState.REJECTED
