"""A payout that reaches nobody: its money is available again, once."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.kit import clock
from marketplace.kit.events import publish
from marketplace.kit.money import Money
from marketplace.ledger import service as ledger
from marketplace.ledger.models import PLATFORM, Kind
from marketplace.ledger.service import Entry, Leg
from marketplace.payouts import policy, queries
from marketplace.payouts.events import PayoutCancelled, PayoutReturned, PayoutTakenBack
from marketplace.payouts.models import EarningState, Payout, PayoutState, Reversal

ACCOUNT_CHANGED = "the payout account changed before it was sent"
UNREADABLE = "we can no longer read your bank details, so please give them again"


def cancel_unsent(session: Session, user_id: uuid.UUID) -> None:
    """End every payout of a person that has not been sent: none is ever redirected."""
    cancel(session, queries.unsent_of(session, user_id), ACCOUNT_CHANGED)


def cancel(session: Session, payouts: Sequence[Payout], why: str) -> None:
    """End these locked payouts before they are sent, and tell their people; `why`: half a sentence."""
    give_back(session, payouts, PayoutState.CANCELLED, why)
    for payout in payouts:
        tell_cancelled(session, payout)


def tell_cancelled(session: Session, payout: Payout) -> None:
    """Its person hears that it ended before it was sent."""
    publish(
        session,
        PayoutCancelled(payout_id=payout.id, user_id=payout.user_id, amount_minor=payout.amount_minor),
    )


def give_back(session: Session, payouts: Sequence[Payout], to: PayoutState, why: str = "") -> None:
    """End these locked payouts as failed or cancelled; the next run makes new ones of their earnings."""
    if not payouts:
        return
    now = clock.database_now(session)
    for earning in queries.in_payouts(session, [payout.id for payout in payouts]):
        earning.move(EarningState.AVAILABLE)
        earning.payout = None
    for payout in payouts:
        payout.move(to)
        payout.ended_at, payout.hold_reason = now, why
    ledger.post_all(session, [money_back(payout) for payout in payouts])


def came_back(session: Session, payout: Payout, *, external_id: str, at: datetime) -> None:
    """The bank of the person sent this locked, paid payout back: available again, for the next run."""
    for earning in queries.in_payouts(session, [payout.id]):
        earning.move(EarningState.AVAILABLE)
        earning.payout = None
    payout.returned_at, payout.hold_reason = clock.database_now(session), "the bank sent it back"
    ledger.post_all(session, [_with_tax(session, _returned(payout, external_id, at), payout)])
    publish(
        session,
        PayoutReturned(payout_id=payout.id, user_id=payout.user_id, amount_minor=payout.amount_minor),
    )


def taken_back(session: Session, reversal: Reversal) -> Entry:
    """The provider has it back: this locked payout ends as not paid, its money is available again."""
    payout = reversal.payout
    for earning in queries.in_payouts(session, [payout.id]):
        earning.move(EarningState.AVAILABLE)
        earning.payout = None
    payout.returned_at, payout.hold_reason = clock.database_now(session), reversal.reason
    publish(
        session,
        PayoutTakenBack(reversal_id=reversal.id, user_id=payout.user_id, amount_minor=reversal.amount_minor),
    )
    return _with_tax(session, _reversed(reversal, payout), payout)


def _reversed(reversal: Reversal, payout: Payout) -> Entry:
    """What the provider holds for us again is the person's to ask for (money.md 4.3)."""
    return Entry(
        kind="transfer_reversed",
        key=f"trr:{reversal.id}",
        legs=[
            (
                (Kind.STRIPE_BALANCE, PLATFORM),
                (Kind.EXPERT_AVAILABLE, payout.user_id),
                Money(reversal.amount_minor, payout.currency),
            )
        ],
        ref_type="payout",
        ref_id=payout.id,
        external_id=reversal.external_id,
        actor_id=reversal.by_id,
        approver_id=reversal.decided_by_id,
        reason=reversal.reason[:400],
    )


def _returned(payout: Payout, external_id: str, at: datetime) -> Entry:
    """The money is ours again and the person's to ask for (money.md 4.3)."""
    return Entry(
        kind="payout_returned",
        key=f"payout:{payout.id}:returned",
        legs=[
            (
                (Kind.PLATFORM_BANK, PLATFORM),
                (Kind.EXPERT_AVAILABLE, payout.user_id),
                Money(payout.amount_minor, payout.currency),
            )
        ],
        ref_type="payout",
        ref_id=payout.id,
        external_id=external_id,
        effective_at=at,
    )


def money_back(payout: Payout) -> Entry:
    """The one posting that returns a payout's money to its owner (money.md 4.3)."""
    return Entry(
        kind="payout_failed",
        key=f"payout:{payout.id}:failed",
        closes=f"payout:{payout.id}",
        legs=[
            (
                (Kind.EXPERT_IN_TRANSIT, payout.user_id),
                (Kind.EXPERT_AVAILABLE, payout.user_id),
                Money(payout.amount_minor, payout.currency),
            ),
            *_withheld_back(policy.TAX, payout),
        ],
        ref_type="payout",
        ref_id=payout.id,
    )


def _withheld_back(source: tuple[Kind, uuid.UUID], payout: Payout) -> list[Leg]:
    """What a law withheld from a payout that reached nobody is its person's again."""
    minor = payout.withheld_minor
    if not minor:
        return []
    return [(source, (Kind.EXPERT_AVAILABLE, payout.user_id), Money(minor, payout.currency))]


def _with_tax(session: Session, entry: Entry, payout: Payout) -> Entry:
    """The same entry with what was withheld; what the authority has, the house gives and asks back."""
    if not payout.withheld_minor:
        return entry
    handed = queries.is_handed_over(session, payout.id)
    source = (Kind.ADJUSTMENTS, PLATFORM) if handed else policy.TAX
    return replace(entry, legs=[*entry.legs, *_withheld_back(source, payout)])
