"""Every SELECT on proposals, and the search for whom they are about."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, joinedload

from marketplace.cases.models import Proposal, ProposalKind, ProposalState
from marketplace.companies.models import Company
from marketplace.identity.models import User
from marketplace.kit.pages import Page, page
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import Kind, LedgerTransaction
from marketplace.payouts.models import Earning, EarningState
from marketplace.projects.models import Project

FOUND, MOST_LINES = 10, 20


def proposals(session: Session, mark: str | None) -> Page[Proposal]:
    """Every proposal, the newest first."""
    statement = select(Proposal).options(joinedload(Proposal.by), joinedload(Proposal.decided_by))
    return page(session, statement, [Proposal.id], mark=mark, key_of=lambda row: [row.id])


def proposal(session: Session, proposal_id: uuid.UUID) -> Proposal | None:
    """One proposal, with its people and the earning it is about."""
    return session.scalar(_whole().where(Proposal.id == proposal_id))


def lock_proposal(session: Session, proposal_id: uuid.UUID) -> Proposal | None:
    """The same, locked."""
    return session.scalar(
        _whole()
        .where(Proposal.id == proposal_id)
        .with_for_update(of=Proposal)
        .execution_options(populate_existing=True)
    )


def question_for(session: Session, user_id: uuid.UUID, proposal_id: uuid.UUID) -> Proposal | None:
    """What is asked of this person about pay of theirs."""
    return session.scalar(
        _whole()
        .join(Earning, Earning.id == Proposal.earning_id)
        .where(Proposal.id == proposal_id, Earning.user_id == user_id)
    )


def lock_earning(session: Session, earning_id: uuid.UUID) -> Earning | None:
    """An earning with its project, locked."""
    return session.scalar(
        select(Earning)
        .where(Earning.id == earning_id)
        .options(joinedload(Earning.project), joinedload(Earning.user))
        .with_for_update(of=Earning)
        .execution_options(populate_existing=True)
    )


def earning(session: Session, earning_id: uuid.UUID) -> Earning | None:
    """An earning with its person and project."""
    return session.scalar(
        select(Earning)
        .where(Earning.id == earning_id)
        .options(joinedload(Earning.project), joinedload(Earning.user))
    )


def paid_by_house(session: Session, ledger_key: str) -> bool:
    """Whether the money of this entry came from `adjustments`, not from a company."""
    entry = ledger.with_keys(session, [ledger_key]).get(ledger_key)
    posted = ledger.postings_of(session, entry.id) if entry is not None else ()
    return any(one.debit_kind is Kind.ADJUSTMENTS for one in posted)


def on_hold_of(session: Session, user_id: uuid.UUID) -> Sequence[Earning]:
    """What a person has on hold, the newest first; the latest ones are enough to find one."""
    return session.scalars(
        select(Earning)
        .where(Earning.user_id == user_id, Earning.state == EarningState.PENDING)
        .order_by(Earning.id.desc())
        .limit(MOST_LINES)
    ).all()


def lapsing(session: Session, now: datetime) -> Sequence[uuid.UUID]:
    """Proposals nobody has decided in time."""
    return session.scalars(
        select(Proposal.id)
        .where(Proposal.state == ProposalState.PROPOSED, Proposal.lapses_at <= now)
        .order_by(Proposal.id)
    ).all()


def owners_named(session: Session, kind: str, wanted: str) -> Sequence[tuple[uuid.UUID, str, str]]:
    """(id, name, what tells it apart) of companies, projects or people whose name has these letters."""
    letters = "%" + wanted.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    rows = session.execute(_named(kind, letters).limit(FOUND))
    return [(row[0], row[1], row[2]) for row in rows]


def _named(kind: str, letters: str) -> Any:
    if kind == "company":
        named = Company.name.ilike(letters, escape="\\")
        return select(Company.id, Company.name, Company.slug).where(named).order_by(Company.name, Company.id)
    if kind == "project":
        return (
            select(Project.id, Project.title, Company.name)
            .join(Company, Company.id == Project.company_id)
            .where(Project.title.ilike(letters, escape="\\"))
            .order_by(Project.id.desc())
        )
    called = or_(User.name.ilike(letters, escape="\\"), User.email.ilike(letters, escape="\\"))
    return select(User.id, User.name, User.email).where(called).order_by(User.id)


def owner_name(session: Session, kind: Kind, owner_id: uuid.UUID) -> str | None:
    """Who owns an account of this kind; None when there is no such owner."""
    if kind is Kind.COMPANY_WALLET:
        return session.scalar(select(Company.name).where(Company.id == owner_id))
    if kind is Kind.PROJECT_BUDGET:
        return session.scalar(select(Project.title).where(Project.id == owner_id))
    return session.scalar(select(User.name).where(User.id == owner_id))


def company_of(session: Session, kind: Kind, owner_id: uuid.UUID) -> uuid.UUID | None:
    """The company whose money an account of this kind holds; None for people and the house."""
    if kind is Kind.PROJECT_BUDGET:
        return session.scalar(select(Project.company_id).where(Project.id == owner_id))
    return owner_id if kind is Kind.COMPANY_WALLET else None


def project(session: Session, project_id: uuid.UUID) -> Project | None:
    """A project."""
    return session.get(Project, project_id)


def broken(session: Session) -> list[str]:
    """I12 of docs/money.md: approved proposals are in the books, others are not, named earnings wait."""
    posted = select(LedgerTransaction.id).where(
        LedgerTransaction.ref_type == "proposal", LedgerTransaction.ref_id == Proposal.id
    )
    by_hand = Proposal.kind != ProposalKind.CLAWBACK
    missing = session.scalars(
        select(Proposal.id).where(Proposal.state == ProposalState.APPROVED, by_hand, ~posted.exists())
    ).all()
    early = session.scalars(
        select(Proposal.id).where(Proposal.state != ProposalState.APPROVED, posted.exists())
    ).all()
    open_ones = select(Proposal.id).where(
        Proposal.id == Earning.case_id, Proposal.state == ProposalState.PROPOSED
    )
    stuck = session.scalars(select(Earning.id).where(Earning.case_id.is_not(None), ~open_ones.exists())).all()
    return [
        *(f"I12 proposal {one} was approved and is not in the books" for one in missing[:MOST_LINES]),
        *(f"I12 proposal {one} is in the books and was not approved" for one in early[:MOST_LINES]),
        *(f"I12 earning {one} waits for a proposal that is over" for one in stuck[:MOST_LINES]),
    ]


def _whole() -> Select[Proposal]:
    return select(Proposal).options(
        joinedload(Proposal.by),
        joinedload(Proposal.decided_by),
        joinedload(Proposal.earning).joinedload(Earning.project),
        joinedload(Proposal.earning).joinedload(Earning.user),
    )
