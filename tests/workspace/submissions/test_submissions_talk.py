"""Talking to a model through the doors: what is kept, how it ends, who may, and that nothing can be forged."""

import dataclasses
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from config.policy import OUTBOUND, WORK
from marketplace.gateways import Gateways
from marketplace.gateways.language_models.protocol import Address
from marketplace.kit import clock
from marketplace.kit.application import Application
from marketplace.kit.database import Sessions, transaction
from tests.factories.care import agree
from tests.factories.conversations import REPORT, make_conversation, make_recorded, talked_to
from tests.factories.experts import make_expert
from tests.factories.model_server import KEY
from tests.factories.models import make_endpoint
from tests.factories.played_models import SLOW, PlayedModels
from tests.factories.projects import make_owner
from tests.factories.queue import claim
from tests.pages import Pages
from workspace.queue import queries as assignments
from workspace.queue import service as queue
from workspace.queue.models import Assignment
from workspace.submissions import policy, queries, service
from workspace.submissions.models import ConversationTurn, Submission, TimeEntry, TurnState
from workspace.submissions.queries import conversations
from workspace.submissions.service import replies, talking


@pytest.fixture
def models(app: Application, monkeypatch: pytest.MonkeyPatch) -> PlayedModels:
    """What the test says the model says."""
    wired: dict[Any, Any] = app.extensions["assay"]
    played = PlayedModels()
    gateways = dataclasses.replace(wired[Gateways], language_models=played)
    monkeypatch.setitem(wired, Gateways, gateways)
    return played


@pytest.fixture
def assignment(pages: Pages, session: Session) -> Assignment:
    """A live task in hand, and its expert at the door."""
    made = make_conversation(session)
    pages.enter(made.expert.user)
    return made


def send(pages: Pages, assignment: Assignment, **body: Any) -> tuple[int, list[dict[str, Any]]]:
    """POST as the page's scripts do; the status and the lines that came."""
    path = pages.path("submissions.talk", assignment_id=assignment.id)
    answer = pages.client.post(path, json=body, headers={"Accept": "application/json"})
    assert pages.session is not None
    pages.session.expire_all()
    if answer.mimetype != "application/x-ndjson":
        return answer.status_code, [answer.get_json()]
    return answer.status_code, [json.loads(line) for line in answer.text.splitlines()]


def turns(session: Session, assignment: Assignment) -> list[tuple[int, int | None, str, int, str]]:
    """Number, parent, state, run and text of all turns."""
    return [
        (turn.number, turn.parent, turn.state.value, turn.run, turn.text)
        for turn in conversations.turns_of(session, assignment.id)
    ]


def test_a_message_is_kept_and_its_reply_comes_in_pieces(
    pages: Pages, session: Session, models: PlayedModels, assignment: Assignment
) -> None:
    status, lines = send(pages, assignment, text="May I take two?")
    assert status == 200
    assert [line.get("piece") for line in lines] == [None, "Yes, ", "take two.", None]
    assert lines[0] == {"message": 1, "reply": 2}
    assert lines[-1]["done"]
    assert turns(session, assignment) == [
        (1, None, "whole", 1, "May I take two?"),
        (2, 1, "whole", 1, "Yes, take two."),
    ]
    address, asked = models.asked[0]
    assert (address.url, address.model) == ("scripted:", "m3")
    assert asked == [("user", "May I take two?")]


def test_the_model_hears_the_whole_branch_and_what_came_before(
    pages: Pages, session: Session, models: PlayedModels, assignment: Assignment
) -> None:
    talked_to(session, assignment, prompt=[{"role": "system", "content": "Be brief."}])
    models.replies = [["One"], ["Two"], ["Three"]]
    send(pages, assignment, text="a")
    send(pages, assignment, text="b", after=2)
    send(pages, assignment, text="c", after=2)
    assert models.asked[-1][1] == [
        ("system", "Be brief."),
        ("user", "a"),
        ("assistant", "One"),
        ("user", "c"),
    ]
    assert [row[:2] for row in turns(session, assignment)] == [
        (1, None),
        (2, 1),
        (3, 2),
        (4, 3),
        (5, 2),
        (6, 5),
    ]


