"""The expert's pages, as a browser sees them."""

import io
import uuid
from typing import Any

import pytest
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from config.policy import PEOPLE
from marketplace.experts import queries, service
from marketplace.experts.models import Credential, CredentialKind, CredentialState, Expert
from marketplace.identity.models import Role
from marketplace.kit import ids
from marketplace.outbox.service import Handlers, run_all
from marketplace.reputation import service as reputation
from tests.factories.experts import make_credential, make_expert
from tests.factories.identity import make_user
from tests.pages import Page, Pages

C, K = CredentialState, CredentialKind
PDF = b"%PDF-1.7\n" + b"x" * 3000


@pytest.fixture
def expert(session: Session, pages: Pages) -> Expert:
    expert = make_expert(session)
    pages.enter(expert.user)
    return expert


def claim(**changes: Any) -> dict[str, Any]:
    return {
        "form_key": str(ids.new_id()),
        "kind": "degree",
        "title": "Doctor of Medicine",
        "specialty": "medicine",
        "issuer": "University of Ibadan",
        "country": "NG",
        "issued_on": "2015-06-01",
        "expires_on": "",
        **changes,
    }


def file(content: bytes = PDF, name: str = "diploma.pdf") -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


def post_large(pages: Pages, endpoint: str, data: dict[str, Any]) -> Page:
    """The test client leaves its temporary file of a large body open; a body in memory has none."""
    stream, name = data["evidence"]
    boundary, body = encode_multipart({**data, "evidence": FileStorage(stream, filename=name)})
    answer = pages.client.post(
        pages.path(endpoint), data=body, content_type=f"multipart/form-data; boundary={boundary}"
    )
    return Page(answer)


def the_one(session: Session, expert: Expert) -> Credential:
    (credential,) = queries.credentials_of(session, expert.id)
    return credential


def test_a_visitor_is_sent_to_the_log_in_page(pages: Pages) -> None:
    page = pages.get("experts.profile")
    assert (page.status, "/login" in page.location) == (303, True)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.EXPERT])
def test_others_have_no_expert_profile(session: Session, pages: Pages, role: Role) -> None:
    pages.enter(make_user(session, roles=[role]))
    for endpoint in ("experts.profile", "experts.public", "experts.edit", "experts.new_credential"):
        assert pages.get(endpoint).status == 403


def test_the_first_visit_leads_to_the_form_that_begins_the_profile(session: Session, pages: Pages) -> None:
    user = make_user(session, roles=[Role.EXPERT])
    pages.enter(user)
    assert pages.get("experts.profile").location == "/profile/edit"
    assert pages.get("experts.public").status == 404
    assert pages.get("experts.specialties").status == 200
    assert pages.get("experts.edit").value("headline") == ""
    answer = pages.post("experts.save", profile())
    assert (answer.status, answer.location) == (303, "/profile")
    begun = queries.for_user(session, user.id)
    assert begun is not None
    assert (begun.headline, begun.country, begun.languages) == (
        "Cardiologist",
        "NG",
        {"en": "native", "ar": "C1"},
    )


def profile(**changes: str) -> dict[str, str]:
    return {
        "headline": "Cardiologist",
        "biography": "",
        "country": "NG",
        "languages-0-code": "en",
        "languages-0-level": "native",
        "languages-1-code": "",
        "languages-1-level": "",
        "languages-2-code": "ar",
        "languages-2-level": "C1",
        **changes,
    }


def chosen(page: Page) -> dict[str, str]:
    """Name of each select -> its chosen value."""
    found = {}
    for field in page.all("select"):
        options = [node for node in field.iter() if node.get("selected") is not None]
        found[field.get("name")] = options[0].get("value") if options else ""
    return found


def test_the_forms_show_what_is_said_already(session: Session, pages: Pages) -> None:
    expert = make_expert(
        session, languages={"en": "native", "fr": "B2"}, country="NG", biography="Ten years."
    )
    service.set_specialties(session, expert, years={"law": 3})
    pages.enter(expert.user)
    page = pages.get("experts.edit")
    assert (page.value("headline"), page.value("biography")) == ("Clinician", "Ten years.")
    selects = chosen(page)
    assert selects["country"] == "NG"
    assert (selects["languages-0-code"], selects["languages-0-level"]) == ("en", "native")
    assert (selects["languages-1-code"], selects["languages-1-level"]) == ("fr", "B2")
    assert (selects["languages-2-code"], selects["languages-3-code"]) == ("", "")
    page = pages.get("experts.specialties")
    assert (chosen(page)["fields-0-specialty"], page.value("fields-0-years")) == ("law", "3")
    assert len(chosen(page)) == 3


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"headline": ""}, "Enter a headline."),
        ({"headline": "x"}, "Use 3 to 120 characters."),
        ({"country": ""}, "Choose your country."),
        ({"country": "XX"}, "Choose one of the options."),
        ({"biography": "x" * 2001}, "Use 2,000 characters or fewer."),
        ({"languages-0-level": ""}, "Choose a level."),
        ({"languages-0-level": "D9"}, "Choose one of the options."),
        ({"languages-2-code": "en"}, "Each language once"),
        ({"languages-0-code": "", "languages-2-code": ""}, "Choose at least one language."),
    ],
)
def test_a_profile_is_checked_field_by_field(
    session: Session, pages: Pages, expert: Expert, changes: dict[str, str], message: str
) -> None:
    answer = pages.post("experts.save", profile(**changes))
    assert answer.status == 422
    assert message in answer.errors()
    assert answer.value("headline") == {**profile(), **changes}["headline"]
    assert the_same(session, expert).headline == "Clinician"


