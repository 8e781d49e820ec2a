"""Proving the books by the clock: a broken rule is told once, and stops payouts while it stands."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy.orm import Session

from marketplace.kit import clock
from marketplace.kit.database import Sessions, patient, transaction
from marketplace.kit.events import publish
from marketplace.ledger import policy, queries
from marketplace.ledger.errors import PayoutsStopped
from marketplace.ledger.events import RuleBroken
from marketplace.ledger.models import BooksCheck, BrokenRule
from marketplace.ledger.policy import Stop

PATIENCE_SECONDS = 300
KEPT = timedelta(days=30)
MOST_LINES = 20
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Checks:
    """What proves the books: a name for people -> a look that answers one line for each broken rule."""

    looks: Mapping[str, Callable[[Session], Sequence[str]]]

    def broken(self, session: Session) -> list[str]:
        """Every broken rule as one line that begins with its number; empty is good."""
        patient(session, PATIENCE_SECONDS)
        return [line for look in self.looks.values() for line in look(session)]


def verify(sessions: Sessions, checks: Checks) -> None:
    """Look at every rule in a reading transaction, then write down what is broken and what is mended."""
    began = time.monotonic()
    with transaction(sessions, write=False) as session:
        lines = checks.broken(session)
    took = int((time.monotonic() - began) * 1000)
    with transaction(sessions) as session:
        record_check(session, lines, took_ms=took)


def record_check(session: Session, lines: Sequence[str], *, took_ms: int) -> None:
    """Keep one look; a rule that was whole before is logged as an error and published once."""
    now = clock.database_now(session)
    by_rule: dict[str, list[str]] = {}
    for line in lines:
        by_rule.setdefault(line.split()[0].rstrip(":")[:8], []).append(line)
    session.add(BooksCheck(took_ms=took_ms, broken_count=len(by_rule)))
    queries.forget_checks(session, now - KEPT)
    known = queries.lock_standing(session)
    for rule, said in by_rule.items():
        kept = {"lines": said[:MOST_LINES]}
        if rule in known:
            known[rule].lines, known[rule].seen_at = kept, now
            continue
        found = BrokenRule(rule=rule, lines=kept, seen_at=now)
        session.add(found)
        session.flush()
        log.error("books_broken", rule=rule, lines=said[:MOST_LINES])
        publish(session, RuleBroken(broken_rule_id=found.id))
    for rule, row in known.items():
        if rule not in by_rule:
            row.mended_at = now


def stop(session: Session) -> Stop | None:
    """Why nothing may be paid out now: the oldest open difference, else a broken rule; None: all is well."""
    oldest = queries.oldest_open(session)
    if oldest is not None:
        return policy.difference_stop(oldest, queries.open_count(session))
    stops = (policy.rule_stop(rule) for rule in queries.standing(session))
    return next((found for found in stops if found is not None), None)


def require_right_books(session: Session) -> None:
    """PayoutsStopped (409), with the entry that is wrong, when nothing may be paid out now."""
    found = stop(session)
    if found is not None:
        raise PayoutsStopped(f"{found.text} Look at Reconciliation.")
