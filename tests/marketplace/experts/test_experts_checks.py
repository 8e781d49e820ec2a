"""Checking a credential: one person or two, never the owner, never without a reason."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.audit.models import AuditRecord
from marketplace.experts import queries, service
from marketplace.experts.errors import AlreadyChecked, CredentialEnded, OwnCredential, TooShort
from marketplace.experts.models import Credential, CredentialKind, CredentialState, EvidenceState
from marketplace.identity.models import Role, User
from marketplace.kit.errors import Conflict
from marketplace.notifications.models import Notice
from tests.factories.evidence import make_file
from tests.factories.experts import make_credential, make_expert
from tests.factories.identity import make_user

C, K = CredentialState, CredentialKind
REASON, FIX = "The letter carries no date at all.", "Upload one dated within a year."


@pytest.fixture
def ops(session: Session) -> User:
    return make_user(session, roles=[Role.OPS], name="Olu Ops")


@pytest.fixture
def second(session: Session) -> User:
    return make_user(session, roles=[Role.OPS], name="Sam Second")


def waiting(session: Session, kind: K = K.DEGREE, **columns: object) -> Credential:
    return make_credential(session, make_expert(session), kind=kind, state=C.SUBMITTED, **columns)


def notices(session: Session, credential: Credential) -> list[tuple[str, str, str]]:
    session.flush()
    rows = session.scalars(select(Notice).where(Notice.user_id == credential.expert.user_id))
    return [(row.kind, row.title + " " + row.body, row.path) for row in rows]


def acts(session: Session, credential: Credential) -> list[str]:
    session.flush()
    rows = session.scalars(
        select(AuditRecord).where(AuditRecord.subject_id == credential.id).order_by(AuditRecord.id)
    )
    return [row.tag.rpartition(":")[2] for row in rows]


def test_one_person_verifies_a_degree(session: Session, ops: User) -> None:
    credential = waiting(session)
    service.open_check(session, credential, by=ops)
    assert (credential.state, credential.opened_by) == (C.IN_REVIEW, ops)
    check = service.verify(session, credential, by=ops, method=" University register ")
    assert (credential.state, check.method, check.accepted) == (C.VERIFIED, "University register", True)
    assert credential.verified_at is not None
    assert credential.opened_by is None
    assert acts(session, credential) == ["opened", "accepted"]
    kind, words, path = notices(session, credential)[0]
    assert (kind, path) == ("credential_verified", f"/profile/credentials/{credential.id}")
    assert credential.title in words
    assert service.standing(session, credential.expert_id, "medicine").tier.slug == "specialist"


@pytest.mark.parametrize("kind", [K.LICENCE, K.BOARD_CERTIFICATION])
def test_two_people_verify_a_licence(session: Session, ops: User, second: User, kind: K) -> None:
    credential = waiting(session, kind)
    service.open_check(session, credential, by=ops)
    service.verify(session, credential, by=ops, method="Council register")
    session.flush()
    assert credential.state is C.SUBMITTED
    assert service.standing(session, credential.expert_id, "medicine").tier.slug == "general"
    assert notices(session, credential) == []
    with pytest.raises(AlreadyChecked):
        service.open_check(session, credential, by=ops)
    service.open_check(session, credential, by=second)
    with pytest.raises(AlreadyChecked):
        service.verify(session, credential, by=ops, method="Council register")
    service.verify(session, credential, by=second, method="Called the council")
    assert credential.state is C.VERIFIED
    assert [check.by.name for check in queries.checks_of(session, credential.id)] == ["Sam Second", "Olu Ops"]


def test_nobody_checks_their_own(session: Session) -> None:
    expert = make_expert(session, user=make_user(session, roles=[Role.EXPERT, Role.OPS]))
    credential = make_credential(session, expert, state=C.SUBMITTED)
    with pytest.raises(OwnCredential):
        service.open_check(session, credential, by=expert.user)
    with pytest.raises(OwnCredential):
        service.note_evidence_seen(session, make_file(session, credential), by=expert.user)
    credential.move(C.IN_REVIEW)
    with pytest.raises(OwnCredential):
        service.verify(session, credential, by=expert.user, method="I know it is true")
    with pytest.raises(OwnCredential):
        service.reject(session, credential, by=expert.user, reason=REASON, fix=FIX)


def test_only_whoever_opened_it_decides(session: Session, ops: User, second: User) -> None:
    credential = waiting(session)
    with pytest.raises(Conflict):
        service.verify(session, credential, by=ops, method="Register")
    service.open_check(session, credential, by=ops)
    service.open_check(session, credential, by=ops)
    assert acts(session, credential) == ["opened"]
    with pytest.raises(Conflict, match="Somebody else"):
        service.open_check(session, credential, by=second)
    with pytest.raises(Conflict):
        service.verify(session, credential, by=second, method="Register")
    with pytest.raises(Conflict):
        service.reject(session, credential, by=second, reason=REASON, fix=FIX)
    assert credential.state is C.IN_REVIEW


def test_a_check_says_how(session: Session, ops: User) -> None:
    credential = waiting(session)
    service.open_check(session, credential, by=ops)
    with pytest.raises(TooShort):
        service.verify(session, credential, by=ops, method="  ")
    assert credential.state is C.IN_REVIEW


def test_what_has_ended_is_not_verified(session: Session, ops: User) -> None:
    credential = waiting(session, ends_in_days=-1)
    service.open_check(session, credential, by=ops)
    with pytest.raises(CredentialEnded):
        service.verify(session, credential, by=ops, method="Register")
    service.reject(session, credential, by=ops, reason=REASON, fix=FIX)
    assert credential.state is C.REJECTED


def test_a_refusal_says_why_and_what_would_fix_it(session: Session, ops: User) -> None:
    credential = waiting(session, K.EMPLOYMENT)
    service.open_check(session, credential, by=ops)
    service.reject(session, credential, by=ops, reason=f"  {REASON} ", fix=FIX)
    assert credential.state is C.REJECTED
    assert acts(session, credential) == ["opened", "refused"]
    kind, words, _ = notices(session, credential)[0]
    assert kind == "credential_rejected"
    assert REASON in words
    assert FIX in words


@pytest.mark.parametrize(("reason", "fix"), [("x" * 19, FIX), (" " * 40, FIX), (REASON, "  "), ("", "")])
def test_a_refusal_without_words_is_refused(session: Session, ops: User, reason: str, fix: str) -> None:
    credential = waiting(session)
    service.open_check(session, credential, by=ops)
    with pytest.raises(TooShort):
        service.reject(session, credential, by=ops, reason=reason, fix=fix)
    assert credential.state is C.IN_REVIEW


def test_sent_again_it_is_a_new_round(session: Session, ops: User, second: User) -> None:
    credential = waiting(session, K.LICENCE)
    service.open_check(session, credential, by=ops)
    service.verify(session, credential, by=ops, method="Register")
    session.flush()
    service.open_check(session, credential, by=second)
    service.reject(session, credential, by=second, reason=REASON, fix=FIX)
    session.flush()
    service.send_for_checking(session, credential)
    service.open_check(session, credential, by=ops)
    service.verify(session, credential, by=ops, method="Register")
    assert credential.state is C.SUBMITTED  # the first round's check does not count for the second


@pytest.mark.parametrize("state", [state for state in C if state not in {C.SUBMITTED, C.IN_REVIEW}])
def test_only_what_waits_is_opened(session: Session, ops: User, state: C) -> None:
    credential = make_credential(session, make_expert(session), state=state)
    with pytest.raises(Conflict):
        service.open_check(session, credential, by=ops)


def test_each_look_at_the_file_is_written_down(session: Session, ops: User) -> None:
    credential = waiting(session)
    file = make_file(session, credential)
    assert service.note_evidence_seen(session, file, by=ops) == file.storage_key
    assert service.note_evidence_seen(session, file, by=ops) == file.storage_key
    assert acts(session, credential) == ["evidence_seen", "evidence_seen"]


@pytest.mark.parametrize("state", [EvidenceState.WAITING, EvidenceState.REFUSED])
def test_staff_see_clean_files_only(session: Session, ops: User, state: EvidenceState) -> None:
    credential = waiting(session)
    with pytest.raises(Conflict, match="Only clean files"):
        service.note_evidence_seen(session, make_file(session, credential, state=state), by=ops)
    assert acts(session, credential) == []


def test_the_queue_shows_the_longest_waiting_first(session: Session) -> None:
    rows = [waiting(session) for _ in range(30)]
    make_credential(session, make_expert(session), state=C.VERIFIED)
    first = queries.in_tab(session, queries.Tab.WAITING, queries.Wanted(), None)
    assert [row.id for row in first.rows] == [row.id for row in rows[:25]]
    assert first.rows[0].expert.user.name == "Ada Example"
    rest = queries.in_tab(session, queries.Tab.WAITING, queries.Wanted(), first.next_mark)
    assert [row.id for row in rest.rows] == [row.id for row in rows[25:]]
    assert rest.next_mark is None
