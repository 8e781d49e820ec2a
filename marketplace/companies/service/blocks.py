"""No more new work for somebody: future claims only.  Work in hand, decisions and pay stay as they are."""

import uuid

from sqlalchemy.orm import Session

from marketplace.audit import service as audit
from marketplace.companies import policy
from marketplace.companies.errors import NotYours
from marketplace.companies.events import ExpertBlocked
from marketplace.companies.models import Company, CompanyBlock, Member
from marketplace.kit import clock, ids
from marketplace.kit.database import insert_once
from marketplace.kit.errors import Invalid
from marketplace.kit.events import publish


def block(session: Session, company: Company, *, by: Member, user_id: uuid.UUID, reason: str) -> bool:
    """Give this User no new work of the company; they read `reason`.  False: they were blocked already.

    Moves no money and ends nothing that is under way.  Publishes ExpertBlocked.  NotYours (403) for viewers
    and Members of another company, Invalid (422) for a reason that is too short.
    """
    _refuse_stranger(company.id, by)
    if lacking := policy.block_lacks(reason):
        raise Invalid(lacking)
    block_id = ids.new_id()
    values = {"company_id": company.id, "user_id": user_id, "by_id": by.user_id, "reason": reason}
    if not insert_once(session, CompanyBlock, id=block_id, **values):
        return False  # the first reason stands: the person has read it
    _note(session, "set", company.id, by, block_id=block_id, user_id=user_id)
    publish(session, ExpertBlocked(company_id=company.id, block_id=block_id, user_id=user_id))
    return True


def lift_block(session: Session, block: CompanyBlock, *, by: Member) -> None:
    """Let the person work for the company again; safe to repeat.  NotYours (403) as above."""
    _refuse_stranger(block.company_id, by)
    if block.lifted_at is not None:
        return
    block.lifted_at, block.lifted_by_id = clock.database_now(session), by.user_id
    _note(session, "lifted", block.company_id, by, block_id=block.id, user_id=block.user_id)


def _refuse_stranger(company_id: uuid.UUID, by: Member) -> None:
    if by.company_id != company_id or not policy.may_block(by):
        raise NotYours("Only an owner or a manager decides who gets no new work. Ask one of yours.")


def _note(session: Session, act: str, company_id: uuid.UUID, by: Member, **detail: uuid.UUID) -> None:
    audit.record(
        session,
        f"company:block:{act}",
        actor_id=by.user_id,
        subject_type="company",
        subject_id=company_id,
        **detail,
    )