def the_same(session: Session, expert: Expert) -> Expert:
    again = queries.for_user(session, expert.user_id)
    assert again is not None
    return again


def test_fields_are_chosen_with_years(session: Session, pages: Pages, expert: Expert) -> None:
    rows = {
        "fields-0-specialty": "medicine",
        "fields-0-years": "12",
        "fields-1-specialty": "",
        "fields-1-years": "",
    }
    assert pages.post("experts.save_specialties", rows).location == "/profile"
    page = pages.get("experts.specialties")
    assert (page.value("fields-0-years"), len(page.all("fieldset"))) == ("12", 1)
    for wrong, message in (
        ({"fields-0-years": "many"}, "Enter a whole number."),
        ({"fields-0-years": "61"}, "Enter a number from 0 to 60."),
        ({"fields-1-specialty": "medicine"}, "Each field once"),
        ({"fields-0-specialty": "astrology"}, "Choose one of the options."),
    ):
        answer = pages.post("experts.save_specialties", {**rows, **wrong})
        assert (answer.status, message in answer.errors()) == (422, True), wrong
    assert [row.specialty for row in queries.specialties_of(session, expert.id)] == ["medicine"]


def test_the_profile_says_the_tier_of_each_field_and_why(session: Session, pages: Pages) -> None:
    expert = make_expert(session, tier="specialist", specialty="medicine")
    service.set_specialties(session, expert, years={"law": 2})
    reputation.count(session, expert.user_id, "response_ranking", approved=True, first_time=True)
    page = pages.enter(expert.user).get("experts.profile")
    assert "Specialist" in page.text
    assert "“Doctor’s degree” is verified." in page.text
    assert "No verified credential of yours covers Law yet." in page.text
    assert "Add proof of employment in Medicine: it raises you to Professional, $95.00 an hour." in page.text
    assert "Approved first time 100%" in page.text


def test_an_empty_profile_says_what_comes_next(pages: Pages, expert: Expert) -> None:
    page = pages.get("experts.profile")
    for words in ("Add your first credential", "Name what you know", "Nothing decided yet"):
        assert words in page.text


def test_every_state_has_its_word_and_what_to_do(session: Session, pages: Pages, expert: Expert) -> None:
    ops = make_user(session, roles=[Role.OPS])
    for state in (C.UNVERIFIED, C.IN_REVIEW, C.VERIFIED, C.EXPIRED, C.REVOKED):
        make_credential(session, expert, state=state)
    make_credential(session, expert, ends_in_days=41)
    make_credential(session, expert, ends_in_days=-1, title="Ended before the sweep")
    refused = make_credential(session, expert, state=C.SUBMITTED)
    service.open_check(session, refused, by=ops)
    service.reject(session, refused, by=ops, reason="The letter carries no date.", fix="Upload a dated one.")
    text = pages.get("experts.profile").text
    for words in (
        "Not sent", "Being checked", "Verified", "Ended", "Withdrawn", "Ends in 41 days", "Renew", "Finish",
        "Not accepted", "The letter carries no date. Upload a dated one.", "Fix it",
    ):  # fmt: skip
        assert words in text, words


def test_companies_see_a_code_and_never_the_name(session: Session, pages: Pages) -> None:
    expert = make_expert(
        session, tier="licensed", user=make_user(session, roles=[Role.EXPERT], name="Ngozi Eze")
    )
    page = pages.enter(expert.user).get("experts.public")
    main = next(node for node in page.all("main"))
    words = " ".join("".join(main.itertext()).split())
    assert f"Expert {ids.code('E', expert.id)}" in words
    assert "Licence to practise, verified" in words
    assert "Ngozi" not in words
    assert "diploma.pdf" not in words


