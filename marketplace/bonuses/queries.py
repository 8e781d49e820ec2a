"""Every SELECT about promised bonuses."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session, contains_eager

from marketplace.bonuses.models import BonusPayment, BonusRule, BonusState
from marketplace.kit import pages
from marketplace.kit.pages import Page
from marketplace.ledger.models import Kind, LedgerAccount, LedgerPosting, LedgerTransaction

SHOWN = 20


def rule(session: Session, rule_id: uuid.UUID) -> BonusRule | None:
    """One promised bonus with its project."""
    return session.scalar(_whole().where(BonusRule.id == rule_id))


def lock(session: Session, rule_id: uuid.UUID) -> BonusRule | None:
    """The same, locked until the transaction ends and read anew."""
    return session.scalar(
        _whole()
        .where(BonusRule.id == rule_id)
        .with_for_update(of=BonusRule)
        .execution_options(populate_existing=True)
    )


def of_project(session: Session, project_id: uuid.UUID, *, mark: str | None) -> Page[BonusRule]:
    """The promises of a project, newest first."""
    return pages.page(
        session,
        select(BonusRule).where(BonusRule.project_id == project_id),
        [BonusRule.id],
        mark=mark,
        key_of=lambda row: (row.id,),
    )


def rule_of(session: Session, project_id: uuid.UUID, rule_id: uuid.UUID) -> BonusRule | None:
    """A promise of this project; None for another one's."""
    return session.scalar(_whole().where(BonusRule.id == rule_id, BonusRule.project_id == project_id))


def open_ids(session: Session, project_id: uuid.UUID) -> Sequence[uuid.UUID]:
    """The promises of a project that are not over."""
    return session.scalars(
        select(BonusRule.id)
        .where(BonusRule.project_id == project_id, BonusRule.state == BonusState.OPEN)
        .order_by(BonusRule.id)
    ).all()


def open_rules(session: Session) -> Sequence[BonusRule]:
    """Every promise that is not over, projects loaded, the nearest end first."""
    return session.scalars(
        _whole().where(BonusRule.state == BonusState.OPEN).order_by(BonusRule.ends_at, BonusRule.id)
    ).all()


def held_by_bonuses() -> Select[uuid.UUID, Any]:
    """What each project's open promises hold of its reserved money: (project_id, amount)."""
    left = BonusRule.places - BonusRule.paid_count
    held = (BonusRule.amount_minor + BonusRule.fee_minor) * left
    return (
        select(BonusRule.project_id, func.sum(held).label("amount"))
        .where(BonusRule.state == BonusState.OPEN)
        .group_by(BonusRule.project_id)
    )


def miscounted(session: Session) -> Sequence[tuple[uuid.UUID, int, int]]:
    """Promises whose count differs from the people paid: (id, count, people)."""
    people = func.count(BonusPayment.id)
    rows = session.execute(
        select(BonusRule.id, BonusRule.paid_count, people)
        .outerjoin(BonusPayment, BonusPayment.rule_id == BonusRule.id)
        .group_by(BonusRule.id, BonusRule.paid_count)
        .having(people != BonusRule.paid_count)
        .limit(SHOWN)
    )
    return [(row[0], int(row[1]), int(row[2])) for row in rows]


def unpaid(session: Session) -> Sequence[tuple[uuid.UUID, int, int]]:
    """Places whose posting differs from what was promised: (id, paid, promised) in minor units."""
    paid = (
        select(
            LedgerTransaction.ref_id,
            LedgerAccount.owner_id,
            func.sum(LedgerPosting.amount_minor).label("minor"),
        )
        .join(LedgerPosting, LedgerPosting.transaction_id == LedgerTransaction.id)
        .join(LedgerAccount, LedgerAccount.id == LedgerPosting.credit_account_id)
        .where(
            LedgerTransaction.kind == "bonus",
            LedgerTransaction.ref_type == "bonus_rule",
            LedgerAccount.kind == Kind.EXPERT_PENDING,
        )
        .group_by(LedgerTransaction.ref_id, LedgerAccount.owner_id)
        .subquery()
    )
    got = func.coalesce(paid.c.minor, 0)
    rows = session.execute(
        select(BonusPayment.id, got, BonusRule.amount_minor)
        .join(BonusPayment.rule)
        .outerjoin(paid, and_(paid.c.ref_id == BonusPayment.rule_id, paid.c.owner_id == BonusPayment.user_id))
        .where(got != BonusRule.amount_minor)
        .limit(SHOWN)
    )
    return [(row[0], int(row[1]), int(row[2])) for row in rows]


def _whole() -> Select[BonusRule]:
    return select(BonusRule).join(BonusRule.project).options(contains_eager(BonusRule.project))
