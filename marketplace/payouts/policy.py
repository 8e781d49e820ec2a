"""Which key the next call to the provider carries, and when it may be made (money.md 7)."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from marketplace.payouts.models import AttemptOutcome, PayoutAttempt, PayoutSearch

IN_FLIGHT = timedelta(minutes=5)  # a call may still be under way
KEY_LIVES = timedelta(hours=20)  # the provider may forget a key after 24 h
SEARCH_GAP = timedelta(minutes=10)  # a search may lag behind a transfer
SERVER_ERROR = 500


def first_key(payout_id: uuid.UUID) -> str:
    """The key of a payout's first call: purpose and our row, never an amount or a date."""
    return f"payout:{payout_id}"


def is_in_flight(attempts: Sequence[PayoutAttempt], now: datetime) -> bool:
    """Another worker's call may still be under way."""
    return bool(attempts) and (
        attempts[-1].outcome is AttemptOutcome.OPEN and attempts[-1].started_at > now - IN_FLIGHT
    )


def next_key(
    payout_id: uuid.UUID,
    attempts: Sequence[PayoutAttempt],
    searches: Sequence[PayoutSearch],
    now: datetime,
) -> str | None:
    """The key of the next call, or None: wait for another search.

    The same key after any unknown end and after a 429; a new one only when the old one is proven dead: its
    saved answer is a short balance, or it answers a saved server error and two searches found nothing.
    """
    if not attempts:
        return first_key(payout_id)
    last = attempts[-1]
    if last.outcome is AttemptOutcome.NOT_NOW and last.error_code == "balance_insufficient":
        return f"{first_key(payout_id)}:{last.number + 1}"
    searched = _two_empty_searches(searches, after=last.finished_at or last.started_at)
    if last.replayed and (last.http_status or 0) >= SERVER_ERROR:
        return f"{first_key(payout_id)}:{last.number + 1}" if searched else last.idempotency_key
    used_first = min(a.started_at for a in attempts if a.idempotency_key == last.idempotency_key)
    if used_first < now - KEY_LIVES and not searched:
        return None
    return last.idempotency_key


def _two_empty_searches(searches: Sequence[PayoutSearch], *, after: datetime) -> bool:
    empty = [search.at for search in searches if search.at > after and search.found_count == 0]
    return bool(empty) and max(empty) - min(empty) >= SEARCH_GAP
