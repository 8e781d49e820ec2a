"""Every SELECT about promised and given bonuses."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, Subquery, and_, func, or_, select
from sqlalchemy.orm import Session, aliased, contains_eager

from marketplace.bonuses.models import BonusPayment, BonusRule, BonusState, GivenBonus
from marketplace.experts.models import Expert
from marketplace.identity.models import User
from marketplace.kit import pages
from marketplace.kit.pages import Page
from marketplace.ledger.models import Kind, LedgerAccount, LedgerPosting, LedgerTransaction
from marketplace.projects.models import Project

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
        [BonusRule.created_at, BonusRule.id],  # the id is the key of a form
        mark=mark,
        key_of=lambda row: (row.created_at, row.id),
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


def to_be_met(
    session: Session, project_ids: Sequence[uuid.UUID], now: datetime
) -> dict[uuid.UUID, BonusRule]:
    """Project -> the promise there that can still be met; of several the one with the nearest end."""
    rows = session.scalars(
        select(BonusRule)
        .where(
            BonusRule.project_id.in_(project_ids),
            BonusRule.state == BonusState.OPEN,
            BonusRule.ends_at > now,
            BonusRule.paid_count < BonusRule.places,
        )
        .order_by(BonusRule.ends_at.desc(), BonusRule.id.desc())
    )
    return {rule.project_id: rule for rule in rows}  # the last one said is the nearest


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
    paid = _credited("bonus_rule", Kind.EXPERT_PENDING)
    got = func.coalesce(paid.c.minor, 0)
    rows = session.execute(
        select(BonusPayment.id, got, BonusRule.amount_minor)
        .join(BonusPayment.rule)
        .outerjoin(paid, and_(paid.c.ref_id == BonusPayment.rule_id, paid.c.owner_id == BonusPayment.user_id))
        .where(got != BonusRule.amount_minor)
        .limit(SHOWN)
    )
    return [(row[0], int(row[1]), int(row[2])) for row in rows]


def given(session: Session, given_id: uuid.UUID) -> GivenBonus | None:
    """One given bonus with its project and company."""
    return session.scalar(
        select(GivenBonus)
        .join(GivenBonus.project)
        .join(Project.company)
        .where(GivenBonus.id == given_id)
        .options(contains_eager(GivenBonus.project).contains_eager(Project.company))
    )


def given_of(
    session: Session, project_id: uuid.UUID, *, mark: str | None
) -> Page[Row[GivenBonus, uuid.UUID]]:
    """(bonus, id of the expert) of what was given on a project, newest first."""
    return pages.page(
        session,
        select(GivenBonus, Expert.id)
        .join(Expert, Expert.user_id == GivenBonus.user_id)
        .where(GivenBonus.project_id == project_id),
        [GivenBonus.created_at, GivenBonus.id],  # the id is the key of a form
        mark=mark,
        key_of=lambda row: (row[0].created_at, row[0].id),
    )


def given_sums(session: Session, project_id: uuid.UUID) -> tuple[int, int, int]:
    """How often something was given on a project, how much of it reached people, and the fees on top."""
    row = session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(GivenBonus.amount_minor), 0),
            func.coalesce(func.sum(GivenBonus.fee_minor), 0),
        ).where(GivenBonus.project_id == project_id)
    ).one()
    return int(row[0]), int(row[1]), int(row[2])


def given_since(session: Session, project_id: uuid.UUID, user_id: uuid.UUID, since: datetime) -> int:
    """What this person was given on the project from then on, in minor units."""
    statement = select(func.coalesce(func.sum(GivenBonus.amount_minor), 0)).where(
        GivenBonus.project_id == project_id, GivenBonus.user_id == user_id, GivenBonus.created_at > since
    )
    return int(session.scalar(statement) or 0)


def every_rule(session: Session, *, only: uuid.UUID | None, mark: str | None) -> Page[BonusRule]:
    """What any company promised, newest first, or one of them; projects and companies loaded."""
    whole = (
        select(BonusRule)
        .join(BonusRule.project)
        .join(Project.company)
        .options(contains_eager(BonusRule.project).contains_eager(Project.company))
    )
    return pages.page(
        session,
        whole.where(BonusRule.id == only) if only else whole,
        [BonusRule.created_at, BonusRule.id],  # the id is the key of a form
        mark=mark,
        key_of=lambda row: (row.created_at, row.id),
    )


def every_given(
    session: Session, *, only: uuid.UUID | None, mark: str | None
) -> Page[Row[GivenBonus, str, str]]:
    """(bonus, name of the person, name of the giver) of what any company gave, newest first, or one."""
    person, giver = aliased(User), aliased(User)
    whole = (
        select(GivenBonus, person.name, giver.name)
        .join(GivenBonus.project)
        .join(Project.company)
        .join(person, person.id == GivenBonus.user_id)
        .join(giver, giver.id == GivenBonus.by_id)
        .options(contains_eager(GivenBonus.project).contains_eager(Project.company))
    )
    return pages.page(
        session,
        whole.where(GivenBonus.id == only) if only else whole,
        [GivenBonus.created_at, GivenBonus.id],  # the id is the key of a form
        mark=mark,
        key_of=lambda row: (row[0].created_at, row[0].id),
    )


def misgiven(session: Session) -> Sequence[tuple[uuid.UUID, int, int]]:
    """Given bonuses whose postings differ: (id, paid with its fee, should be); entries without one."""
    pay, fee = (_credited("given_bonus", kind) for kind in (Kind.EXPERT_PENDING, Kind.PLATFORM_REVENUE))
    to_person, on_top = func.coalesce(pay.c.minor, 0), func.coalesce(fee.c.minor, 0)
    rows = session.execute(
        select(GivenBonus.id, to_person + on_top, GivenBonus.amount_minor + GivenBonus.fee_minor)
        .outerjoin(pay, and_(pay.c.ref_id == GivenBonus.id, pay.c.owner_id == GivenBonus.user_id))
        .outerjoin(fee, fee.c.ref_id == GivenBonus.id)
        .where(or_(to_person != GivenBonus.amount_minor, on_top != GivenBonus.fee_minor))
        .limit(SHOWN)
    )
    strays = session.execute(
        select(pay.c.ref_id, pay.c.minor)
        .outerjoin(GivenBonus, GivenBonus.id == pay.c.ref_id)
        .where(GivenBonus.id.is_(None))
        .limit(SHOWN)
    )
    return [(row[0], int(row[1]), int(row[2])) for row in rows] + [(row[0], int(row[1]), 0) for row in strays]


def _credited(ref_type: str, kind: Kind) -> Subquery:
    """What entries of bonuses put on accounts of this kind: (ref_id, owner_id, minor)."""
    return (
        select(
            LedgerTransaction.ref_id,
            LedgerAccount.owner_id,
            func.sum(LedgerPosting.amount_minor).label("minor"),
        )
        .join(LedgerPosting, LedgerPosting.transaction_id == LedgerTransaction.id)
        .join(LedgerAccount, LedgerAccount.id == LedgerPosting.credit_account_id)
        .where(
            LedgerTransaction.kind == "bonus",
            LedgerTransaction.ref_type == ref_type,
            LedgerAccount.kind == kind,
        )
        .group_by(LedgerTransaction.ref_id, LedgerAccount.owner_id)
        .subquery()
    )


def _whole() -> Select[BonusRule]:
    return select(BonusRule).join(BonusRule.project).options(contains_eager(BonusRule.project))
