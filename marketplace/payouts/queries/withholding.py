"""Who is on backup withholding, what was withheld, what was handed over."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from marketplace.identity import queries as identity
from marketplace.kit.pages import Page, page
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import PLATFORM, Kind
from marketplace.payouts.models import (
    Payout,
    PayoutState,
    Remittance,
    RemittanceLine,
    RemittanceState,
    Withholding,
    WithholdingState,
)

MOST = 20
LIVE = (PayoutState.SCHEDULED, PayoutState.ON_HOLD, PayoutState.APPROVED, PayoutState.SENT)
STANDING_TAX = (WithholdingState.PROPOSED, WithholdingState.ACTIVE)


def on_withholding(session: Session, user_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Those of these people from whose payouts a part is withheld."""
    rows = session.scalars(
        select(Withholding.user_id).where(
            Withholding.user_id.in_(list(user_ids)), Withholding.state == WithholdingState.ACTIVE
        )
    )
    return set(rows)


def wait_for_withholdings(session: Session, user_ids: Collection[uuid.UUID]) -> None:
    """Let whoever decides on a withholding of these people finish, and the next one wait for us.

    The first lock of whatever prepares payouts, before earnings: whoever decides takes them in this order.
    """
    session.scalars(
        select(Withholding.id)
        .where(Withholding.user_id.in_(list(user_ids)), Withholding.state.in_(STANDING_TAX))
        .order_by(Withholding.id)
        .with_for_update(read=True)
    ).all()


def lock_withholding(session: Session, withholding_id: uuid.UUID) -> Withholding | None:
    """One, with its person and who proposed it, locked."""
    return session.scalar(
        select(Withholding)
        .where(Withholding.id == withholding_id)
        .options(joinedload(Withholding.user), joinedload(Withholding.by))
        .with_for_update(of=Withholding)
        .execution_options(populate_existing=True)
    )


def withholding(session: Session, withholding_id: uuid.UUID) -> Withholding | None:
    """One, with its person."""
    return session.scalar(
        select(Withholding).where(Withholding.id == withholding_id).options(joinedload(Withholding.user))
    )


def withholdings_of(session: Session, user_id: uuid.UUID) -> Sequence[Withholding]:
    """Everything about one person with both people of the house, the newest first."""
    return session.scalars(
        select(Withholding)
        .where(Withholding.user_id == user_id)
        .options(joinedload(Withholding.by), joinedload(Withholding.decided_by))
        .order_by(Withholding.id.desc())
    ).all()


def withholding_now(session: Session, user_id: uuid.UUID) -> Withholding | None:
    """What is in force for a person."""
    return session.scalar(
        select(Withholding).where(
            Withholding.user_id == user_id, Withholding.state == WithholdingState.ACTIVE
        )
    )


def standing_withholding(session: Session, user_id: uuid.UUID) -> Withholding | None:
    """What is proposed or in force for a person; there is at most one."""
    return session.scalar(
        select(Withholding).where(Withholding.user_id == user_id, Withholding.state.in_(STANDING_TAX))
    )


def withholdings(session: Session, mark: str | None) -> Page[Any]:
    """Everybody who is or was on it, newest first."""
    statement = select(Withholding).options(joinedload(Withholding.user), joinedload(Withholding.by))
    return page(session, statement, [Withholding.id], mark=mark, key_of=lambda row: [row.id])


def lapsed_withholdings(session: Session, now: datetime) -> Sequence[uuid.UUID]:
    """Proposed, and nobody decided in time."""
    return session.scalars(
        select(Withholding.id)
        .where(Withholding.state == WithholdingState.PROPOSED, Withholding.lapses_at <= now)
        .order_by(Withholding.id)
    ).all()


