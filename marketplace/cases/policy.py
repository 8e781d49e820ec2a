"""Which accounts can be corrected by hand, and in which direction.  Pure."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from marketplace.cases.models import Proposal, ProposalKind
from marketplace.ledger.models import PLATFORM, Kind, Side
from marketplace.projects.models import Project, ProjectState

Account = tuple[Kind, uuid.UUID]
ADJUSTMENTS: Account = (Kind.ADJUSTMENTS, PLATFORM)
# what else there is belongs to rows (refunds, disputes, claims, payouts) that would no longer agree with it
OWNERS: Mapping[Kind, str] = {
    Kind.COMPANY_WALLET: "company",
    Kind.PROJECT_BUDGET: "project",
    Kind.EXPERT_PENDING: "person",
    Kind.STRIPE_BALANCE: "",
    Kind.PLATFORM_BANK: "",
    Kind.PROCESSOR_FEES: "",
    Kind.BAD_DEBT: "",
    Kind.PLATFORM_REVENUE: "",
}
LABELS: Mapping[Kind, str] = {
    Kind.COMPANY_WALLET: "Wallet of a company",
    Kind.PROJECT_BUDGET: "Budget of a project",
    Kind.EXPERT_PENDING: "Earnings of a person",
    Kind.STRIPE_BALANCE: "What Stripe holds for us",
    Kind.PLATFORM_BANK: "Our bank",
    Kind.PROCESSOR_FEES: "Fees paid to Stripe",
    Kind.BAD_DEBT: "Losses",
    Kind.PLATFORM_REVENUE: "Fees we earned",
}
CLAIM = "claim:"
_ENDED = {ProjectState.CLOSED, ProjectState.CANCELLED}


@dataclass(frozen=True, slots=True)
class Move:
    """What a proposal would do: from the debit account to the credit account."""

    debit: Account
    credit: Account


def correction(kind: Kind, owner_id: uuid.UUID, *, adds: bool) -> Move | None:
    """More or less on one account, against `adjustments`; None for what is not corrected by hand.

    Nothing is ever taken from a person this way.
    """
    if kind not in OWNERS or (owner_id == PLATFORM) != (OWNERS[kind] == ""):
        return None
    if kind is Kind.EXPERT_PENDING and not adds:
        return None
    account, grows_by_credit = (kind, owner_id), kind.side is Side.CREDIT
    return Move(ADJUSTMENTS, account) if adds is grows_by_credit else Move(account, ADJUSTMENTS)


def has_ended(project: Project) -> bool:
    """What is in its budget from now on stays there for ever."""
    return project.state in _ENDED


def home(project: Project) -> Account:
    """Where pay that is taken back goes: the budget, or the wallet once the project has ended."""
    if has_ended(project):
        return Kind.COMPANY_WALLET, project.company_id
    return Kind.PROJECT_BUDGET, project.id


def assignment_of(ledger_key: str) -> uuid.UUID | None:
    """The claim whose pay this key posted; None for other pay, which is not taken back."""
    parts = ledger_key.split(":")
    try:
        return uuid.UUID(parts[1]) if ledger_key.startswith(CLAIM) else None
    except (IndexError, ValueError):
        return None


def ledger_kind(proposal: Proposal) -> str:
    """The kind of LedgerTransaction a proposal becomes."""
    return "claim_clawback" if proposal.kind is ProposalKind.CLAWBACK else proposal.kind.value


def ledger_key(proposal: Proposal, assignment_id: uuid.UUID | None) -> str:
    """The key of a proposal's entry (money.md 4): purpose and row."""
    if proposal.kind is ProposalKind.CLAWBACK:
        return f"claim:{assignment_id}:clawback"
    return f"{'goodwill' if proposal.kind is ProposalKind.GOODWILL else 'adj'}:{proposal.id}"


def may_still_answer(proposal: Proposal, now: datetime) -> bool:
    """Its person has not answered, and has time left: nobody approves before."""
    until = proposal.answer_until
    return until is not None and proposal.answered_at is None and until > now


def sides(proposal: Proposal) -> Move:
    """The accounts of a proposal."""
    return Move(
        (Kind(proposal.debit_kind), proposal.debit_owner_id),
        (Kind(proposal.credit_kind), proposal.credit_owner_id),
    )