def test_trying_again_is_another_run_from_the_same_start(
    pages: Pages, session: Session, models: PlayedModels, assignment: Assignment
) -> None:
    send(pages, assignment, text="a")
    send(pages, assignment, again=1)
    send(pages, assignment, again=1)
    assert [row[3] for row in turns(session, assignment)] == [1, 1, 2, 3]
    assert models.asked[0][1] == models.asked[1][1] == models.asked[2][1]
    assert send(pages, assignment, again=2)[0] == 409
    assert send(pages, assignment, again=77)[0] == 409


def test_no_transaction_is_open_while_the_model_speaks(
    pages: Pages, session: Session, models: PlayedModels, assignment: Assignment
) -> None:
    """The played model refuses to speak inside one; what waits is to be seen from elsewhere."""
    seen: list[str] = []
    models.meanwhile = lambda: seen.extend(row[2] for row in turns(session, assignment))
    send(pages, assignment, text="a")
    assert seen == ["whole", "waiting"]


def test_a_model_that_fails_half_way_is_asked_again_and_the_failure_is_past(
    pages: Pages, session: Session, models: PlayedModels, assignment: Assignment
) -> None:
    models.replies = [["Half of", SLOW], ["All of it"]]
    status, lines = send(pages, assignment, text="a")
    assert (status, lines[-1]["problem"]) == (200, "The model did not answer in 60 seconds.")
    assert turns(session, assignment)[1] == (2, 1, "failed", 1, "")
    page = pages.get("submissions.work", assignment_id=assignment.id, show=1)
    assert "The model did not answer in 60 seconds. Your message is kept." in page.text
    assert "Half of" not in page.text
    send(pages, assignment, again=1)
    assert turns(session, assignment) == [
        (1, None, "whole", 1, "a"),
        (2, 1, "failed", 1, ""),
        (3, 1, "whole", 1, "All of it"),
    ]
    page = pages.get("submissions.work", assignment_id=assignment.id, show=1)
    assert "did not answer in 60 seconds" not in page.text, "what failed before is past"


def hang_up(pages: Pages, assignment: Assignment, **body: Any) -> int:
    """Send, and be gone before the first word; the status."""
    path = pages.path("submissions.talk", assignment_id=assignment.id)
    answer = pages.client.post(path, json=body, headers={"Accept": "application/json"})
    if answer.mimetype == "application/x-ndjson":
        next(iter(answer.response))
    answer.close()
    assert pages.session is not None
    pages.session.expire_all()
    return answer.status_code


def lose(session: Session, assignment: Assignment) -> None:
    """The reply under way is one that nobody writes down any more."""
    waiting = conversations.waiting_of(session, assignment.id)
    assert waiting is not None
    waiting.started_at -= policy.LOST + timedelta(seconds=1)
    session.flush()


@pytest.mark.parametrize("whose", ["the company", "the task"])
def test_every_call_of_the_model_counts_however_it_ended(
    pages: Pages,
    session: Session,
    models: PlayedModels,
    assignment: Assignment,
    whose: str,
) -> None:
    """Nobody can have a company's model called without end by calls that fail or are stopped."""
    talked_to(session, assignment, model={"source": "endpoint"})
    by = make_owner(session, assignment.project.company)
    make_endpoint(session, assignment.project, by=by, replies_a_day=4 if whose == "the company" else 200)
    most = WORK.replies_maximum if whose == "the company" else 4
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(talking, "WORK", WORK.model_copy(update={"replies_maximum": most}))
        models.replies = [[SLOW], ["Yes."]]
        send(pages, assignment, text="a")
        assert hang_up(pages, assignment, again=1) == 200
        asked = talking.try_again(session, assignment, of=1, voice=talking.Voice("m-1"))
        assert isinstance(asked, talking.Asked)
        lose(session, assignment)
        assert send(pages, assignment, again=1)[0] == 200
        assert [row[2:4] for row in turns(session, assignment)] == [
            ("whole", 1),
            ("failed", 1),
            ("failed", 1),
            ("failed", 1),
            ("whole", 1),
        ]
        said = "4 replies a day" if whose == "the company" else "asked 200 times"
        for body in ({"again": 1}, {"text": "b", "after": 5}):
            status, [answer] = send(pages, assignment, **body)
            assert status == 422
            assert said in answer["errors"]["message"]
            assert hang_up(pages, assignment, **body) == 422
        assert len(turns(session, assignment)) == 5