def test_a_credential_is_added_with_its_file_and_sent(session: Session, pages: Pages, expert: Expert) -> None:
    data = claim()
    answer = pages.post("experts.add_credential", {**data, "evidence": file()})
    credential = the_one(session, expert)
    assert (answer.status, answer.location) == (303, f"/profile/credentials/{data['form_key']}")
    assert (credential.state, credential.evidence_name, credential.evidence_bytes) == (
        C.UNVERIFIED,
        "diploma.pdf",
        3009,
    )
    page = pages.get("experts.credential", credential_id=credential.id)
    assert "Send for checking" in page.text
    assert "One person checks it." in page.text
    sent = pages.post("experts.send_credential", credential_id=credential.id)
    assert sent.status == 303
    assert the_one(session, expert).state is C.SUBMITTED
    text = pages.get("experts.credential", credential_id=credential.id).text
    assert "A person looks at it." in text
    assert "Send for checking" not in text


def test_the_same_form_twice_is_one_credential(session: Session, pages: Pages, expert: Expert) -> None:
    data = claim()
    for _ in range(2):
        answer = pages.post("experts.add_credential", {**data, "evidence": file()})
        assert answer.status == 303
    credential = the_one(session, expert)
    service.send_for_checking(session, credential)
    kept = credential.evidence_key
    answer = pages.post("experts.add_credential", {**data, "evidence": file()})
    assert answer.status == 303
    assert the_one(session, expert).evidence_key == kept


def test_a_file_can_come_later(session: Session, pages: Pages, expert: Expert) -> None:
    pages.post("experts.add_credential", claim(title="Master of Laws", specialty="law"))
    credential = the_one(session, expert)
    assert "Add a file that proves it" in pages.get("experts.credential", credential_id=credential.id).text
    assert pages.post("experts.send_credential", credential_id=credential.id).status == 409
    page = pages.get("experts.edit_credential", credential_id=credential.id)
    assert page.value("title") == "Master of Laws"
    data = claim(title="Master of Laws (Tax)", specialty="law.tax")
    pages.post("experts.change_credential", {**data, "evidence": file()}, credential_id=credential.id)
    again = the_one(session, expert)
    assert (again.title, again.specialty, again.evidence_name) == (
        "Master of Laws (Tax)",
        "law.tax",
        "diploma.pdf",
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kind": ""}, "Choose what it is."),
        ({"kind": "diploma mill"}, "Choose one of the options."),
        ({"title": " "}, "Enter its name."),
        ({"title": "x" * 161}, "Use 2 to 160 characters."),
        ({"title": "a\u0007b"}, "Remove the characters that cannot be seen"),
        ({"specialty": ""}, "Choose the field."),
        ({"issuer": ""}, "Enter who issued it."),
        ({"country": ""}, "Choose the country."),
        ({"issued_on": ""}, "Enter the date of issue."),
        ({"issued_on": "yesterday"}, "Enter a date"),
        ({"issued_on": "2999-01-01"}, "in the future"),
        ({"issued_on": "1066-10-14"}, "Enter a date after 1930."),
        ({"expires_on": "2015-06-01"}, "Enter a day after the date of issue."),
        ({"expires_on": "2016-01-01"}, "This day has passed."),
        ({"expires_on": "soon"}, "Enter a date"),
    ],
)
def test_a_claim_is_checked_field_by_field(
    session: Session, pages: Pages, expert: Expert, changes: dict[str, str], message: str
) -> None:
    data = claim(**changes)
    answer = pages.post("experts.add_credential", data)
    assert answer.status == 422
    assert message in answer.errors()
    assert answer.value("issuer") == data["issuer"]
    assert answer.value("form_key") == data["form_key"]
    assert queries.credentials_of(session, expert.id) == []


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ((b"", "diploma.pdf"), "The file is empty."),
        ((b"MZ\x90\x00" + b"x" * 100, "diploma.pdf"), "This is not a PDF, PNG or JPEG file."),
        ((PDF, "diploma.png"), "This is not a PDF, PNG or JPEG file."),
        ((b"<html><script>alert(1)</script>", "diploma.html"), "This is not a PDF, PNG or JPEG file."),
        ((PDF + b"x" * PEOPLE.evidence_maximum_bytes, "diploma.pdf"), "The file is larger than 8 MB."),
    ],
)
def test_a_file_that_is_no_proof_is_refused(
    session: Session, pages: Pages, expert: Expert, sent: tuple[bytes, str], message: str
) -> None:
    answer = post_large(pages, "experts.add_credential", {**claim(), "evidence": file(*sent)})
    assert answer.status == 422
    assert message in answer.errors()
    assert queries.credentials_of(session, expert.id) == []


def test_a_file_of_the_largest_size_passes(session: Session, pages: Pages, expert: Expert) -> None:
    content = PDF + b"x" * (PEOPLE.evidence_maximum_bytes - len(PDF))
    answer = post_large(pages, "experts.add_credential", {**claim(), "evidence": file(content)})
    assert answer.status == 303
    assert the_one(session, expert).evidence_bytes == PEOPLE.evidence_maximum_bytes