def to_hand_over(session: Session) -> Sequence[Payout]:
    """Paid payouts of which something was withheld that is in no remittance yet, locked."""
    line = exists().where(RemittanceLine.payout_id == Payout.id)
    return session.scalars(
        select(Payout)
        .where(
            Payout.withheld_minor > 0,
            Payout.state == PayoutState.PAID,
            Payout.returned_at.is_(None),
            ~line,
        )
        .order_by(Payout.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def owed_to_authority(session: Session) -> int:
    """What `to_hand_over` adds up to, in minor units."""
    line = exists().where(RemittanceLine.payout_id == Payout.id)
    owed = session.scalar(
        select(func.coalesce(func.sum(Payout.withheld_minor), 0)).where(
            Payout.state == PayoutState.PAID, Payout.returned_at.is_(None), ~line
        )
    )
    return int(owed or 0)


def withheld_in_run(session: Session, run_id: uuid.UUID) -> int:
    """What was withheld from the payouts of a run, in minor units."""
    found = session.scalar(
        select(func.coalesce(func.sum(Payout.withheld_minor), 0)).where(Payout.run_id == run_id)
    )
    return int(found or 0)


def lock_remittance(session: Session, remittance_id: uuid.UUID) -> Remittance | None:
    """A remittance with who wrote it down, locked."""
    return session.scalar(
        select(Remittance)
        .where(Remittance.id == remittance_id)
        .options(joinedload(Remittance.by))
        .with_for_update(of=Remittance)
        .execution_options(populate_existing=True)
    )


def remittance_by_reference(session: Session, reference: str) -> Remittance | None:
    """The one with this line of our bank's statement."""
    return session.scalar(
        select(Remittance).where(Remittance.bank_reference == reference).options(joinedload(Remittance.by))
    )


def payouts_in_remittance(session: Session, remittance_id: uuid.UUID) -> Sequence[Payout]:
    """Its payouts, locked."""
    return session.scalars(
        select(Payout)
        .join(RemittanceLine, RemittanceLine.payout_id == Payout.id)
        .where(RemittanceLine.remittance_id == remittance_id)
        .order_by(Payout.id)
        .with_for_update(of=Payout)
        .execution_options(populate_existing=True)
    ).all()


def forget_lines(session: Session, remittance_id: uuid.UUID) -> None:
    """Its payouts can be handed over by another one."""
    session.execute(delete(RemittanceLine).where(RemittanceLine.remittance_id == remittance_id))


def is_handed_over(session: Session, payout_id: uuid.UUID) -> bool:
    """Whether the authority has what was withheld from this payout."""
    return bool(
        session.scalar(
            select(
                exists().where(
                    RemittanceLine.payout_id == payout_id,
                    RemittanceLine.remittance_id == Remittance.id,
                    Remittance.state == RemittanceState.CONFIRMED,
                )
            )
        )
    )


def remittances(session: Session) -> Sequence[Remittance]:
    """The newest first, with both people."""
    return session.scalars(
        select(Remittance)
        .options(joinedload(Remittance.by), joinedload(Remittance.decided_by))
        .order_by(Remittance.id.desc())
        .limit(50)
    ).all()


def late_remittances(session: Session, now: datetime) -> Sequence[uuid.UUID]:
    """Written down, and nobody confirmed in time."""
    return session.scalars(
        select(Remittance.id)
        .where(Remittance.state == RemittanceState.PREPARED, Remittance.lapses_at <= now)
        .order_by(Remittance.id)
    ).all()


def withholding_broken(session: Session) -> list[str]:
    """I9, I14 of docs/money.md: what is withheld is what payouts say and nobody was handed."""
    handed = exists().where(
        RemittanceLine.payout_id == Payout.id,
        RemittanceLine.remittance_id == Remittance.id,
        Remittance.state == RemittanceState.CONFIRMED,
    )
    paid = (Payout.state == PayoutState.PAID) & Payout.returned_at.is_(None) & ~handed
    said = int(
        session.scalar(
            select(func.coalesce(func.sum(Payout.withheld_minor), 0)).where(or_(Payout.state.in_(LIVE), paid))
        )
        or 0
    )
    has = ledger.balance(session, Kind.TAX_WITHHELD, PLATFORM)
    lines = [] if said == has else [f"I9 tax_withheld holds {has}, payouts say {said}"]
    return [*lines, *_one_person(session)]


def _one_person(session: Session) -> list[str]:
    people = select(Withholding.id, Withholding.by_id, Withholding.decided_by_id)
    handed = select(Remittance.id, Remittance.by_id, Remittance.decided_by_id).where(
        Remittance.state == RemittanceState.CONFIRMED
    )
    rows = [*session.execute(people), *session.execute(handed)]
    wrong = identity.one_person(session, [(str(row), first, second) for row, first, second in rows if second])
    return [
        f"I14 tax withheld or handed over {row}: {one} and {other} are one person"
        for row, one, other in wrong[:MOST]
    ]
