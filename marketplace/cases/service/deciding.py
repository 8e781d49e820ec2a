"""Deciding what somebody else proposed: the money moves in the transaction of the decision, once."""

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from marketplace.audit import service as audit
from marketplace.cases import policy, queries
from marketplace.cases.errors import NotYet, ProjectEnded, ProposalOver, SomebodyElse, TooLate
from marketplace.cases.events import ProposalDecided
from marketplace.cases.models import REASON_LENGTH, Proposal, ProposalKind, ProposalState
from marketplace.companies import queries as companies
from marketplace.identity import queries as identity
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.errors import Invalid, NotFound
from marketplace.kit.events import publish
from marketplace.kit.money import Money
from marketplace.ledger import service as ledger
from marketplace.ledger.models import Kind
from marketplace.ledger.service import Entry
from marketplace.payouts import service as payouts
from marketplace.payouts.models import EarningKind, EarningState
from marketplace.projects import queries as projects


def approve(session: Session, proposal_id: uuid.UUID, *, by: User) -> Proposal:
    """Agree: the money moves now.

    NotFound (404), SomebodyElse (403), ProposalOver (409), NotYet (409) while a person can still answer,
    TooLate (409) when pay is no longer on hold, Overdraft (409) when an account holds too little,
    ProjectEnded (409) when its budget takes nothing more.
    """
    proposal = _waiting(session, proposal_id)
    _stands_apart(session, proposal, by)
    now = clock.database_now(session)
    if policy.may_still_answer(proposal, now):
        raise NotYet
    _find_home(session, proposal)
    proposal.decided_by, proposal.decided_at = by, now
    proposal.move(ProposalState.APPROVED)
    if proposal.kind is ProposalKind.CLAWBACK:
        _reverse(session, proposal)
    ledger.post_all(session, [_entry(proposal)])
    if proposal.credit_kind == Kind.EXPERT_PENDING.value:
        _record_earning(session, proposal)
    _over(session, proposal, by, "approved")
    return proposal


def refuse(session: Session, proposal_id: uuid.UUID, *, by: User, reason: str) -> Proposal:
    """Say no, with a reason its proposer reads.  Refusals as `approve`; nothing moves."""
    if len(reason.strip()) < REASON_LENGTH:
        raise Invalid(f"Say why in at least {REASON_LENGTH} characters.")
    proposal = _waiting(session, proposal_id)
    _stands_apart(session, proposal, by)
    proposal.decided_by, proposal.decided_at = by, clock.database_now(session)
    proposal.answer = reason.strip()
    proposal.move(ProposalState.REFUSED)
    _over(session, proposal, by, "refused")
    return proposal


def withdraw(session: Session, proposal_id: uuid.UUID, *, by: User) -> Proposal:
    """Its own person takes it back.  NotFound (404) for others, ProposalOver (409)."""
    proposal = _waiting(session, proposal_id)
    if proposal.by_id != by.id:
        raise NotFound("There is no such proposal of yours.")
    proposal.move(ProposalState.WITHDRAWN)
    _over(session, proposal, by, "withdrawn")
    return proposal


def lapse_due(session: Session, payload: Mapping[str, Any]) -> None:
    """End what nobody decided in time; what was held is let go."""
    for proposal_id in queries.lapsing(session, clock.database_now(session)):
        proposal = _waiting(session, proposal_id)
        proposal.move(ProposalState.LAPSED)
        _over(session, proposal, None, "lapsed")


def _waiting(session: Session, proposal_id: uuid.UUID) -> Proposal:
    proposal = queries.lock_proposal(session, proposal_id)
    if proposal is None:
        raise NotFound("There is no such proposal.")
    if proposal.state is not ProposalState.PROPOSED:
        raise ProposalOver
    return proposal


def _stands_apart(session: Session, proposal: Proposal, by: User) -> None:
    """Not the proposer, nor anybody whose money it is, under whatever User."""
    move = policy.sides(proposal)
    owners = {move.debit[1], move.credit[1]}
    firms = [queries.company_of(session, *place) for place in (move.debit, move.credit)]
    near = any(companies.was_member(session, by.id, firm) for firm in firms if firm)
    if near or identity.is_one_of(session, by.id, [proposal.by_id, *owners]):
        raise SomebodyElse


def _find_home(session: Session, proposal: Proposal) -> None:
    """The project may have ended since it was proposed: its lock says where the money can go."""
    if proposal.credit_kind != Kind.PROJECT_BUDGET.value:
        return
    project = projects.lock(session, proposal.credit_owner_id)
    if proposal.kind is not ProposalKind.CLAWBACK and policy.has_ended(project):
        raise ProjectEnded
    kind, proposal.credit_owner_id = policy.home(project)
    proposal.credit_kind = kind.value


def _reverse(session: Session, proposal: Proposal) -> None:
    earning = queries.lock_earning(session, proposal.earning_id) if proposal.earning_id else None
    if earning is None or earning.state is not EarningState.PENDING:
        raise TooLate
    earning.move(EarningState.REVERSED)


def _entry(proposal: Proposal) -> Entry:
    move = policy.sides(proposal)
    claim = policy.assignment_of(proposal.earning.ledger_key) if proposal.earning else None
    return Entry(
        kind=policy.ledger_kind(proposal),
        key=policy.ledger_key(proposal, claim),
        legs=[(move.debit, move.credit, Money(proposal.amount_minor, proposal.currency))],
        ref_type="assignment" if claim else "proposal",
        ref_id=claim or proposal.id,
        external_id=proposal.external_id,
        actor_id=proposal.by_id,
        approver_id=proposal.decided_by.id if proposal.decided_by else None,
        reason=proposal.reason[:400],
    )


def _record_earning(session: Session, proposal: Proposal) -> None:
    """The earning beside the posting (I9), which says why."""
    payouts.record_earning(
        session,
        payouts.Earned(
            user_id=proposal.credit_owner_id,
            project_id=None,
            kind=EarningKind.GOODWILL,
            amount_minor=proposal.amount_minor,
            ledger_key=policy.ledger_key(proposal, None),
            ref_type="proposal",
            ref_id=proposal.id,
            reason=proposal.reason,
        ),
    )


def _over(session: Session, proposal: Proposal, by: User | None, word: str) -> None:
    earning = queries.lock_earning(session, proposal.earning_id) if proposal.earning_id else None
    if earning is not None:
        earning.case_id = None
    audit.record(
        session,
        f"staff:{proposal.kind.value}:{word}",
        actor_id=by.id if by else None,
        subject_type="proposal",
        subject_id=proposal.id,
        amount_minor=proposal.amount_minor,
    )
    publish(session, ProposalDecided(proposal_id=proposal.id))
