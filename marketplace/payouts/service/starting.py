"""The entries with which a payout begins: what is sent, and what a law withholds (money.md 4.3)."""

from marketplace.kit.money import Money
from marketplace.ledger.models import Kind
from marketplace.ledger.service import Entry
from marketplace.payouts import policy
from marketplace.payouts.models import Payout


def start(payout: Payout) -> list[Entry]:
    """What is sent goes into transit; what is withheld is the authority's from now on."""
    available = (Kind.EXPERT_AVAILABLE, payout.user.id)
    sent = Money(payout.amount_minor, payout.currency)
    entry = Entry(
        kind="payout_start",
        key=f"payout:{payout.id}:start",
        legs=[(available, (Kind.EXPERT_IN_TRANSIT, payout.user.id), sent)],
        ref_type="payout",
        ref_id=payout.id,
    )
    return [entry, _withheld(payout)] if payout.withheld_minor else [entry]


def _withheld(payout: Payout) -> Entry:
    withheld = Money(payout.withheld_minor, payout.currency)
    return Entry(
        kind="withholding",
        key=f"payout:{payout.id}:withholding",
        legs=[((Kind.EXPERT_AVAILABLE, payout.user.id), policy.TAX, withheld)],
        ref_type="payout",
        ref_id=payout.id,
    )
