"""Which key the next call of one intent carries, and when it may be made (docs/money.md).  Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from marketplace.gateways.stripe.attempts import Attempt, AttemptOutcome, Search
from marketplace.gateways.stripe.outcomes import SERVER_ERROR

IN_FLIGHT = timedelta(minutes=5)  # a call may still be under way
KEY_LIVES = timedelta(hours=20)  # the provider may forget a key after 24 h
SEARCH_GAP = timedelta(minutes=10)  # a search may lag behind what was made


def is_in_flight(calls: Sequence[Attempt], now: datetime) -> bool:
    """Another worker's call may still be under way."""
    return bool(calls) and calls[-1].outcome is AttemptOutcome.OPEN and calls[-1].started_at > now - IN_FLIGHT


def next_key(first: str, calls: Sequence[Attempt], searches: Sequence[Search], now: datetime) -> str | None:
    """The key of the next call, or None: wait for another search.  `first`: purpose and our row.

    The same key after any unknown end and after a 429; a new one only when the old one is proven dead: its
    saved answer is a short balance, or it answers a saved server error and two searches found nothing.
    """
    if not calls:
        return first
    last = calls[-1]
    if last.outcome is AttemptOutcome.NOT_NOW and last.error_code == "balance_insufficient":
        return f"{first}:{last.number + 1}"
    searched = _two_empty_searches(searches, after=last.finished_at or last.started_at)
    if last.replayed and (last.http_status or 0) >= SERVER_ERROR:
        # the key will say the same again: asking it once more proves nothing and would age the searches
        return f"{first}:{last.number + 1}" if searched else None
    used_first = min(call.started_at for call in calls if call.idempotency_key == last.idempotency_key)
    if used_first < now - KEY_LIVES and not searched:
        return None
    return last.idempotency_key


def _two_empty_searches(searches: Sequence[Search], *, after: datetime) -> bool:
    empty = [search.at for search in searches if search.at > after and search.found_count == 0]
    return bool(empty) and max(empty) - min(empty) >= SEARCH_GAP
