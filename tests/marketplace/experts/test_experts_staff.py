"""The desk that checks credentials, as staff see it."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.audit.models import AuditRecord
from marketplace.experts import queries, service
from marketplace.experts.models import Credential, CredentialKind, CredentialState, EvidenceState
from marketplace.identity import queries as identity
from marketplace.identity.models import Role, User
from marketplace.kit.sealing import Sealer
from tests.factories.evidence import keep, make_file, make_pdf, read_files
from tests.factories.experts import make_credential, make_expert
from tests.factories.identity import make_user
from tests.pages import Pages

C, K = CredentialState, CredentialKind
PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 100
HTML = "{http://www.w3.org/1999/xhtml}"
REFUSAL = {"reason": "The letter carries no date at all.", "fix": "Upload a dated one."}


@pytest.fixture
def ops(session: Session, pages: Pages) -> User:
    user = make_user(session, roles=[Role.OPS], name="Olu Ops")
    pages.enter(user)
    return user


def waiting(session: Session, kind: K = K.DEGREE, **columns: Any) -> Credential:
    return make_credential(session, make_expert(session), kind=kind, state=C.SUBMITTED, **columns)


@pytest.mark.parametrize("role", [Role.EXPERT, Role.REVIEWER, Role.MEMBER, Role.SUPPORT, Role.FINANCE])
def test_only_ops_and_admins_sit_here(session: Session, pages: Pages, role: Role) -> None:
    credential = waiting(session)
    pages.enter(make_user(session, roles=[role]))
    assert pages.get("credential_checks.index").status == 403
    assert pages.get("credential_checks.show", credential_id=credential.id).status == 403
    for act in (
        "open_check",
        "verify",
        "refuse",
        "ask",
        "revoke",
        "agree",
        "drop",
        "put_back",
        "decide_appeal",
    ):
        assert pages.post(f"credential_checks.{act}", credential_id=credential.id).status == 403
    (file,) = queries.files_of(session, credential.id)
    assert (
        pages.post("credential_checks.evidence", credential_id=credential.id, file_id=file.id).status == 403
    )
    assert credential.state is C.SUBMITTED


def test_an_admin_may_check_too(session: Session, pages: Pages) -> None:
    pages.enter(make_user(session, roles=[Role.ADMIN]))
    assert pages.get("credential_checks.index").status == 200


def test_the_empty_queue_says_so(pages: Pages, ops: User) -> None:
    assert "No credentials to check" in pages.get("credential_checks.index").text


def test_the_queue_is_paged(session: Session, pages: Pages, ops: User) -> None:
    for number in range(26):
        waiting(session, title=f"Degree {number:02}")
    page = pages.get("credential_checks.index")
    assert "Degree 00" in page.text
    assert "Degree 25" not in page.text
    following = next(node.get("href") for node in page.all("a") if node.get("rel") == "next")
    assert "Degree 25" in pages.get(following).text
    assert pages.get("credential_checks.index", after="nonsense").status == 404
    assert pages.get("credential_checks.index", after="WyIyMDI2LTAxLTAxIiwgIngiXQ").status == 404


def test_from_the_queue_to_verified(session: Session, pages: Pages, ops: User) -> None:
    credential = waiting(session)
    here = {"credential_id": credential.id}
    page = pages.get("credential_checks.show", **here)
    assert "Open for checking" in page.text
    assert "How did you check it?" not in page.text
    pages.post("credential_checks.open_check", **here)
    page = pages.get("credential_checks.show", **here)
    assert "How did you check it?" in page.text
    assert "It counts for the expert’s tier at once." in page.text
    answer = pages.post("credential_checks.verify", {"method": "University register"}, **here)
    assert answer.location == "/staff/credentials"
    assert credential.state is C.VERIFIED
    assert "Olu Ops: University register" in pages.get("credential_checks.show", **here).text


def test_a_licence_waits_for_a_second_person(session: Session, pages: Pages, ops: User) -> None:
    credential = waiting(session, K.LICENCE)
    here = {"credential_id": credential.id}
    pages.post("credential_checks.open_check", **here)
    assert "A second person has to check it too." in pages.get("credential_checks.show", **here).text
    pages.post("credential_checks.verify", {"method": "Council register"}, **here)
    assert credential.state is C.SUBMITTED
    page = pages.get("credential_checks.show", **here)
    assert "The second check is for somebody else." in page.text
    assert "Open for checking" not in page.text
    assert pages.post("credential_checks.open_check", **here).status == 409
    pages.enter(make_user(session, roles=[Role.OPS]))
    pages.post("credential_checks.open_check", **here)
    pages.post("credential_checks.verify", {"method": "Called the council"}, **here)
    assert credential.state is C.VERIFIED


@pytest.mark.parametrize(
    ("act", "data", "message"),
    [
        ("verify", {"method": ""}, "Say how you checked it."),
        ("verify", {"method": "ok"}, "Use 4 to 200 characters."),
        ("refuse", {**REFUSAL, "reason": ""}, "Give a reason."),
        ("refuse", {**REFUSAL, "reason": "x" * 19}, "Use 20 to 1,000 characters."),
        ("refuse", {**REFUSAL, "fix": " "}, "Say what would make it pass."),
        ("refuse", {**REFUSAL, "fix": "x" * 9}, "Use 10 to 1,000 characters."),
    ],
)
@pytest.mark.usefixtures("ops")
def test_a_decision_needs_its_words(
    session: Session, pages: Pages, act: str, data: dict[str, str], message: str
) -> None:
    credential = waiting(session)
    pages.post("credential_checks.open_check", credential_id=credential.id)
    answer = pages.post(f"credential_checks.{act}", data, credential_id=credential.id)
    assert answer.status == 422
    assert message in answer.errors()
    for name, value in data.items():
        assert answer.value(name) == value.strip()
    assert credential.state is C.IN_REVIEW


def test_a_refusal_reaches_the_expert(session: Session, pages: Pages, ops: User) -> None:
    credential = waiting(session)
    expert = credential.expert
    pages.post("credential_checks.open_check", credential_id=credential.id)
    assert pages.post("credential_checks.refuse", REFUSAL, credential_id=credential.id).status == 303
    assert credential.state is C.REJECTED
    owner = identity.user(session, expert.user_id)
    assert owner is not None
    pages.enter(owner)
    page = pages.get("experts.credential", credential_id=credential.id)
    assert "The letter carries no date at all." in page.text
    assert "What would make it pass: Upload a dated one." in page.text
    assert "Olu Ops" not in page.text


def test_ops_do_not_check_themselves(session: Session, pages: Pages) -> None:
    expert = make_expert(session, user=make_user(session, roles=[Role.EXPERT, Role.OPS]))
    credential = make_credential(session, expert, state=C.SUBMITTED)
    pages.enter(expert.user)
    page = pages.get("credential_checks.show", credential_id=credential.id)
    assert "This credential is yours." in page.text
    assert "Open for checking" not in page.text
    assert pages.post("credential_checks.open_check", credential_id=credential.id).status == 403
    (file,) = queries.files_of(session, credential.id)
    assert (
        pages.post("credential_checks.evidence", credential_id=credential.id, file_id=file.id).status == 403
    )
    assert credential.state is C.SUBMITTED


def test_somebody_else_has_it_open(session: Session, pages: Pages, ops: User) -> None:
    credential = waiting(session)
    service.open_check(session, credential, by=make_user(session, roles=[Role.OPS], name="Sam Second"))
    session.flush()
    assert "Open with Sam Second" in pages.get("credential_checks.index").text
    assert (
        "Sam Second has this credential open."
        in pages.get("credential_checks.show", credential_id=credential.id).text
    )
    assert (
        pages.post("credential_checks.verify", {"method": "Register"}, credential_id=credential.id).status
        == 409
    )


def test_what_was_not_sent_is_not_there(session: Session, pages: Pages, ops: User) -> None:
    credential = make_credential(session, make_expert(session), state=C.UNVERIFIED)
    assert pages.get("credential_checks.show", credential_id=credential.id).status == 404
    for act in (
        "open_check",
        "verify",
        "refuse",
        "ask",
        "revoke",
        "agree",
        "drop",
        "put_back",
        "decide_appeal",
    ):
        assert pages.post(f"credential_checks.{act}", credential_id=credential.id).status == 404
    (file,) = queries.files_of(session, credential.id)
    assert (
        pages.post("credential_checks.evidence", credential_id=credential.id, file_id=file.id).status == 404
    )


def test_a_look_at_the_file_is_a_download_and_a_record(session: Session, pages: Pages, ops: User) -> None:
    credential = waiting(session, with_file=False)
    file = make_file(
        session,
        credential,
        storage_key=keep(pages.app, PNG, "image/png"),
        name="scan.png",
        media_type="image/png",
    )
    here = {"credential_id": credential.id, "file_id": file.id}
    answer = pages.post("credential_checks.evidence", **here).answer
    assert (answer.status_code, answer.data, answer.mimetype) == (200, PNG, "image/png")
    assert answer.headers["Content-Disposition"] == "attachment; filename=scan.png"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    answer.close()
    looked = pages.post("credential_checks.evidence", look=1, **here).answer
    assert looked.headers["Content-Disposition"] == "inline; filename=scan.png"
    assert looked.headers["X-Content-Type-Options"] == "nosniff"
    assert looked.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    looked.close()
    record = session.scalars(select(AuditRecord).where(AuditRecord.subject_id == credential.id)).first()
    assert record is not None
    assert (record.tag, record.actor_id) == ("staff:credential:evidence_seen", ops.id)
    opened = pages.get("credential_checks.evidence", **here)
    assert (opened.status, opened.location) == (303, f"/staff/credentials/{credential.id}")


def test_a_claim_that_has_ended_says_so(session: Session, pages: Pages, ops: User) -> None:
    credential = waiting(session, ends_in_days=-1)
    assert "Its last day has passed." in pages.get("credential_checks.show", credential_id=credential.id).text


def test_files_from_before_digests_were_kept_are_like_no_other(session: Session, pages: Pages) -> None:
    """The row a migration made of an old file: no digest until the schedule has it read."""
    data = make_pdf(2)
    mine, theirs = (make_credential(session, make_expert(session), with_file=False) for _ in range(2))
    for credential in (mine, theirs):
        key = keep(pages.app, data, "application/pdf")
        old = make_file(session, credential, state=EvidenceState.WAITING, storage_key=key, sha256="")
        old.created_at -= timedelta(days=200)
    session.commit()
    assert queries.same_files(session, mine) == []
    service.resume_inspections(session, {})
    session.commit()
    read_files(pages.app)
    session.expire_all()
    (file,) = queries.files_of(session, mine.id)
    assert (file.state, file.sha256) == (EvidenceState.CLEAN, hashlib.sha256(data).hexdigest())
    assert [one.id for one in queries.same_files(session, mine)] == [theirs.id], "the same bytes, now seen"


def test_a_number_that_is_lost_stops_no_check(session: Session, pages: Pages, ops: User) -> None:
    credential = waiting(session, K.LICENCE)
    lost = Sealer("a secret that is gone " * 2)
    service.keep_number(session, credential, scheme="", number="MD-4711", sealer=lost)
    session.flush()
    here = {"credential_id": credential.id}
    pages.post("credential_checks.open_check", **here)
    page = pages.get("credential_checks.show", **here)
    assert (page.status, "cannot be read any more" in page.text) == (200, True)
    assert pages.post("credential_checks.refuse", REFUSAL, **here).status == 303


def test_a_pdf_can_be_looked_at_and_runs_nothing(session: Session, pages: Pages, ops: User) -> None:
    credential = waiting(session, with_file=False)
    key = keep(pages.app, make_pdf(), "application/pdf")
    file = make_file(session, credential, storage_key=key, name="degree.pdf", media_type="application/pdf")
    here = {"credential_id": credential.id, "file_id": file.id}
    session.flush()
    page = pages.get("credential_checks.show", credential_id=credential.id)
    assert "Look: degree.pdf" in page.text
    looked = pages.post("credential_checks.evidence", look=1, **here).answer
    assert looked.headers["Content-Disposition"] == "inline; filename=degree.pdf"
    assert looked.headers["X-Content-Type-Options"] == "nosniff"
    rules = looked.headers["Content-Security-Policy"]
    assert rules.startswith("default-src 'none'")
    assert "script-src" not in rules
    looked.close()


def test_files_stand_before_the_decision(session: Session, pages: Pages, ops: User) -> None:
    credential = waiting(session)
    service.open_check(session, credential, by=ops)
    session.flush()
    text = pages.get("credential_checks.show", credential_id=credential.id).text
    assert text.index("Every look is written down.") < text.index("How did you check it?")


def test_what_was_typed_beside_another_button_is_kept(session: Session, pages: Pages, ops: User) -> None:
    credential = waiting(session)
    service.open_check(session, credential, by=ops)
    session.flush()
    here = {"credential_id": credential.id}
    page = pages.get("credential_checks.show", **here)
    (form,) = [node for node in page.all("form") if node.get("aria-label") == "Decide"]
    names = {node.get("name") for tag in ("input", "textarea") for node in form.iter(f"{HTML}{tag}")}
    assert {"method", "question", "reason", "fix"} <= names, "one form, so that a browser sends all of it"
    typed = {"method": "", "question": "Which hospital issued this?", "reason": "No date.", "fix": "Send it."}
    failed = pages.post("credential_checks.verify", typed, **here)
    assert (failed.status, failed.errors().count("Error:")) == (422, 1)
    assert {name: failed.value(name) for name in typed} == typed


def test_it_can_be_put_back(session: Session, pages: Pages, ops: User) -> None:
    credential = waiting(session, number_tail="123")
    here = {"credential_id": credential.id}
    assert "Open it to see the number" in pages.get("credential_checks.show", **here).text
    assert pages.post("credential_checks.put_back", **here).status == 409
    pages.post("credential_checks.open_check", **here)
    assert "Put it back" in pages.get("credential_checks.show", **here).text
    assert pages.post("credential_checks.put_back", **here).location == "/staff/credentials"
    session.refresh(credential)
    assert (credential.state, credential.opened_by_id, credential.opened_at) == (C.SUBMITTED, None, None)
    pages.post("credential_checks.open_check", **here)
    pages.post("credential_checks.ask", {"question": "Which hospital issued this letter?"}, **here)
    assert "Put it back" not in pages.get("credential_checks.show", **here).text
    assert pages.post("credential_checks.put_back", **here).status == 409, "an answer comes back to who asked"


def test_a_number_is_not_promised_when_nothing_can_be_opened(
    session: Session, pages: Pages, ops: User
) -> None:
    credential = make_credential(session, make_expert(session), number_tail="123")
    session.flush()
    page = pages.get("credential_checks.show", credential_id=credential.id)
    assert "Open it to see the number" not in page.text
