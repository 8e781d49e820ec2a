"""My work: every piece with its decision, its words and its cents; filtered, paged; one piece with its history."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from marketplace.ledger import queries as ledger
from marketplace.ledger.models import Kind
from tests.factories.experts import make_expert
from tests.factories.projects import make_project
from tests.factories.queue import claim, make_assignment
from tests.factories.reviews import WORDS, author, changed, decided, make_reviewer, make_waiting, opened
from tests.factories.submissions import make_submission
from tests.pages import Pages
from workspace.queue import queries as assignments
from workspace.queue import service as queue
from workspace.reviews.models import Verdict
from workspace.submissions import service
from workspace.submissions.models import Submission, SubmissionState

PER_PAGE = 25


def waiting(session: Session, expert: Any = None, **plan: Any) -> Submission:
    """One submission that a reviewer can be served; the same expert each time when one is given."""
    return make_waiting(session, make_assignment(session, expert=expert, tasks=3, **plan))


def test_decided_work_says_why_and_what_it_paid(pages: Pages, session: Session) -> None:
    expert = make_expert(session)
    good, bad = waiting(session, expert), waiting(session, expert, title="Judge answers on bread")
    decided(session, good, Verdict.APPROVE)
    decided(session, bad, Verdict.REJECT)
    pages.enter(expert.user)
    page = pages.get("submissions.mine", tab="done")
    for text in (
        "Not approved, final",
        "Paid, not used",
        "Unsupported claim, clause 1.",
        "The second answer names no source",
        "handed in",
        "$2.00 On hold, until",
    ):
        assert text in page.text


def test_filters_by_project_and_state(pages: Pages, session: Session) -> None:
    expert = make_expert(session)
    good, bad = waiting(session, expert), waiting(session, expert, title="Judge answers on bread")
    decided(session, good, Verdict.APPROVE)
    decided(session, bad, Verdict.REJECT)
    pages.enter(expert.user)

    def shown(**query: Any) -> set[Submission]:
        page = pages.get("submissions.mine", tab="done", **query)
        links = {link.get("href") for link in page.all("a")}
        return {one for one in (good, bad) if pages.path("submissions.show", submission_id=one.id) in links}

    assert shown() == {good, bad}
    assert shown(project=good.project_id) == {good}
    assert shown(state="rejected") == {bad}
    assert shown(state="approved", project=bad.project_id) == set()
    assert shown(state="nonsense", project="x") == {good, bad}
    assert shown(project=make_project(session).id) == set()
    foreign = make_project(session)
    assert "Nothing fits these filters" in pages.get("submissions.mine", tab="done", project=foreign.id).text


def test_work_in_review_is_one_choice_whether_somebody_opened_it_or_not(
    pages: Pages, session: Session
) -> None:
    mine = make_waiting(session)
    opened(session, mine, make_reviewer(session))
    assert mine.state is SubmissionState.IN_REVIEW
    pages.enter(author(session, mine))
    page = pages.get("submissions.mine", tab="review", state="submitted")
    assert pages.path("submissions.show", submission_id=mine.id) in {
        link.get("href") for link in page.all("a")
    }
    assert [one.text for one in page.all("option")].count("In review") == 1


def test_lists_are_paged_by_key_and_keep_their_filters(pages: Pages, session: Session) -> None:
    expert = make_expert(session)
    first = make_submission(session, make_assignment(session, expert=expert, tasks=PER_PAGE + 2))
    whole = assignments.assignment(session, first.assignment_id)
    assert whole is not None
    for _ in range(PER_PAGE):
        following = claim(session, expert, whole.project)
        session.flush()
        make_submission(session, assignments.assignment(session, following.id))
    pages.enter(expert.user)
    page = pages.get("submissions.mine", tab="review", project=first.project_id)
    here = pages.path("submissions.show", submission_id=first.id)
    assert here not in page.answer.text
    following_page = next(link.get("href") for link in page.all("a") if link.get("rel") == "next")
    assert str(first.project_id) in following_page
    assert here in pages.get(following_page).answer.text


def test_what_was_stopped_has_its_place(pages: Pages, session: Session) -> None:
    first = make_assignment(session, tasks=3)
    expert, project = first.expert, first.project
    make_waiting(session, first)
    second = claim(session, expert, project)
    session.flush()
    queue.stop(session, second, by=expert.user, reason="too_long", note="", active_seconds=180)
    session.flush()
    pages.enter(expert.user)
    page = pages.get("submissions.mine", tab="stopped")
    assert "Stopped, paid in part" in page.text
    assert "$0.50" in page.text
    pages.enter(make_expert(session).user)
    assert "Nothing stopped half way" in pages.get("submissions.mine", tab="stopped").text


def test_one_piece_shows_rounds_history_and_every_posting(pages: Pages, session: Session) -> None:
    submission = waiting(session)
    reviewer = make_reviewer(session)
    decided(session, submission, Verdict.ASK_FOR_CHANGES, reviewer)
    changed(session, submission)
    decided(session, submission, Verdict.APPROVE, reviewer)
    assignment = assignments.assignment(session, submission.assignment_id)
    assert assignment is not None
    pages.enter(assignment.expert.user)
    page = pages.get("submissions.show", submission_id=submission.id)
    for text in (
        "You started the task.",
        "You handed in.",
        "A reviewer asked for changes.",
        "You handed in round 2.",
        "A reviewer approved it.",
        "Round 1, handed in",
        WORDS,
        "To you $2.00",
        "Platform fee, paid by the company on top $0.40",
        "Fee of the review, to its reviewer $0.40",
        "Reserved for the next review $0.40",
    ):
        assert text in page.text, text
    assert reviewer.name not in page.answer.text
    for number, title in (
        ("0", "Your answer in round 1"),
        ("1", "Your answer"),
        ("9", "Your answer"),
        ("x", "Your answer"),
    ):
        page = pages.get("submissions.show", submission_id=submission.id, round=number)
        headings = [" ".join("".join(node.itertext()).split()) for node in page.all("h2")]
        assert title in headings


def test_the_money_lines_are_the_ledger(session: Session) -> None:
    submission = waiting(session)
    decided(session, submission, Verdict.APPROVE)
    assignment = assignments.assignment(session, submission.assignment_id)
    assert assignment is not None
    lines = service.money(session, assignment)
    mine = sum(line.amount_minor for line in lines if line.mine)
    assert mine == ledger.balance(session, Kind.EXPERT_PENDING, assignment.user_id) == assignment.price_minor
    assert [line.at for line in lines] == sorted(line.at for line in lines)


def test_what_the_clock_did_is_said_so(session: Session) -> None:
    submission = waiting(session)
    whole = assignments.assignment(session, submission.assignment_id)
    assert whole is not None
    steps = service.history(session, whole, submission)
    assert [(step.who, step.what) for step in steps] == [("You", "started the task"), ("You", "handed in")]
    following = claim(session, whole.expert, whole.project)
    session.flush()
    following = assignments.assignment(session, following.id) or following
    queue.expire(session, following)
    assert service.history(session, following)[-1].who == "The system"


@pytest.mark.parametrize("tab", ["changes", "review", "done", "stopped"])
def test_the_lists_take_a_bounded_number_of_statements(
    pages: Pages, session: Session, statements: Any, tab: str
) -> None:
    expert = make_expert(session)
    for number in range(3):
        decided(session, waiting(session, expert, title=f"Job number {number} of three"), Verdict.REJECT)
    pages.enter(expert.user)
    statements()
    pages.get("submissions.mine", tab=tab)
    assert statements() <= 15


def test_my_work_opens_where_something_is_to_be_done(pages: Pages, session: Session) -> None:
    expert = make_expert(session)
    decided(session, waiting(session, expert), Verdict.ASK_FOR_CHANGES)
    pages.enter(expert.user)
    assert "Nothing reserved" not in pages.get("submissions.mine").text
    assert "Nothing reserved" in pages.get("submissions.mine", tab="reserved").text
