"""What only the payment service's list tells: fees, and the platform's own payouts to its bank."""

import uuid
from collections.abc import Sequence

from sqlalchemy.orm import Session

from marketplace.kit.database import Sessions, transaction
from marketplace.kit.money import Money
from marketplace.ledger import queries
from marketplace.ledger.models import PLATFORM, Kind, ProviderLine
from marketplace.ledger.queries import Account
from marketplace.ledger.service.entries import Entry, Leg
from marketplace.ledger.service.posting import post_all

PIECE = 100
_STRIPE = (Kind.STRIPE_BALANCE, PLATFORM)
_FEES = (Kind.PROCESSOR_FEES, PLATFORM)
_BANK = (Kind.PLATFORM_BANK, PLATFORM)


def book(sessions: Sessions) -> int:
    """Post every fee and every payout of the platform that is in no entry yet; returns how many."""
    count = 0
    while True:
        with transaction(sessions) as session:
            posted = post_all(session, _due(session))
            created = sum(one.created for one in posted)
        count += created
        if not created:
            return count


def _due(session: Session) -> Sequence[Entry]:
    charges = {line.id: (line, kind, ref) for line, kind, ref in queries.unbooked_charges(session, PIECE)}
    return [
        *(
            _fee(line, line.fee_minor, ref_type=kind, ref_id=ref)  # word for word what the deposit would post
            for line, kind, ref in charges.values()
        ),
        *(_fee(line, line.fee_minor or -line.amount_minor) for line in queries.unbooked_fees(session, PIECE)),
        *(_payout(line) for line in queries.unbooked_payouts(session, PIECE)),
    ]


def _fee(
    line: ProviderLine, minor: int, *, ref_type: str | None = None, ref_id: uuid.UUID | None = None
) -> Entry:
    """The platform's cost; the service gives a fee back with a negative one."""
    return Entry(
        kind="processor_fee",
        key=f"bt:{line.id}:fee",
        legs=[_leg(_FEES, _STRIPE, minor, line.currency)],
        external_id=line.id,
        ref_type=ref_type,
        ref_id=ref_id,
    )


def _payout(line: ProviderLine) -> Entry:
    """Out of what the service holds into our own bank; one that comes back is an entry of its own."""
    back = ":returned" if line.amount_minor > 0 else ""
    return Entry(
        kind="platform_payout",
        key=f"po:{line.source_id}{back}",
        legs=[_leg(_BANK, _STRIPE, -line.amount_minor, line.currency)],
        external_id=line.source_id,
        effective_at=line.created_at,
    )


def _leg(debit: Account, credit: Account, minor: int, currency: str) -> Leg:
    if minor < 0:
        debit, credit = credit, debit
    return (debit, credit, Money(abs(minor), currency))
