"""Every SELECT on refunds: what can still go back, what waits for somebody, what was tried."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from marketplace.billing.models import (
    Deposit,
    DepositState,
    Refund,
    RefundAttempt,
    RefundSearch,
    RefundState,
)
from marketplace.billing.queries.disputes import disputed_deposits
from marketplace.kit.pages import Page, page

GONE = (RefundState.DECLINED, RefundState.CANCELLED, RefundState.FAILED, RefundState.RETURNED)
UNDER_WAY = (RefundState.APPROVED, RefundState.SENT, RefundState.PAID)
FOLLOWED = timedelta(days=30)  # a bank that has not answered by then took the money


@dataclass(frozen=True, slots=True)
class Source:
    """A deposit and what of it has not gone back and was not asked back yet, in minor units."""

    deposit: Deposit
    left_minor: int


def sources(session: Session, company_id: uuid.UUID) -> list[Source]:
    """The deposits of a company that money can go back to, newest first."""
    return _sources(session, select(Deposit), company_id)


def lock_sources(session: Session, company_id: uuid.UUID) -> list[Source]:
    """The same, locked: two people who ask at once ask one after the other."""
    locked = select(Deposit).with_for_update().execution_options(populate_existing=True)
    return _sources(session, locked, company_id)


def _sources(session: Session, statement: Select[Deposit], company_id: uuid.UUID) -> list[Source]:
    deposits = session.scalars(
        statement.where(
            Deposit.company_id == company_id,
            Deposit.state == DepositState.SUCCEEDED,
            Deposit.payment_intent_id.is_not(None),
        ).order_by(Deposit.id.desc())
    ).all()
    taken = (
        select(Refund.deposit_id, func.sum(Refund.amount_minor))
        .where(Refund.company_id == company_id, Refund.state.not_in(GONE))
        .group_by(Refund.deposit_id)
    )
    back = {deposit_id: int(amount) for deposit_id, amount in session.execute(taken)}
    gone = disputed_deposits(session, company_id)
    found = [Source(one, one.amount_minor - back.get(one.id, 0)) for one in deposits if one.id not in gone]
    return [one for one in found if one.left_minor > 0]


def given_back_of(session: Session, deposit_id: uuid.UUID) -> int:
    """What of one deposit went back or is on its way, in minor units."""
    taken = select(func.coalesce(func.sum(Refund.amount_minor), 0)).where(
        Refund.deposit_id == deposit_id, Refund.state.not_in(GONE)
    )
    return int(session.scalar(taken) or 0)


def by_form(session: Session, form_key: uuid.UUID) -> Sequence[Refund]:
    """What one form has asked for."""
    return session.scalars(select(Refund).where(Refund.form_key == form_key).order_by(Refund.id)).all()


def refunds_of(session: Session, company_id: uuid.UUID, mark: str | None) -> Page[Refund]:
    """A company's refunds, newest first."""
    statement = (
        select(Refund)
        .where(Refund.company_id == company_id)
        .options(joinedload(Refund.by), joinedload(Refund.deposit))
    )
    return _newest(session, statement, mark)


def to_decide(session: Session, mark: str | None) -> Page[Refund]:
    """What waits for somebody of the house, to let it go or to put it right; newest first."""
    waits = or_(Refund.state == RefundState.ASKED, Refund.alarm.is_not(None))
    return _newest(session, _whole().where(waits), mark)


def under_way(session: Session, mark: str | None) -> Page[Refund]:
    """What was let go and has not arrived yet, newest first."""
    return _newest(session, _whole().where(Refund.state.in_(UNDER_WAY)), mark)


def ended(session: Session, mark: str | None) -> Page[Refund]:
    """What arrived, came back or never left, newest first: nearly all of them, so along the key."""
    return _newest(session, _whole().where(Refund.state.not_in([RefundState.ASKED, *UNDER_WAY])), mark)


def only_refund(session: Session, refund_id: uuid.UUID) -> Page[Refund]:
    """One refund in whatever state, as a list of it; empty when there is none."""
    return _newest(session, _whole().where(Refund.id == refund_id), None)


def _whole() -> Select[Refund]:
    """Refunds with everything that finance reads of them."""
    return select(Refund).options(
        joinedload(Refund.by),
        joinedload(Refund.approved_by),
        joinedload(Refund.deposit),
        joinedload(Refund.company),
    )


def _newest(session: Session, statement: Select[Refund], mark: str | None) -> Page[Refund]:
    return page(session, statement, [Refund.id], mark=mark, key_of=lambda row: [row.id])


def lock_refund(session: Session, refund_id: uuid.UUID) -> Refund | None:
    """A refund with its deposit and who asked for it, locked."""
    return session.scalar(_locked().where(Refund.id == refund_id))


def lock_external(session: Session, external_id: str, refund_id: uuid.UUID | None) -> Refund | None:
    """The refund the provider means, by its id there or by ours, locked."""
    found = session.scalar(_locked().where(Refund.external_id == external_id))
    return found or (lock_refund(session, refund_id) if refund_id else None)


def _locked() -> Select[Refund]:
    return (
        select(Refund)
        .options(joinedload(Refund.deposit), joinedload(Refund.by))
        .with_for_update(of=Refund)
        .execution_options(populate_existing=True)
    )


def attempts_of(session: Session, refund_id: uuid.UUID) -> Sequence[RefundAttempt]:
    """The calls made for a refund, first one first."""
    return session.scalars(
        select(RefundAttempt).where(RefundAttempt.refund_id == refund_id).order_by(RefundAttempt.number)
    ).all()


def searches_of(session: Session, refund_id: uuid.UUID) -> Sequence[RefundSearch]:
    """The looks at the provider's list for a refund, first one first."""
    return session.scalars(
        select(RefundSearch).where(RefundSearch.refund_id == refund_id).order_by(RefundSearch.at)
    ).all()


def unsent(session: Session) -> Sequence[uuid.UUID]:
    """Refunds let go of which nobody knows that the provider has them; an alarm waits for a person."""
    return session.scalars(
        select(Refund.id)
        .where(Refund.state.in_([RefundState.APPROVED, RefundState.SENT]), Refund.alarm.is_(None))
        .order_by(Refund.id)
    ).all()


def to_follow(session: Session, now: datetime) -> Sequence[str]:
    """The provider's ids of refunds whose arrival no webhook has told of, oldest first."""
    found = session.scalars(
        select(Refund.external_id)
        .where(Refund.state == RefundState.PAID, Refund.sent_at > now - FOLLOWED)
        .order_by(Refund.id)
    ).all()
    return [one for one in found if one is not None]
