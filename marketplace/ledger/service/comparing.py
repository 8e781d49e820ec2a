"""The comparison itself: one reading transaction over the kept lines and the postings."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from marketplace.kit import clock
from marketplace.kit.database import patient
from marketplace.ledger import policy, queries
from marketplace.ledger.models import PLATFORM, DifferenceKind, Kind
from marketplace.ledger.queries import MOST, Finding
from marketplace.ledger.service.reading import Reading

Finder = Callable[[Session], Sequence[Finding]]
PATIENCE_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Result:
    """What one comparison saw; `whole` is False when there were more differences than are named.

    `stood_still` is False when the balance moved at every look, so that nothing is known of it.
    """

    findings: Sequence[Finding]
    booked_count: int
    matched_count: int
    waiting_count: int
    balances: dict[str, dict[str, int | None]]
    whole: bool
    stood_still: bool


def compare(session: Session, reading: Reading, *, booked_count: int, finders: Iterable[Finder]) -> Result:
    """What differs, once for each thing; `finders` are what other rooms see in the kept lines."""
    patient(session, PATIENCE_SECONDS)
    at = clock.database_now(session)
    unequal = queries.unequal(session)
    judged = [policy.judged(both, began=reading.began, at=at) for both in unequal[:MOST]]
    findings: dict[tuple[str, str], Finding] = {}
    for finding in [
        *(finding for find in finders for finding in find(session)),
        *(finding for finding in judged if finding is not None),
        *queries.wrong_fees(session),
    ]:
        findings.setdefault((finding.object_id, finding.currency), finding)
    balances = _balances(session, reading.held)
    return Result(
        [*findings.values(), *_unsummed(balances)],
        booked_count,
        queries.matched_count(session),
        judged.count(None),
        balances,
        whole=len(unequal) <= MOST,
        stood_still=reading.held is not None,
    )


def _balances(session: Session, held: dict[str, int] | None) -> dict[str, dict[str, int | None]]:
    """Currency -> what the service holds (None: it never stood still), its lines, and the books."""
    lines = queries.lines_total(session)
    return {
        currency: {
            "held": None if held is None else held.get(currency, 0),
            "lines": lines.get(currency, 0),
            "books": queries.balance(session, Kind.STRIPE_BALANCE, PLATFORM, currency),
        }
        for currency in sorted({*lines, *(held or {})})
    }


def _unsummed(balances: dict[str, dict[str, int | None]]) -> Iterable[Finding]:
    for currency, sums in balances.items():
        if sums["held"] is not None and sums["held"] != sums["lines"]:
            yield Finding(
                kind=DifferenceKind.BALANCE_DIFFERS,
                object_id=f"balance in {currency}",
                currency=currency,
                there_minor=sums["held"],
                ours_minor=sums["lines"],
            )