@pytest.mark.parametrize(
    ("endpoint", "limit"),
    [
        ("experts.add_credential", PEOPLE.evidence_maximum_bytes + 2**20),
        ("experts.save", 2**20),
        ("experts.profile", 2**20),
    ],
)
def test_only_forms_with_a_file_take_large_bodies(
    pages: Pages, expert: Expert, endpoint: str, limit: int
) -> None:
    path = pages.path(endpoint)
    for length, refused in ((limit, False), (limit + 1, True)):
        answer = pages.client.post(
            path,
            content_type="multipart/form-data; boundary=x",
            environ_overrides={"CONTENT_LENGTH": str(length)},
        )
        assert (answer.status_code == 413) is refused, (endpoint, length, answer.status_code)


def test_the_owner_downloads_the_file_as_an_attachment(
    session: Session, pages: Pages, expert: Expert
) -> None:
    pages.post("experts.add_credential", {**claim(), "evidence": file(PDF, "my diplôme.pdf")})
    answer = pages.get("experts.evidence", credential_id=the_one(session, expert).id).answer
    assert (answer.status_code, answer.data, answer.mimetype) == (200, PDF, "application/pdf")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer.headers["Cache-Control"]
    answer.close()


def test_a_replaced_file_leaves_storage(session: Session, pages: Pages, expert: Expert) -> None:
    pages.post("experts.add_credential", {**claim(), "evidence": file()})
    credential = the_one(session, expert)
    first = credential.evidence_key
    pages.post(
        "experts.change_credential", {**claim(), "evidence": file(PDF + b"new")}, credential_id=credential.id
    )
    handlers: Handlers = pages.app.extensions["assay"][Handlers]
    assert run_all(pages.app.sessions, handlers) >= 1
    answer = pages.get("experts.evidence", credential_id=credential.id).answer
    assert answer.data == PDF + b"new"
    answer.close()
    credential = the_one(session, expert)
    assert credential.evidence_key != first
    credential.evidence_key = first
    assert pages.post("experts.send_credential", credential_id=credential.id).status == 303
    assert pages.get("experts.evidence", credential_id=credential.id).status == 404


@pytest.mark.parametrize("state", [C.SUBMITTED, C.IN_REVIEW, C.VERIFIED])
def test_what_is_being_checked_or_counts_cannot_be_changed(
    session: Session, pages: Pages, expert: Expert, state: C
) -> None:
    credential = make_credential(session, expert, state=state)
    assert pages.get("experts.edit_credential", credential_id=credential.id).status == 409
    assert pages.post("experts.change_credential", claim(), credential_id=credential.id).status == 409
    page = pages.get("experts.credential", credential_id=credential.id)
    assert "Change" not in page.text


def test_a_renewal_is_filled_in_from_the_old_one(session: Session, pages: Pages, expert: Expert) -> None:
    old = make_credential(session, expert, kind=K.LICENCE, title="Licence to practise", ends_in_days=20)
    page = pages.get("experts.new_credential", renews=old.id)
    assert (page.value("title"), page.value("issued_on")) == ("Licence to practise", "")
    assert page.value("form_key") != str(old.id)
    linked = pages.get("experts.new_credential", kind="licence", specialty="law")
    checked = [node.get("value") for node in linked.all("input") if node.get("checked") is not None]
    assert checked == ["licence"]
    assert pages.get("experts.new_credential", renews="nonsense", kind="nonsense").status == 200


def test_a_credential_is_deleted(session: Session, pages: Pages, expert: Expert) -> None:
    credential = make_credential(session, expert, state=C.REJECTED)
    assert "Delete this credential" in pages.get("experts.credential", credential_id=credential.id).text
    assert pages.post("experts.delete_credential", credential_id=credential.id).location == "/profile"
    assert pages.get("experts.credential", credential_id=credential.id).status == 404


def test_somebody_elses_credential_is_not_there(session: Session, pages: Pages, expert: Expert) -> None:
    theirs = make_credential(session, make_expert(session), state=C.UNVERIFIED)
    for credential_id in (theirs.id, uuid.uuid4()):
        visits: list[Page] = [
            pages.get("experts.credential", credential_id=credential_id),
            pages.get("experts.edit_credential", credential_id=credential_id),
            pages.get("experts.evidence", credential_id=credential_id),
            pages.post("experts.change_credential", claim(), credential_id=credential_id),
            pages.post("experts.send_credential", credential_id=credential_id),
            pages.post("experts.delete_credential", credential_id=credential_id),
            pages.post("experts.add_credential", claim(form_key=str(theirs.id))),
        ]
        assert [page.status for page in visits] == [404] * 7
    assert pages.get("experts.new_credential", renews=theirs.id).value("title") == ""
    assert theirs.state is C.UNVERIFIED