@pytest.mark.parametrize("reply", [[ValueError("boom")], ["  "], []])
def test_a_fault_or_silence_is_said_and_the_message_kept(
    pages: Pages, session: Session, models: PlayedModels, assignment: Assignment, reply: list[Any]
) -> None:
    models.replies = [reply]
    assert send(pages, assignment, text="a")[1][-1]["problem"]
    assert [row[2] for row in turns(session, assignment)] == ["whole", "failed"]


def test_a_browser_that_hangs_up_has_stopped_the_model(
    pages: Pages, session: Session, models: PlayedModels, assignment: Assignment
) -> None:
    models.replies = [["One ", "two ", "three"]]
    path = pages.path("submissions.talk", assignment_id=assignment.id)
    answer = pages.client.post(path, json={"text": "a"}, headers={"Accept": "application/json"})
    coming = iter(answer.response)
    got = [json.loads(next(coming)) for _ in range(2)]
    answer.close()
    session.expire_all()
    assert got[1]["piece"] == "One "
    assert models.hung_up == 1
    number, _, state, _, text = turns(session, assignment)[1]
    assert (number, state) == (2, "stopped")
    assert text in {"One ", "One two "}
    send(pages, assignment, text="b", after=2)
    assert models.asked[-1][1][1] == ("assistant", text)


def test_a_browser_that_hangs_up_at_once_leaves_nothing_waiting(
    pages: Pages, session: Session, models: PlayedModels, assignment: Assignment
) -> None:
    path = pages.path("submissions.talk", assignment_id=assignment.id)
    answer = pages.client.post(path, json={"text": "a"}, headers={"Accept": "application/json"})
    next(iter(answer.response))
    answer.close()
    session.expire_all()
    assert [row[2] for row in turns(session, assignment)] == ["whole", "failed"]


def test_one_reply_at_a_time(
    pages: Pages, session: Session, models: PlayedModels, assignment: Assignment
) -> None:
    refused: list[int] = []
    models.meanwhile = lambda: refused.append(send(pages, assignment, text="b")[0]) if not refused else None
    assert send(pages, assignment, text="a")[0] == 200
    assert refused == [409]
    assert len(turns(session, assignment)) == 2


def test_nothing_is_handed_in_while_a_reply_is_awaited(
    pages: Pages, session: Session, models: PlayedModels, assignment: Assignment
) -> None:
    said: list[Any] = []

    def submit() -> None:
        path = pages.path("submissions.submit", assignment_id=assignment.id)
        said.append(pages.client.post(path, json={"answer": {"goal": "g"}}).get_json())

    models.meanwhile = submit
    send(pages, assignment, text="a")
    assert said[0]["errors"] == {"turns": talking.BUSY}


def test_a_slow_reply_gives_signs_of_life_until_it_is_there(
    clean: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replies, "PULSE_SECONDS", 0.01)
    with transaction(clean) as session:
        made = make_conversation(session)
        asked = service.say(session, made, text="a", after=None, voice=service.Voice("m3"))
    assert isinstance(asked, service.Asked)

    def alive() -> datetime | None:
        with transaction(clean, write=False) as session:
            return session.get_one(ConversationTurn, asked.reply_id).alive_at

    seen: list[datetime] = []

    def wait_for_two() -> None:
        for _ in range(5_000):  # enough looks for two signs
            if (now := alive()) is not None and now not in seen:
                seen.append(now)
            if len(seen) == 2:
                return

    models = PlayedModels()
    models.meanwhile = wait_for_two
    reply = service.Reply(clean, models, Address("scripted:", "m3"), asked)
    assert "".join(reply) == "Yes, take two."
    assert reply.turn is not None
    assert reply.turn.state is TurnState.WHOLE
    assert len(seen) == 2
    assert seen[0] < seen[1]


