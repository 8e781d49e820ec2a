"""Every SELECT on companies, members, invitations and blocks."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from config.policy import PEOPLE
from marketplace.companies.models import (
    Company,
    CompanyBlock,
    Invitation,
    InvitationState,
    Member,
    MemberRole,
)
from marketplace.identity import queries as identity
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.pages import Page, page
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import Kind, LedgerAccount, LedgerPosting

CURRENCY = "usd"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """Free in the wallet, set aside for projects, promised to claimed work, spent; minor units."""

    wallet_minor: int
    budget_minor: int
    reserved_minor: int
    spent_minor: int


def company(session: Session, company_id: uuid.UUID) -> Company | None:
    """One company, for callers without a visitor."""
    return session.get(Company, company_id)


def membership(session: Session, user_id: uuid.UUID) -> Member | None:
    """The User's place in the company they belong to now, with Company and User loaded."""
    return session.scalar(_members().where(Member.user_id == user_id, Member.left_at.is_(None)))


def for_member(session: Session, user_id: uuid.UUID, company_id: uuid.UUID) -> Company | None:
    """The company, if this User belongs to it now."""
    return session.scalar(
        select(Company)
        .join(Member, Member.company_id == Company.id)
        .where(Company.id == company_id, Member.user_id == user_id, Member.left_at.is_(None))
    )


def was_member(session: Session, user_id: uuid.UUID, company_id: uuid.UUID) -> bool:
    """Whether this User belongs to the company or did within the past year: no expert or reviewer there."""
    since = clock.database_now(session) - timedelta(days=PEOPLE.conflict_days)
    found = session.scalar(
        select(Member.id).where(
            Member.user_id == user_id,
            Member.company_id == company_id,
            or_(Member.left_at.is_(None), Member.left_at > since),
        )
    )
    return found is not None


def is_near(session: Session, user_id: uuid.UUID, company_id: uuid.UUID) -> bool:
    """The same under whatever User of theirs: such a person decides nothing about the company's money."""
    since = clock.database_now(session) - timedelta(days=PEOPLE.conflict_days)
    here = Member.company_id == company_id, or_(Member.left_at.is_(None), Member.left_at > since)
    return identity.is_one_of(session, user_id, session.scalars(select(Member.user_id).where(*here)))


def worked_at(session: Session, user_id: uuid.UUID) -> set[uuid.UUID]:
    """The companies this User belongs to or did within the past year."""
    since = clock.database_now(session) - timedelta(days=PEOPLE.conflict_days)
    recent = or_(Member.left_at.is_(None), Member.left_at > since)
    return set(session.scalars(select(Member.company_id).where(Member.user_id == user_id, recent)))


def connected(session: Session, one: uuid.UUID, other: uuid.UUID) -> bool:
    """Both were Members of one company not long ago, or one of them asked the other into a company."""
    since = clock.database_now(session) - timedelta(days=PEOPLE.conflict_days)
    mine, theirs = aliased(Member), aliased(Member)
    recent = [or_(member.left_at.is_(None), member.left_at > since) for member in (mine, theirs)]
    together = select(mine.id).where(
        mine.user_id == one, theirs.user_id == other, mine.company_id == theirs.company_id, *recent
    )
    asked = (
        select(Invitation.id)
        .join(User, User.email == Invitation.email)
        .where(
            or_(
                (Invitation.by_id == one) & (User.id == other),
                (Invitation.by_id == other) & (User.id == one),
            )
        )
    )
    return session.execute(select(or_(together.exists(), asked.exists()))).scalar_one()


def team(session: Session, company_id: uuid.UUID, mark: str | None) -> Page[Member]:
    """Who belongs to the company now, the longest first, with their Users."""
    statement = _members().where(Member.company_id == company_id, Member.left_at.is_(None))
    return page(
        session, statement, [Member.id], mark=mark, key_of=lambda member: (member.id,), ascending=True
    )


def member(session: Session, company_id: uuid.UUID, member_id: uuid.UUID) -> Member | None:
    """A present Member of this company; None when it is another company's."""
    return session.scalar(_present(company_id, member_id))


def lock_member(session: Session, company_id: uuid.UUID, member_id: uuid.UUID) -> Member | None:
    """The same, locked."""
    return session.scalar(_present(company_id, member_id).with_for_update(of=Member))


def lock_owners(session: Session, company_id: uuid.UUID) -> Sequence[Member]:
    """The present owners, locked: two of them cannot leave at once and end with none."""
    return session.scalars(
        select(Member)
        .where(Member.company_id == company_id, Member.role == MemberRole.OWNER, Member.left_at.is_(None))
        .order_by(Member.id)
        .with_for_update()
    ).all()


def owners(session: Session, company_id: uuid.UUID) -> Sequence[Member]:
    """The present owners, with their Users."""
    return session.scalars(
        _members()
        .where(Member.company_id == company_id, Member.role == MemberRole.OWNER, Member.left_at.is_(None))
        .order_by(Member.id)
    ).all()


def uncovered(session: Session, company_id: uuid.UUID) -> int:
    """What open disputes of a company have taken and nothing of its money is set aside for, minor units."""
    found = session.scalar(select(Company.uncovered_minor).where(Company.id == company_id))
    return int(found or 0)


