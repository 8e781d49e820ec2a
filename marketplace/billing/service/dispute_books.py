"""What a dispute writes into the ledger (docs/money.md).  No account of a person is ever touched."""

from typing import Any

from marketplace.billing.models import Dispute
from marketplace.kit.money import Money
from marketplace.ledger.models import PLATFORM, Kind
from marketplace.ledger.service import Entry, Leg

_STRIPE = (Kind.STRIPE_BALANCE, PLATFORM)
_TAKEN = (Kind.DISPUTES_RECEIVABLE, PLATFORM)
_FEES = (Kind.PROCESSOR_FEES, PLATFORM)
_LOST = (Kind.BAD_DEBT, PLATFORM)


def opened(dispute: Dispute) -> Entry:
    """The provider has taken the money and its fee; what the wallet has of it is set aside."""
    wallet, hold = _company(dispute)
    legs: list[Leg] = [
        (_TAKEN, _STRIPE, _money(dispute, dispute.withdrawn_minor)),
        (_FEES, _STRIPE, _money(dispute, dispute.fee_minor)),
        (wallet, hold, _money(dispute, dispute.held_minor)),
    ]
    return _entry(dispute, "opened", legs)


def won(dispute: Dispute, fee_returned_minor: int) -> Entry:
    """The provider has given it back; the company has its money again."""
    wallet, hold = _company(dispute)
    legs: list[Leg] = [
        (_STRIPE, _TAKEN, _money(dispute, dispute.withdrawn_minor)),
        (_STRIPE, _FEES, _money(dispute, fee_returned_minor)),
        (hold, wallet, _money(dispute, dispute.held_minor)),
    ]
    return _entry(dispute, "won", legs)


def lost(dispute: Dispute) -> Entry:
    """The company pays with what was set aside; the rest is the platform's loss."""
    _, hold = _company(dispute)
    rest = dispute.withdrawn_minor - dispute.held_minor
    legs: list[Leg] = [
        (hold, _TAKEN, _money(dispute, dispute.held_minor)),
        (_LOST, _TAKEN, _money(dispute, rest)),
    ]
    return _entry(dispute, "lost", legs)


def told_of(dispute: Dispute) -> dict[str, Any]:
    """What every event of a dispute says."""
    return {
        "dispute_id": dispute.id,
        "company_id": dispute.company_id,
        "amount_minor": dispute.amount_minor,
        "held_minor": dispute.held_minor,
    }


def _entry(dispute: Dispute, word: str, legs: list[Leg]) -> Entry:
    thing = f"dispute:{dispute.external_id}"
    return Entry(
        kind=f"dispute_{word}",
        key=f"{thing}:{word}",
        closes=None if word == "opened" else thing,
        legs=legs,
        ref_type="dispute",
        ref_id=dispute.id,
        external_id=dispute.external_id,
    )


def _company(dispute: Dispute) -> tuple[tuple[Kind, Any], tuple[Kind, Any]]:
    return (Kind.COMPANY_WALLET, dispute.company_id), (Kind.COMPANY_DISPUTE_HOLD, dispute.company_id)


def _money(dispute: Dispute, minor: int) -> Money:
    return Money(minor, dispute.currency)
