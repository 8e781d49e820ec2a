"""What a refund writes into the ledger (docs/money.md), and what is told of it."""

import uuid
from typing import Any

from marketplace.billing.models import Refund
from marketplace.billing.policy import is_by_hand
from marketplace.kit.money import Money
from marketplace.ledger.models import PLATFORM, Kind
from marketplace.ledger.service import Entry

_STRIPE = (Kind.STRIPE_BALANCE, PLATFORM)
_BANK = (Kind.PLATFORM_BANK, PLATFORM)
Account = tuple[Kind, uuid.UUID]


def start(refund: Refund) -> Entry:
    """Out of the wallet, so that nobody spends it meanwhile."""
    return _entry(refund, "start", _wallet(refund), _coming(refund))


def done(refund: Refund) -> Entry:
    """The provider has taken it out of what it holds for us; what came to our own bank leaves from there."""
    return _entry(refund, "done", _coming(refund), _BANK if is_by_hand(refund) else _STRIPE, ends=True)


def back(refund: Refund) -> Entry:
    """It never left: in the wallet again."""
    return _entry(refund, "failed", _coming(refund), _wallet(refund), ends=True)


def returned(refund: Refund) -> Entry:
    """It had left, and a bank has sent it back."""
    return _entry(refund, "returned", _STRIPE, _wallet(refund))


def told(refund: Refund) -> dict[str, Any]:
    """What every event of a refund says."""
    return {
        "refund_id": refund.id,
        "company_id": refund.company_id,
        "user_id": refund.by_id,
        "amount_minor": refund.amount_minor,
    }


def _entry(refund: Refund, word: str, debit: Account, credit: Account, *, ends: bool = False) -> Entry:
    thing = f"refund:{refund.id}"
    return Entry(
        kind=f"refund_{word}",
        key=f"{thing}:{word}",
        closes=thing if ends else None,
        legs=[(debit, credit, Money(refund.amount_minor, refund.currency))],
        ref_type="refund",
        ref_id=refund.id,
        external_id=refund.external_id,
        **_people(refund),
    )


def _people(refund: Refund) -> dict[str, Any]:
    """Who stands behind what no payment service has seen, and why."""
    if not is_by_hand(refund):
        return {}
    return {
        "actor_id": refund.by_id,
        "approver_id": refund.approved_by_id,
        "reason": refund.reason[:400] or None,
    }


def _wallet(refund: Refund) -> Account:
    return (Kind.COMPANY_WALLET, refund.company_id)


def _coming(refund: Refund) -> Account:
    return (Kind.COMPANY_REFUND_IN_TRANSIT, refund.company_id)