def lock_company(session: Session, company_id: uuid.UUID) -> Company:
    """The company, locked."""
    return session.execute(
        select(Company)
        .where(Company.id == company_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one()


def past_or_present(session: Session, user_id: uuid.UUID, company_id: uuid.UUID) -> Member | None:
    """The row of a User in the company, whether they have left or not; locked."""
    return session.scalar(
        _members()
        .where(Member.user_id == user_id, Member.company_id == company_id)
        .with_for_update(of=Member)
    )


def spending(session: Session, company_id: uuid.UUID) -> Spending:
    """Where the company's money is at this moment, in minor units of US dollars, all from the ledger.

    A project belongs to the company whose wallet its budget was filled from, so nothing but the books is
    asked.  What left the projects and did not come back to the wallet has been spent.
    """
    budget = aliased(LedgerAccount)
    wallet = select(LedgerAccount.id).where(
        LedgerAccount.kind == Kind.COMPANY_WALLET,
        LedgerAccount.owner_id == company_id,
        LedgerAccount.currency == CURRENCY,
    )
    debit, credit = LedgerPosting.debit_account_id, LedgerPosting.credit_account_id
    amount = case((credit == budget.id, LedgerPosting.amount_minor), else_=-LedgerPosting.amount_minor)
    rows = session.execute(
        select(budget.owner_id, func.sum(amount))
        .select_from(LedgerPosting)
        .join(budget, or_(credit == budget.id, debit == budget.id))
        .where(budget.kind == Kind.PROJECT_BUDGET, or_(debit.in_(wallet), credit.in_(wallet)))
        .group_by(budget.owner_id)
    ).all()
    projects = [row[0] for row in rows]
    places = [(kind, owner) for kind in (Kind.PROJECT_BUDGET, Kind.PROJECT_RESERVED) for owner in projects]
    held = ledger.balances(session, [(Kind.COMPANY_WALLET, company_id), *places], CURRENCY)
    budgets = sum(held[Kind.PROJECT_BUDGET, owner] for owner in projects)
    reserved = sum(held[Kind.PROJECT_RESERVED, owner] for owner in projects)
    return Spending(
        wallet_minor=held[Kind.COMPANY_WALLET, company_id],
        budget_minor=budgets,
        reserved_minor=reserved,
        spent_minor=sum(int(row[1]) for row in rows) - budgets - reserved,
    )


def slug_taken(session: Session, slug: str) -> bool:
    """Whether a company has this name in its address."""
    return session.scalar(select(Company.id).where(Company.slug == slug)) is not None


def invitation(session: Session, invitation_id: uuid.UUID) -> Invitation | None:
    """One invitation with company and sender, for listeners."""
    return session.scalar(_invitations().where(Invitation.id == invitation_id))


def open_invitations(session: Session, company_id: uuid.UUID) -> Sequence[Invitation]:
    """What a company waits for, newest first; at most 100 are shown."""
    now = clock.database_now(session)
    return session.scalars(
        _invitations()
        .where(Invitation.company_id == company_id, *_open(now))
        .order_by(Invitation.id.desc())
        .limit(100)
    ).all()


def invitations_to(session: Session, email: str) -> Sequence[Invitation]:
    """What waits for whoever owns this address, newest first; at most 100 are shown."""
    now = clock.database_now(session)
    return session.scalars(
        _invitations().where(Invitation.email == email, *_open(now)).order_by(Invitation.id.desc()).limit(100)
    ).all()


def lock_open_invitation(session: Session, company_id: uuid.UUID, email: str) -> Invitation | None:
    """The one open invitation of a company to an address, past its days or not; locked."""
    return session.scalar(
        _invitations()
        .where(
            Invitation.company_id == company_id,
            Invitation.email == email,
            Invitation.state == InvitationState.OPEN,
        )
        .with_for_update(of=Invitation)
    )


def lock_invitation_of(
    session: Session, company_id: uuid.UUID, invitation_id: uuid.UUID
) -> Invitation | None:
    """An invitation this company made, locked."""
    return session.scalar(
        _invitations()
        .where(Invitation.id == invitation_id, Invitation.company_id == company_id)
        .with_for_update(of=Invitation)
    )


def lock_invitation_to(session: Session, email: str, invitation_id: uuid.UUID) -> Invitation | None:
    """An invitation to this address, locked."""
    return session.scalar(
        _invitations()
        .where(Invitation.id == invitation_id, Invitation.email == email)
        .with_for_update(of=Invitation)
    )


def blocks_of(session: Session, company_id: uuid.UUID, mark: str | None) -> Page[CompanyBlock]:
    """Whom the company gives no new work now, the newest block first."""
    statement = select(CompanyBlock).where(
        CompanyBlock.company_id == company_id, CompanyBlock.lifted_at.is_(None)
    )
    return page(session, statement, [CompanyBlock.id], mark=mark, key_of=lambda block: (block.id,))


def lock_block_of(session: Session, company_id: uuid.UUID, block_id: uuid.UUID) -> CompanyBlock | None:
    """A block of this company, standing or lifted; locked and read anew."""
    return session.scalar(
        select(CompanyBlock)
        .where(CompanyBlock.id == block_id, CompanyBlock.company_id == company_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _present(company_id: uuid.UUID, member_id: uuid.UUID) -> Select[Member]:
    return _members().where(Member.id == member_id, Member.company_id == company_id, Member.left_at.is_(None))


def _members() -> Select[Member]:
    return select(Member).options(
        joinedload(Member.company, innerjoin=True), joinedload(Member.user, innerjoin=True)
    )


def _invitations() -> Select[Invitation]:
    return select(Invitation).options(
        joinedload(Invitation.company, innerjoin=True), joinedload(Invitation.by, innerjoin=True)
    )


def _open(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (Invitation.state == InvitationState.OPEN, Invitation.ends_at > now)
