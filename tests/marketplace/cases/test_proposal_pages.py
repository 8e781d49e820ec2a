"""The pages of money moved by hand, as finance, the expert and everybody else see them."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from config.policy import PEOPLE
from marketplace.cases import service
from marketplace.cases.models import Proposal, ProposalState
from marketplace.cases.service import Wish
from marketplace.identity.models import Role, User
from marketplace.kit import clock, ids
from marketplace.kit.application import Application
from marketplace.kit.database import Sessions, transaction
from marketplace.kit.errors import Refusal
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import Kind
from tests.factories.identity import make_user
from tests.factories.payouts import make_expert
from tests.marketplace.cases.test_proposals import EVIDENCE, REASON, claimed
from tests.pages import Pages

LIST = "/staff/corrections"


@pytest.fixture
def one(session: Session) -> User:
    return make_user(session, roles=[Role.FINANCE], name="Ona First")


@pytest.fixture
def two(session: Session) -> User:
    return make_user(session, roles=[Role.FINANCE], name="Otto Second")


def goodwill(session: Session, by: User, user_id: Any) -> Any:
    wish = Wish(by=by, form_key=ids.new_id(), amount_minor=2_000, reason=REASON)
    made = service.propose_goodwill(session, wish, user_id=user_id).id
    session.flush()
    return made


def test_a_correction_is_found_seen_proposed_and_decided(
    session: Session, pages: Pages, one: User, two: User
) -> None:
    expert = make_expert(session, name="Zora Neale")
    expert_id = expert.id
    desk = pages.enter(one, "finance")
    assert "Nothing was moved by hand" in desk.get(LIST).text
    assert "Zora Neale" in desk.get(f"{LIST}/new?kind=expert_pending&q=zora").text
    assert "Nobody found" in desk.get(f"{LIST}/new?kind=company_wallet&q=%25").text
    path, sent = f"{LIST}/new/expert_pending/{expert_id}", {"way": "add", "amount": "20", "reason": REASON}
    key = desk.get(path).value("form_key")
    page = desk.post(path, {**sent, "form_key": key})
    assert page.status == 200
    assert "$0.00 now, $20.00 after" in page.text
    assert ledger.balance(session, Kind.EXPERT_PENDING, expert_id) == 0
    done = {**sent, "form_key": key, "seen": page.value("seen")}
    first, again = desk.post(path, done), desk.post(path, done)
    assert first.status == again.status == 303
    assert first.location == again.location
    assert "Somebody else of finance decides" in desk.get(first.location).text
    assert desk.post(first.location + "/approve").status == 403
    other = pages.enter(two, "finance")
    assert other.post(first.location + "/approve").status == 303
    assert other.post(first.location + "/approve").status == 409
    assert "Approved" in other.get(first.location).text
    assert ledger.balance(session, Kind.EXPERT_PENDING, expert_id) == 2_000


def test_money_is_moved_only_after_the_password(session: Session, pages: Pages, one: User, two: User) -> None:
    expert = make_expert(session)
    made, earning = goodwill(session, one, expert.id), claimed(session, expert)[0]
    forms = {
        f"{LIST}/new/expert_pending/{expert.id}": {"way": "add", "seen": "add:2000", "amount": "20"},
        f"{LIST}/goodwill/{expert.id}": {"seen": "add:2000", "amount": "20"},
        f"{LIST}/clawback/{earning.id}": {"evidence": EVIDENCE},
        f"{LIST}/{made}/approve": {},
    }
    desk = pages.enter(two, "finance")
    with clock.shifted(timedelta(minutes=PEOPLE.proof_minutes, seconds=1)):
        for path, sent in forms.items():
            answer = desk.post(path, {"reason": REASON, "form_key": str(ids.new_id()), **sent})
            back = path.removesuffix("/approve")
            opened = desk.get(path).location
            assert opened.startswith("/prove") is (back == path), "asked before anything is typed"
            assert (answer.status, answer.location) == (303, f"/prove?next={back}")
    assert session.query(Proposal).count() == 1
    assert session.get_one(Proposal, made).state is ProposalState.PROPOSED


def test_goodwill_is_refused_with_a_reason(session: Session, pages: Pages, one: User, two: User) -> None:
    expert_id = make_expert(session).id
    desk = pages.enter(one, "finance")
    path, sent = f"{LIST}/goodwill/{expert_id}", {"amount": "20", "reason": REASON}
    key = desk.get(path).value("form_key")
    seen = desk.post(path, {**sent, "form_key": key}).value("seen")
    made = desk.post(path, {**sent, "form_key": key, "seen": seen}).location
    other = pages.enter(two, "finance")
    assert other.post(made + "/refuse", {"why": "no"}).status == 422
    assert other.post(made + "/refuse", {"why": "The outage was an hour, not two."}).status == 303
    assert "The outage was an hour" in other.get(made).text


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"amount": "", "reason": REASON}, "Enter an amount."),
        ({"amount": "0", "reason": REASON}, "Enter $0.01 or more."),
        ({"amount": "20", "reason": "short"}, "20"),
        ({"amount": "20", "reason": REASON, "way": "take"}, "Nothing is taken from a person"),
        ({"amount": "20", "reason": REASON, "way": "burn"}, "Choose one of the options."),
    ],
)
def test_bad_input_is_said_at_the_field(
    session: Session, pages: Pages, one: User, sent: dict[str, str], said: str
) -> None:
    path = f"{LIST}/new/expert_pending/{make_expert(session).id}"
    answer = pages.enter(one, "finance").post(path, {"way": "add", "form_key": str(ids.new_id()), **sent})
    assert answer.status == 422
    assert said in answer.errors()


def test_an_expert_reads_the_evidence_and_answers_once(
    session: Session, pages: Pages, one: User, two: User
) -> None:
    expert = make_expert(session)
    earning_id = claimed(session, expert)[0].id
    desk = pages.enter(one, "finance")
    path = f"{LIST}/clawback/{earning_id}"
    assert desk.post(path, {"reason": REASON, "evidence": "odd", "form_key": str(ids.new_id())}).status == 422
    sent = {"reason": REASON, "evidence": EVIDENCE, "form_key": desk.get(path).value("form_key")}
    made = desk.post(path, sent).location.rpartition("/")[2]
    question = f"/earnings/questions/{made}"
    assert pages.enter(make_expert(session), "expert").get(question).status == 404
    mine = pages.enter(expert, "expert")
    assert EVIDENCE in mine.get(question).text
    assert mine.post(question, {"said": ""}).status == 422
    assert mine.post(question, {"said": "I copied my own drafts."}).status == 303
    assert mine.post(question, {"said": "And more."}).status == 409
    other = pages.enter(two, "finance")
    assert "I copied my own drafts." in other.get("corrections.show", proposal_id=made).text
    assert other.post("corrections.approve", proposal_id=made).status == 303
    assert "was taken back" in pages.enter(expert, "expert").get(question).text


def test_others_stay_outside(session: Session, pages: Pages, one: User) -> None:
    made = goodwill(session, one, make_expert(session).id)
    for role in (Role.MEMBER, Role.EXPERT, Role.SUPPORT, Role.OPS):
        visitor = pages.enter(make_user(session, roles=[role]), role.value)
        assert visitor.get(LIST).status == 403
        assert visitor.get("corrections.show", proposal_id=made).status == 403
        assert visitor.post("corrections.approve", proposal_id=made).status == 403
    desk = pages.enter(one, "finance")
    for path in (f"{LIST}/{ids.new_id()}", f"{LIST}/new/tax/{made}", f"{LIST}/goodwill/{made}"):
        assert desk.get(path).status == 404
    assert desk.get(f"{LIST}/clawback/{made}").status == 404


def test_two_who_approve_at_once_move_it_once(app: Application, clean: Sessions) -> None:
    with transaction(clean) as session:
        expert_id = make_expert(session).id
        first = make_user(session, roles=[Role.FINANCE])
        others = [make_user(session, roles=[Role.FINANCE]).id for _ in range(2)]
        made = goodwill(session, first, expert_id)
    barrier, ends = threading.Barrier(2), []

    def approve(user_id: Any) -> None:
        barrier.wait()
        try:
            with transaction(clean) as session:
                service.approve(session, made, by=session.get_one(User, user_id))
            ends.append("moved")
        except Refusal as refusal:
            ends.append(refusal.code)

    threads = [threading.Thread(target=approve, args=[user_id]) for user_id in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends) == ["moved", "proposal_over"]
    with transaction(clean, write=False) as session:
        assert ledger.balance(session, Kind.EXPERT_PENDING, expert_id) == 2_000
        assert session.get_one(Proposal, made).state is ProposalState.APPROVED
