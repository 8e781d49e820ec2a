"""Questions about a credential, withdrawals by two people, and ties that keep somebody from checking."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.policy import PEOPLE
from marketplace.audit.models import AuditRecord
from marketplace.companies import queries as companies
from marketplace.companies.models import Invitation, MemberRole
from marketplace.experts import policy, queries, service
from marketplace.experts.errors import (
    AlreadyAsked,
    AlreadyChecked,
    ConflictOfInterest,
    NothingAsked,
    OwnCredential,
    TooShort,
)
from marketplace.experts.models import Credential, CredentialKind, CredentialState, Expert, HistoryKind
from marketplace.experts.service import Told
from marketplace.identity.models import Role, User
from marketplace.kit import clock, ids
from marketplace.kit.errors import Conflict
from marketplace.kit.pages import SIZE
from marketplace.notifications.models import Notice
from tests.factories.companies import make_company, make_member
from tests.factories.evidence import make_stored
from tests.factories.experts import make_credential, make_expert
from tests.factories.identity import make_user
from tests.pages import Pages

C, K = CredentialState, CredentialKind
QUESTION = "Which hospital issued this letter, and when?"
WHY, FOUND = "The board told us that it is not valid.", "Called the board on 12 March; ticket 4711."


@pytest.fixture
def ops(session: Session) -> User:
    return make_user(session, roles=[Role.OPS], name="Olu Ops")


@pytest.fixture
def second(session: Session) -> User:
    return make_user(session, roles=[Role.OPS], name="Sam Second")


def opened(session: Session, by: User, **columns: Any) -> Credential:
    credential = make_credential(session, make_expert(session), state=C.SUBMITTED, **columns)
    service.open_check(session, credential, by=by)
    session.flush()
    return credential


def told(session: Session, user_id: object) -> list[str]:
    session.flush()
    return [notice.kind for notice in session.scalars(select(Notice).where(Notice.user_id == user_id))]


def acts(session: Session, credential: Credential) -> list[str]:
    session.flush()
    rows = session.scalars(
        select(AuditRecord).where(AuditRecord.subject_id == credential.id).order_by(AuditRecord.id)
    )
    return [row.tag.rpartition(":")[2] for row in rows]


def test_a_question_is_asked_and_answered_while_it_stays_in_review(session: Session, ops: User) -> None:
    credential = opened(session, ops)
    service.ask(session, credential, by=ops, question=f" {QUESTION} ")
    assert (credential.state, credential.opened_by_id) == (C.IN_REVIEW, ops.id)
    assert told(session, credential.expert.user_id) == ["credential_questioned"]
    with pytest.raises(AlreadyAsked):
        service.ask(session, credential, by=ops, question=QUESTION)
    service.attach_evidence(session, credential, stored=make_stored(), name="letter.pdf")
    service.answer(session, credential, text="The General Hospital, in May.")
    assert told(session, ops.id) == ["credential_answered"]
    with pytest.raises(NothingAsked):
        service.answer(session, credential, text="Once more.")
    with pytest.raises(Conflict):
        service.attach_evidence(session, credential, stored=make_stored(), name="more.pdf")
    (asked,) = queries.questions_of(session, credential.id)
    assert (asked.question, asked.answer) == (QUESTION, "The General Hospital, in May.")
    assert acts(session, credential) == ["opened", "asked"]


@pytest.mark.parametrize("words", ["", " " * 40, "x" * 19])
def test_a_question_says_something(session: Session, ops: User, words: str) -> None:
    with pytest.raises(TooShort):
        service.ask(session, opened(session, ops), by=ops, question=words)


def test_only_whoever_has_it_open_asks(session: Session, ops: User, second: User) -> None:
    with pytest.raises(Conflict):
        service.ask(session, opened(session, ops), by=second, question=QUESTION)


def test_an_open_question_rests_the_clock_for_a_week(session: Session, ops: User) -> None:
    credential = opened(session, ops)
    service.ask(session, credential, by=ops, question=QUESTION)
    session.flush()
    with clock.shifted(timedelta(days=PEOPLE.credential_check_days + 1)):
        service.expire(session, {})
        session.flush()
    assert credential.state is C.IN_REVIEW
    with clock.shifted(timedelta(days=PEOPLE.credential_answer_days + 1)):
        service.expire(session, {})
        session.flush()
        assert (credential.state, credential.opened_by_id) == (C.SUBMITTED, None)
        with pytest.raises(NothingAsked):
            service.answer(session, credential, text="Too late?")


def test_an_answer_starts_the_clock_anew(session: Session, ops: User) -> None:
    credential = opened(session, ops)
    service.ask(session, credential, by=ops, question=QUESTION)
    session.flush()
    with clock.shifted(timedelta(days=5)):
        service.answer(session, credential, text="In May.")
        session.flush()
        service.expire(session, {})
    assert credential.state is C.IN_REVIEW


@pytest.mark.parametrize("decide", ["verify", "reject"])
def test_a_decision_closes_the_question(session: Session, ops: User, decide: str) -> None:
    credential = opened(session, ops)
    service.ask(session, credential, by=ops, question=QUESTION)
    if decide == "verify":
        service.verify(session, credential, by=ops, method="Register")
    else:
        service.reject(session, credential, by=ops, reason=WHY, fix="Send a dated one.")
    session.flush()
    assert queries.open_question(session, credential.id) is None


def test_the_expert_answers_on_the_page_of_the_credential(session: Session, pages: Pages, ops: User) -> None:
    credential = opened(session, ops)
    service.ask(session, credential, by=ops, question=QUESTION)
    owner = credential.expert.user
    pages.enter(owner)
    here = {"credential_id": credential.id}
    assert QUESTION in pages.get("experts.credential", **here).text
    empty = pages.post("experts.answer_question", {"answer": " "}, **here)
    assert (empty.status, "Write an answer." in empty.errors()) == (422, True)
    assert pages.post("experts.answer_question", {"answer": "In May."}, **here).status == 303
    page = pages.get("experts.credential", **here)
    assert "In May." in page.text
    assert "Send the answer" not in page.text
    assert "is with the person who asked" in page.text
    late = pages.post("experts.answer_question", {"answer": "Again."}, **here)
    assert (late.status, "is with the person who asked" in late.text) == (409, False)
    pages.enter(ops)
    assert "In May." in pages.get("credential_checks.show", **here).text


def test_the_profile_and_the_first_page_say_that_a_question_waits(
    session: Session, pages: Pages, ops: User
) -> None:
    credential = opened(session, ops, title="Specialty certificate")
    service.ask(session, credential, by=ops, question=QUESTION)
    session.flush()
    until = clock.database_now(session) + timedelta(days=PEOPLE.credential_answer_days)
    pages.enter(credential.expert.user)
    there = f"/profile/credentials/{credential.id}#question"
    profile = pages.get("experts.profile")
    assert f"A question waits for you: answer by {until.day} {until:%b %Y}." in profile.text
    assert "Needs your answer" in profile.text
    home = pages.get("home.show")
    assert "A question waits for you" in home.text
    for page in (profile, home):
        assert [
            node for node in page.all("a") if node.get("href") == there and "btn" in node.get("class", "")
        ]
    service.answer(session, credential, text="In May.")
    session.flush()
    assert "waits for you" not in pages.get("experts.profile").text + pages.get("home.show").text


def test_nobody_is_asked_to_withdraw_what_has_ended(session: Session, ops: User) -> None:
    credential = make_credential(session, make_expert(session), kind=K.LICENCE)
    service.propose_revocation(session, credential, by=ops, reason=WHY, case_text=FOUND)
    session.flush()
    assert [one.credential_id for one in queries.revocations_to_decide(session).rows] == [credential.id]
    credential.move(C.EXPIRED)
    session.flush()
    assert queries.revocations_to_decide(session).rows == []


def test_proposals_to_withdraw_are_paged_the_oldest_first(session: Session, ops: User) -> None:
    made = []
    for _ in range(SIZE + 2):
        credential = make_credential(session, make_expert(session), kind=K.LICENCE)
        service.propose_revocation(session, credential, by=ops, reason=WHY, case_text=FOUND)
        made.append(credential.id)
    session.flush()
    first = queries.revocations_to_decide(session)
    rest = queries.revocations_to_decide(session, mark=first.next_mark)
    assert [one.credential_id for one in [*first.rows, *rest.rows]] == made
    assert (len(first.rows), rest.next_mark) == (SIZE, None)


def test_two_people_withdraw_a_credential(session: Session, ops: User, second: User) -> None:
    credential = make_credential(session, make_expert(session), kind=K.LICENCE)
    service.propose_revocation(session, credential, by=ops, reason=WHY, case_text=FOUND)
    assert credential.state is C.VERIFIED
    assert service.standing(session, credential.expert_id, "medicine").tier.slug == "licensed"
    with pytest.raises(Conflict):
        service.propose_revocation(session, credential, by=second, reason=WHY, case_text=FOUND)
    with pytest.raises(AlreadyChecked):
        service.decide_revocation(session, credential, by=ops, agreed=True)
    service.decide_revocation(session, credential, by=second, agreed=True)
    session.flush()
    assert credential.state is C.REVOKED
    assert service.standing(session, credential.expert_id, "medicine").tier.slug == "general"
    assert acts(session, credential) == ["revocation_proposed", "revoked"]
    (notice,) = session.scalars(select(Notice).where(Notice.user_id == credential.expert.user_id))
    assert (notice.kind, WHY in notice.body, FOUND in notice.body) == ("credential_revoked", True, False)


def test_a_proposal_can_be_dropped(session: Session, ops: User, second: User) -> None:
    credential = make_credential(session, make_expert(session))
    service.propose_revocation(session, credential, by=ops, reason=WHY, case_text=FOUND)
    service.decide_revocation(session, credential, by=ops, agreed=False)
    session.flush()
    assert credential.state is C.VERIFIED
    with pytest.raises(Conflict):
        service.decide_revocation(session, credential, by=second, agreed=True)
    service.propose_revocation(session, credential, by=second, reason=WHY, case_text=FOUND)


def test_whoever_is_tied_to_the_expert_neither_proposes_nor_agrees(
    session: Session, ops: User, second: User
) -> None:
    credential = make_credential(session, make_expert(session))

    def colleagues(_: Session, one: uuid.UUID, __: uuid.UUID) -> bool:
        return one == second.id

    with pytest.raises(ConflictOfInterest, match="company"):
        service.propose_revocation(
            session, credential, by=second, reason=WHY, case_text=FOUND, connected=colleagues
        )
    service.propose_revocation(session, credential, by=ops, reason=WHY, case_text=FOUND, connected=colleagues)
    with pytest.raises(ConflictOfInterest, match="company"):
        service.decide_revocation(session, credential, by=second, agreed=True, connected=colleagues)
    assert credential.state is C.VERIFIED
    service.decide_revocation(session, credential, by=second, agreed=False, connected=colleagues)


def test_the_pages_know_who_shares_a_company(session: Session, pages: Pages, ops: User, second: User) -> None:
    expert = make_expert(session)
    make_member(session, make_company(session, second), user=expert.user)
    credential = make_credential(session, expert)
    said = {"reason": WHY, "case_text": FOUND}
    service.propose_revocation(session, credential, by=ops, reason=WHY, case_text=FOUND)
    session.flush()
    pages.enter(second)
    assert pages.post("credential_checks.revoke", said, credential_id=credential.id).status == 403
    assert pages.post("credential_checks.agree", credential_id=credential.id).status == 403
    assert pages.post("credential_checks.drop", credential_id=credential.id).status == 303


@pytest.mark.parametrize("by", ["sweep", "expert"])
def test_a_proposal_ends_with_the_credential(session: Session, ops: User, by: str) -> None:
    credential = make_credential(session, make_expert(session), ends_in_days=3)
    service.propose_revocation(session, credential, by=ops, reason=WHY, case_text=FOUND)
    with clock.shifted(timedelta(days=4)):
        if by == "sweep":
            service.expire(session, {})
        else:
            service.delete(session, credential)
        session.flush()
        assert queries.revocations_to_decide(session).rows == []  # nobody could decide it any more
    (proposed,) = queries.revocations_of(session, credential.id)
    assert (proposed.agreed, proposed.decided_by) == (None, None)


@pytest.mark.parametrize(("reason", "found"), [("", FOUND), (WHY, "x" * 19), (" " * 30, FOUND)])
def test_a_withdrawal_says_why(session: Session, ops: User, reason: str, found: str) -> None:
    credential = make_credential(session, make_expert(session))
    with pytest.raises(TooShort):
        service.propose_revocation(session, credential, by=ops, reason=reason, case_text=found)


@pytest.mark.parametrize("state", [state for state in C if state not in policy.COUNTING])
def test_only_what_counts_is_withdrawn(session: Session, ops: User, state: C) -> None:
    credential = make_credential(session, make_expert(session), state=state)
    with pytest.raises(Conflict):
        service.propose_revocation(session, credential, by=ops, reason=WHY, case_text=FOUND)


def test_nobody_withdraws_their_own(session: Session) -> None:
    expert = make_expert(session, user=make_user(session, roles=[Role.EXPERT, Role.OPS]))
    with pytest.raises(OwnCredential):
        service.propose_revocation(
            session, make_credential(session, expert), by=expert.user, reason=WHY, case_text=FOUND
        )


def test_the_desk_withdraws_in_two_steps(session: Session, pages: Pages, ops: User, second: User) -> None:
    credential = make_credential(session, make_expert(session))
    here = {"credential_id": credential.id}
    pages.enter(ops)
    short = pages.post("credential_checks.revoke", {"reason": "no", "case_text": ""}, **here)
    assert (short.status, "Say what was found." in short.errors()) == (422, True)
    assert pages.post("credential_checks.revoke", {"reason": WHY, "case_text": FOUND}, **here).status == 303
    page = pages.get("credential_checks.show", **here)
    assert "Drop the proposal" in page.text
    assert "Agree and withdraw" not in page.text
    assert pages.post("credential_checks.agree", **here).status == 409
    pages.enter(second)
    assert WHY in pages.get("credential_checks.index").text
    assert FOUND in pages.get("credential_checks.show", **here).text
    assert pages.post("credential_checks.agree", **here).status == 303
    assert credential.state is C.REVOKED


def place(session: Session, expert: Expert, name: str, ended_on: date | None = None) -> None:
    entry = Told(
        kind=HistoryKind.WORK, title="Physician", place=name, began_on=date(2010, 1, 1), ended_on=ended_on
    )
    service.add_history(session, expert, told=entry, form_key=ids.new_id())
    session.flush()


def test_a_common_employer_keeps_somebody_from_checking(session: Session, ops: User) -> None:
    checker, expert = make_expert(session, user=ops), make_expert(session)
    credential = make_credential(session, expert, state=C.SUBMITTED)
    place(session, checker, "The Générale Hospital, Inc.")
    place(session, expert, "Generale Hospital", date(2012, 1, 1))
    assert service.tie(session, credential, by=ops) is None  # long ago
    place(session, expert, "GENERALE hospital")
    with pytest.raises(ConflictOfInterest, match="same place"):
        service.open_check(session, credential, by=ops)


def test_the_issuer_as_ones_employer_keeps_somebody_from_checking(session: Session, ops: User) -> None:
    place(session, make_expert(session, user=ops), "University of Ibadan")
    credential = make_credential(session, make_expert(session), state=C.SUBMITTED)
    with pytest.raises(ConflictOfInterest, match="issuer"):
        service.open_check(session, credential, by=ops)


@pytest.mark.parametrize(
    ("checker", "expert", "tied"),
    [
        ("a@clinic.org", "b@CLINIC.org", True),
        ("a@clinic.org", "b@other.org", False),
        ("a@gmail.com", "b@gmail.com", False),
        ("a@demo.example", "b@demo.example", False),
    ],
)
def test_a_common_mail_domain_is_a_tie_unless_everybody_has_it(checker: str, expert: str, tied: bool) -> None:
    found = policy.tie(policy.Circle(checker, frozenset()), policy.Circle(expert, frozenset()), "Board")
    assert (found is not None) is tied


def test_a_company_in_common_or_an_invitation_is_a_tie(session: Session, ops: User) -> None:
    credential = make_credential(session, make_expert(session), state=C.SUBMITTED)
    owner = credential.expert.user
    assert not companies.connected(session, ops.id, owner.id)
    company = make_company(session, ops)
    asked = Invitation(
        company=company,
        by=ops,
        email=owner.email,
        role=MemberRole.VIEWER,
        ends_at=clock.database_now(session),
    )
    session.add(asked)
    session.flush()
    assert companies.connected(session, owner.id, ops.id)
    session.delete(asked)
    session.flush()
    assert not companies.connected(session, owner.id, ops.id)
    make_member(session, company, user=owner)
    session.flush()
    assert companies.connected(session, ops.id, owner.id)
    with pytest.raises(ConflictOfInterest, match="company"):
        service.open_check(session, credential, by=ops, connected=companies.connected)


def test_the_desk_says_who_is_too_close(session: Session, pages: Pages, ops: User) -> None:
    place(session, make_expert(session, user=ops), "University of Ibadan")
    credential = make_credential(session, make_expert(session), state=C.SUBMITTED)
    pages.enter(ops)
    page = pages.get("credential_checks.show", credential_id=credential.id)
    assert "You are too close to this one" in page.text
    assert "Open for checking" not in page.text
    assert pages.post("credential_checks.open_check", credential_id=credential.id).status == 403
