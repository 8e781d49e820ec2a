"""The expert's credentials and their files, as a browser sees them."""

import io
import uuid
from datetime import timedelta
from typing import Any, BinaryIO

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from config.policy import PEOPLE
from marketplace.experts import policy, queries, service
from marketplace.experts.models import Credential, CredentialKind, CredentialState, EvidenceState, Expert
from marketplace.gateways import Gateways
from marketplace.gateways.storage.protocol import Stored
from marketplace.kit import clock, ids
from marketplace.kit.application import Application
from marketplace.kit.errors import NotFound
from marketplace.kit.sealing import Sealer
from marketplace.notifications.models import Notice
from tests.factories.evidence import make_pdf, make_picture, read_files
from tests.factories.experts import make_credential, make_expert
from tests.pages import Page, Pages

C, K = CredentialState, CredentialKind
PDF = make_pdf()


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
        "scheme": "",
        "number": "",
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


def names(session: Session, credential: Credential) -> list[str]:
    return [one.name for one in queries.files_of(session, credential.id)]


def the_one(session: Session, expert: Expert) -> Credential:
    (credential,) = queries.credentials_of(session, expert.id)
    return credential


def test_a_credential_is_added_with_its_file_and_sent(session: Session, pages: Pages, expert: Expert) -> None:
    data = claim()
    answer = pages.post("experts.add_credential", {**data, "evidence": file()})
    credential = the_one(session, expert)
    assert (answer.status, answer.location) == (303, f"/profile/credentials/{data['form_key']}")
    assert credential.state is C.UNVERIFIED
    assert names(session, credential) == ["diploma.pdf"]
    page = pages.get("experts.credential", credential_id=credential.id)
    assert "We are still reading your file." in page.text
    assert "Look again" in page.text
    assert pages.post("experts.send_credential", credential_id=credential.id).status == 409
    read_files(pages.app)
    page = pages.get("experts.credential", credential_id=credential.id)
    assert "Ready" in page.text
    assert "Its files are there. Send it below" in page.text
    assert "Add a file" not in page.text.replace("Add files", "")
    assert "Send for checking" in page.text
    assert "One person checks it." in page.text
    sent = pages.post("experts.send_credential", credential_id=credential.id)
    assert sent.status == 303
    assert the_one(session, expert).state is C.SUBMITTED
    text = pages.get("experts.credential", credential_id=credential.id).text
    assert "A person looks at it." in text
    assert "Send for checking" not in text


def test_the_page_says_when_a_file_has_been_read(session: Session, pages: Pages, expert: Expert) -> None:
    post_large(pages, "experts.add_credential", {**claim(), "evidence": file()})
    known = the_one(session, expert)
    first = pages.get("experts.credential", credential_id=known.id)
    (asks,) = [node.get("hx-get") for node in first.all("div") if node.get("hx-get")]
    assert asks == f"/profile/credentials/{known.id}?waiting=1"
    assert pages.get(asks).status == 204, "nothing has changed"
    with clock.shifted(policy.READ_WITHIN):
        late = pages.get(asks)
        assert (late.status, "?waiting" in late.text) == (200, False), "the schedule reads what waits so long"
    read_files(pages.app)
    after = pages.get(asks)
    assert (after.status, "?waiting" in after.text) == (200, False)
    assert "Send for checking" in after.text


def test_the_same_form_twice_is_one_credential(session: Session, pages: Pages, expert: Expert) -> None:
    data = claim()
    for _ in range(2):
        answer = pages.post("experts.add_credential", {**data, "evidence": file()})
        assert answer.status == 303
    read_files(pages.app)
    credential = the_one(session, expert)
    assert names(session, credential) == ["diploma.pdf"]
    service.send_for_checking(session, credential)
    answer = pages.post("experts.add_credential", {**data, "number": "4711", "evidence": file(make_pdf(2))})
    assert answer.status == 303
    assert names(session, credential) == ["diploma.pdf"]
    assert the_one(session, expert).number_tail == ""


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
    assert (again.title, again.specialty) == ("Master of Laws (Tax)", "law.tax")
    assert names(session, again) == ["diploma.pdf"]


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
        ((b"MZ\x90\x00" + b"x" * 100, "diploma.pdf"), "This is a program."),
        ((PDF, "diploma.png"), "The name of the file does not fit what is in it."),
        ((b"<html><script>alert(1)</script>", "diploma.html"), "This is a web page or an SVG drawing."),
        ((b"hello", "diploma.txt"), "This is not a PDF, PNG or JPEG file."),
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
    assert [one.byte_count for one in queries.files_of(session, the_one(session, expert).id)] == [
        len(content)
    ]


