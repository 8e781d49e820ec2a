"""What an expert does with a credential."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.policy import PEOPLE
from marketplace.audit.models import AuditRecord
from marketplace.experts import queries, service
from marketplace.experts.errors import NotReady, TooManyCredentials, TooManyFiles
from marketplace.experts.models import Credential, CredentialKind, CredentialState, EvidenceState
from marketplace.experts.service import Claim
from marketplace.kit import clock, ids
from marketplace.kit.errors import Conflict, NotFound
from marketplace.kit.sealing import Sealer
from marketplace.outbox.models import OutboxMessage
from tests.factories.evidence import make_file, make_stored
from tests.factories.experts import make_credential, make_expert

C = CredentialState
CLAIM = Claim(
    kind=CredentialKind.DEGREE,
    specialty="medicine",
    title="Doctor of Medicine",
    issuer="University of Ibadan",
    country="ng",
    issued_on=date(2015, 6, 1),
)


def forgotten(session: Session) -> list[str]:
    session.flush()
    messages = session.scalars(
        select(OutboxMessage).where(OutboxMessage.handler == "experts.forget_evidence")
    )
    return [message.payload["storage_key"] for message in messages]


def test_a_credential_is_written_once_however_often_the_form_comes(session: Session) -> None:
    expert, key = make_expert(session), ids.new_id()
    first = service.add_credential(session, expert, claim=CLAIM, form_key=key)
    again = service.add_credential(session, expert, claim=replace(CLAIM, title="Other"), form_key=key)
    assert first is again
    assert (first.id, first.state, first.title, first.country) == (
        key,
        C.UNVERIFIED,
        "Doctor of Medicine",
        "NG",
    )
    assert len(queries.credentials_of(session, expert.id)) == 1


def test_a_key_of_somebody_elses_credential_finds_nothing(session: Session) -> None:
    theirs = make_credential(session, make_expert(session))
    with pytest.raises(NotFound):
        service.add_credential(session, make_expert(session), claim=CLAIM, form_key=theirs.id)


def test_there_is_a_limit(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    expert = make_expert(session)
    make_credential(session, expert, state=C.DELETED)
    monkeypatch.setattr(
        "marketplace.experts.service.credentials.PEOPLE", PEOPLE.model_copy(update={"credentials_maximum": 1})
    )
    service.add_credential(session, expert, claim=CLAIM, form_key=ids.new_id())
    with pytest.raises(TooManyCredentials):
        service.add_credential(session, expert, claim=CLAIM, form_key=ids.new_id())


@pytest.mark.parametrize("state", list(C))
def test_what_is_checked_or_counts_stays_as_it_is(session: Session, state: C) -> None:
    credential = make_credential(session, make_expert(session), state=state)
    claim = replace(CLAIM, title="Changed", expires_on=date(2099, 1, 1))
    if state in {C.UNVERIFIED, C.REJECTED, C.EXPIRED}:
        service.change_credential(session, credential, claim=claim)
        assert (credential.title, credential.expires_on, credential.country) == (
            "Changed",
            date(2099, 1, 1),
            "NG",
        )
    else:
        with pytest.raises(Conflict):
            service.change_credential(session, credential, claim=claim)
        with pytest.raises(Conflict):
            service.attach_evidence(session, credential, stored=make_stored(), name="a.pdf")


def test_an_ended_one_can_be_renewed_before_the_sweep(session: Session) -> None:
    credential = make_credential(session, make_expert(session), ends_in_days=-1)
    service.change_credential(session, credential, claim=replace(CLAIM, expires_on=date(2099, 1, 1)))
    assert credential.state is C.EXPIRED
    service.send_for_checking(session, credential)
    assert credential.state is C.SUBMITTED
    assert credential.verified_at is None


def test_files_are_added_until_there_are_enough(session: Session) -> None:
    credential = make_credential(session, make_expert(session), state=C.UNVERIFIED, with_file=False)
    for number in range(PEOPLE.evidence_files_maximum):
        service.attach_evidence(session, credential, stored=make_stored(), name=f"../{number}.pdf")
    kept = queries.files_of(session, credential.id)
    assert [file.name for file in kept] == [f"{number}.pdf" for number in range(5)]
    assert {file.state for file in kept} == {EvidenceState.WAITING}
    with pytest.raises(TooManyFiles, match="at most 5"):
        service.attach_evidence(session, credential, stored=make_stored(), name="more.pdf")
    assert forgotten(session) == []
    service.remove_evidence(session, credential, kept[0])
    assert forgotten(session) == [kept[0].storage_key]
    assert len(queries.files_of(session, credential.id)) == 4


def test_the_same_file_again_is_one_file(session: Session) -> None:
    credential = make_credential(session, make_expert(session), state=C.UNVERIFIED, with_file=False)
    first = make_stored()
    again = replace(first, key="b" * 32)
    assert service.attach_evidence(session, credential, stored=first, name="a.pdf") is not None
    assert service.attach_evidence(session, credential, stored=again, name="a.pdf") is None
    assert forgotten(session) == ["b" * 32]


def test_sending_needs_a_file_and_a_day_to_come(session: Session) -> None:
    expert = make_expert(session)
    bare = make_credential(session, expert, state=C.UNVERIFIED, with_file=False)
    with pytest.raises(NotReady, match="Add a file"):
        service.send_for_checking(session, bare)
    make_file(session, bare, state=EvidenceState.REFUSED)
    with pytest.raises(NotReady, match="Add a file"):
        service.send_for_checking(session, bare)
    make_file(session, bare, state=EvidenceState.WAITING)
    with pytest.raises(NotReady, match="still reading"):
        service.send_for_checking(session, bare)
    ended = make_credential(session, expert, state=C.UNVERIFIED, ends_in_days=-1)
    with pytest.raises(NotReady, match="last day"):
        service.send_for_checking(session, ended)


@pytest.mark.parametrize("state", [C.VERIFIED, C.EXPIRING, C.REVOKED, C.DELETED])
def test_what_counts_or_is_gone_is_not_sent(session: Session, state: C) -> None:
    credential = make_credential(session, make_expert(session), state=state)
    with pytest.raises(Conflict):
        service.send_for_checking(session, credential)


def test_sent_twice_is_sent_once_and_keeps_its_place(session: Session) -> None:
    credential = make_credential(session, make_expert(session), state=C.UNVERIFIED)
    service.send_for_checking(session, credential)
    at = credential.submitted_at
    with clock.shifted(timedelta(minutes=5)):
        service.send_for_checking(session, credential)
    assert (credential.state, credential.submitted_at) == (C.SUBMITTED, at)


@pytest.mark.parametrize("state", [C.UNVERIFIED, C.SUBMITTED, C.REJECTED, C.EXPIRED])
def test_deleting_removes_it_and_its_file(session: Session, state: C) -> None:
    expert = make_expert(session)
    credential = make_credential(session, expert, state=state)
    service.keep_number(session, credential, scheme="", number="MD-4711-22", sealer=Sealer("k" * 32))
    (file,) = queries.files_of(session, credential.id)
    key = file.storage_key
    service.delete(session, credential)
    assert forgotten(session) == [key]
    assert (credential.number_sealed, credential.number_tail, credential.number_digest) == ("", "", None)
    assert queries.credentials_of(session, expert.id) == []
    assert queries.credential_of(session, expert.user_id, credential.id) is None
    assert queries.credential_for_check(session, credential.id) is None
    record = session.scalars(select(AuditRecord).where(AuditRecord.subject_id == credential.id)).one()
    assert (record.tag, record.actor_id) == ("expert:credential:deleted", expert.user_id)


@pytest.mark.parametrize("state", [C.IN_REVIEW, C.VERIFIED, C.EXPIRING, C.REVOKED, C.DELETED])
def test_what_is_looked_at_or_counts_is_not_deleted(session: Session, state: C) -> None:
    credential = make_credential(session, make_expert(session), state=state)
    with pytest.raises(Conflict):
        service.delete(session, credential)
    assert forgotten(session) == []


def test_nobody_finds_somebody_elses_credential(session: Session) -> None:
    theirs, me = make_credential(session, make_expert(session)), make_expert(session)
    assert queries.credential_of(session, me.user_id, theirs.id) is None
    assert queries.lock_credential_of(session, me.user_id, theirs.id) is None
    assert queries.credential_of(session, theirs.expert.user_id, theirs.id) is theirs


def test_staff_see_what_was_sent_only(session: Session) -> None:
    expert = make_expert(session)
    seen: list[Credential] = [make_credential(session, expert, state=state) for state in C]
    found = {one.state for one in seen if queries.credential_for_check(session, one.id)}
    assert found == set(C) - {C.UNVERIFIED, C.DELETED}
