"""Who is told of money moved by hand."""

import uuid

from sqlalchemy.orm import Session

from marketplace.cases import events as cases
from marketplace.cases import queries
from marketplace.cases.models import Proposal, ProposalKind, ProposalState
from marketplace.companies import queries as companies
from marketplace.identity import queries as users
from marketplace.identity.models import Role
from marketplace.kit.money import shown
from marketplace.ledger.models import Kind
from marketplace.notifications import service as notifications


def tell_proposed(session: Session, fact: cases.ProposalMade) -> None:
    """Finance decides; whose pay is questioned reads the evidence first."""
    proposal = queries.proposal(session, fact.proposal_id)
    if proposal is None:
        return
    amount = shown(proposal.amount_minor, proposal.currency)
    for user in users.users_with_role(session, Role.FINANCE):
        if user.id != proposal.by_id:
            notifications.tell(
                session,
                user.id,
                kind=fact.name,
                title=f"A {proposal.kind.value} of {amount} waits for you",
                body=f"{proposal.by.name}: {proposal.reason}",
                path=f"/staff/corrections/{proposal.id}",
            )
    if proposal.earning is not None:
        notifications.tell(
            session,
            proposal.earning.user_id,
            kind=fact.name,
            title=f"We have a question about {amount} you earned",
            body="Read what is said and the evidence, and answer. Until it is decided, this pay waits.",
            path=f"/earnings/questions/{proposal.id}",
        )


def tell_decided(session: Session, fact: cases.ProposalDecided) -> None:
    """Who it is about reads why, in plain words; who proposed it reads how it ended."""
    proposal = queries.proposal(session, fact.proposal_id)
    if proposal is None:
        return
    amount = shown(proposal.amount_minor, proposal.currency)
    if proposal.state in {ProposalState.APPROVED, ProposalState.REFUSED}:
        notifications.tell(
            session,
            proposal.by_id,
            kind=fact.name,
            title=f"Your {proposal.kind.value} of {amount} was {proposal.state.value}",
            body=proposal.answer or "The money has moved.",
            path=f"/staff/corrections/{proposal.id}",
        )
    if proposal.kind is ProposalKind.CLAWBACK:
        _tell_accused(session, fact, proposal, amount)
    elif proposal.state is ProposalState.APPROVED:
        _tell_owner(session, fact, proposal, amount)


def _tell_accused(session: Session, fact: cases.ProposalDecided, proposal: Proposal, amount: str) -> None:
    taken = proposal.state is ProposalState.APPROVED
    notifications.tell(
        session,
        proposal.debit_owner_id,
        kind=fact.name,
        title=f"{amount} was taken back" if taken else f"The {amount} stays yours",
        body=f"Because: {proposal.reason}" if taken else "The question about it is over.",
        path=f"/earnings/questions/{proposal.id}",
    )


def _tell_owner(session: Session, fact: cases.ProposalDecided, proposal: Proposal, amount: str) -> None:
    """`$20.00 were added because ...`, to the person or to the owners of the company."""
    if proposal.credit_kind == Kind.EXPERT_PENDING.value:
        people, path = [proposal.credit_owner_id], "/earnings"
    else:
        people, path = _owners(session, proposal), "/company/billing"
    word = "added" if proposal.debit_kind == Kind.ADJUSTMENTS.value else "taken"
    for user_id in people:
        notifications.tell(
            session,
            user_id,
            kind=fact.name,
            title=f"{amount} was {word} by a correction" if proposal.external_id else f"{amount} was {word}",
            body=f"Because: {proposal.reason}",
            path=path,
        )


def _owners(session: Session, proposal: Proposal) -> list[uuid.UUID]:
    """The owners of the company whose wallet or project it is; nobody for accounts of the house."""
    for kind, owner in (
        (proposal.debit_kind, proposal.debit_owner_id),
        (proposal.credit_kind, proposal.credit_owner_id),
    ):
        company_id = queries.company_of(session, Kind(kind), owner)
        if company_id is not None:
            return [one.user_id for one in companies.owners(session, company_id)]
    return []