@pytest.mark.parametrize(
    ("endpoint", "limit"),
    [
        ("experts.add_credential", PEOPLE.evidence_form_bytes + 2**20),
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
    credential = the_one(session, expert)
    (kept,) = queries.files_of(session, credential.id)
    here = {"credential_id": credential.id, "file_id": kept.id}
    assert pages.get("experts.evidence", **here).status == 404  # nobody has read it yet
    read_files(pages.app)
    answer = pages.get("experts.evidence", **here).answer
    assert (answer.status_code, answer.data[:5], answer.mimetype) == (200, b"%PDF-", "application/pdf")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert "no-store" in answer.headers["Cache-Control"]
    answer.close()


def test_files_are_added_and_taken_back_one_by_one(session: Session, pages: Pages, expert: Expert) -> None:
    both = [file(make_pdf(), "page-1.pdf"), file(make_picture(), "page-2.png")]
    pages.post("experts.add_credential", {**claim(), "evidence": both})
    credential = the_one(session, expert)
    assert names(session, credential) == ["page-1.pdf", "page-2.png"]
    assert "Add files" in pages.get("experts.files", credential_id=credential.id).text
    more = {"evidence": file(make_picture("JPEG"), "page-3.jpg")}
    assert pages.post("experts.add_files", more, credential_id=credential.id).status == 303
    nothing = pages.post("experts.add_files", {"evidence": (io.BytesIO(), "")}, credential_id=credential.id)
    assert (nothing.status, "Choose a file." in nothing.errors()) == (422, True)
    many = [file(make_pdf(pages_), f"{pages_}.pdf") for pages_ in (2, 3, 4)]
    assert pages.post("experts.add_files", {"evidence": many}, credential_id=credential.id).status == 409
    first = queries.files_of(session, credential.id)[0]
    pages.post("experts.remove_file", credential_id=credential.id, file_id=first.id)
    assert names(session, credential) == ["page-2.png", "page-3.jpg"]
    read_files(pages.app)
    states = {one.state for one in queries.files_of(session, credential.id)}
    assert states == {EvidenceState.CLEAN}


def test_a_file_for_what_was_taken_back_meanwhile_is_not_kept(
    session: Session, pages: Pages, expert: Expert, monkeypatch: pytest.MonkeyPatch
) -> None:
    credential = make_credential(session, expert, state=C.UNVERIFIED, with_file=False)
    storage = pages.app.extensions["assay"][Gateways].storage
    put, kept = storage.put, []

    def slowly(stream: BinaryIO, **how: Any) -> Stored:
        kept.append(put(stream, **how))
        service.delete(session, credential)  # in another window, while the file is on its way
        session.flush()
        return kept[-1]

    monkeypatch.setattr(storage, "put", slowly)
    page = pages.post("experts.add_files", {"evidence": [file()]}, credential_id=credential.id)
    assert page.status == 404
    with pytest.raises(NotFound):
        storage.open(kept[0].key)


class Killed(BaseException):
    """Stands for the process that ends there, whatever catches failures."""


def die_after_put(monkeypatch: pytest.MonkeyPatch, app: Application) -> list[Stored]:
    """From now on the process dies when a file is kept; what lies in storage then."""
    storage = app.extensions["assay"][Gateways].storage
    put, kept = storage.put, list[Stored]()

    def once(stream: BinaryIO, **how: Any) -> Stored:
        kept.append(put(stream, **how))
        raise Killed

    monkeypatch.setattr(storage, "put", once)
    return kept


def lies(app: Application, key: str | None) -> bool:
    """Whether there are bytes under the key."""
    try:
        app.extensions["assay"][Gateways].storage.open(key or "").stream.close()
    except NotFound:
        return False
    return True


def test_a_file_whose_row_was_never_written_goes_within_the_hour(
    app: Application, session: Session, pages: Pages, expert: Expert, monkeypatch: pytest.MonkeyPatch
) -> None:
    credential = make_credential(session, expert, state=C.UNVERIFIED, with_file=False)
    kept = die_after_put(monkeypatch, app)
    with pytest.raises(Killed):
        pages.post("experts.add_files", {"evidence": [file()]}, credential_id=credential.id)
    assert lies(app, kept[0].key)
    assert names(session, credential) == []
    read_files(app)
    assert lies(app, kept[0].key), "it may still be on its way"
    with clock.shifted(timedelta(minutes=61)):
        read_files(app)
    assert not lies(app, kept[0].key)


def test_what_was_cleaned_and_never_noted_goes_and_is_cleaned_again(
    app: Application, session: Session, pages: Pages, expert: Expert, monkeypatch: pytest.MonkeyPatch
) -> None:
    credential = make_credential(session, expert, state=C.UNVERIFIED, with_file=False)
    pages.post("experts.add_files", {"evidence": [file()]}, credential_id=credential.id)
    (sent,) = queries.files_of(session, credential.id)
    with monkeypatch.context() as patch:
        kept = die_after_put(patch, app)
        with pytest.raises(Killed):
            read_files(app)
    assert lies(app, kept[0].key)
    with clock.shifted(timedelta(hours=2)):
        read_files(app)  # the lease is over: another one reads it
        session.expire_all()
        assert not lies(app, kept[0].key)
        assert sent.state is EvidenceState.CLEAN
        assert sent.storage_key != kept[0].key
    with clock.shifted(timedelta(hours=4)):
        read_files(app)
    assert lies(app, sent.storage_key), "what a row points at stays"


def test_one_bad_file_of_several_names_itself(session: Session, pages: Pages, expert: Expert) -> None:
    both = [file(), file(b"GIF89a" + b"x" * 50, "moving.gif")]
    answer = pages.post("experts.add_credential", {**claim(), "evidence": both})
    assert answer.status == 422
    assert "moving.gif: This is a GIF. Save it as PNG and send that." in answer.errors()


def test_a_file_that_is_refused_says_why(session: Session, pages: Pages, expert: Expert) -> None:
    broken = b"%PDF-1.7\n" + b"x" * 300
    pages.post("experts.add_credential", {**claim(), "evidence": file(broken)})
    read_files(pages.app)
    credential = the_one(session, expert)
    text = pages.get("experts.credential", credential_id=credential.id).text
    assert "Refused" in text
    assert "The PDF is damaged. Print it to a new PDF and send that." in text
    assert "Add a file that proves it, then send it." in text
    notices = session.scalars(select(Notice).where(Notice.user_id == expert.user_id)).all()
    assert [(notice.kind, notice.body) for notice in notices] == [
        ("evidence_refused", "diploma.pdf: The PDF is damaged. Print it to a new PDF and send that.")
    ]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"scheme": "npi", "number": "1234567890", "country": "US"}, "check digit does not fit"),
        ({"scheme": "npi", "number": "123", "country": "US"}, "An NPI has ten digits"),
        ({"scheme": "npi", "number": "1234567893"}, "An NPI is given in the United States only."),
        ({"scheme": "orcid", "number": "0000-0002-1825-0098"}, "check digit does not fit"),
        ({"scheme": "isbn", "number": "978-3-16-148410-1"}, "check digit does not fit"),
        ({"scheme": "doi", "number": "doi 10"}, "A DOI looks like 10.1000/182."),
        ({"number": "no. *?"}, "letters and digits"),
    ],
)
def test_a_number_is_judged_by_its_own_rules(
    session: Session, pages: Pages, expert: Expert, changes: dict[str, str], message: str
) -> None:
    answer = pages.post("experts.add_credential", claim(**changes))
    assert answer.status == 422
    assert message in answer.errors()
    assert queries.credentials_of(session, expert.id) == []