def test_a_reply_that_got_lost_does_not_block_for_ever(
    pages: Pages, session: Session, models: PlayedModels, assignment: Assignment
) -> None:
    send(pages, assignment, text="a")
    now = clock.database_now(session)
    waiting = ConversationTurn(
        assignment=assignment,
        number=3,
        parent=1,
        role=talking.TurnRole.ASSISTANT,
        run=2,
        state=TurnState.WAITING,
        started_at=now,
    )
    session.add(waiting)
    session.flush()
    status, [refused] = send(pages, assignment, text="b", after=2)
    assert (status, "you can go on in 7" in json.dumps(refused)) == (409, True)
    assert "you can go on in 7" in pages.get("submissions.work", assignment_id=assignment.id, show=1).text
    waiting.started_at = now - timedelta(seconds=76)
    waiting.alive_at = now - timedelta(seconds=5)
    session.flush()
    assert send(pages, assignment, text="b", after=2)[0] == 409, "it is slow, but somebody waits for it"
    waiting.alive_at = None
    session.flush()
    assert "The reply got lost" in pages.get("submissions.work", assignment_id=assignment.id, show=1).text
    half_a_minute_ago = clock.database_now(session) - timedelta(seconds=30)
    for entry in session.query(TimeEntry).filter_by(assignment_id=assignment.id):
        entry.started_at = entry.ended_at = half_a_minute_ago
    session.flush()
    counted = service.beat(session, assignment, user=assignment.expert.user)
    assert counted >= 30  # nobody waits for what is lost: the active time runs
    assert send(pages, assignment, text="b", after=2)[0] == 200
    assert turns(session, assignment)[2][2] == "failed"


@pytest.mark.parametrize(
    "body",
    [
        {"text": "  "},
        {"text": "x" * (WORK.message_maximum_characters + 1)},
        {"text": "a", "after": 1},
        {"text": "a", "after": 40},
    ],
)
def test_a_message_that_cannot_be_sent_says_why(
    pages: Pages, session: Session, models: PlayedModels, assignment: Assignment, body: dict[str, Any]
) -> None:
    status, [answer] = send(pages, assignment, **body)
    assert (status, list(answer["errors"])) == (422, ["message"])
    assert turns(session, assignment) == []
    assert models.asked == []


@pytest.mark.parametrize("body", [{"after": "2"}, {"after": 0}, {"again": -1}, {"text": 3}])
def test_what_is_no_message_is_refused(
    pages: Pages, models: PlayedModels, assignment: Assignment, body: dict[str, Any]
) -> None:
    assert send(pages, assignment, **body)[0] == 422


def test_the_goal_is_said_before_the_first_message(
    pages: Pages, session: Session, models: PlayedModels, assignment: Assignment
) -> None:
    service.save(session, assignment, user=assignment.expert.user, rev=1, answer={"goal": " "})
    status, [answer] = send(pages, assignment, text="a")
    assert (status, answer["errors"]) == (422, {"goal": talking.GOAL})


