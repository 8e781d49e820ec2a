"""A withdrawn credential is no dead end: the reason, the way on, and a second look by a third person."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.policy import PEOPLE
from marketplace.experts import queries, service
from marketplace.experts.errors import AlreadyChecked, NothingAsked, OwnCredential, TooShort
from marketplace.experts.models import Credential, CredentialState
from marketplace.experts.service.appeals import LATE
from marketplace.identity.models import Role, User
from marketplace.kit import clock
from marketplace.kit.errors import Conflict
from marketplace.notifications.models import Notice
from tests.factories.experts import make_credential, make_expert
from tests.factories.identity import make_user
from tests.pages import Pages

C = CredentialState
WHY, FOUND = "The board told us that it is not valid.", "Called the board on 12 March; ticket 4711."
REASON, ANSWER = (
    "The board has two registers, and I am in the other one.",
    "Found in the other register of the board.",
)


def staff(session: Session, name: str) -> User:
    return make_user(session, roles=[Role.OPS], name=name)


@pytest.fixture
def two(session: Session) -> tuple[User, User]:
    return staff(session, "Olu Ops"), staff(session, "Sam Second")


def withdrawn(session: Session, two: tuple[User, User], **columns: object) -> Credential:
    credential = make_credential(session, make_expert(session), **columns)  # type: ignore[arg-type]  # columns of the case
    service.propose_revocation(session, credential, by=two[0], reason=WHY, case_text=FOUND)
    session.flush()
    service.decide_revocation(session, credential, by=two[1], agreed=True)
    session.flush()
    return credential


def told(session: Session, credential: Credential) -> list[str]:
    session.flush()
    rows = session.scalars(select(Notice).where(Notice.user_id == credential.expert.user_id))
    return [notice.title for notice in rows if notice.kind == "credential_reviewed"]


def test_a_third_person_lets_it_count_again(session: Session, two: tuple[User, User]) -> None:
    credential = withdrawn(session, two, title="Degree")
    made = service.appeal(session, credential, reason=REASON)
    assert service.appeal(session, credential, reason="Once more, from another window.") is made
    for one in two:
        with pytest.raises(AlreadyChecked):
            service.decide_appeal(session, credential, by=one, restored=False, answer=ANSWER)
    with pytest.raises(OwnCredential):
        service.decide_appeal(session, credential, by=credential.expert.user, restored=True, answer=ANSWER)
    third = staff(session, "Tove Third")
    with pytest.raises(TooShort):
        service.decide_appeal(session, credential, by=third, restored=True, answer="ok")
    service.decide_appeal(session, credential, by=third, restored=True, answer=ANSWER)
    session.flush()
    assert credential.state is C.VERIFIED
    assert [one.id for one in queries.verified_of(session, credential.expert_id)] == [credential.id]
    assert told(session, credential) == ["“Degree” counts again"]
    with pytest.raises(NothingAsked):
        service.decide_appeal(session, credential, by=third, restored=False, answer=ANSWER)


def test_it_stays_withdrawn_and_can_be_asked_about_once(session: Session, two: tuple[User, User]) -> None:
    credential = withdrawn(session, two, title="Degree")
    service.appeal(session, credential, reason=REASON)
    service.decide_appeal(session, credential, by=staff(session, "Tove Third"), restored=False, answer=ANSWER)
    assert (credential.state, told(session, credential)) == (C.REVOKED, ["“Degree” stays withdrawn"])
    with pytest.raises(Conflict):
        service.appeal(session, credential, reason=REASON)


def test_what_is_late_is_decided_for_the_expert(session: Session, two: tuple[User, User]) -> None:
    credential = withdrawn(session, two)
    service.appeal(session, credential, reason=REASON)
    session.flush()
    days = PEOPLE.credential_appeal_decide_days
    for late, state in ((timedelta(days=days - 1), C.REVOKED), (timedelta(days=days, hours=1), C.VERIFIED)):
        with clock.shifted(late):
            service.expire(session, {})
            session.flush()
        assert credential.state is state
    seen = queries.appeal_of(session, credential.id)
    assert seen is not None
    assert (seen.restored, seen.answer, seen.decided_by) == (True, LATE, None)


def test_there_is_a_week_to_ask(session: Session, two: tuple[User, User]) -> None:
    credential = withdrawn(session, two)
    with pytest.raises(TooShort):
        service.appeal(session, credential, reason=" no ")
    with clock.shifted(timedelta(days=PEOPLE.credential_appeal_days, minutes=1)), pytest.raises(Conflict):
        service.appeal(session, credential, reason=REASON)
    with pytest.raises(Conflict):
        service.appeal(session, make_credential(session, credential.expert), reason=REASON)


def test_a_second_withdrawal_can_be_asked_about_too(session: Session, two: tuple[User, User]) -> None:
    credential = withdrawn(session, two)
    service.appeal(session, credential, reason=REASON)
    third = staff(session, "Tove Third")
    service.decide_appeal(session, credential, by=third, restored=True, answer=ANSWER)
    session.flush()
    with clock.shifted(timedelta(days=1)):
        service.propose_revocation(session, credential, by=third, reason=WHY, case_text=FOUND)
        session.flush()
        service.decide_revocation(session, credential, by=two[0], agreed=True)
        session.flush()
        service.appeal(session, credential, reason=REASON)
        session.flush()
        service.decide_appeal(session, credential, by=two[1], restored=False, answer=ANSWER)
    assert credential.state is C.REVOKED


def test_the_owner_reads_why_and_has_two_ways_on(
    session: Session, pages: Pages, two: tuple[User, User]
) -> None:
    credential = withdrawn(session, two)
    owner = credential.expert.user
    pages.enter(owner)
    here = {"credential_id": credential.id}
    assert "See why" in pages.get("experts.profile").text
    page = pages.get("experts.credential", **here)
    assert "see case" not in page.text
    assert WHY in page.text
    assert FOUND not in page.text
    assert f"Two people decided it on {two_words(session, credential)}" in page.text
    links = [node.get("href") for node in page.all("a")]
    assert f"/profile/credentials/new?renews={credential.id}" in links
    assert f"/profile/credentials/{credential.id}/appeal" in links
    assert pages.get("experts.appeal_form", **here).status == 200
    short = pages.post("experts.appeal", {"reason": "no"}, **here)
    assert (short.status, short.value("reason")) == (422, "no")
    assert pages.post("experts.appeal", {"reason": REASON}, **here).status == 303
    asked = pages.get("experts.credential", **here)
    assert "You asked for a second look on" in asked.text
    assert "Ask for a second look" not in asked.text
    third = staff(session, "Tove Third")
    pages.enter(third)
    assert REASON in pages.get("credential_checks.index").text
    desk = pages.get("credential_checks.show", **here)
    assert REASON in desk.text
    empty = pages.post("credential_checks.decide_appeal", {"answer": ANSWER}, **here)
    assert (empty.status, empty.value("answer")) == (422, ANSWER)
    decided = {"restored": "no", "answer": ANSWER}
    assert pages.post("credential_checks.decide_appeal", decided, **here).status == 303
    assert "Second looks" not in pages.get("credential_checks.index").text
    pages.enter(owner)
    assert f"it stays withdrawn. {ANSWER}" in pages.get("experts.credential", **here).text


def two_words(session: Session, credential: Credential) -> str:
    (one,) = queries.revocations_of(session, credential.id)
    moment = one.decided_at
    assert moment is not None
    return f"{moment:%a} {moment.day} {moment:%b}, {moment:%H:%M}"


def test_those_who_withdrew_it_see_no_form(session: Session, pages: Pages, two: tuple[User, User]) -> None:
    credential = withdrawn(session, two)
    service.appeal(session, credential, reason=REASON)
    for one in two:
        pages.enter(one)
        page = pages.get("credential_checks.show", credential_id=credential.id)
        assert "You had a part in the withdrawal" in page.text
        assert not [node for node in page.all("input") if node.get("name") == "restored"]


def test_only_the_owner_asks_and_only_about_what_was_withdrawn(
    session: Session, pages: Pages, two: tuple[User, User]
) -> None:
    credential, counting = withdrawn(session, two), make_credential(session, make_expert(session))
    owner = counting.expert.user
    pages.enter(make_expert(session).user)
    assert pages.get("experts.appeal_form", credential_id=credential.id).status == 404
    assert pages.post("experts.appeal", {"reason": REASON}, credential_id=credential.id).status == 404
    pages.enter(owner)
    assert pages.get("experts.appeal_form", credential_id=counting.id).status == 404
    assert pages.post("experts.appeal", {"reason": REASON}, credential_id=counting.id).status == 409
