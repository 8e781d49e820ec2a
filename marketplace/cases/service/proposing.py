"""Proposing money to be moved by hand: nothing moves yet."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from config.policy import MONEY
from marketplace.audit import service as audit
from marketplace.cases import policy, queries
from marketplace.cases.errors import NotPossible, ProjectEnded, ProposalOver, TooLate
from marketplace.cases.events import ProposalMade
from marketplace.cases.models import EVIDENCE_LENGTH, REASON_LENGTH, Proposal, ProposalKind, ProposalState
from marketplace.identity.models import User
from marketplace.kit import clock
from marketplace.kit.database import insert_once
from marketplace.kit.errors import Invalid, NotFound
from marketplace.kit.events import publish
from marketplace.kit.money import shown
from marketplace.ledger.models import LARGEST_POSTING, Kind
from marketplace.payouts.models import EarningState


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Who asks for what and why; the same `form_key` asks once.  `external_id`: the id outside, if any."""

    by: User
    form_key: uuid.UUID
    amount_minor: int
    reason: str
    external_id: str | None = None


def propose_correction(
    session: Session, wish: Wish, *, kind: Kind, owner_id: uuid.UUID, adds: bool
) -> Proposal:
    """More (`adds`) or less on one account, against `adjustments`; the same form makes one proposal.

    NotPossible (422) for an account that is not corrected by hand, Invalid (422) for a short reason or no
    amount, ProposalOver (409) for a form that has proposed something else, ProjectEnded (409) for more on
    the budget of a project that has ended.
    """
    move = policy.correction(kind, owner_id, adds=adds)
    if move is None:
        raise NotPossible("This is not corrected by hand, or not in this direction.")
    if policy.OWNERS[kind] and queries.owner_name(session, kind, owner_id) is None:
        raise NotFound("There is no such owner.")
    project = queries.project(session, owner_id) if adds and kind is Kind.PROJECT_BUDGET else None
    if project is not None and policy.has_ended(project):
        raise ProjectEnded
    return _propose(session, ProposalKind.CORRECTION, move, wish)


def propose_goodwill(session: Session, wish: Wish, *, user_id: uuid.UUID) -> Proposal:
    """Give a person money that no work paid, for example for an outage of ours.  Raises as a correction."""
    move = policy.correction(Kind.EXPERT_PENDING, user_id, adds=True)
    if move is None or queries.owner_name(session, Kind.EXPERT_PENDING, user_id) is None:
        raise NotFound("That person does not exist.")
    return _propose(session, ProposalKind.GOODWILL, move, wish)


def propose_clawback(
    session: Session, earning_id: uuid.UUID, *, by: User, form_key: uuid.UUID, reason: str, evidence: str
) -> Proposal:
    """Take pay back for proven fraud, while it is on hold; its person is told and can answer first.

    The earning waits until this is decided.  TooLate (409) once it is available, NotPossible (422) for pay
    that no claim earned, ProposalOver (409) while another one is open.
    """
    earning = queries.lock_earning(session, earning_id)
    if earning is None:
        raise NotFound("There is no such earning.")
    known = queries.proposal(session, form_key)
    if known is not None:
        if known.earning_id != earning.id:
            raise ProposalOver
        return _same(known, ProposalKind.CLAWBACK, earning.amount_minor, by)
    if earning.state is not EarningState.PENDING:
        raise TooLate
    if earning.case_id is not None:
        raise ProposalOver
    if policy.assignment_of(earning.ledger_key) is None or earning.project is None:
        raise NotPossible("Only pay for a task can be taken back.")
    if len(evidence.strip()) < EVIDENCE_LENGTH:
        raise Invalid(f"Describe the evidence in at least {EVIDENCE_LENGTH} characters.")
    by_house = queries.paid_by_house(session, earning.ledger_key)
    back_to = policy.ADJUSTMENTS if by_house else policy.home(earning.project)
    made = _propose(
        session,
        ProposalKind.CLAWBACK,
        policy.Move((Kind.EXPERT_PENDING, earning.user_id), back_to),
        Wish(by=by, form_key=form_key, amount_minor=earning.amount_minor, reason=reason),
        earning_id=earning.id,
        evidence=evidence.strip(),
        answer_until=clock.database_now(session) + timedelta(days=MONEY.fraud_answer_days),
    )
    earning.case_id = made.id
    return made


def answer(session: Session, proposal_id: uuid.UUID, *, by: User, said: str) -> Proposal:
    """What the person says to the evidence, once.  NotFound (404) for others, ProposalOver (409)."""
    found = queries.lock_proposal(session, proposal_id)
    if found is None or found.earning is None or found.earning.user_id != by.id:
        raise NotFound("There is no such question.")
    if found.state is not ProposalState.PROPOSED or found.answered_at is not None:
        raise ProposalOver
    found.expert_answer, found.answered_at = said, clock.database_now(session)
    audit.record(
        session,
        "expert:clawback:answered",
        actor_id=by.id,
        subject_type="proposal",
        subject_id=found.id,
    )
    return found


def _propose(session: Session, kind: ProposalKind, move: policy.Move, wish: Wish, **more: Any) -> Proposal:
    if len(wish.reason.strip()) < REASON_LENGTH:
        raise Invalid(f"Say why in at least {REASON_LENGTH} characters.")
    if wish.amount_minor <= 0:
        raise Invalid("Enter an amount above zero.")
    if wish.amount_minor > LARGEST_POSTING:
        raise Invalid(f"Enter at most {shown(LARGEST_POSTING)}.")
    first = insert_once(session, Proposal, **_columns(session, kind, move, wish), **{"evidence": "", **more})
    made = queries.proposal(session, wish.form_key)
    if made is None:
        raise ProposalOver
    if first:
        audit.record(
            session,
            f"staff:{kind.value}:proposed",
            actor_id=wish.by.id,
            subject_type="proposal",
            subject_id=made.id,
            amount_minor=wish.amount_minor,
        )
        publish(session, ProposalMade(proposal_id=made.id))
    elif policy.sides(made) != move:
        raise ProposalOver  # the form has asked for somebody else
    return _same(made, kind, wish.amount_minor, wish.by)


def _columns(session: Session, kind: ProposalKind, move: policy.Move, wish: Wish) -> dict[str, Any]:
    days = MONEY.fraud_days if kind is ProposalKind.CLAWBACK else MONEY.proposal_days
    return {
        "id": wish.form_key,
        "kind": kind,
        "by_id": wish.by.id,
        "debit_kind": move.debit[0].value,
        "debit_owner_id": move.debit[1],
        "credit_kind": move.credit[0].value,
        "credit_owner_id": move.credit[1],
        "amount_minor": wish.amount_minor,
        "currency": "usd",
        "reason": wish.reason.strip(),
        "external_id": wish.external_id,
        "state": ProposalState.PROPOSED,
        "lapses_at": clock.database_now(session) + timedelta(days=days),
        "answer": "",
        "expert_answer": "",
    }


def _same(known: Proposal, kind: ProposalKind, amount_minor: int, by: User) -> Proposal:
    if (known.kind, known.amount_minor, known.by_id) != (kind, amount_minor, by.id):
        raise ProposalOver
    return known
