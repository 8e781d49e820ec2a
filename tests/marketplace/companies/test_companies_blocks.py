"""A company says who gets no new work: only the future changes."""

import threading
import uuid

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.audit.models import AuditRecord
from marketplace.companies import policy, queries, service
from marketplace.companies.errors import NotYours
from marketplace.companies.models import Company, CompanyBlock, Member, MemberRole
from marketplace.identity.models import Role, User
from marketplace.kit.database import Sessions, transaction
from marketplace.kit.errors import Invalid
from marketplace.ledger.models import LedgerPosting
from marketplace.notifications.models import Notice
from tests.factories.companies import make_company, make_member
from tests.factories.identity import make_user

R = MemberRole
WHY = "Every one of the last eight answers was copied from the prompt, word by word."


@pytest.fixture
def company(session: Session) -> Company:
    return make_company(session)


@pytest.fixture
def owner(session: Session, company: Company) -> Member:
    return make_member(session, company, role=R.OWNER)


@pytest.fixture
def person(session: Session) -> User:
    return make_user(session, roles=[Role.EXPERT])


def standing(session: Session, company: Company) -> list[CompanyBlock]:
    session.flush()
    return list(queries.blocks_of(session, company.id, None).rows)


def test_a_block_is_told_written_down_and_moves_no_money(
    session: Session, company: Company, owner: Member, person: User
) -> None:
    before = len(session.scalars(select(LedgerPosting.id)).all())
    assert service.block(session, company, by=owner, user_id=person.id, reason=WHY)
    (one,) = standing(session, company)
    assert (one.user_id, one.by_id, one.reason) == (person.id, owner.user_id, WHY)
    (told,) = session.scalars(select(Notice).where(Notice.user_id == person.id))
    assert WHY in told.body
    assert "decided and paid" in told.body
    (written,) = session.scalars(select(AuditRecord).where(AuditRecord.tag == "company:block:set"))
    assert (written.actor_id, written.subject_id) == (owner.user_id, company.id)
    assert WHY not in str(written.detail)
    assert len(session.scalars(select(LedgerPosting.id)).all()) == before


def test_the_first_reason_stands(session: Session, company: Company, owner: Member, person: User) -> None:
    assert service.block(session, company, by=owner, user_id=person.id, reason=WHY)
    assert not service.block(session, company, by=owner, user_id=person.id, reason="Other. " + WHY)
    assert [one.reason for one in standing(session, company)] == [WHY]
    session.flush()
    assert len(session.scalars(select(Notice).where(Notice.user_id == person.id)).all()) == 1


def test_a_lifted_block_is_kept_and_can_be_set_again(
    session: Session, company: Company, owner: Member, person: User
) -> None:
    service.block(session, company, by=owner, user_id=person.id, reason=WHY)
    (one,) = standing(session, company)
    for _ in range(2):
        service.lift_block(session, one, by=owner)
    assert standing(session, company) == []
    assert one.lifted_by_id == owner.user_id
    tags = session.scalars(select(AuditRecord.tag).where(AuditRecord.tag == "company:block:lifted")).all()
    assert len(tags) == 1
    assert service.block(session, company, by=owner, user_id=person.id, reason=WHY)
    assert len(standing(session, company)) == 1


def test_only_owners_and_managers_of_this_company_decide(
    session: Session, company: Company, owner: Member, person: User
) -> None:
    viewer = make_member(session, company, role=R.VIEWER)
    stranger = make_member(session, make_company(session), role=R.OWNER)
    gone = make_member(session, company, role=R.OWNER, left_at=company.created_at)
    for by in (viewer, stranger, gone):
        with pytest.raises(NotYours):
            service.block(session, company, by=by, user_id=person.id, reason=WHY)
    manager = make_member(session, company, role=R.MANAGER)
    assert service.block(session, company, by=manager, user_id=person.id, reason=WHY)
    (one,) = standing(session, company)
    for by in (viewer, stranger, gone):
        with pytest.raises(NotYours):
            service.lift_block(session, one, by=by)
    assert one.lifted_at is None


def test_a_reason_needs_words(session: Session, company: Company, owner: Member, person: User) -> None:
    with pytest.raises(Invalid, match="You have 2"):
        service.block(session, company, by=owner, user_id=person.id, reason="Bad work.")
    assert standing(session, company) == []


def test_a_pseudonym_says_nothing_in_another_company() -> None:
    one, other, user = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    assert policy.pseudonym(one, user) == policy.pseudonym(one, user)
    assert policy.pseudonym(one, user) != policy.pseudonym(other, user)


def test_two_members_at_once_write_one_block(clean: Sessions) -> None:
    with transaction(clean) as session:
        company, person = make_company(session), make_user(session)
        members = [make_member(session, company, role=R.OWNER).id for _ in range(2)]
        company_id, user_id = company.id, person.id
    said: list[bool] = []

    def press(member_id: uuid.UUID) -> None:
        with transaction(clean) as session:
            by = queries.member(session, company_id, member_id)
            assert by is not None
            said.append(service.block(session, by.company, by=by, user_id=user_id, reason=WHY))

    threads = [threading.Thread(target=press, args=(member,)) for member in members]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == [False, True]
