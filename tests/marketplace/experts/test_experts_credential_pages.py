"""The expert's credentials and their files, as a browser sees them."""

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
from marketplace.kit import ids
from marketplace.outbox.service import Handlers, run_all
from tests.factories.experts import make_credential, make_expert
from tests.pages import Page, Pages

C, K = CredentialState, CredentialKind
PDF = b"%PDF-1.7\n" + b"x" * 3000


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