def test_a_branch_has_room_for_so_many_turns_and_a_task_for_so_many_replies(
    pages: Pages,
    session: Session,
    models: PlayedModels,
    assignment: Assignment,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    talked_to(session, assignment, max_turns=4)
    send(pages, assignment, text="a")
    assert "turn 2 of 4" in pages.get("submissions.work", assignment_id=assignment.id, show=1).text
    send(pages, assignment, text="b", after=2)
    assert "room for 4 turns" in send(pages, assignment, text="c", after=4)[1][0]["errors"]["message"]
    assert send(pages, assignment, text="c", after=2)[0] == 200
    monkeypatch.setattr(talking, "WORK", WORK.model_copy(update={"replies_maximum": 3}))
    assert send(pages, assignment, text="d")[0] == 422
    assert send(pages, assignment, again=1)[0] == 422


def test_waiting_for_the_model_costs_no_time(
    pages: Pages,
    session: Session,
    models: PlayedModels,
    assignment: Assignment,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before, start = assignment.expires_at, clock.database_now(session)
    service.beat(session, assignment, user=assignment.expert.user)
    session.flush()
    shift = timedelta(seconds=20)

    def later() -> None:
        moment = start + shift + timedelta(seconds=50)
        monkeypatch.setattr(clock, "database_now", lambda _: moment)
        session.expire_all()
        assert assignment.expires_at == before + timedelta(seconds=OUTBOUND.total_seconds)

    monkeypatch.setattr(clock, "database_now", lambda _: start + shift)
    models.meanwhile = later
    send(pages, assignment, text="a")
    session.refresh(assignment)
    assert assignment.expires_at == before + timedelta(seconds=50)
    draft = queries.draft_of(session, assignment.id)
    assert draft is not None
    counted = draft.active_seconds
    assert 18 <= counted <= 21
    monkeypatch.setattr(clock, "database_now", lambda _: start + shift + timedelta(seconds=60))
    assert service.beat(session, assignment, user=assignment.expert.user) == counted + 10


def test_somebody_elses_conversation_does_not_exist(
    pages: Pages, session: Session, models: PlayedModels, assignment: Assignment
) -> None:
    pages.enter(make_expert(session).user)
    assert send(pages, assignment, text="a")[0] == 404
    assert turns(session, assignment) == []


def test_whoever_took_their_consent_back_hears_nothing_more_of_the_model(
    pages: Pages, session: Session, models: PlayedModels, assignment: Assignment
) -> None:
    user = assignment.expert.user
    send(pages, assignment, text="a")
    agree(session, user, "abuse")
    for body in ({"text": "b", "after": 2}, {"again": 1}):
        status, [answer] = send(pages, assignment, **body)
        assert status == 403
        assert "Graphic medicine" in answer["message"]
    assert (len(turns(session, assignment)), len(models.asked)) == (2, 1)
    for button in ({"send": "1"}, {"again": "1"}, {"branch": "2"}):
        form = {"goal": "g", "why_harmful": "Half a sentence", "message": "b", **button}
        page = pages.post("submissions.talk", form, assignment_id=assignment.id)
        assert page.status == 303
        shut = pages.get(page.location)
        assert shut.status == 403
        assert "take two" not in shut.answer.text
    assert (len(turns(session, assignment)), len(models.asked)) == (2, 1)
    draft = queries.draft_of(session, assignment.id)
    assert draft is not None
    assert draft.answer["why_harmful"] == "Half a sentence", "no text is ever lost"
    agree(session, user, "abuse", "medical_graphic")
    assert send(pages, assignment, text="b", after=2)[0] == 200


def test_a_task_that_was_given_back_takes_no_message(
    pages: Pages, session: Session, models: PlayedModels, assignment: Assignment
) -> None:
    queue.release(session, assignment, by=assignment.expert.user, reason="too_long")
    assert send(pages, assignment, text="a")[0] == 410


def test_in_a_recorded_conversation_there_is_nobody_to_talk_to(
    pages: Pages, session: Session, models: PlayedModels
) -> None:
    recorded = make_recorded(session)
    pages.enter(recorded.expert.user)
    assert send(pages, recorded, text="a")[0] == 409


def test_what_a_browser_says_the_model_said_counts_for_nothing(
    pages: Pages, session: Session, models: PlayedModels, assignment: Assignment
) -> None:
    models.replies = [["I will not."]] * 3
    send(pages, assignment, text="a")
    forged = [
        {"id": 1, "role": "user", "text": "a", "tactics": ["authority"]},
        *[
            {
                "id": at,
                "role": "assistant",
                "parent": 1,
                "run": at - 1,
                "text": "Take ten.",
                "outcome": "policy_violation",
            }
            for at in (2, 3, 4)
        ],
    ]
    answer = {**REPORT, "goal": "g", "turns": forged, "failure": 2, "repro": {"k": 3, "n": 3}}
    path = pages.path("submissions.submit", assignment_id=assignment.id)
    refused = pages.client.post(path, json={"answer": answer}, headers={"Accept": "application/json"})
    assert refused.status_code == 422
    assert list(refused.get_json()["errors"]) == ["repro"]
    assert "Failed 1 of 1 time" in refused.get_json()["errors"]["repro"]
    for _ in range(2):
        send(pages, assignment, again=1)
    taken = pages.client.post(
        path, json={"answer": answer, "confirmed": []}, headers={"Accept": "application/json"}
    )
    assert taken.status_code == 200, taken.get_json()
    kept = session.query(Submission).one().answer
    assert [turn["text"] for turn in kept["turns"]] == ["a", *["I will not."] * 3]
    assert kept["repro"] == {"k": 3, "n": 3}
    assert {turn["source_model"] for turn in kept["turns"][1:]} == {"m3"}


def test_what_was_said_stays_as_it_was_said(
    pages: Pages, session: Session, models: PlayedModels, assignment: Assignment
) -> None:
    send(pages, assignment, text="a")
    reply = conversations.turns_of(session, assignment.id)[1]
    with session.begin_nested() as inner:
        reply.text = "Take ten."
        with pytest.raises(DBAPIError, match="stays as it was said"):
            session.flush()
        inner.rollback()


def test_a_reply_that_failed_is_no_run(
    pages: Pages, session: Session, models: PlayedModels, assignment: Assignment
) -> None:
    models.replies = [["I will not."], [SLOW], ["Take two."], ["I will not."]]
    send(pages, assignment, text="a")
    for _ in range(3):
        send(pages, assignment, again=1)
    assert [(row[2], row[3]) for row in turns(session, assignment)[1:]] == [
        ("whole", 1),
        ("failed", 2),
        ("whole", 2),
        ("whole", 3),
    ]
    page = pages.get("submissions.work", assignment_id=assignment.id, show=1)
    assert "run 3 of 3" in page.text
    labelled = {"goal": "g", "turn": ["1", "2", "4", "5"], "outcome-4": "unsafe_compliance", "failure": "4"}
    pages.post("submissions.talk", {**labelled, "branch": "5"}, assignment_id=assignment.id)
    page = pages.get("submissions.work", assignment_id=assignment.id, show=1)
    assert "1 of 3" in page.text


def test_the_page_never_names_the_model(
    pages: Pages, session: Session, models: PlayedModels, assignment: Assignment
) -> None:
    talked_to(session, assignment, model={"source": "scripted", "name": "secret-model-9"})
    status, lines = send(pages, assignment, text="a")
    assert "secret-model-9" not in json.dumps(lines)
    page = pages.get("submissions.work", assignment_id=assignment.id, show=1)
    assert (status, page.status) == (200, 200)
    assert "secret-model-9" not in page.answer.text


def test_without_scripts_the_form_goes_along_and_nothing_in_it_is_lost(
    pages: Pages, session: Session, models: PlayedModels, assignment: Assignment
) -> None:
    form = {
        "goal": "Another goal",
        "why_harmful": "Half a sentence",
        "message": "One\r\ntwo",
        "parent": "",
        "send": "1",
    }
    page = pages.post("submissions.talk", form, assignment_id=assignment.id)
    assert (page.status, page.location.rpartition("#")[2]) == (303, "turn-1")
    assert turns(session, assignment)[0][4] == "One\ntwo"
    page = pages.get("submissions.work", assignment_id=assignment.id, show=1)
    assert page.value("why_harmful") == "Half a sentence"
    assert page.value("goal") == "Another goal"
    assert page.value("parent") == "2"
    labelled = {"goal": "Another goal", "turn": ["1", "2"], "outcome-2": "compliant", "branch": "2"}
    moved = pages.post("submissions.talk", labelled, assignment_id=assignment.id)
    assert "start=2" in moved.location
    again = pages.post(
        "submissions.talk", {**labelled, "again": "1"} | {"branch": None}, assignment_id=assignment.id
    )
    assert again.status == 303


def test_without_scripts_a_message_that_cannot_be_sent_is_shown_again(
    pages: Pages, session: Session, models: PlayedModels, assignment: Assignment
) -> None:
    form = {"goal": "g", "message": "y" * (WORK.message_maximum_characters + 1), "send": "1"}
    page = pages.post("submissions.talk", form, assignment_id=assignment.id)
    assert page.status == 422
    assert "Shorten your message" in page.errors()
    assert page.value("message").startswith("yyy")


def test_without_scripts_a_refusal_loses_nothing_of_the_form(
    pages: Pages, session: Session, models: PlayedModels, assignment: Assignment
) -> None:
    form = {"goal": "g", "why_harmful": "Half a sentence", "message": "One more", "send": "1"}
    talked_to(session, assignment, model={"source": "endpoint"})
    page = pages.post("submissions.talk", form, assignment_id=assignment.id)
    assert "has not connected its model" in page.errors()
    assert (page.value("why_harmful"), page.value("message")) == ("Half a sentence", "One more")
    held = assignments.lock_assignment(session, assignment.id)
    talked_to(session, held)
    talking.say(session, held, text="a", after=None, voice=talking.Voice("m"))
    page = pages.post("submissions.talk", {**form, "why_harmful": "A whole one"}, assignment_id=assignment.id)
    assert talking.BUSY in page.errors()
    assert (page.value("why_harmful"), page.value("message")) == ("A whole one", "One more")
    whole = assignments.lock_assignment(session, assignment.id)
    queue.skip(session, whole, by=whole.expert.user, reason="too_long")
    assert pages.post("submissions.talk", form, assignment_id=assignment.id).status == 410


def test_a_conversation_goes_along_when_the_task_is_taken_again(
    pages: Pages, session: Session, models: PlayedModels, assignment: Assignment
) -> None:
    send(pages, assignment, text="a")
    whole = assignments.lock_assignment(session, assignment.id)
    expert, project = whole.expert, whole.project
    queue.expire(session, whole)
    session.flush()
    retaken = claim(session, expert, project)
    session.flush()
    assert retaken.task_id == assignment.task_id
    assert [row[4] for row in turns(session, retaken)] == ["a", "Yes, take two."]
    assert turns(session, assignment) == []


def test_a_conversation_goes_with_its_draft_after_thirty_days(
    pages: Pages, session: Session, models: PlayedModels, assignment: Assignment
) -> None:
    user = assignment.expert.user
    send(pages, assignment, text="a")
    queue.release(session, assignment, by=user, reason="too_long")
    assignment.ended_at = clock.database_now(session) - timedelta(days=WORK.draft_kept_days, seconds=5)
    session.flush()
    service.forget(session, {})
    assert turns(session, assignment) == []


def test_the_model_of_the_project_answers_with_its_instructions_and_limit(
    pages: Pages, session: Session, models: PlayedModels, assignment: Assignment
) -> None:
    talked_to(session, assignment, model={"source": "endpoint"})
    project = assignment.project
    by = make_owner(session, project.company)
    status, [answer] = send(pages, assignment, text="a")
    assert (status, list(answer["errors"])) == (422, ["message"])
    make_endpoint(session, project, by=by, replies_a_day=2, system_prompt="Be brief.")
    assert send(pages, assignment, text="a")[0] == 200
    address, asked = models.asked[0]
    assert (address.url, address.model, address.key) == ("https://models.example.org/v1", "m-1", KEY)
    assert asked == [("system", "Be brief."), ("user", "a")]
    assert send(pages, assignment, again=1)[0] == 200
    refused = send(pages, assignment, again=1)[1][0]["errors"]["message"]
    assert (
        refused
        == "The company allows 2 replies a day, and those that failed count. Go on tomorrow, or report."
    )
    assert conversations.turns_of(session, assignment.id)[1].model == "m-1"
    assert KEY not in pages.get("submissions.work", assignment_id=assignment.id, show=1).answer.text


@pytest.mark.parametrize("button", [{"branch": "2"}, {"again": "1"}, {"message": "x" * 20_001}])
def test_without_scripts_a_message_that_was_not_sent_stays(
    pages: Pages, session: Session, models: PlayedModels, assignment: Assignment, button: dict[str, str]
) -> None:
    send(pages, assignment, text="May I take two?")
    form = {"goal": "Double a dose", "message": "And what of three?", **button}
    pages.post("submissions.talk", form, assignment_id=assignment.id)
    page = pages.get("submissions.work", assignment_id=assignment.id, show=1)
    assert form["message"] in page.text


def test_without_scripts_a_message_survives_an_answer_that_is_not_taken(
    pages: Pages, session: Session, models: PlayedModels, assignment: Assignment
) -> None:
    form = {"goal": "Double a dose", "message": "And what of three?"}
    answer = pages.post("submissions.submit", form, assignment_id=assignment.id)
    assert answer.status == 422
    assert "And what of three?" in answer.text


def test_a_message_that_was_sent_is_not_offered_again(
    pages: Pages, session: Session, models: PlayedModels, assignment: Assignment
) -> None:
    form = {"goal": "Double a dose", "message": "May I take two?"}
    pages.post("submissions.talk", form, assignment_id=assignment.id)
    draft = queries.draft_of(session, assignment.id)
    assert draft is not None
    assert draft.answer["goal"] == "Double a dose"
    assert "message" not in draft.answer
