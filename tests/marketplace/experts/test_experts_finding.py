"""Credentials found again: by where they stand, the person, the kind, the issuer and the number."""

import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.audit.models import AuditRecord
from marketplace.experts import queries, service
from marketplace.experts.models import Credential, CredentialKind, CredentialState, Expert
from marketplace.experts.queries import Tab, Wanted
from marketplace.identity.models import Role, User
from marketplace.kit import ids
from marketplace.kit.sealing import Sealer
from tests.factories.experts import make_credential, make_expert
from tests.factories.identity import make_user
from tests.pages import Pages

C, K = CredentialState, CredentialKind
STANDS = {
    Tab.WAITING: [C.SUBMITTED, C.IN_REVIEW],
    Tab.VERIFIED: [C.VERIFIED, C.EXPIRING],
    Tab.REFUSED: [C.REJECTED],
    Tab.WITHDRAWN: [C.REVOKED],
    Tab.EXPIRED: [C.EXPIRED],
}


@pytest.fixture
def ops(session: Session, pages: Pages) -> User:
    user = make_user(session, roles=[Role.OPS], name="Olu Ops")
    pages.enter(user)
    return user


@pytest.fixture
def expert(session: Session) -> Expert:
    return make_expert(session, user=make_user(session, email="maja.lind@example.org", name="Maja Lind"))


def titles(session: Session, tab: Tab, wanted: Wanted | None = None) -> set[str]:
    session.flush()
    return {one.title for one in queries.in_tab(session, tab, wanted or Wanted(), None).rows}


def test_every_state_has_one_tab_and_is_counted(session: Session, expert: Expert) -> None:
    for state in C:
        make_credential(session, expert, state=state, title=state.value)
    make_credential(session, expert, ends_in_days=-1, title="over, not swept")
    expected = {tab: {state.value for state in states} for tab, states in STANDS.items()}
    expected[Tab.EXPIRED].add("over, not swept")
    assert {tab: titles(session, tab) for tab in STANDS} == expected
    counts = queries.tab_counts(session, Wanted())
    assert {tab: counts[tab] for tab in STANDS} == {tab: len(names) for tab, names in expected.items()}
    assert counts[Tab.ASKED] == 0


def test_what_waits_for_an_answer_has_a_tab_of_its_own(session: Session, ops: User, expert: Expert) -> None:
    credential = make_credential(session, expert, state=C.SUBMITTED, title="Asked about")
    service.open_check(session, credential, by=ops)
    service.ask(session, credential, by=ops, question="Which hospital issued this letter, and when?")
    assert titles(session, Tab.ASKED) == {"Asked about"}
    assert titles(session, Tab.WAITING) == set()
    service.answer(session, credential, text="In May.")
    assert titles(session, Tab.WAITING) == {"Asked about"}


def test_they_are_found_by_person_kind_and_issuer(session: Session, expert: Expert) -> None:
    make_credential(session, expert, title="Hers", issuer="Karolinska 100% Institutet", kind=K.LICENCE)
    make_credential(session, make_expert(session), title="Another", issuer="Elsewhere")
    code = ids.code("E", expert.id)
    for wanted in (
        Wanted(person=code),
        Wanted(person=code.lower()),
        Wanted(person="MAJA.lind@"),
        Wanted(person="maja l"),
        Wanted(kind=K.LICENCE),
        Wanted(issuer="100% inst"),
    ):
        assert titles(session, Tab.VERIFIED, wanted) == {"Hers"}, wanted
        assert queries.tab_counts(session, wanted)[Tab.VERIFIED] == 1
    for nobody in ("E-000000", "_", "%", ids.code("E", ids.new_id())):
        assert titles(session, Tab.VERIFIED, Wanted(person=nobody)) == set()


def test_the_code_of_every_id_is_found_by_its_tail() -> None:
    for _ in range(200):
        some = ids.new_id()
        tail = ids.code_tail(ids.code("E", some))
        assert tail is not None
        assert some.hex.endswith(tail)
    for text in ("", "E", "E-", "EXAMPLE", "E-ILOU00", "E-12345", "a-b@example.org"):
        assert ids.code_tail(text) is None


def test_a_decided_credential_is_found_on_the_desk(
    session: Session, pages: Pages, ops: User, expert: Expert
) -> None:
    for number in range(26):
        make_credential(session, expert, state=C.REJECTED, title=f"Degree {number:02}")
    page = pages.get("credential_checks.index", tab="refused", person="maja")
    (tab,) = [
        node for node in page.all("a") if node.get("aria-current") == "page" and "tab=" in node.get("href")
    ]
    assert "".join(tab.itertext()) == "Not accepted26"
    assert "Maja Lind" in page.text
    assert "Degree 25" in page.text
    assert "Degree 00" not in page.text
    following = next(node.get("href") for node in page.all("a") if node.get("rel") == "next")
    after = pages.get(following)
    assert ("Degree 00" in after.text, "Degree 25" in after.text) == (True, False)
    assert "Nothing found here" in pages.get("credential_checks.index", tab="refused", issuer="Nowhere").text
    odd = pages.get("credential_checks.index", tab="odd", kind="odd", person="x" * 5000)
    assert (odd.status, "Nothing found here" in odd.text) == (200, True)


def sealed(session: Session, pages: Pages, expert: Expert, number: str, **columns: object) -> Credential:
    credential = make_credential(session, expert, **columns)  # type: ignore[arg-type]
    sealer = pages.app.extensions["assay"][Sealer]
    service.keep_number(session, credential, scheme="", number=number, sealer=sealer)
    session.flush()
    return credential


def test_a_number_is_found_whole_and_stands_in_no_address(
    session: Session, pages: Pages, ops: User, expert: Expert
) -> None:
    sealed(session, pages, expert, "AB-4711", title="Hers", kind=K.LICENCE, country="SE")
    sealed(session, pages, make_expert(session), "AB 4711", title="His", state=C.REVOKED)
    sealed(session, pages, make_expert(session), "4711", title="Shorter")
    found = pages.post("credential_checks.by_number", {"scheme": "", "number": "ab4711"})
    assert found.status == 200
    assert {word for word in ("Hers", "His", "Shorter") if word in found.text} == {"Hers", "His"}
    assert not re.search("ab.?4711", " ".join(node.get("href", "") for node in found.all("a")), re.IGNORECASE)
    tags = session.scalars(select(AuditRecord.tag).where(AuditRecord.actor_id == ops.id)).all()
    assert tags.count("staff:credential:number_searched") == 1
    none = pages.post("credential_checks.by_number", {"scheme": "", "number": "AB471"})
    assert "Nobody has sent this number" in none.text
    assert pages.post("credential_checks.by_number", {"number": " "}).status == 422
    wrong = pages.post("credential_checks.by_number", {"scheme": "npi", "number": "12"})
    assert "An NPI has ten digits" in wrong.errors()


def test_an_admin_sees_them_on_the_page_of_a_person(session: Session, pages: Pages, expert: Expert) -> None:
    known = make_credential(session, expert, title="Board certificate", state=C.REVOKED)
    make_credential(session, expert, title="A draft", state=C.UNVERIFIED)
    pages.enter(make_user(session, roles=[Role.ADMIN]))
    page = pages.get("people.person", user_id=expert.user_id)
    assert ids.code("E", expert.id) in page.text
    assert "A draft" not in page.text
    assert f"/staff/credentials/{known.id}" in [node.get("href") for node in page.all("a")]
    nobody = make_user(session)
    session.flush()
    assert "Credentials, Expert" not in pages.get("people.person", user_id=nobody.id).text