def test_a_number_is_kept_sealed_and_shown_by_its_end(session: Session, pages: Pages, expert: Expert) -> None:
    data = claim(kind="licence", country="US", scheme="npi", number="1234-567-893")
    pages.post("experts.add_credential", data)
    credential = the_one(session, expert)
    assert "1234567893" not in credential.number_sealed + str(credential.number_digest)
    page = pages.get("experts.credential", credential_id=credential.id)
    assert "ends in 893" in page.text
    assert "1234567893" not in page.answer.text
    form = pages.get("experts.edit_credential", credential_id=credential.id)
    assert form.value("number") == ""
    assert "A number ending in 893 is kept." in form.text
    pages.post("experts.change_credential", {**data, "number": ""}, credential_id=credential.id)
    assert the_one(session, expert).number_tail == "893"


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
    (their_file,) = queries.files_of(session, theirs.id)
    for credential_id in (theirs.id, uuid.uuid4()):
        visits: list[Page] = [
            pages.get("experts.credential", credential_id=credential_id),
            pages.get("experts.edit_credential", credential_id=credential_id),
            pages.get("experts.evidence", credential_id=credential_id, file_id=their_file.id),
            pages.get("experts.files", credential_id=credential_id),
            pages.post("experts.add_files", {"evidence": file()}, credential_id=credential_id),
            pages.post("experts.remove_file", credential_id=credential_id, file_id=their_file.id),
            pages.post("experts.answer_question", {"answer": "Yes"}, credential_id=credential_id),
            pages.post("experts.change_credential", claim(), credential_id=credential_id),
            pages.post("experts.send_credential", credential_id=credential_id),
            pages.post("experts.delete_credential", credential_id=credential_id),
            pages.post("experts.add_credential", claim(form_key=str(theirs.id))),
        ]
        assert [page.status for page in visits] == [404] * 11
    assert pages.get("experts.new_credential", renews=theirs.id).value("title") == ""
    assert theirs.state is C.UNVERIFIED


def test_a_number_that_is_lost_is_entered_again(session: Session, pages: Pages, expert: Expert) -> None:
    credential = make_credential(session, expert, state=C.REJECTED, country="NG", title="Doctor of Medicine")
    lost = Sealer("a secret that is gone " * 2)
    service.keep_number(session, credential, scheme="", number="MD-47112", sealer=lost)
    session.flush()
    here = {"credential_id": credential.id}
    asked = pages.post("experts.change_credential", claim(country="US"), **here)
    assert (asked.status, "Enter it again." in asked.errors()) == (422, True)
    session.expire_all()
    assert credential.country == "NG"  # nothing of it is kept
    given = pages.post("experts.change_credential", claim(country="US", number="MD-47112"), **here)
    session.expire_all()
    assert (given.status, credential.country, credential.number_tail) == (303, "US", "112")
