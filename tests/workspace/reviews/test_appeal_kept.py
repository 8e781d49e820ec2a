"""Nothing typed into the pages of appeals is lost: what comes too late is shown again with the reason."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from config.policy import WORK
from marketplace.identity.models import User
from marketplace.kit import clock, ids
from tests.factories.appeals import STATEMENT, appealed, drawn, judged, make_judge, rejected
from tests.factories.reviews import author
from tests.pages import Page, Pages
from workspace.reviews import policy, service
from workspace.reviews.models import Appeal, AppealState, Cause, Outcome
from workspace.submissions.models import Submission, SubmissionState

Meanwhile = Callable[[Session, User, Appeal], timedelta]
DESK = "/reviews/appeals"
WORDS = "The second paragraph names its source with its page, as the first clause asks of everybody."
GAP = "Does a page of a manual count as a source when the manual has no date?"
RULING = {"outcome": "in_part", "share": "75", "cause": "gap", "clauses": ["1"], "reasons": WORDS, "gap": GAP}


@pytest.fixture
def wrong(session: Session) -> Submission:
    return rejected(session)


@pytest.fixture
def judge(session: Session) -> User:
    return make_judge(session)


def path_of(submission: Submission) -> str:
    return f"/submissions/{submission.id}/appeal"


def keeps(page: Page, status: int, *said: str) -> None:
    assert page.status == status
    for one in ("Not sent.", "What you wrote", *said):
        assert one in page.text
    assert "Send the appeal" not in page.text


@pytest.mark.parametrize("final", [False, True])
def test_an_appeal_after_its_time_keeps_its_words(
    session: Session, pages: Pages, wrong: Submission, *, final: bool
) -> None:
    with clock.shifted(timedelta(days=WORK.appeal_days, minutes=1)):
        if final:
            service.reject_for_good(session, wrong.id)
        mine = pages.enter(author(session, wrong), "expert")
        keeps(
            mine.post(path_of(wrong), {"statement": STATEMENT}), 409, STATEMENT, "The time to appeal is over"
        )
        long = "word " * (WORK.appeal_words + 1)
        keeps(mine.post(path_of(wrong), {"statement": long}), 422, long.strip())


def test_an_appeal_sent_twice_keeps_the_second_one(session: Session, pages: Pages, wrong: Submission) -> None:
    mine = pages.enter(author(session, wrong), "expert")
    assert mine.post(path_of(wrong), {"statement": STATEMENT}).status == 303
    keeps(mine.post(path_of(wrong), {"statement": WORDS}), 409, WORDS, STATEMENT, "It was appealed already")


def test_an_answer_nobody_waits_for_keeps_its_words(
    session: Session, pages: Pages, wrong: Submission, judge: User
) -> None:
    appeal = service.open_appeal(session, wrong.id, by=author(session, wrong), statement=STATEMENT)
    drawn(session, judge, appeal)
    service.ask_expert(session, appeal.id, judge=judge, text="On which page is it?")
    session.flush()
    with clock.shifted(timedelta(days=WORK.appeal_answer_days, minutes=1)):
        mine = pages.enter(author(session, wrong), "expert")
        answer = mine.post(f"{path_of(wrong)}/answer", {"text": WORDS})
        keeps(answer, 409, WORDS, "No question waits for an answer")
    assert appeal.answer == ""


def _decided(session: Session, judge: User, appeal: Appeal) -> timedelta:
    judged(session, judge, appeal, outcome=Outcome.UPHELD)
    return timedelta(0)


def _withdrawn(session: Session, judge: User, appeal: Appeal) -> timedelta:
    drawn(session, judge, appeal)
    passed = policy.APPEAL_LOCK + timedelta(minutes=1)
    with clock.shifted(passed):
        service.withdraw_appeal(session, appeal.submission_id, by=author(session, appeal.submission))
    return passed


def _late(session: Session, judge: User, appeal: Appeal) -> timedelta:
    drawn(session, judge, appeal)
    return timedelta(days=WORK.appeal_decide_days, minutes=1)


def _let_go(session: Session, judge: User, appeal: Appeal) -> timedelta:
    drawn(session, judge, appeal)
    return policy.APPEAL_LOCK + timedelta(minutes=1)


@pytest.mark.parametrize(
    "case",
    [
        (_decided, 409, "This appeal is decided already."),
        (_withdrawn, 409, "This appeal was taken back"),
        (_late, 409, "it is decided for the expert"),
        (_let_go, 403, "its time ran out"),
    ],
)
@pytest.mark.parametrize("way", ["decide", "ask", "step-aside"])
def test_what_changed_meanwhile_keeps_what_was_filled_in(
    session: Session, pages: Pages, judge: User, way: str, case: tuple[Meanwhile, int, str]
) -> None:
    meanwhile, status, why = case
    appeal = appealed(session)
    passed = meanwhile(session, judge, appeal)
    session.flush()
    sent = {"decide": RULING, "ask": {"text": WORDS}, "step-aside": {"reason": "outside_my_field"}}[way]
    with clock.shifted(passed):
        desk = pages.enter(judge, "ops")
        page = desk.post(f"{DESK}/{appeal.id}/{way}", sent)
        keeps(page, status, why, *([] if way == "step-aside" else [WORDS]))
        if way == "decide":
            for one in (GAP, "75 % of the price", "In part", "1. ", policy.CAUSES[Cause.GAP]):
                assert one in page.text
            keeps(desk.post(f"{DESK}/{appeal.id}/decide", {**RULING, "reasons": "Few."}), 422, "Few.", GAP)


def test_what_somebody_else_has_in_hand_is_not_shown_but_the_words_are(
    session: Session, pages: Pages, judge: User
) -> None:
    appeal = drawn(session, judge, appealed(session))
    with clock.shifted(policy.APPEAL_LOCK + timedelta(minutes=1)):
        drawn(session, make_judge(session, "Otto Other"), appeal)
        desk = pages.enter(judge, "ops")
        for appeal_id in (appeal.id, ids.new_id()):
            page = desk.post(f"{DESK}/{appeal_id}/decide", RULING)
            keeps(page, 404, WORDS, GAP, "not in your hands")
            assert STATEMENT not in page.text
        assert desk.post(f"{DESK}/{appeal.id}/decide", {}).status == 404
    assert appeal.state is AppealState.ASSIGNED


def test_who_may_not_decide_any_more_keeps_the_words(
    session: Session, pages: Pages, monkeypatch: pytest.MonkeyPatch, judge: User
) -> None:
    appeal = drawn(session, judge, appealed(session))
    desk = pages.enter(judge, "ops")
    monkeypatch.setattr(service, "may_judge", lambda *_: False)
    keeps(desk.post(f"{DESK}/{appeal.id}/decide", RULING), 403, WORDS, "Appeals are decided by operations")


def test_a_second_question_keeps_its_words_and_the_appeal_its_state(
    session: Session, pages: Pages, judge: User, wrong: Submission
) -> None:
    appeal = service.open_appeal(session, wrong.id, by=author(session, wrong), statement=STATEMENT)
    drawn(session, judge, appeal)
    desk = pages.enter(judge, "ops")
    assert desk.post(f"{DESK}/{appeal.id}/ask", {"text": "On which page is it?"}).status == 303
    keeps(desk.post(f"{DESK}/{appeal.id}/decide", RULING), 403, WORDS, "The expert was asked")
    service.answer_question(session, wrong.id, by=author(session, wrong), text="Page 4.")
    keeps(desk.post(f"{DESK}/{appeal.id}/ask", {"text": WORDS}), 409, WORDS, "A question was asked already")
    assert appeal.state is AppealState.ASSIGNED
    assert wrong.state is SubmissionState.REJECTED
