"""Comparisons with the payment service, and what they found."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from marketplace.kit.pages import Page, page
from marketplace.ledger.models import (
    Difference,
    ProviderLine,
    Reconciliation,
    ReconciliationState,
)

UNDER_WAY = (ReconciliationState.ASKED, ReconciliationState.RUNNING)


def reconciliations(session: Session, mark: str | None) -> Page[Reconciliation]:
    """Every comparison, newest first."""
    statement = select(Reconciliation).options(joinedload(Reconciliation.by))
    return page(session, statement, [Reconciliation.id], mark=mark, key_of=lambda row: [row.id])


def reconciliation(session: Session, reconciliation_id: uuid.UUID) -> Reconciliation | None:
    """One comparison, and who asked for it."""
    return session.scalar(
        select(Reconciliation)
        .where(Reconciliation.id == reconciliation_id)
        .options(joinedload(Reconciliation.by))
    )


def lock_reconciliation(session: Session, reconciliation_id: uuid.UUID) -> Reconciliation | None:
    """One comparison, locked."""
    return session.scalar(
        select(Reconciliation)
        .where(Reconciliation.id == reconciliation_id)
        .with_for_update(of=Reconciliation)
        .execution_options(populate_existing=True)
    )


def under_way(session: Session) -> Sequence[Reconciliation]:
    """Comparisons that were asked for and have no end, newest first."""
    return session.scalars(
        select(Reconciliation).where(Reconciliation.state.in_(UNDER_WAY)).order_by(Reconciliation.id.desc())
    ).all()


def last_done(session: Session) -> Reconciliation | None:
    """The newest comparison that came to its end."""
    return session.scalar(
        select(Reconciliation)
        .where(Reconciliation.state == ReconciliationState.DONE)
        .order_by(Reconciliation.finished_at.desc())
        .limit(1)
    )


def done_by_the_clock_since(session: Session, moment: datetime) -> bool:
    """Whether a comparison that the clock has asked for since then came to its end."""
    found = select(Reconciliation.id).where(
        Reconciliation.by_id.is_(None),
        Reconciliation.created_at >= moment,
        Reconciliation.state == ReconciliationState.DONE,
    )
    return session.scalar(found.limit(1)) is not None


def read_until(session: Session) -> datetime | None:
    """Up to when the service's list was read and kept; None before the first comparison."""
    return session.scalar(
        select(func.max(Reconciliation.read_until)).where(Reconciliation.state == ReconciliationState.DONE)
    )


def lines(session: Session, line_ids: Collection[str]) -> dict[str, ProviderLine]:
    """Those of these lines that are kept, by id."""
    found = session.scalars(select(ProviderLine).where(ProviderLine.id.in_(line_ids)))
    return {line.id: line for line in found}


def lines_about(session: Session, source_ids: Collection[str]) -> Sequence[ProviderLine]:
    """The kept lines about these things at the service."""
    return session.scalars(select(ProviderLine).where(ProviderLine.source_id.in_(source_ids))).all()


def lines_naming(session: Session, external_id: str) -> Sequence[ProviderLine]:
    """The kept lines about what an entry names outside: a thing there, or one line; oldest first."""
    named = or_(ProviderLine.source_id == external_id, ProviderLine.id == external_id)
    return session.scalars(
        select(ProviderLine).where(named).order_by(ProviderLine.created_at, ProviderLine.id)
    ).all()


def differences_about(session: Session, entry_id: int) -> Sequence[Difference]:
    """Every difference that named this LedgerTransaction, newest first."""
    return session.scalars(
        select(Difference).where(Difference.entry_id == entry_id).order_by(Difference.id.desc()).limit(20)
    ).all()


def open_differences(session: Session, mark: str | None = None) -> Page[Difference]:
    """The differences nothing has resolved yet, newest first."""
    statement = select(Difference).where(Difference.resolved_at.is_(None))
    return page(session, statement, [Difference.id], mark=mark, key_of=lambda row: [row.id])


def lock_open(session: Session) -> Sequence[Difference]:
    """Every unresolved difference, locked: two comparisons write one after the other."""
    return session.scalars(
        select(Difference).where(Difference.resolved_at.is_(None)).order_by(Difference.id).with_for_update()
    ).all()


def oldest_open(session: Session) -> Difference | None:
    """The unresolved difference that was found first, one that names an entry before others."""
    return session.scalar(
        select(Difference)
        .where(Difference.resolved_at.is_(None))
        .order_by(Difference.entry_id.is_(None), Difference.kind, Difference.id)
        .limit(1)
    )


def open_count(session: Session) -> int:
    """How many differences nothing has resolved yet."""
    return (
        session.scalar(select(func.count()).select_from(Difference).where(Difference.resolved_at.is_(None)))
        or 0
    )


def differences_of(session: Session, reconciliation_id: uuid.UUID, mark: str | None) -> Page[Difference]:
    """What one comparison was the first to find, newest first."""
    statement = select(Difference).where(Difference.found_in_id == reconciliation_id)
    return page(session, statement, [Difference.id], mark=mark, key_of=lambda row: [row.id])


def every_difference(session: Session, most: int) -> Sequence[Any]:
    """All differences for a file, unresolved ones first, then the newest."""
    return session.scalars(
        select(Difference).order_by(Difference.resolved_at.is_not(None), Difference.id.desc()).limit(most)
    ).all()
